"""Drawing what somebody has to do, and judging the frames that show it."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from adapters.face import Action, Claim, FramesRefused, Verdict, checker
from hospital import ids, settings
from hospital.caller import Caller
from hospital.card_readings.model import CardReading
from hospital.card_readings.store import get_pictures, get_reading, pictures
from hospital.consents.model import require_own_age
from hospital.consents.store import require
from hospital.face_checks.errors import FaceNotLive, FaceOther, TooManyFaceChecks
from hospital.face_checks.events import FaceChecked
from hospital.face_checks.model import DoubtfulFace, FaceCheck, State, drawn_actions
from hospital.face_checks.store import answer_check, checks, doubtful_faces, get_check
from hospital.face_requests.model import Act, FaceRequest
from hospital.face_requests.store import get_face_request, judge_request
from hospital.limits import Limit
from hospital.listings import DAY_ZONE
from hospital.organisations.store import get_organisation
from hospital.people.store import get_person, persons
from hospital.verifications.id_number import IdNumber, clean_name, parse_id_number
from hospital.verifications.model import Proven
from hospital.verifications.recording import record
from hospital.work import Work

_CHECKS = Limit("face_checks", 10, timedelta(hours=1), TooManyFaceChecks)


@dataclass(frozen=True)
class Asking:
    """Ids of what was read from both sides of the card, of whose staff look where there is doubt, and of the request of
    another system that this answers; the last two may be empty."""

    front_id: str
    back_id: str
    organisation_id: str = ""
    face_request_id: str = ""


class FaceCheckView(BaseModel):
    """What is to be done, in this order, before `expires_at`."""

    id: str
    actions: list[Action]
    expires_at: datetime


class FaceVerdictView(BaseModel):
    """`passed`: the person is verified. `doubtful`: a member of staff has to look, at a counter, or `by_staff`: at the
    pictures, within a week."""

    id: str
    state: State
    by_staff: bool = False


def draw_check(*, by: Caller, now: datetime) -> FaceCheckView:
    """Three things to do, drawn for this one time, for who agreed that their face is watched for it."""
    consent = require("face_recognition", by.person_id)
    _CHECKS.take(by.person_id)
    check = FaceCheck(
        id=ids.new_id("fch"),
        person_id=by.person_id,
        actions=drawn_actions(secrets.choice),
        drawn_at=now,
        consented_at=consent.last.at if consent.last else now,
    )
    with Work(by=by, doing="face_check.draw") as work:
        stored = work.add(checks, check)
        return work.answer(FaceCheckView(id=stored.id, actions=list(stored.actions), expires_at=stored.expires_at))


def judge_frames(check_id: str, frames: Sequence[str], asking: Asking, *, by: Caller, now: datetime) -> FaceVerdictView:
    """The verdict, once: whatever it is, the check is used up. `FaceNotLive`, `FaceOther`, and all that speaks against
    the check, the card, the consent or the request."""
    check = get_check(check_id, by.person_id)
    if asking.organisation_id:
        get_organisation(asking.organisation_id)
    front, back = (get_reading(one, by.person_id) for one in (asking.front_id, asking.back_id))
    for reading, side in ((front, "front"), (back, "back")):
        reading.demand_side(side)
        reading.demand_passable()
    number = parse_id_number(front.fields["number"], now.astimezone(DAY_ZONE).date())
    _require_consent(number, by, now)
    request = _asked_by_a_system(asking.face_request_id, front, number, by, now)
    organisation_id = request.organisation_id if request else asking.organisation_id
    shown = [_decoded(frame) for frame in frames]
    answered = check.answer(front.id, settings.current().face_adapter, now).for_staff_of(organisation_id)
    answered = answered.for_request(asking.face_request_id)
    # What happens from here on is kept though the answer may be a refusal.
    by_itself = replace(by, asked=replace(by.asked, intent=None))
    with Work(by=by_itself, doing="face_check.answer") as work:
        answered = answer_check(work, check, answered, shown, now)
    claim = Claim(base64.b64decode(get_pictures(front).portrait), front.fields["name"], front.fields["number"])
    verdict = checker().check(shown, answered.actions, claim)
    if verdict.live and verdict.likeness == "same":
        return _passed(answered, request, verdict, number, front, back, by=by, now=now)
    act: Literal["doubt", "fail"] = "doubt" if verdict.live and verdict.likeness == "doubtful" else "fail"
    with Work(by=by if act == "doubt" else by_itself, doing="face_check.judge") as work:
        judged = work.change(checks, answered, answered.judge(act, _why(verdict), verdict.score))
        work.emit(FaceChecked.of(judged))
        left = {}
        if request is not None:
            told: Act = "fail" if act == "doubt" and not organisation_id else act
            left["tries_left"] = judge_request(work, request, told, "", now).tries_left
        if act == "doubt" and organisation_id:
            _hold(work, judged, claim, shown[verdict.ahead or 0], now)
        _forget_pictures(work, front, back)
        if act == "doubt":
            by_staff = bool(organisation_id)
            return work.answer(FaceVerdictView(id=judged.id, state=judged.state, by_staff=by_staff))
    if not verdict.live:
        raise FaceNotLive(why=verdict.why, **left)
    raise FaceOther(**left)


def _require_consent(number: IdNumber, by: Caller, now: datetime) -> None:
    """Asked for again before a face is looked at: it may have been withdrawn since the check was drawn, and only the
    card tells whether the person was old enough to agree. `ConsentMissing`, `GuardianNeeded`."""
    consent = require("face_recognition", by.person_id)
    if consent.last and consent.last.by_person_id == by.person_id:
        require_own_age(number.birth_date, now.astimezone(DAY_ZONE).date())


def _asked_by_a_system(
    request_id: str, front: CardReading, number: IdNumber, by: Caller, now: datetime
) -> FaceRequest | None:
    """The request that this answers, when the card is the asked person's; None: nobody's."""
    if not request_id:
        return None
    return get_face_request(request_id, now).demand(by.person_id, clean_name(front.fields["name"]), number.text, now)


def _passed(
    check: FaceCheck,
    request: FaceRequest | None,
    verdict: Verdict,
    number: IdNumber,
    front: CardReading,
    back: CardReading,
    *,
    by: Caller,
    now: datetime,
) -> FaceVerdictView:
    """The person is verified, as well as the comparison goes; and a system that asked is told so."""
    proven = Proven(clean_name(front.fields["name"]), number, verdict.level, "face", check.id)
    person = get_person(by.person_id)
    with Work(by=by, doing="face_check.judge") as work:
        judged = work.change(checks, check, check.judge("pass", "", verdict.score))
        work.emit(FaceChecked.of(judged))
        _forget_pictures(work, front, back)
        if request is not None:
            judge_request(work, request, "pass", verdict.level, now)
        record(work, by.person_id, proven, now)
        work.change(persons, person, person.verified_as(proven.name, now))
        return work.answer(FaceVerdictView(id=judged.id, state=judged.state))


def _hold(work: Work, check: FaceCheck, claim: Claim, capture: bytes, now: datetime) -> None:
    """The portrait of the card and one frame wait, sealed, until somebody has looked, and no longer than a week."""
    portrait, frame = (base64.b64encode(one).decode() for one in (claim.portrait, capture))
    waiting = DoubtfulFace(
        id=check.id,
        person_id=check.person_id,
        organisation_id=check.organisation_id,
        name=claim.name,
        number=claim.number,
        portrait=portrait,
        capture=frame,
        held_at=now,
    )
    work.add(doubtful_faces, waiting)


def _forget_pictures(work: Work, *readings: CardReading) -> None:
    """What was cut out of the card has done its work."""
    for reading in readings:
        work.remove(pictures, get_pictures(reading))


def _why(verdict: Verdict) -> str:
    return verdict.why if not verdict.live else verdict.likeness


def _decoded(frame: str) -> bytes:
    try:
        return base64.b64decode(frame, validate=True)
    except ValueError:  # not base64, or not even ASCII
        raise FramesRefused(reason="not_base64") from None
