"""Persons, their files and their roles: pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from hospital.caller import Role, Scope
from hospital.people.errors import FileMergedAlready, FileNotMerged, SameFile
from hospital.people.standing import TRANSITIONS, Act, Standing, first_standing, moved
from hospital.records import Record, Sealed
from hospital.terminals import Terminal

__all__ = (
    "TRANSITIONS",
    "Account",
    "Patient",
    "Person",
    "PhoneClaim",
    "PractitionerRole",
    "Preferences",
    "StaffContact",
    "TakenIn",
)

Language = Literal["zh", "en"]


def masked_phone(phone: str) -> str:
    """A number as it may be shown."""
    return f"{phone[:3]}****{phone[-4:]}"


def masked_name(name: str) -> str:
    """`张*三`: a name where others can see it."""
    if len(name) < 2:
        return name and "*"
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


class Preferences(BaseModel):
    """How the pages look and speak for this person, on every device."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    language: Language = "zh"
    large_font: bool = False
    high_contrast: bool = False


class Person(Record):
    """An account. `phone` is the number it signs in by, `name` what the person says their name is, or, from
    `verified_at` on, what their card says."""

    phone: Sealed | None = None
    name: Sealed | None = None
    verified_at: datetime | None = None
    preferences: Preferences = Preferences()
    joined_at: datetime
    joined_through: Terminal | None = None

    @property
    def phone_masked(self) -> str | None:
        """`138****8000`."""
        return masked_phone(self.phone) if self.phone else None

    def verified_as(self, name: str, now: datetime) -> Self:
        """The account, after its owner showed who they are."""
        return self.having(name=name, verified_at=now)


class PhoneClaim(Record):
    """That a phone number belongs to a person. `id` is the keyed hash of the number; `since` is None where it was
    theirs when they joined."""

    person_id: str
    since: datetime | None = None


class TakenIn(BaseModel):
    """Another file of the same person, and of which account or family member it was."""

    model_config = ConfigDict(frozen=True)

    patient_id: str
    person_id: str
    at: datetime


class Patient(Record):
    """A person's file at one organisation. `name` is the one they were last seen under, `name_hash` its keyed hash for
    those who ask for it there. What follows is what staff wrote down.

    Two files of one person are merged by pointing from one (`merged_into`) to the one that stands for both, which
    knows what it took in. Neither loses anything by it: taking it back leaves both as they were.
    """

    person_id: str
    organisation_id: str
    opened_at: datetime
    name: Sealed | None = None
    name_hash: str = ""
    contact_phone: Sealed | None = None
    address: Sealed | None = None
    note: Sealed | None = None
    taken_in: tuple[TakenIn, ...] = ()
    merged_into: str = ""

    def taking_in(self, other: Patient, now: datetime) -> Self:
        """The file that stands for both. `SameFile`, and `FileMergedAlready` when it points elsewhere itself."""
        if other.id == self.id:
            raise SameFile
        if self.merged_into:
            raise FileMergedAlready(patient_id=self.id)
        return self.having(taken_in=(*self.taken_in, TakenIn(patient_id=other.id, person_id=other.person_id, at=now)))

    def pointing_to(self, standing: Patient) -> Self:
        """The file that the other stands for. `FileMergedAlready` when it is one of several already: whoever wants
        that takes the earlier merge back first, so that each can be taken back by itself."""
        if self.merged_into or self.taken_in:
            raise FileMergedAlready(patient_id=self.id)
        return self.having(merged_into=standing.id)

    def letting_go(self, other: Patient) -> Self:
        """As before that one was taken in; `FileNotMerged` when it was not."""
        if other.merged_into != self.id:
            raise FileNotMerged
        return self.having(taken_in=tuple(one for one in self.taken_in if one.patient_id != other.id))

    def by_itself(self) -> Self:
        """Standing for itself again."""
        return self.having(merged_into="")

    @property
    def person_ids(self) -> tuple[str, ...]:
        """All accounts and family members that this one person is here."""
        return (self.person_id, *(one.person_id for one in self.taken_in))

    @property
    def contact_phone_masked(self) -> str | None:
        """`138****8000`."""
        return masked_phone(self.contact_phone) if self.contact_phone else None


