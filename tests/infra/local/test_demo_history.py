"""The demo's half year: the same seed makes the same one, it could have happened, and its tables are what they would be
had it happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pynamodb.expressions.operand import Path as Field

from consultation.answer_visit.use_case import waiting_visits
from hospital import clock, table
from hospital import connection as kit
from hospital.access.store import get_access
from hospital.caller import Asked, Caller
from hospital.conversations.store import conversations, messages
from hospital.paging import Paging
from hospital.people.store import get_staff
from hospital.policy import permissions_of
from hospital.seals.verifying import verify
from hospital.visits.store import visits
from infra.local.demo.half_year import found_half_year
from infra.local.demo.manuscript import CouldNotHaveHappened, Manuscript, holds
from infra.local.demo.plan import ANSWER_WITHIN, Plan, Size, departments, plan_history
from infra.local.store import StoreError
from infra.verify_audit.reading import evidence_from
from tests.builders.cloud import STREAMS, Cloud, fresh_cloud

pytestmark = pytest.mark.store

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TINY = Size(doctors=2, patients=6, visits=2)
SMALL = Size(doctors=24, patients=40, visits=40, days=182)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """A cloud at noon of the demo's day."""
    with fresh_cloud() as cloud, clock.standing(NOW):
        yield cloud


# -- the plan -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The plan of the full demo."""
    return plan_history(1, NOW)


def test_it_is_a_hospital_of_a_believable_size(plan: Plan) -> None:
    assert len({doctor.department for doctor in plan.doctors}) == len(departments()) == 20
    assert (len(plan.doctors), len(plan.patients)) == (80, 2000)
    assert len({doctor.account for doctor in plan.doctors}) == 80
    assert len({patient.phone for patient in plan.patients}) == 2000
    assert len({patient.id_number for patient in plan.patients}) == 2000
    assert min(Counter(doctor.department for doctor in plan.doctors).values()) == 4
    outcomes = Counter(visit.outcome for visit in plan.visits)
    assert set(outcomes) == {"finished", "refused", "expired", "talking", "waiting"}
    assert outcomes["finished"] > 800
    first = min(visit.applied_at for visit in plan.visits)
    assert timedelta(days=170) < NOW - first < timedelta(days=183)


def test_the_same_seed_and_day_make_the_same_plan_and_another_seed_another() -> None:
    again = [plan_history(seed, NOW, SMALL) for seed in (5, 5, 6)]
    assert again[0] == again[1]
    assert again[0].visits != again[2].visits


def test_nobody_is_sent_what_does_not_fit_them(plan: Plan) -> None:
    of_department = {one["name"]: one for one in departments()}
    for visit in plan.visits:
        who, doctor = plan.patients[visit.patient], plan.doctors[visit.doctor]
        if visit.patient:  # the first patient, whom everybody plays, comes with whatever there is
            assert of_department[doctor.department].get("sex", who.sex) == who.sex
        assert "{" not in visit.complaint + visit.conclusion + visit.advice


def test_everything_lies_in_the_past_and_in_order(plan: Plan) -> None:
    for visit in plan.visits:
        moments = [visit.applied_at]
        moments += [visit.answered_at] if visit.answered_at else []
        moments += [at for _, _, at in visit.turns]
        moments += [visit.ended_at] if visit.ended_at else []
        assert moments == sorted(moments) and moments[-1] <= NOW, visit
        if visit.answered_at:
            assert visit.answered_at < visit.applied_at + ANSWER_WITHIN
        if visit.outcome == "waiting":
            assert visit.applied_at + ANSWER_WITHIN > NOW


# -- what it becomes ----------------------------------------------------------------------------------------------


class _Both:
    """A manuscript's table and the real one: written together, read from the manuscript."""

    def __init__(self, written: Any, real: Any) -> None:
        self._written, self._real = written, real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._written, name)

    def put_item(self, *what: Any, **how: Any) -> None:
        self._written.put_item(*what, **how)
        self._real.put_item(*what, **how)

    def update_item(self, *what: Any, **how: Any) -> Any:
        self._real.update_item(*what, **how)
        return self._written.update_item(*what, **how)

    def delete_item(self, *what: Any, **how: Any) -> None:
        self._written.delete_item(*what, **how)
        self._real.delete_item(*what, **how)

    def get_operation_kwargs(self, *what: Any, **how: Any) -> tuple[Any, Any]:
        return self._written.get_operation_kwargs(*what, **how), self._real.get_operation_kwargs(*what, **how)

    def transact_write_items(self, *operations: Any, client_request_token: str) -> None:
        written, real = ([[one[side] for one in kind] for kind in operations] for side in (0, 1))
        self._written.transact_write_items(*written)
        self._real.transact_write_items(*real, client_request_token=client_request_token)


