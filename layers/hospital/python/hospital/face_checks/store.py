"""Where face checks are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hospital import ids
from hospital.face_checks import keys
from hospital.face_checks.errors import FaceCheckNotFound, FaceCheckUsed, FramesReplayed
from hospital.face_checks.model import REMEMBERED, DoubtfulFace, FaceCheck, FaceLook, FrameSent, digest_of
from hospital.records import Key
from hospital.table import Collection
from hospital.work import Work

_MOST_IN_DOUBT = 20

checks = Collection(FaceCheck, "people", key=lambda one: keys.check_key(one.id))
doubtful_faces = Collection(
    DoubtfulFace,
    "people",
    key=lambda one: keys.doubtful_key(one.id),
    expires=lambda one: one.expires_at,
    lists={
        "to_review": lambda one: Key(keys.to_review_key(one.organisation_id), keys.since(one.held_at, one.id)),
        "of_person": lambda one: Key(keys.doubtful_of_key(one.person_id), one.id),
    },
)
looks = Collection(FaceLook, "people", key=lambda one: keys.look_key(one.check_id, one.id))
frames_sent = Collection(
    FrameSent,
    "requests",
    key=lambda one: keys.frame_key(one.id),
    expires=lambda one: one.sent_at + REMEMBERED,
    audited=False,  # a digest that says nothing of anybody; the check it came for has its lines
)


def get_check(check_id: str, person_id: str) -> FaceCheck:
    """A check of that person; `FaceCheckNotFound` otherwise."""
    found = checks.get(keys.check_key(check_id)) if ids.is_id(check_id) else None
    if found is None or found.person_id != person_id:
        raise FaceCheckNotFound
    return found


def get_doubtful(check_id: str) -> DoubtfulFace:
    """What waits for somebody to look; `FaceCheckNotFound` once nothing does."""
    found = doubtful_faces.get(keys.doubtful_key(check_id)) if ids.is_id(check_id) else None
    if found is None:
        raise FaceCheckNotFound
    return found


def forget_doubtful(work: Work, person_id: str) -> None:
    """Who no longer agrees has nothing of their face kept: what waits goes, unseen."""
    for waiting in doubtful_faces.page("of_person", keys.doubtful_of_key(person_id), limit=_MOST_IN_DOUBT).items:
        work.remove(doubtful_faces, waiting)


def answer_check(work: Work, before: FaceCheck, after: FaceCheck, frames: Sequence[bytes], now: datetime) -> FaceCheck:
    """Once, and with frames that nobody sent before: `FaceCheckUsed`, `FramesReplayed`."""
    digests = {digest_of(frame) for frame in frames}
    if len(digests) < len(frames):
        raise FramesReplayed
    answered = work.change(checks, before, after, otherwise=FaceCheckUsed(state="answered"))
    for digest in sorted(digests):
        work.add(frames_sent, FrameSent(id=digest, sent_at=now), otherwise=FramesReplayed())
    return answered
