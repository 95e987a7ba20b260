"""Routes of face checks for other systems; see `hospital.systems.proving` for how requests are signed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.errors import Unauthenticated
from hospital.face_requests.errors import (
    FaceQuotaUsedUp,
    FaceReferenceReused,
    FaceRequestJudged,
    FaceRequestNotFound,
    FaceRequestOfOther,
    FaceRequestOver,
)
from hospital.http import App, Command, Sent
from hospital.policy import anyone, can
from hospital.systems.proving import signed_by
from hospital.terminals import Terminal
from hospital.verifications.errors import IdNumberRefused, NameRefused
from identity.ask_for_face.use_case import (
    AskedFace,
    FaceRequestView,
    FaceResult,
    ask_for_face,
    open_request,
    result_of,
)

app = App("ask_for_face")


class AskForFace(Command):
    """Whose face is to be checked. The `reference` names the request: asked again under it, it is the same one."""

    reference: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    id_number: Annotated[str, Field(min_length=15, max_length=18)]


class OpenFaceRequest(Command):
    """The code of the link, and where it was opened."""

    code: Annotated[str, Field(min_length=1, max_length=64)]
    terminal: Terminal = "web"


@app.route(
    "POST",
    "/system-face-requests",
    allow=anyone,
    body=AskForFace,
    returns=AskedFace,
    status=202,
    errors=(Unauthenticated, FaceQuotaUsedUp, FaceReferenceReused, NameRefused, IdNumberRefused),
)
def post_face_request(who: Caller, sent: Sent, body: AskForFace) -> AskedFace:
    """Ask for a face to be checked, and read the link that its person opens."""
    now = clock.now()
    system = signed_by(sent.headers, sent.method, sent.path, sent.body, now)
    return ask_for_face(system, body.reference, body.name, body.id_number, asked=who.asked, now=now)


@app.route(
    "GET",
    "/system-face-requests/{face_request_id}",
    allow=anyone,
    returns=FaceResult,
    errors=(Unauthenticated, FaceRequestNotFound),
)
def get_face_result(sent: Sent, face_request_id: str) -> FaceResult:
    """What came of a request of the system's own."""
    now = clock.now()
    system = signed_by(sent.headers, sent.method, sent.path, sent.body, now)
    return result_of(system, face_request_id, now=now)


@app.route(
    "POST",
    "/face-requests/{face_request_id}/open",
    allow=can("visit:apply"),
    body=OpenFaceRequest,
    returns=FaceRequestView,
    errors=(FaceRequestNotFound, FaceRequestOver, FaceRequestJudged, FaceRequestOfOther),
)
def post_open(who: Caller, face_request_id: str, body: OpenFaceRequest) -> FaceRequestView:
    """Follow a link: who asks, and of whom."""
    return open_request(face_request_id, body.code, body.terminal, by=who, now=clock.now())
