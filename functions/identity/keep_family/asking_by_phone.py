"""An adult agrees without an account: by the code that comes to the phone which the HIS holds for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from adapters import his, sms
from adapters.his import WhoIs
from hospital import secret_keys
from hospital.caller import Caller
from hospital.consents.store import decide, read
from hospital.errors import DomainError
from hospital.families.errors import CodeNotTheirs, NoPhoneHeld, TooManyMembers
from hospital.families.events import MemberJoined
from hospital.families.model import Member
from hospital.families.store import get_member, members
from hospital.limits import Limit
from hospital.listings import DAY_ZONE
from hospital.occasions import filled_in
from hospital.people.store import get_person
from hospital.sessions import codes
from hospital.sessions.errors import CodeWrong
from hospital.sessions.model import CODE_LIFE, CODE_PAUSE, OneTimeCode
from hospital.sms.leaving import leave_at_once
from hospital.sms.store import written
from hospital.verifications.store import require_verified
from hospital.work import Work, decided_again
from identity.keep_family.answers import CodeToAdult, MemberView

PER_MEMBER = Limit("code_of_family_member", most=5, window=timedelta(days=1), refusal=TooManyMembers)
PER_NUMBER = Limit("family_codes_of_number", most=10, window=timedelta(days=1), refusal=TooManyMembers)
"""Nobody's phone rings all day because many have them on their lists."""
TEXT = (
    "【云诊】{name}想替您预约、办理就医并查看您的就诊安排。同意，就把验证码 {code} 告诉对方，5 分钟内有效；"
    "不同意，请不要告诉任何人。同意后您可以随时结束。"
)


def send_code(member_id: str, *, by: Caller, now: datetime) -> CodeToAdult:
    """A text to the adult's phone says who asks and for what, with a code that they tell if they agree. `NoPhoneHeld`,
    `MemberMovedOn`, and what the HIS says."""
    owner = require_verified(by.person_id)
    member = _asked(member_id, by, now)
    _, agreed_to = read("family_help", member.person_id)
    # The answer is kept when the text has left: until then the same wish sends it.
    by_itself = replace(by, asked=replace(by.asked, intent=None))
    kept, code = codes.draw(_of(member), PER_MEMBER, by=by_itself, now=now)
    try:
        phone = _phone_of(member, by)
        PER_NUMBER.take(member.number_hash)
        variables = {"name": _masked(owner.name), "code": code}
        waiting = written(TEXT, variables, phone=phone, occasion="family_code", now=now)
        leave_at_once(waiting, sms.carriers(), by_itself, variables, filled_in(TEXT, variables))
    except DomainError:  # it reached nobody: its pause need not be waited out
        codes.forget(kept, by=by_itself)
        raise
    with Work(by=by) as work:
        return work.answer(
            CodeToAdult(
                phone_ends=phone[-2:],
                title=agreed_to.title,
                text=agreed_to.text,
                text_version=agreed_to.text_version,
                expires_in_seconds=codes.seconds(CODE_LIFE),
                retry_after_seconds=codes.seconds(CODE_PAUSE),
            )
        )


def join_by_code(member_id: str, digits: str, text_version: int, *, by: Caller, now: datetime) -> MemberView:
    """The adult told the code: they agree to the text that was shown. The code is used up with it."""
    member = _asked(member_id, by, now)
    try:
        shown = codes.proven(_of(member), digits, now)
        return decided_again(lambda: _joined(member_id, shown, text_version, by, now))
    except CodeWrong as wrong:  # it is no sign-in that failed
        raise CodeNotTheirs(**wrong.facts) from None


def _joined(member_id: str, shown: OneTimeCode, text_version: int, by: Caller, now: datetime) -> MemberView:
    member = _asked(member_id, by, now)
    consent, text = read("family_help", member.person_id)
    with Work(by=by) as work:
        codes.use_up(work, shown)
        joined = work.change(members, member, member.agreed(member.person_id, "phone", now, _day(now)))
        work.emit(MemberJoined.of(joined))
        if not consent.holds(text):
            decide(work, "give", consent, text, text_version, member.person_id, now)
        return work.answer(MemberView.of(joined, consents=True))


def _asked(member_id: str, by: Caller, now: datetime) -> Member:
    today = _day(now)
    return get_member(by.person_id, member_id, today).need_adult_pending(today)


def _phone_of(member: Member, by: Caller) -> str:
    """The phone that the HIS holds for exactly that person; the caller's own would show nothing."""
    file = his.his().find_file(WhoIs(member.id_number, member.name))
    if file is None:
        raise NoPhoneHeld(reason="no_file")
    if not file.phone:
        raise NoPhoneHeld(reason="no_phone")
    if file.phone == get_person(by.person_id).phone:
        raise NoPhoneHeld(reason="own")
    return file.phone


def _of(member: Member) -> str:
    return secret_keys.lookup_hash("family_code", member.id)


def _masked(name: str) -> str:
    """The family name, as whoever knows them will know: the text may be read on a locked screen."""
    return f"{name[0]}{'*' * (len(name) - 1)}"


def _day(now: datetime) -> date:
    return now.astimezone(DAY_ZONE).date()
