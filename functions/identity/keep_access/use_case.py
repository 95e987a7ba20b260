"""Duties of an organisation, and the accounts of its staff."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital import ids
from hospital.access.errors import AccountMovedOn, AnotherAdminNeeded, NoAccount, OwnAccount
from hospital.access.model import Duty, OrganisationAccess
from hospital.access.store import accesses, get_access
from hospital.caller import Caller, Role, Scope
from hospital.errors import ChangedMeanwhile
from hospital.people.keys import account_key, role_key
from hospital.people.model import Account, PractitionerRole
from hospital.people.store import account_of, accounts, hands_of, roles
from hospital.policy import GRANTABLE, permissions_of
from hospital.sessions.events import SessionRevoked
from hospital.sessions.keys import second_factor_key, sessions_of_key
from hospital.sessions.passwords import hash_password, made_password
from hospital.sessions.second_factor import SecondFactor
from hospital.sessions.store import second_factors, sessions
from hospital.work import Work

_MOST_SESSIONS = 20


class DutyView(BaseModel):
    """A duty: what the organisation calls it, and what it lets somebody do."""

    code: str
    name: str
    permissions: list[str]


class DutiesView(BaseModel):
    """All duties of an organisation, and the permissions that a duty may give."""

    version: int
    duties: list[DutyView]
    grantable: list[str]

    @classmethod
    def of(cls, access: OrganisationAccess) -> DutiesView:
        """The view of what the organisation said."""
        views = [
            DutyView(code=code, name=duty.name, permissions=list(duty.permissions))
            for code, duty in access.duties.items()
        ]
        return cls(version=access.version, duties=views, grantable=sorted(GRANTABLE))


class StaffAccess(BaseModel):
    """What a member of staff may do, and how it stands with their account.

    `reset_asked_by_me` tells an admin that they wait for another one; `reset_asked` that somebody asked for it.
    """

    practitioner_role_id: str
    version: int
    name: str
    role: Role
    account: str
    disabled: bool
    duties: list[str]
    scope: Scope
    permissions: list[str]
    second_factor: bool
    reset_asked: bool
    reset_asked_by_me: bool


class PasswordReset(BaseModel):
    """The new password, told once."""

    access: StaffAccess
    password: str


class _Member(BaseModel):
    """A member of staff as they stand: role, account, second factor and the organisation's duties."""

    role: PractitionerRole
    account: Account
    factor: SecondFactor | None

    def seen_by(self, by: Caller, now: datetime) -> StaffAccess:
        """The view for an admin."""
        asked = self.factor is not None and self.factor.reset_is_asked(now)
        granted = get_access(self.role.organisation_id).granted(self.role.duties)
        return StaffAccess(
            practitioner_role_id=self.role.id,
            version=self.role.version,
            name=self.role.name,
            role=self.role.role,
            account=self.account.id,
            disabled=self.account.disabled,
            duties=list(self.role.duties),
            scope=self.role.scope,
            permissions=sorted(permissions_of(self.role.role, granted)),
            second_factor=self.factor is not None and self.factor.confirmed_at is not None,
            reset_asked=asked,
            reset_asked_by_me=asked
            and self.factor is not None
            and self.factor.reset_asked_by == by.practitioner_role_id,
        )


def view_duties(by: Caller) -> DutiesView:
    """The duties of the caller's organisation."""
    return DutiesView.of(get_access(by.organisation_id))


def write_duty(code: str, name: str, permissions: list[str], version: int, *, by: Caller) -> DutiesView:
    """A new duty, or another content of one. It counts for everybody who holds it from the next request on."""
    before = get_access(by.organisation_id)
    if before.version != version:
        raise ChangedMeanwhile(version=before.version)
    after = before.with_duty(code, Duty(name=name, permissions=tuple(sorted(set(permissions)))), GRANTABLE)
    with Work(by=by, doing="access.write_duty") as work:
        stored = work.change(accesses, before, after) if before.version else work.add(accesses, after)
        return work.answer(DutiesView.of(stored))


def view_access(practitioner_role_id: str, *, by: Caller, now: datetime) -> StaffAccess:
    """What a member of staff may do, and how their account stands."""
    return _member(practitioner_role_id, by).seen_by(by, now)


def view_access_of_account(name: str, *, by: Caller, now: datetime) -> StaffAccess:
    """Likewise, found by the name of the account."""
    account = accounts.get(account_key(name))
    if account is None:
        raise NoAccount
    return view_access(account.practitioner_role_id, by=by, now=now)