def test_the_real_tables_would_hold_the_same(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Manuscript.table

    def both(manuscript: Manuscript, name: str) -> Any:
        return _Both(own(manuscript, name), kit.connection("cn-northwest-1", name))

    monkeypatch.setattr(Manuscript, "table", both)
    made: dict[str, list[Any]] = {}

    def keep(name: str, items: Any) -> int:
        made[name] = list(items)
        return len(made[name])

    found_half_year(keep, seed=3, size=TINY)
    assert {"Visit", "Message", "Patient", "SignIn"} <= {
        item.get("kind", {"S": ""})["S"] for items in made.values() for item in items
    }
    for name, items in made.items():
        stands = [
            item
            for item in cloud.items(name.removeprefix("test-"))
            if int(item.get("expires_on", {"N": "9999999999"})["N"]) > NOW.timestamp()
        ]
        assert _sorted(items) == _sorted(stands), name


def _sorted(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def test_the_hospital_opens_with_it(cloud: Cloud) -> None:
    accounts = found_half_year(cloud.store.take_in, seed=3, size=SMALL)
    first = accounts["patients"][0]
    assert first.pop("id_number").startswith("110000")
    assert first == {"phone": "13800138001", "name": "张伟"}
    doctor = next(one for one in accounts["staff"] if one["account"] == "doctor1@hq")
    by = Caller(
        person_id=doctor["person_id"],
        role="doctor",
        asked=Asked(request_id="test"),
        organisation_id=visits.page("of_doctor", f"DOCTOR#{doctor['practitioner_role_id']}").items[0].organisation_id,
        practitioner_role_id=doctor["practitioner_role_id"],
    )
    assert len(waiting_visits(Paging(), by=by, now=NOW).items) >= 3
    known = visits.page("of_doctor", f"DOCTOR#{doctor['practitioner_role_id']}", limit=100).items
    finished = next(visit for visit in known if visit.state == "finished")
    assert finished.summary and finished.summary.advice
    conversation = conversations.need(
        conversations.key(conversations.record.model_construct(id=finished.conversation_id))
    )
    said, _ = messages.between(f"CONV#{conversation.id}", "MSG#", "MSG#~", limit=50)
    assert said[0].type == "system" and {message.type for message in said[1:]} == {"text"}
    assert conversation.state == "closed"
    # Nothing of it goes out a second time.
    assert cloud.store.last_seq() == 0
    with pytest.raises(StoreError, match="holds items already"):
        cloud.store.take_in("test-clinical", [])


def test_a_doctor_on_duty_opens_records_in_an_emergency_and_a_clerk_reviews_it(cloud: Cloud) -> None:
    accounts = found_half_year(cloud.store.take_in, seed=3, size=TINY)["staff"]
    houses = {one["organisation"] for one in accounts if one["role"] == "doctor"}
    for duty, role, right in (
        ("急诊值班医生", "doctor", "emergency:read"),
        ("隐私保护专员", "clerk", "emergency:review"),
    ):
        holding = [one for one in accounts if one.get("duty") == duty]
        assert {one["organisation"] for one in holding} == houses and len(holding) == len(houses)
        for one in holding:
            held = get_staff(one["practitioner_role_id"])
            assert held.role == role
            assert right in permissions_of(held.role, get_access(held.organisation_id).granted(held.duties))


def test_its_lines_are_sealed_and_listed(cloud: Cloud) -> None:
    """The offline verifier reads all tables and finds nothing; the operations log has a row for each audit line."""
    found_half_year(cloud.store.take_in, seed=3, size=TINY)
    items = [(name, item) for name in (*STREAMS, "seals") for item in cloud.items(name)]
    assert verify(evidence_from(items, [], NOW)) == []
    altered = next(item for _, item in items if item.get("row") == {"S": "audit"})
    altered["record"]["S"] += "x"
    assert [finding.what for finding in verify(evidence_from(items, [], NOW))] == ["altered"]
    audited = sum(item.get("row") == {"S": "audit"} for _, item in items)
    signed_in = sum(item.get("kind") == {"S": "SignIn"} for _, item in items)
    listed = cloud.rows("listings")
    assert Counter(row["listing"] for row in listed if row.get("kind") == "Row") == {
        "operations": audited,
        "sign_ins": signed_in,
    }
    assert sum(row["count"] for row in listed if row["pk"].startswith("TOTALS#")) == audited + signed_in


def test_the_same_seed_and_day_make_the_same_ids(cloud: Cloud) -> None:
    founded = [found_half_year(lambda _name, items: len(items), seed=3, size=TINY) for _ in range(2)]
    assert founded[0] == founded[1]


# -- judging conditions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        (Field("pk").does_not_exist(), False),
        (Field("nothing").does_not_exist() & (Field("n") == 3), True),
        ((Field("n") > 2) & (Field("n") <= 3) & (Field("n") != 4), True),
        ((Field("n") == "3") | (Field("nothing") == 1), False),
        (~(Field("s").startswith("ab")) | Field("s").contains("zz"), False),
        (Field("s").between("a", "b"), True),
        (Field("open") == True, True),  # noqa: E712 - an expression
    ],
)
def test_conditions_are_judged_as_dynamodb_does(condition: Any, verdict: bool) -> None:
    item = {"pk": {"S": "a"}, "n": {"N": "3"}, "s": {"S": "abc"}, "open": {"BOOL": True}}
    assert holds(condition, item) is verdict


def test_what_the_tables_would_refuse_is_no_history() -> None:
    manuscript = Manuscript()
    with manuscript.written():
        connection: Any = table.connection("cn-northwest-1", "test-clinical")
        connection.put_item("test-clinical", "a", "b", {"n": {"N": "1"}}, condition=Field("pk").does_not_exist())
        with pytest.raises(CouldNotHaveHappened, match="a / b"):
            connection.put_item("test-clinical", "a", "b", {}, condition=Field("pk").does_not_exist())
    assert table.connection is kit.connection
