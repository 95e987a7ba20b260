"""Looking at faces in doubt, and judging them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital import ids
from hospital.caller import Caller
from hospital.consents.store import require
from hospital.face_checks.events import FaceChecked
from hospital.face_checks.keys import check_key, to_review_key
from hospital.face_checks.model import DoubtfulFace, FaceCheck, FaceLook, State
from hospital.face_checks.store import checks, doubtful_faces, get_check, get_doubtful, looks
from hospital.face_requests.keys import request_key
from hospital.face_requests.store import face_requests, judge_request
from hospital.listings import DAY_ZONE
from hospital.paging import Page, Paging
from hospital.people.store import get_person, persons
from hospital.verifications.id_number import clean_name, masked_number, parse_id_number
from hospital.verifications.model import Proven
from hospital.verifications.recording import record
from hospital.work import Work, decided_again


class DoubtfulFaceRow(BaseModel):
    """One that waits: how near the two faces lie, and until when it is there. No name, no picture."""

    id: str
    score: str
    held_at: datetime
    expires_at: datetime


class FacePictures(BaseModel):
    """Whose face it is said to be, the portrait of that card, and a frame of who held it. JPEGs in base64."""

    id: str
    name: str
    id_number_masked: str
    portrait: str
    capture: str
    expires_at: datetime


class ReviewedFace(BaseModel):
    """`passed`: the person is verified. `failed`: they are not; the counter remains."""

    id: str
    state: State


def view_doubtful(paging: Paging, *, by: Caller, now: datetime) -> Page[DoubtfulFaceRow]:
    """Those of the caller's organisation whose time is not over."""
    place = to_review_key(by.organisation_id)
    page = doubtful_faces.page("to_review", place, cursor=paging.cursor, limit=paging.limit)
    waiting = [one for one in page.items if now < one.expires_at]
    scores = checks.table.read_all(check_key(one.id) for one in waiting)
    rows = [_row(one, checks.from_item(scores[check_key(one.id)]).score) for one in waiting]
    return Page(items=rows, cursor=page.cursor)


def view_pictures(check_id: str, *, by: Caller, now: datetime) -> FacePictures:
    """Both pictures, once the look is written down."""
    waiting = _waiting(check_id, by, now)
    look = FaceLook(
        id=ids.new_id("fcl"),
        check_id=waiting.id,
        person_id=waiting.person_id,
        organisation_id=waiting.organisation_id,
        practitioner_role_id=by.practitioner_role_id,
        at=now,
    )
    with Work(by=by, doing="face_review.look") as work:
        work.add(looks, look)
    return FacePictures(
        id_number_masked=masked_number(waiting.number),
        expires_at=waiting.expires_at,
        **waiting.model_dump(include={"id", "name", "portrait", "capture"}),
    )


def judge_face(check_id: str, *, same: bool, by: Caller, now: datetime) -> ReviewedFace:
    """The verdict, once. One person: they are verified, as well as by a comparison with the card's portrait."""
    return decided_again(lambda: _judged(check_id, same, by, now))


def _judged(check_id: str, same: bool, by: Caller, now: datetime) -> ReviewedFace:
    waiting = _waiting(check_id, by, now)
    check = get_check(check_id, waiting.person_id)
    with Work(by=by, doing="face_review.judge") as work:
        judged = work.change(checks, check, check.review(same=same, by_role=by.practitioner_role_id))
        work.emit(FaceChecked.of(judged))
        work.remove(doubtful_faces, waiting)
        _tell_who_asked(work, check, same, now)
        if same:
            _verify(work, waiting, now)
        return work.answer(ReviewedFace(id=judged.id, state=judged.state))


def _tell_who_asked(work: Work, check: FaceCheck, same: bool, now: datetime) -> None:
    """Another system that asked for it reads the verdict, while it is kept."""
    request = face_requests.get(request_key(check.face_request_id)) if check.face_request_id else None
    if request is not None:
        judge_request(work, request, "confirm" if same else "refuse", "card_portrait" if same else "", now)


def _verify(work: Work, waiting: DoubtfulFace, now: datetime) -> None:
    number = parse_id_number(waiting.number, now.astimezone(DAY_ZONE).date())
    proven = Proven(clean_name(waiting.name), number, "card_portrait", "face", waiting.id)
    record(work, waiting.person_id, proven, now)
    person = get_person(waiting.person_id)
    work.change(persons, person, person.verified_as(proven.name, now))


def _waiting(check_id: str, by: Caller, now: datetime) -> DoubtfulFace:
    """One that the caller may look at, while the person agrees to it. `FaceCheckNotFound`, `OwnFace`,
    `ConsentMissing`."""
    waiting = get_doubtful(check_id).seen_by(by.organisation_id, by.person_id, now)
    require("face_recognition", waiting.person_id)
    return waiting


def _row(waiting: DoubtfulFace, score: str) -> DoubtfulFaceRow:
    return DoubtfulFaceRow(id=waiting.id, score=score, held_at=waiting.held_at, expires_at=waiting.expires_at)
