"""Routes of applying."""

from __future__ import annotations

from consultation.answers import VisitView
from consultation.apply_for_visit.use_case import ApplyForVisit, apply_for_visit
from hospital import clock
from hospital.blacklist.errors import Blacklisted
from hospital.caller import Caller
from hospital.families.errors import MemberNotFound
from hospital.http import App
from hospital.organisations.errors import BusinessOff, ServiceNotOpen
from hospital.policy import can
from hospital.verifications.errors import NotVerified
from hospital.visits.errors import DoctorNotFound, NoticeNotAccepted, VisitAlreadyOpen

app = App("apply_for_visit")


@app.route(
    "POST",
    "/visits",
    allow=can("visit:apply"),
    body=ApplyForVisit,
    returns=VisitView,
    status=201,
    errors=(
        DoctorNotFound,
        BusinessOff,
        MemberNotFound,
        ServiceNotOpen,
        Blacklisted,
        NoticeNotAccepted,
        NotVerified,
        VisitAlreadyOpen,
    ),
)
def post_visit(who: Caller, body: ApplyForVisit) -> VisitView:
    """Apply for a text consultation with a doctor."""
    return apply_for_visit(body, by=who, now=clock.now())
