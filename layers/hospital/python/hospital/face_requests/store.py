"""Where face checks that other systems asked for are kept."""

from __future__ import annotations

from datetime import datetime

from hospital import ids
from hospital.face_requests import keys
from hospital.face_requests.errors import FaceRequestNotFound
from hospital.face_requests.events import FaceRequestMoved
from hospital.face_requests.model import Act, FaceRequest
from hospital.table import Collection
from hospital.work import Work

face_requests = Collection(
    FaceRequest, "people", key=lambda one: keys.request_key(one.id), expires=lambda one: one.kept_until
)


def get_face_request(request_id: str, now: datetime) -> FaceRequest:
    """The request with that id, while it is kept; `FaceRequestNotFound`."""
    found = face_requests.get(keys.request_key(request_id)) if ids.is_id(request_id) else None
    if found is None or now >= found.kept_until:
        raise FaceRequestNotFound
    return found


def judge_request(work: Work, before: FaceRequest, act: Act, level: str, now: datetime) -> FaceRequest:
    """What came of a try is written with `work`, for who asked."""
    judged = work.change(face_requests, before, before.judge(act, level, now))
    work.emit(FaceRequestMoved.of(judged))
    return judged
