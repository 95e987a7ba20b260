"""Reference data: every check over every kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from directory.maintain_reference.app import app
from hospital.caller import Caller
from hospital.reference.kinds import KINDS, Kind
from tests.builders.cloud import Cloud, together
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, found_clinic, hire, new_patient
from tests.builders.reference import CONTENTS, OTHERS, Content

pytestmark = pytest.mark.store


@dataclass
class Desk:
    """One kind, and somebody who may write it."""

    kind: Kind
    writer: Caller
    clinic: Clinic

    @property
    def path(self) -> str:
        return f"/reference/{self.kind.name}"

    @property
    def content(self) -> Content:
        return CONTENTS[self.kind.name]

    def create(self, content: Content | None = None, **more: Any) -> Answer:
        body = {"content": self.content if content is None else content}
        return call(app, "POST", self.path, body, **{"who": self.writer} | more)

    def change(self, item: dict, content: Content, **more: Any) -> Answer:
        body = {"version": item["version"], "content": content}
        return call(app, "PUT", f"{self.path}/{item['id']}", body, **{"who": self.writer} | more)

    def turn(self, item: dict, act: str, **more: Any) -> Answer:
        body = {"version": item["version"]}
        return call(app, "POST", f"{self.path}/{item['id']}/{act}", body, **{"who": self.writer} | more)

    def read(self, item_id: str, who: Caller | None = None) -> Answer:
        return call(app, "GET", f"{self.path}/{item_id}", who=who or self.writer)

    def list(self, query: str = "", who: Caller | None = None) -> list[dict]:
        return call(app, "GET", f"{self.path}{query}", who=who or self.writer).ok()["items"]

    def made_here(self, query: str = "") -> list[str]:
        """The ids in the list, without what the clinic was founded with."""
        founded = {self.clinic.id, self.clinic.notice.id, *(reason.id for reason in self.clinic.reasons)}
        return [item["id"] for item in self.list(query) if item["id"] not in founded]


@pytest.fixture(params=[kind.name for kind in KINDS])
def desk(request: pytest.FixtureRequest, clinic: Clinic) -> Desk:
    """Each kind in turn, with an administrator of the clinic, or an operator for what belongs to the platform."""
    kind = KINDS[request.param]
    writer = clinic.admin.caller if kind.per_organisation else hire("operator").caller
    return Desk(kind, writer, clinic)


# -- writing ------------------------------------------------------------------------------------------------------


def test_an_item_is_created_and_read(desk: Desk):
    item = desk.create().ok(201)
    assert item == {
        "id": item["id"],
        "kind": desk.kind.name,
        "organisation_id": desk.clinic.id if desk.kind.per_organisation else None,
        "version": 1,
        "retired": False,
        "content": desk.kind.schema.model_validate(desk.content).model_dump(mode="json"),
        "changed_at": "2026-11-21T06:30:00Z",
    }
    assert desk.read(item["id"]).ok() == item
    assert item in desk.list()


def test_an_item_is_changed(desk: Desk, time: Time):
    item = desk.create().ok(201)
    time.passes(minutes=1)
    changed = desk.change(item, OTHERS[desk.kind.name]).ok()
    assert (changed["version"], changed["changed_at"]) == (2, "2026-11-21T06:31:00Z")
    assert changed["content"] | OTHERS[desk.kind.name] == changed["content"]
    assert desk.read(item["id"]).ok() == changed


def test_what_was_changed_since_it_was_read_is_not_written_over(desk: Desk):
    item = desk.create().ok(201)
    desk.change(item, OTHERS[desk.kind.name]).ok()
    for refused in (desk.change(item, desk.content), desk.turn(item, "retire"), desk.turn(item, "restore")):
        assert refused.refused(409, "reference.changed_meanwhile") == {"version": 2}
    future = item | {"version": 9}
    assert desk.change(future, desk.content).refused(409, "reference.changed_meanwhile") == {"version": 2}


def test_of_eight_editors_at_once_one_wins_and_the_others_learn_the_version(desk: Desk):
    item = desk.create().ok(201)
    answers = together(8, lambda number: desk.turn(item, "retire" if number % 2 else "restore"))
    assert [answer.status for answer in answers].count(200) == 1
    lost = [answer for answer in answers if answer.status != 200]
    assert [answer.refused(409, "reference.changed_meanwhile") for answer in lost] == [{"version": 2}] * 7


def test_an_item_is_retired_and_comes_back(desk: Desk):
    item = desk.create().ok(201)
    retired = desk.turn(item, "retire").ok()
    assert (retired["retired"], retired["version"], retired["content"]) == (True, 2, item["content"])
    assert desk.made_here() == []
    assert desk.made_here("?retired=true") == [item["id"]]
    assert desk.read(item["id"]).ok() == retired, "what is out of use can be read: old records point at it"
    restored = desk.turn(retired, "restore").ok()
    assert (restored["retired"], restored["version"]) == (False, 3)
    assert desk.made_here() == [item["id"]]


def test_a_code_belongs_to_one_item(desk: Desk):
    item = desk.create().ok(201)
    second = desk.create(OTHERS[desk.kind.name]).ok(201)
    if desk.kind.unique is None:
        desk.create().ok(201)
        return
    taken = {"field": desk.kind.unique}
    assert desk.create().refused(409, "reference.code_taken") == taken
    same_code = OTHERS[desk.kind.name] | {desk.kind.unique: desk.content[desk.kind.unique]}
    assert desk.change(second, same_code).refused(409, "reference.code_taken") == taken
    retired = desk.turn(item, "retire").ok()
    assert desk.create().refused(409, "reference.code_taken") == taken, "it may come back"
    freed = {desk.kind.unique: "freed.code"}
    desk.change(retired, desk.content | freed).ok()
    desk.create().ok(201)
    desk.change(second, same_code | {desk.kind.unique: "freed.code"}).refused(409, "reference.code_taken")


def test_of_eight_who_want_a_code_at_once_one_gets_it(desk: Desk):
    if desk.kind.unique is None:
        return
    answers = together(8, lambda _: desk.create())
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    assert len(desk.made_here()) == 1


def test_the_same_wish_twice_is_done_once(desk: Desk):
    first, again = desk.create(key="key-of-the-page"), desk.create(key="key-of-the-page")
    assert first.ok(201) == again.ok(201)
    assert desk.made_here() == [first.json["id"]]


def test_content_that_breaks_the_schema_is_refused_by_field(desk: Desk):
    required = desk.kind.schema.model_json_schema()["required"]
    facts = desk.create({}).refused(400, "request.schema_broken")
    assert {problem["field"] for problem in facts["fields"]} == set(required)
    desk.create(desk.content | {"unknown": "x"}).refused(400, "request.schema_broken")
    for name, drawn in desk.kind.schema.model_json_schema()["properties"].items():
        wrong = "words" if drawn["x-widget"] == "number" else 7
        facts = desk.create(desk.content | {name: wrong}).refused(400, "request.schema_broken")
        assert [problem["field"] for problem in facts["fields"]] == [name]
    assert desk.made_here() == []


def test_a_body_without_content_is_refused(desk: Desk):
    for body in ({}, {"content": []}, {"content": "x"}, {"content": None}, {"content": desk.content, "x": 1}):
        call(app, "POST", desk.path, body, who=desk.writer).refused(400, "request.schema_broken")


# -- lists --------------------------------------------------------------------------------------------------------


def test_items_come_in_the_kinds_order_over_pages(desk: Desk):
    made = []
    for number in (3, 1, 2, 0, 4):
        content = dict(desk.content)
        for name in {desk.kind.sort_by, desk.kind.unique} - {None}:
            value = content.get(name)
            content[name] = number if isinstance(value, int) else f"x{number}"
        made.append((number, desk.create(content).ok(201)["id"]))
    expected = [item_id for _, item_id in sorted(made)]
    assert desk.made_here() == expected
    found, cursor = [], ""
    for _ in range(9):
        page = call(app, "GET", f"{desk.path}?limit=2{cursor}", who=desk.writer).ok()
        found += [item["id"] for item in page["items"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert [item_id for item_id in found if item_id in expected] == expected


def test_any_word_of_an_item_finds_it(desk: Desk):
    item = desk.create().ok(201)
    for value in item["content"].values():
        if isinstance(value, str) and value not in ("", "text_consultation"):
            assert item["id"] in desk.made_here(f"?q={value[-2:].upper()}")
    assert desk.made_here("?q=nowhere-to-be-found") == []


def test_what_cannot_be_asked(desk: Desk):
    for query in ("limit=0", "limit=101", "q=" + "x" * 41, "retired=perhaps", "organisation_id=no%20id", "x=1"):
        call(app, "GET", f"{desk.path}?{query}", who=desk.writer).refused(400, "request.schema_broken")
    call(app, "GET", f"{desk.path}?cursor=nonsense", who=desk.writer).refused(400, "request.cursor_unknown")


# -- whose it is --------------------------------------------------------------------------------------------------


def test_another_organisations_item_does_not_exist(desk: Desk):
    if not desk.kind.per_organisation:
        return
    item, stranger = desk.create().ok(201), found_clinic().admin.caller
    desk.read(item["id"], stranger).refused(404, "reference.item_not_found")
    desk.change(item, desk.content, who=stranger).refused(404, "reference.item_not_found")
    desk.turn(item, "retire", who=stranger).refused(404, "reference.item_not_found")
    assert item["id"] not in [one["id"] for one in desk.list(f"?organisation_id={desk.clinic.id}", stranger)]
    if desk.kind.unique:
        desk.create(who=stranger).ok(201)


def test_readers_of_no_organisation_say_whose_they_want(desk: Desk):
    item = desk.create().ok(201)
    operator = hire("operator").caller
    readers = [operator]
    if not desk.kind.read.permission:
        readers.append(new_patient().caller)
    for who in readers:
        assert item["id"] in [one["id"] for one in desk.list(f"?organisation_id={desk.clinic.id}", who)]
        assert (item["id"] in [one["id"] for one in desk.list("", who)]) is not desk.kind.per_organisation
        desk.read(item["id"], who).ok()


def test_who_may_not_write_is_told_so(desk: Desk):
    item, clinic = desk.create().ok(201), desk.clinic
    callers = [clinic.doctor.caller, clinic.nurse.caller, clinic.pharmacist.caller, clinic.admin.caller]
    callers += [hire("operator").caller, hire("partner").caller, new_patient().caller]
    for who in callers:
        may = who.role == ("org_admin" if desk.kind.per_organisation else "operator")
        assert writable(who).get(desk.kind.name, False) is may
        if may:
            continue
        for answer in (
            desk.create(OTHERS[desk.kind.name], who=who),
            desk.change(item, desk.content, who=who),
            desk.turn(item, "retire", who=who),
            desk.turn(item, "restore", who=who),
        ):
            answer.refused(403, "policy.refused")
    assert desk.read(item["id"]).ok() == item


def writable(who: Caller) -> dict[str, bool]:
    """The kinds that somebody knows, and whether they may write them."""
    return {kind["name"]: kind["may_write"] for kind in call(app, "GET", "/reference", who=who).ok()["items"]}


def test_who_may_not_read_a_kind_does_not_know_it(desk: Desk):
    item = desk.create().ok(201)
    for who in (hire("partner").caller, new_patient().caller):
        known = desk.kind.name in writable(who)
        assert known is (not desk.kind.read.permission)
        for path in (desk.path, f"{desk.path}/schema", f"{desk.path}/{item['id']}"):
            answer = call(app, "GET", path, who=who)
            if known:
                answer.ok()
            else:
                answer.refused(404, "reference.kind_unknown")


def test_nobody_reads_or_writes_without_signing_in(desk: Desk):
    item = desk.create().ok(201)
    for method, path in (("GET", desk.path), ("GET", f"{desk.path}/{item['id']}"), ("POST", desk.path)):
        call(app, method, path, {} if method == "POST" else None).refused(401, "identity.missing")


def test_an_item_of_another_kind_is_not_found_under_this_one(desk: Desk):
    others = [kind for kind in KINDS if kind.name != desk.kind.name and kind.per_organisation]
    item = desk.create().ok(201)
    for kind in others:
        call(app, "GET", f"/reference/{kind.name}/{item['id']}", who=desk.clinic.admin.caller).refused(
            404, "reference.item_not_found"
        )
    desk.read("ref_unknown").refused(404, "reference.item_not_found")


def test_a_list_in_the_order_of_titles_that_staff_write_as_they_like(clinic: Clinic):
    """Ideographic spaces, emoji and long titles go into the cursor too."""
    desk = Desk(KINDS["consultation_notices"], clinic.admin.caller, clinic)
    for title in ("须知\u3000一", "须知\u3000二", "😷" * 60, "👨‍👩‍👧 家属须知", "a\u00a0b"):
        desk.create(desk.content | {"title": title}).ok(201)
    seen, cursor = [], ""
    for _ in range(6):
        page = call(app, "GET", f"{desk.path}?limit=1{cursor}", who=desk.writer).ok()
        seen += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['cursor']}"
    assert len(set(seen)) == 6


def test_an_unknown_kind(cloud: Cloud, clinic: Clinic):
    who = clinic.admin.caller
    for method, path, body in (
        ("GET", "/reference/prescriptions", None),
        ("GET", "/reference/prescriptions/schema", None),
        ("GET", "/reference/prescriptions/ref_1", None),
        ("POST", "/reference/prescriptions", {"content": {}}),
        ("PUT", "/reference/prescriptions/ref_1", {"version": 1, "content": {}}),
        ("POST", "/reference/prescriptions/ref_1/retire", {"version": 1}),
    ):
        call(app, method, path, body, who=who).refused(404, "reference.kind_unknown")


# -- what it says -------------------------------------------------------------------------------------------------


def test_the_schema_names_every_field_in_both_languages(desk: Desk):
    told = call(app, "GET", f"{desk.path}/schema", who=desk.writer).ok()
    assert told["title"] == {"zh": desk.kind.zh, "en": desk.kind.en}
    assert (told["name"], told["may_write"]) == (desk.kind.name, True)
    assert set(told["schema"]["properties"]) == set(desk.kind.schema.model_fields)
    for drawn in told["schema"]["properties"].values():
        assert drawn["title"] and drawn["x-title-en"] and drawn["x-widget"]


def test_every_change_is_told_and_audited(desk: Desk, deliver: Delivery, cloud: Cloud):
    deliver.drop()
    item = desk.create().ok(201)
    item = desk.change(item, OTHERS[desk.kind.name]).ok()
    item = desk.turn(item, "retire").ok()
    desk.turn(item, "restore").ok()
    assert deliver() == ["reference.changed.v1"] * 4
    data = [envelope["data"] for envelope in deliver.told("reference.changed.v1")]
    assert [one["change"] for one in data] == ["created", "changed", "retired", "restored"]
    assert [one["sequence"] for one in data] == [1, 2, 3, 4]
    assert {(one["subject"], one["kind"]) for one in data} == {(item["id"], desk.kind.name)}
    lines = [row for row in cloud.rows("reference", "audit") if row["record"] == item["id"]]
    assert sorted(line["record_version"] for line in lines) == [1, 2, 3, 4]
    assert {line["by"]["person_id"] for line in lines} == {desk.writer.person_id}
