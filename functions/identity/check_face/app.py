"""Routes of faces."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from adapters.face import FramesRefused
from hospital import clock, ids
from hospital.caller import Caller
from hospital.card_readings.errors import ReadingNotFound, ReadingNotPassable
from hospital.consents.errors import ConsentMissing, GuardianNeeded
from hospital.face_checks.errors import (
    FaceCheckNotFound,
    FaceCheckOver,
    FaceCheckUsed,
    FaceNotLive,
    FaceOther,
    FramesReplayed,
    TooManyFaceChecks,
)
from hospital.face_requests.errors import (
    FaceRequestJudged,
    FaceRequestNotFound,
    FaceRequestOfOther,
    FaceRequestOver,
)
from hospital.http import App, Command
from hospital.organisations.errors import OrganisationNotFound
from hospital.policy import can
from hospital.verifications.errors import AlreadyVerified, IdNumberRefused, IdNumberTaken, NameRefused
from identity.check_face.use_case import Asking, FaceCheckView, FaceVerdictView, draw_check, judge_frames

app = App("check_face")

_OWN = can("visit:apply")
LONGEST_FRAMES = 3_000_000
"""Bytes of the request: 24 frames of 480 pixels take a third of it."""


class AnswerFaceCheck(Command):
    """JPEG frames in base64, in the order they were taken, not mirrored, 480 pixels on their longer side; and the two
    sides of the card they are compared with. Where there is doubt, staff of `organisation_id` look; without one nothing
    is kept, and the counter remains. `face_request_id`: it is another system that asked, and whose organisation's staff
    look."""

    frames: Annotated[list[Annotated[str, Field(min_length=1, max_length=200_000)]], Field(min_length=6, max_length=24)]
    front_reading_id: Annotated[str, Field(pattern=ids.PATTERN)]
    back_reading_id: Annotated[str, Field(pattern=ids.PATTERN)]
    organisation_id: Annotated[str, Field(pattern=ids.PATTERN)] | None = None
    face_request_id: Annotated[str, Field(pattern=ids.PATTERN)] | None = None


@app.route(
    "POST",
    "/face-checks",
    allow=_OWN,
    returns=FaceCheckView,
    status=201,
    errors=(ConsentMissing, TooManyFaceChecks),
)
def post_check(who: Caller) -> FaceCheckView:
    """Draw what is to be done before the camera, within a minute."""
    return draw_check(by=who, now=clock.now())


@app.route(
    "POST",
    "/face-checks/{check_id}/answer",
    allow=_OWN,
    body=AnswerFaceCheck,
    longest_body=LONGEST_FRAMES,
    returns=FaceVerdictView,
    errors=(
        ConsentMissing,
        GuardianNeeded,
        FaceCheckNotFound,
        FaceCheckOver,
        FaceCheckUsed,
        FramesRefused,
        FramesReplayed,
        FaceNotLive,
        FaceOther,
        ReadingNotFound,
        ReadingNotPassable,
        NameRefused,
        IdNumberRefused,
        IdNumberTaken,
        AlreadyVerified,
        OrganisationNotFound,
        FaceRequestNotFound,
        FaceRequestOver,
        FaceRequestJudged,
        FaceRequestOfOther,
    ),
)
def post_answer(who: Caller, check_id: str, body: AnswerFaceCheck) -> FaceVerdictView:
    """Judge the frames that show it; whatever the verdict, the check is used up."""
    asked = Asking(body.front_reading_id, body.back_reading_id, body.organisation_id or "", body.face_request_id or "")
    return judge_frames(check_id, body.frames, asked, by=who, now=clock.now())
