"""The route that verifies."""

from __future__ import annotations

from hospital import clock
from hospital.caller import Caller
from hospital.http import App
from hospital.policy import can
from house.checking import check_chain
from house.seal_views import VerificationView, readable_head

app = App("verify_seals")


@app.route("POST", "/seals/{chain_id}/verifications", allow=can("log:verify"), returns=VerificationView, status=201)
def post_verification(who: Caller, chain_id: str) -> VerificationView:
    """Verify the newest blocks of a chain now."""
    return check_chain(readable_head(chain_id, who).id, clock.now(), who)
