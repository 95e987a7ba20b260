"""How the log is sealed, as administrators and operators see it; and a verification on demand."""

from __future__ import annotations

import pytest

from house.anchor_heads.app import app as anchor_heads
from house.verify_seals.app import app as verify_seals
from house.view_seals.app import app as view_seals
from tests.builders.cloud import Cloud, client
from tests.builders.delivery import Delivery
from tests.builders.gateway import call
from tests.builders.moments import Time
from tests.builders.people import Clinic, found_clinic, hire
from tests.builders.seals import archive
from tests.builders.visits import applied

pytestmark = pytest.mark.store


@pytest.fixture
def chain(clinic: Clinic, patient, deliver: Delivery, time: Time) -> str:
    """The clinic's chain: three blocks, the second anchored."""
    archive()
    for number in range(3):
        time.passes(minutes=1)
        if number:
            found_item(clinic, number)
        else:
            applied(clinic, patient)
        deliver()
        deliver.seal()
        if number == 1:
            anchor_heads({}, None)
    return clinic.id


def found_item(clinic: Clinic, number: int) -> None:
    from directory.maintain_reference.app import app as maintain_reference

    content = {"question": f"问题 {number}", "answer": "答案"}
    call(maintain_reference, "POST", "/reference/faqs", {"content": content}, who=clinic.admin.caller).ok(201)


def test_an_admin_sees_the_own_chain_with_blocks_and_anchors(clinic: Clinic, chain: str):
    admin = clinic.admin.caller
    (own,) = call(view_seals, "GET", "/seals", who=admin).ok()["items"]
    assert (own["chain"], own["blocks"], own["anchored_block"]) == (chain, 3, 2)
    detail = call(view_seals, "GET", f"/seals/{chain}", who=admin).ok()
    assert [anchor["block"] for anchor in detail["anchors"]] == [2]
    assert detail["verification"] is None
    page = call(view_seals, "GET", f"/seals/{chain}/blocks?limit=2", who=admin).ok()
    assert [block["number"] for block in page["items"]] == [3, 2]
    rest = call(view_seals, "GET", f"/seals/{chain}/blocks?limit=2&before={page['before']}", who=admin).ok()
    assert ([block["number"] for block in rest["items"]], rest["before"]) == ([1], None)
    assert page["items"][1]["previous"] == rest["items"][0]["seal"]
    assert sum(block["lines"] for block in page["items"] + rest["items"]) == own["lines"]


def test_another_chain_does_not_exist_for_staff_and_a_doctor_is_refused(clinic: Clinic, chain: str):
    other = found_clinic("另一家").admin.caller
    for path in (f"/seals/{chain}", f"/seals/{chain}/blocks", "/seals/org_platform"):
        call(view_seals, "GET", path, who=other).refused(404, "request.not_found")
    call(view_seals, "GET", "/seals", who=clinic.doctor.caller).refused(403, "policy.refused")
    assert call(view_seals, "GET", "/seals", who=other).ok()["items"] == []


def test_an_operator_verifies_now_and_what_was_changed_is_named(clinic: Clinic, chain: str, cloud: Cloud, time: Time):
    operator = hire("operator").caller
    path = f"/seals/{chain}/verifications"
    call(verify_seals, "POST", path, who=clinic.admin.caller).refused(403, "policy.refused")
    clean = call(verify_seals, "POST", path, who=operator, key="verify-now-1").ok(201)
    assert (clean["findings"], clean["complete"], clean["last_block"], clean["anchors"]) == ([], True, 3, 1)
    item = next(one for one in cloud.items("clinical") if one.get("row") == {"S": "audit"})
    client("dynamodb").delete_item(TableName="test-clinical", Key={"pk": item["pk"], "sk": item["sk"]})
    time.passes(minutes=1)
    broken = call(verify_seals, "POST", path, who=operator, key="verify-now-2").ok(201)
    subject = item["line_subject"]["S"]
    assert [(one["what"], one["subject"], one["number"]) for one in broken["findings"]] == [("missing", subject, 1)]
    shown = call(view_seals, "GET", f"/seals/{chain}", who=operator).ok()["verification"]
    assert shown == broken
    call(verify_seals, "POST", "/seals/org_0/verifications", who=operator).refused(404, "request.not_found")
    call(verify_seals, "POST", "/seals/a..b/verifications", who=operator).refused(404, "request.not_found")
    assert {one["chain"] for one in call(view_seals, "GET", "/seals", who=operator).ok()["items"]} == {
        chain,
        "org_platform",
    }
