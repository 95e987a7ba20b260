"""An administrator finds who did what, when and from where; nobody changes it, nobody else sees it."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest

from directory.maintain_reference.app import app as maintain_reference
from hospital import clock
from hospital.caller import system
from hospital.listings import day_totals, rows, write_row
from hospital.paging import encode_cursor
from hospital.seals.events import LineWritten
from hospital.seals.listing import OPERATIONS
from hospital.searching import READS
from house.on_listed_write_row.app import app as on_listed_write_row
from house.search_operations_log.app import app as search
from tests.builders.cloud import Cloud, together
from tests.builders.delivery import Delivery
from tests.builders.gateway import call
from tests.builders.moments import START, Time
from tests.builders.people import Clinic, found_clinic, hire
from tests.builders.visits import applied

pytestmark = pytest.mark.store


def line(number: int, **fields: object) -> LineWritten:
    told = {
        "subject": f"lin_{number:05d}",
        "sequence": 1,
        "organisation_id": "org_1",
        "at": START - timedelta(minutes=number),
        "acts": ["visit.accepted.v1"],
        "kind": "Visit",
        "record": f"vis_{number % 7}",
        "record_version": 1,
        "fields": ["state"],
        "person_id": "per_1",
        "role": "doctor",
        "practitioner_role_id": f"prr_{number % 3}",
        "system": None,
        "route": "POST /visits/{visit_id}/accept",
        "ip": "203.0.113.7",
        "device": "test",
    }
    return LineWritten.model_validate(told | fields)


def listed(*lines: LineWritten) -> None:
    for one in lines:
        write_row(OPERATIONS, one, system("test"))


def pages(who, query: str = "") -> list[dict]:
    """Every page of a search, to its end."""
    found, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        answer = call(search, "GET", f"/operations?limit=50{query}{more}", who=who).ok()
        found.append(answer)
        cursor = answer["cursor"]
        assert len(found) < 100
    return found


def items(who, query: str = "") -> list[dict]:
    return [item for page in pages(who, query) for item in page["items"]]


@pytest.mark.req("DIR-15")
def test_an_admins_write_is_found_with_who_what_when_and_from_where(clinic: Clinic, deliver: Delivery, time: Time):
    body = {"content": {"question": "怎么申请？", "answer": "选医生。"}}
    asked = {"user_agent": "Firefox at the desk"}
    made = call(maintain_reference, "POST", "/reference/faqs", body, who=clinic.admin.caller, **asked).ok(201)
    deliver(twice=True)
    time.passes(minutes=1)
    (found,) = items(clinic.admin.caller, f"&record={made['id']}")
    assert found["who"] | {"id": ""} == {"id": "", "name": "钱进", "role": "org_admin", "system": None}
    assert (found["acts"], found["at"]) == (["reference.changed.v1"], "2026-11-21T06:30:00Z")
    assert (found["ip"], found["device"]) == ("203.0.113.7", "Firefox at the desk")
    assert "question" not in str(found) and "怎么" not in str(found), "names of fields at most, never what was written"
    mine = f"&who={clinic.admin.role.id}"
    assert [one["record"] for one in items(clinic.admin.caller, mine)] == [made["id"]]
    assert items(clinic.admin.caller, f"{mine}&until=2026-11-21T06:29:59Z") == []
    assert items(clinic.admin.caller, f"{mine}&since=2026-11-21T06:30:00Z") == [found]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        call(search, method, "/operations", {}, who=clinic.admin.caller).refused(405, "request.method_unknown")
    assert items(clinic.admin.caller, f"&record={made['id']}") == [found]


def test_the_log_cannot_be_edited_through_the_api(clinic):
    assert {route.method for route in search.routes} == {"GET"}


def test_staff_see_their_own_organisation_an_operator_any_and_the_platform(clinic, patient, deliver, time):
    other = found_clinic("另一家")
    applied(clinic, patient)
    deliver()
    time.passes(minutes=1)
    mine = items(clinic.admin.caller)
    assert {item["record"] for item in mine}.isdisjoint({item["record"] for item in items(other.admin.caller)})
    refused = call(search, "GET", f"/operations?organisation_id={other.id}", who=clinic.admin.caller)
    refused.refused(404, "request.not_found")
    operator = hire("operator").caller
    assert items(operator, f"&organisation_id={clinic.id}") == mine
    assert {item["kind"] for item in items(operator)} >= {"Person"}
    for who in (clinic.doctor.caller, patient.caller):
        call(search, "GET", "/operations", who=who).refused(403, "policy.refused")


def a_batch(*told: LineWritten) -> dict[str, object]:
    """What the queue hands over at once."""
    envelopes = [
        {"id": f"evt_{n}", "type": one.TYPE, "data": one.model_dump(mode="json")} for n, one in enumerate(told)
    ]
    return {"Records": [{"messageId": one["id"], "body": json.dumps({"detail": one})} for one in envelopes]}


def test_a_batch_of_new_lines_is_one_transaction(cloud: Cloud):
    told = [line(number, role="nurse" if number % 2 else "doctor") for number in range(40)]
    cloud.store.meter.reset()
    assert on_listed_write_row(a_batch(*told), None) == {"batchItemFailures": []}
    assert sum(count.calls for count in cloud.store.meter.counts() if count.table == "test-listings") == 1
    assert len(cloud.rows("listings", "record")) == 40
    assert day_totals("org_1", "operations", "2026-11") == {"2026-11-21": {"doctor": 20, "nurse": 20}}


def test_a_batch_in_which_something_came_again_writes_the_rest_once(cloud: Cloud):
    told = [line(number) for number in range(6)]
    on_listed_write_row(a_batch(*told[:2]), None)
    assert on_listed_write_row(a_batch(*told, told[3]), None) == {"batchItemFailures": []}
    assert on_listed_write_row(a_batch(*told), None) == {"batchItemFailures": []}
    assert len(cloud.rows("listings", "record")) == 6
    assert day_totals("org_1", "operations", "2026-11") == {"2026-11-21": {"doctor": 6}}


def test_a_bad_event_in_a_batch_goes_back_alone(cloud: Cloud):
    batch = a_batch(*(line(number) for number in range(3)))
    batch["Records"].append({"messageId": "m-broken", "body": "{}"})
    assert on_listed_write_row(batch, None) == {"batchItemFailures": [{"itemIdentifier": "m-broken"}]}
    assert len(cloud.rows("listings", "record")) == 3


def test_doubled_late_and_disordered_events_end_in_the_same_rows_and_totals(cloud: Cloud):
    told = [line(number) for number in range(40)]
    delivered = random.Random(5).sample(told * 3, 120)
    together(4, lambda part: listed(*delivered[part * 30 : part * 30 + 30]))
    assert len(cloud.rows("listings", "record")) == 40
    assert day_totals("org_1", "operations", "2026-11") == {"2026-11-21": {"doctor": 40}}


def test_a_newer_telling_replaces_an_older_one_and_never_the_other_way_round(cloud: Cloud):
    listed(line(1, sequence=2, role="nurse"), line(1, sequence=1, role="doctor"), line(1, sequence=3, role="operator"))
    (row,) = [rows.from_item(item) for item in cloud.items("listings") if item.get("row") == {"S": "record"}]
    assert (row.sequence, row.label) == (3, "operator")
    assert day_totals("org_1", "operations", "2026-11")["2026-11-21"] == {"nurse": 0, "operator": 1}


def test_a_batch_of_events_is_consumed_and_a_stranger_goes_back_alone(cloud: Cloud, deliver, clinic):
    deliver()
    body = '{"detail": {"id": "evt_1", "type": "visit.accepted.v1", "data": {}}}'
    answer = on_listed_write_row({"Records": [{"messageId": "1", "body": body}]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}


@pytest.mark.parametrize("query", ["", "&who=prr_1", "&record=vis_3", "&who=prr_1&record=vis_3", "&role=doctor"])
def test_every_row_comes_once_newest_first_over_months(cloud: Cloud, query, time):
    days = [timedelta(days=n * 3) for n in range(30)]
    listed(*(line(n, at=START - day) for n, day in enumerate(days)))
    clinic_admin = hire("org_admin", "org_1").caller
    wanted = [
        n
        for n in range(30)
        if ("prr_1" not in query or n % 3 == 1) and ("vis_3" not in query or n % 7 == 3)
    ]  # fmt: skip
    since = clock.text(START - timedelta(days=100))
    found = items(clinic_admin, f"&since={since}{query}")
    assert [item["id"] for item in found] == [f"lin_{n:05d}" for n in wanted]


def test_a_range_is_kept_to_the_moment(cloud: Cloud, time):
    listed(*(line(n) for n in range(10)))
    admin = hire("org_admin", "org_1").caller
    query = f"&since={clock.text(START - timedelta(minutes=6))}&until={clock.text(START - timedelta(minutes=3))}"
    assert [item["id"] for item in items(admin, query)] == [f"lin_{n:05d}" for n in (3, 4, 5, 6)]
    reversed_range = "/operations?since=2026-11-21T00:00:00Z&until=2026-11-20T00:00:00Z"
    call(search, "GET", reversed_range, who=admin).refused(400, "log.range_reversed")


def test_a_search_that_used_up_its_budget_says_how_far_it_came(cloud: Cloud, time, monkeypatch):
    """One in two hundred is found: each request reads so much and no more, and honestly says to where."""
    monkeypatch.setattr("hospital.searching.PER_READ", 5)
    listed(*(line(n, acts=["rare.act.v1" if n == 150 else "common.act.v1"]) for n in range(160)))
    admin = hire("org_admin", "org_1").caller
    found = pages(admin, "&act=rare.act.v1")
    reached = [page["searched_to"] for page in found]
    assert reached == sorted(reached, reverse=True)
    assert len(found) >= 160 // (5 * READS)
    assert found[0]["items"] == [] and found[0]["cursor"]
    assert clock.moment(reached[0]) == START - timedelta(minutes=4 * READS)
    assert [item["id"] for page in found for item in page["items"]] == ["lin_00150"]


def test_a_cursor_of_another_search_is_refused(cloud: Cloud, time):
    listed(*(line(n) for n in range(60)))
    admin = hire("org_admin", "org_1").caller
    cursor = call(search, "GET", "/operations?limit=10", who=admin).ok()["cursor"]
    answer = call(search, "GET", f"/operations?who=prr_1&cursor={cursor}", who=admin)
    answer.refused(400, "request.cursor_unknown")


def test_days_are_counted_as_the_clinic_counts_them(cloud: Cloud, time):
    """Half past eleven in the evening of the 20th, UTC, is the morning of the 21st in China."""
    listed(line(1, at=START.replace(day=20, hour=23)), line(2, at=START.replace(day=20, hour=10), role=None))
    admin = hire("org_admin", "org_1").caller
    answer = call(search, "GET", "/operations/days?month=2026-11", who=admin).ok()
    assert answer["days"] == {"2026-11-21": {"doctor": 1}, "2026-11-20": {"system": 1}}
    assert call(search, "GET", "/operations/days", who=admin).ok()["month"] == "2026-11"


@pytest.mark.parametrize(
    "parts",
    [("2026-1x", "-"), ("2026-11", "x"), ("2026-11", "2019-01-01T00:00:00.000Z#x"), ("index", "-"), ("2099-01", "-")],
)
def test_a_cursor_that_no_search_gave_out_is_refused(cloud: Cloud, time, parts):
    admin = hire("org_admin", "org_1").caller
    answer = call(search, "GET", f"/operations?cursor={encode_cursor(*parts)}", who=admin)
    answer.refused(400, "request.cursor_unknown")


@pytest.mark.parametrize(
    "query", ["since=0001-01-01T00:00:00Z", "until=0001-01-01T00:00:00%2B14:00", "until=9999-12-31T23:59:59Z"]
)
def test_times_beyond_all_logs_are_an_empty_range(cloud: Cloud, time, query):
    admin = hire("org_admin", "org_1").caller
    assert call(search, "GET", f"/operations?{query}", who=admin).ok()["items"] == []
