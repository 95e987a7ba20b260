"""One's own quick replies: the same on every computer, nobody else's, sealed."""

from __future__ import annotations

import pytest

from hospital.conversations.quick_replies import MAX_TEXT, MOST
from messaging.manage_conversations.app import app
from tests.builders.cloud import Cloud
from tests.builders.gateway import call
from tests.builders.people import Clinic, new_patient

pytestmark = pytest.mark.store

PATH = "/quick-replies"


def test_they_are_kept_for_the_account_alone(clinic: Clinic, cloud: Cloud):
    """In their order, each once; whoever keeps others puts them in the place of these."""
    mine = clinic.doctor.caller
    assert call(app, "GET", PATH, who=mine).ok() == {"texts": []}
    given = ["请按时服药。", "多喝水，注意休息。", "请按时服药。"]
    kept = call(app, "PUT", PATH, {"texts": given}, who=mine).ok()
    assert kept == call(app, "GET", PATH, who=mine).ok() == {"texts": given[:2]}
    assert call(app, "GET", PATH, who=clinic.colleague.caller).ok() == {"texts": []}
    assert "按时服药" not in str(cloud.rows("conversations"))
    call(app, "PUT", PATH, {"texts": []}, who=mine).ok()
    assert call(app, "GET", PATH, who=mine).ok() == {"texts": []}


@pytest.mark.parametrize(
    "texts", [["\u200b"], [""], ["长" * (MAX_TEXT + 1)], ["好"] * (MOST + 1), "请按时服药。", [1], None]
)
def test_what_cannot_be_one(clinic: Clinic, texts: object):
    call(app, "PUT", PATH, {"texts": texts}, who=clinic.doctor.caller).refused(400, "request.schema_broken")
    call(app, "PUT", PATH, {"texts": []}, who=new_patient().caller).refused(403, "policy.refused")