class PractitionerRole(Record):
    """A member of staff in one role at one organisation. `organisation_id` is empty for platform operators.

    `approved_at` is when somebody last looked at their papers and approved them. `version` is the role's version: a
    session that was opened under another one is asked to begin anew. `duties` are codes of the organisation's own
    (`hospital.access`), `scope` says whose patients they see. What was signed in until `signed_out_at` counts no more:
    the role is read with every request, so this takes effect with the next one.
    """

    person_id: str
    organisation_id: str
    role: Role
    name: str
    title: str = ""
    department: str = ""
    department_id: str = ""
    introduction: str = ""
    specialities: str = ""
    order: int = 1000
    active: bool = True
    on_leave: bool = False
    standing: Standing = "pending"
    standing_reason: str = ""
    valid_until: datetime | None = None
    approved_at: datetime | None = None
    his_code: str = ""
    duties: tuple[str, ...] = ()
    scope: Scope = "own"
    signed_out_at: datetime | None = None

    def signed_out(self, now: datetime) -> Self:
        """What is signed in by now counts no more."""
        return self.having(signed_out_at=now)

    def honours(self, opened_at: datetime) -> bool:
        """Whether a session that was opened then may act in this role."""
        return self.active and (self.signed_out_at is None or opened_at > self.signed_out_at)

    @property
    def sees_patients(self) -> bool:
        """Whether patients may choose this person. On leave, doctors finish what they began and get nobody new."""
        return self.active and not self.on_leave and self.role == "doctor" and self.standing == "approved"

    def serves(self, now: datetime) -> bool:
        """Whether they may serve patients at this moment."""
        return self.active and self.as_of(now).standing == "approved"

    def as_of(self, now: datetime) -> Self:
        """As they stand at this moment: nobody has to write down that a paper ran out."""
        over = self.standing == "approved" and self.valid_until is not None and now >= self.valid_until
        return self.stands("expire") if over else self

    def stands(self, act: Act, *, reason: str = "", valid_until: datetime | None = None) -> Self:
        """After an act of review; `StaffMovedOn` when it cannot be done now. Who is removed is active no more."""
        following = moved(self.standing, act)
        ends = valid_until if act == "approve" else self.valid_until
        return self.having(
            standing=following, standing_reason=reason, valid_until=ends, active=self.active and following != "removed"
        )

    def taken_on(self) -> Self:
        """At the beginning."""
        return self.having(standing=first_standing(self.role))


class StaffContact(Record):
    """How a member of staff is reached by their own house; `id` is that of their role. Apart from the role, which is
    read with every request. `phone_hash` is the keyed hash under which the house finds the number."""

    organisation_id: str
    phone: Sealed | None = None
    phone_hash: str = ""

    @property
    def phone_masked(self) -> str | None:
        """`138****8000`."""
        return masked_phone(self.phone) if self.phone else None


class Account(Record):
    """A staff account: `id` is the account name, `password_hash` an argon2id hash.

    `hands` are the roles of the organisation's own admins who once knew its password, because they took it on or set
    the password anew, and of those in whose hands these were. The platform's own staff are not counted.
    `own_password`: its owner chose the one of now.
    """

    person_id: str
    practitioner_role_id: str
    password_hash: str
    disabled: bool = False
    hands: tuple[str, ...] = ()
    own_password: bool = True

    def handed_by(self, hands: Iterable[str], password_hash: str) -> Self:
        """After somebody of these hands set its password: the owner's next act is to choose their own."""
        everybody = tuple(dict.fromkeys((*self.hands, *hands)))
        return self.having(hands=everybody, password_hash=password_hash, own_password=False)

    def kept_by_owner(self, password_hash: str) -> Self:
        """With a password that its owner chose."""
        return self.having(password_hash=password_hash, own_password=True)

    @property
    def reach(self) -> tuple[str, ...]:
        """Whoever acts here, or may act here behind its owner's back."""
        return (self.practitioner_role_id, *self.hands)

    def is_apart_from(self, other: Account) -> bool:
        """Whether nobody can have both: none of the two was in the other's hands, nor both in somebody else's."""
        return not set(self.reach) & set(other.reach)
