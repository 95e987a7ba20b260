"""Routes of faces in doubt."""

from __future__ import annotations

from hospital import clock
from hospital.caller import Caller
from hospital.consents.errors import ConsentMissing
from hospital.face_checks.errors import FaceCheckNotFound, FaceCheckUsed, OwnFace
from hospital.http import App, Command
from hospital.paging import Page, Paging
from hospital.policy import can
from hospital.verifications.errors import AlreadyVerified, IdNumberTaken
from identity.review_faces.use_case import (
    DoubtfulFaceRow,
    FacePictures,
    ReviewedFace,
    judge_face,
    view_doubtful,
    view_pictures,
)

app = App("review_faces")

_REVIEWS = can("identity:review")


class JudgeFace(Command):
    """Whether both pictures show one person."""

    same: bool


@app.route("GET", "/face-reviews", allow=_REVIEWS, query=Paging, returns=Page[DoubtfulFaceRow])
def get_face_reviews(who: Caller, query: Paging) -> Page[DoubtfulFaceRow]:
    """Checks in doubt that wait for the caller's organisation, the oldest first; no pictures."""
    return view_doubtful(query, by=who, now=clock.now())


@app.route(
    "GET",
    "/face-reviews/{check_id}/pictures",
    allow=_REVIEWS,
    returns=FacePictures,
    errors=(FaceCheckNotFound, OwnFace, ConsentMissing),
)
def get_face_pictures(who: Caller, check_id: str) -> FacePictures:
    """The card's portrait and the frame; that they were looked at is written down first."""
    return view_pictures(check_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/face-reviews/{check_id}",
    allow=_REVIEWS,
    body=JudgeFace,
    returns=ReviewedFace,
    errors=(FaceCheckNotFound, FaceCheckUsed, OwnFace, ConsentMissing, IdNumberTaken, AlreadyVerified),
)
def post_face_review(who: Caller, check_id: str, body: JudgeFace) -> ReviewedFace:
    """Judge it; the pictures go."""
    return judge_face(check_id, same=body.same, by=who, now=clock.now())