def give_duties(
    practitioner_role_id: str, duties: list[str], scope: Scope, version: int, *, by: Caller, now: datetime
) -> StaffAccess:
    """These duties and no others, and that data scope, for a member of staff."""
    member = _of_others(practitioner_role_id, by)
    if member.role.version != version:
        raise ChangedMeanwhile(version=member.role.version)
    known = get_access(member.role.organisation_id).known(duties)
    with Work(by=by, doing="access.give_duties") as work:
        changed = work.change(roles, member.role, member.role.having(duties=known, scope=scope))
        return work.answer(member.model_copy(update={"role": changed}).seen_by(by, now))


def switch_account(practitioner_role_id: str, *, disabled: bool, by: Caller, now: datetime) -> StaffAccess:
    """Disable an account, with everything that is signed in by now; or let it sign in again."""
    member = _of_others(practitioner_role_id, by)
    if member.account.disabled == disabled:
        raise AccountMovedOn
    with Work(by=by, doing="account.disable" if disabled else "account.enable") as work:
        account = work.change(accounts, member.account, member.account.having(disabled=disabled))
        role = _sign_out(work, member, now) if disabled else member.role
        return work.answer(member.model_copy(update={"account": account, "role": role}).seen_by(by, now))


def reset_password(practitioner_role_id: str, *, by: Caller, now: datetime) -> PasswordReset:
    """A new password, told once, that its owner changes when they next come in; what is signed in by now counts no
    more."""
    member = _of_others(practitioner_role_id, by)
    password = made_password()
    after = member.account.handed_by(hands_of(by), hash_password(password))
    with Work(by=by, doing="account.reset_password") as work:
        account = work.change(accounts, member.account, after)
        role = _sign_out(work, member, now)
        access = member.model_copy(update={"account": account, "role": role}).seen_by(by, now)
        return work.answer(PasswordReset(access=access, password=password))


def reset_second_factor(practitioner_role_id: str, *, by: Caller, now: datetime) -> StaffAccess:
    """The first admin asks, another one confirms: then the owner's next sign-in gives a new secret to an app.

    Another account is not yet another admin: none counts that the first one, or somebody else, could have both of.
    """
    member = _of_others(practitioner_role_id, by)
    factor = member.factor
    if factor is None or factor.confirmed_at is None:
        raise AccountMovedOn
    confirmed = factor.reset_is_asked(now)
    if confirmed and not _are_two(factor.reset_asked_by, by.practitioner_role_id):
        raise AnotherAdminNeeded
    with Work(by=by, doing="account.reset_second_factor" if confirmed else "account.ask_reset") as work:
        after = factor.begun_anew() if confirmed else factor.reset_asked(by.practitioner_role_id, now)
        stored = work.change(second_factors, factor, after)
        role = _sign_out(work, member, now) if confirmed else member.role
        return work.answer(member.model_copy(update={"factor": stored, "role": role}).seen_by(by, now))


def _are_two(asker: str, confirmer: str) -> bool:
    """Whether two accounts have two people behind them, as far as the hospital can know."""
    first, second = account_of(asker), account_of(confirmer)
    return first is not None and second is not None and first.is_apart_from(second)


def _member(practitioner_role_id: str, by: Caller) -> _Member:
    """A member of staff with an account whom the caller keeps: their own organisation's, or, for the platform's own
    staff, anybody. Nobody else exists."""
    role = roles.get(role_key(practitioner_role_id)) if ids.is_id(practitioner_role_id) else None
    if role is None or (by.organisation_id and not by.of_organisation(role.organisation_id)):
        raise NoAccount
    account = account_of(role.id)
    if account is None:
        raise NoAccount
    return _Member(role=role, account=account, factor=second_factors.get(second_factor_key(account.id)))


def _of_others(practitioner_role_id: str, by: Caller) -> _Member:
    """Likewise, but never the caller themselves."""
    member = _member(practitioner_role_id, by)
    if member.role.person_id == by.person_id:
        raise OwnAccount
    return member


def _sign_out(work: Work, member: _Member, now: datetime) -> PractitionerRole:
    """Nothing that is signed in by now counts any more, whether it is in the list yet or not; open sockets are closed
    by the events of those that are."""
    place = sessions_of_key(member.role.person_id)
    for session in sessions.page("of_person", place, limit=_MOST_SESSIONS, newest_first=True).items:
        if session.practitioner_role_id == member.role.id and session.is_open(now):
            work.emit(SessionRevoked.of(work.change(sessions, session, session.revoked(now)), "revoked"))
    return work.change(roles, member.role, member.role.signed_out(now))
