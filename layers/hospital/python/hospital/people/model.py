"""Persons, their files and their roles: pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from hospital.caller import Role
from hospital.records import Record, Sealed

Language = Literal["zh", "en"]


class Preferences(BaseModel):
    """How the pages look and speak for this person, on every device."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    language: Language = "zh"
    large_font: bool = False
    high_contrast: bool = False


class Person(Record):
    """An account. `phone` is the number it signs in by, `name` what the person says their name is."""

    phone: Sealed | None = None
    name: Sealed | None = None
    preferences: Preferences = Preferences()
    joined_at: datetime

    @property
    def phone_masked(self) -> str | None:
        """`138****8000`."""
        return f"{self.phone[:3]}****{self.phone[-4:]}" if self.phone else None


class PhoneClaim(Record):
    """That a phone number belongs to a person. `id` is the keyed hash of the number."""

    person_id: str


class Patient(Record):
    """A person's file at one organisation."""

    person_id: str
    organisation_id: str
    opened_at: datetime


class PractitionerRole(Record):
    """A member of staff in one role at one organisation. `organisation_id` is empty for platform operators.

    `version` is the role's version: a session that was opened under another one is asked to begin anew.
    """

    person_id: str
    organisation_id: str
    role: Role
    name: str
    title: str = ""
    department: str = ""
    introduction: str = ""
    order: int = 1000
    active: bool = True

    @property
    def sees_patients(self) -> bool:
        """Whether patients may choose this person."""
        return self.active and self.role == "doctor"


class Account(Record):
    """A staff account: `id` is the account name, `password_hash` an argon2id hash."""

    person_id: str
    practitioner_role_id: str
    password_hash: str
    disabled: bool = False
