"""Asking for a face to be checked, opening the link, and telling what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from hospital import ids, settings
from hospital.caller import Asked, Caller
from hospital.face_requests.errors import (
    FaceQuotaUsedUp,
    FaceReferenceReused,
    FaceRequestNotFound,
    FaceRequestOfOther,
)
from hospital.face_requests.events import FaceRequestMoved
from hospital.face_requests.keys import request_key
from hospital.face_requests.model import FaceRequest, Standing
from hospital.face_requests.store import face_requests, get_face_request
from hospital.limits import Limit
from hospital.listings import DAY_ZONE
from hospital.people.model import masked_name
from hospital.systems.model import OtherSystem
from hospital.terminals import Terminal
from hospital.verifications.id_number import clean_name, masked_number, parse_id_number
from hospital.verifications.store import get_identity
from hospital.work import Work


class FaceResult(BaseModel):
    """How a request stands for the system that asked. `level` says how well a face that passed was compared
    (`authority`: with the register, `card_portrait`: with the card), `terminal` where the link was opened."""

    id: str
    reference: str
    state: Standing
    tries: int
    level: str
    terminal: Terminal | None
    asked_at: datetime
    expires_at: datetime
    judged_at: datetime | None

    @classmethod
    def of(cls, request: FaceRequest, now: datetime) -> FaceResult:
        """The result as it stands."""
        told = request.model_dump(include=set(cls.model_fields) - {"state"})
        return cls(**told, state=request.standing(now), expires_at=request.expires_at)


class AskedFace(FaceResult):
    """The same, and the link that the person opens on their phone, until `expires_at`."""

    link: str


class FaceRequestView(BaseModel):
    """For the person: who asks, of whom, and until when. The name is masked: a link may come to the wrong phone."""

    id: str
    system_name: str
    organisation_id: str
    name_masked: str
    id_number_masked: str
    expires_at: datetime


def ask_for_face(
    system: OtherSystem, reference: str, name: str, id_number: str, *, asked: Asked, now: datetime
) -> AskedFace:
    """The request of that reference, made now or before. `FaceReferenceReused`, `FaceQuotaUsedUp`, and what speaks
    against the name and the number."""
    whom, number = clean_name(name), parse_id_number(id_number, now.astimezone(DAY_ZONE).date()).text
    request_id = ids.derived_id("frq", system.id, reference)
    known = _known(request_id, whom, number)
    if known is not None:
        return _told(known, now)
    Limit("faces_of_system", system.most_faces_a_day, timedelta(days=1), FaceQuotaUsedUp).take(system.id)
    fresh = FaceRequest(
        id=request_id,
        system_id=system.id,
        system_name=system.name,
        organisation_id=system.organisation_id,
        reference=reference,
        name=whom,
        number=number,
        code=ids.secret(16),
        asked_at=now,
    )
    try:
        with Work(by=Caller(person_id=system.id, role=None, asked=asked)) as work:
            stored = work.add(face_requests, fresh, otherwise=FaceReferenceReused())
            work.emit(FaceRequestMoved.of(stored))
    except FaceReferenceReused:  # asked twice at this moment
        known = _known(request_id, whom, number)
        if known is None:
            raise
        return _told(known, now)
    return _told(stored, now)


def result_of(system: OtherSystem, request_id: str, *, now: datetime) -> FaceResult:
    """What came of it; another system's does not exist."""
    request = get_face_request(request_id, now)
    if request.system_id != system.id:
        raise FaceRequestNotFound
    return FaceResult.of(request, now)


def open_request(request_id: str, code: str, terminal: Terminal, *, by: Caller, now: datetime) -> FaceRequestView:
    """The caller's from here on, if the link is good and their account is nobody else's. `FaceRequestNotFound`,
    `FaceRequestOver`, `FaceRequestJudged`, `FaceRequestOfOther`."""
    request = get_face_request(request_id, now)
    opened = request.open(code, by.person_id, terminal, now)
    identity = get_identity(by.person_id)
    if identity is not None and identity.id_number != request.number:
        raise FaceRequestOfOther
    view = FaceRequestView(
        name_masked=masked_name(request.name),
        id_number_masked=masked_number(request.number),
        expires_at=request.expires_at,
        **request.model_dump(include={"id", "system_name", "organisation_id"}),
    )
    with Work(by=by, doing="face_request.open") as work:
        stored = work.change(face_requests, request, opened)
        work.emit(FaceRequestMoved.of(stored))
        return work.answer(view)


def _known(request_id: str, name: str, number: str) -> FaceRequest | None:
    """The request if it was made before, of the same person. Raises `FaceReferenceReused`."""
    known = face_requests.get(request_key(request_id))
    if known is not None and not known.is_of(name, number):
        raise FaceReferenceReused
    return known


def _told(request: FaceRequest, now: datetime) -> AskedFace:
    link = f"{settings.current().site_origin}/patient/face-requests/{request.id}?code={request.code}"
    return AskedFace(link=link, **FaceResult.of(request, now).model_dump())
