"""The HTTP edge: what it refuses before a view is called, and what it answers after."""

from __future__ import annotations

import json

import pytest

from hospital.http import MAX_BODY, App
from tests.builders.cloud import together
from tests.builders.desk import app
from tests.builders.gateway import Answer, call, rest_event
from tests.builders.journal import Journal
from tests.builders.notes import doctor
from tests.builders.people import caller

pytestmark = pytest.mark.store

WHO = doctor()


def write(**fields: object) -> Answer:
    return call(app, "POST", "/notes", {"id": "not_1", "text": "words"} | fields, who=WHO)


def send(text: str) -> Answer:
    return call(app, "POST", "/notes", text=text, who=WHO)


# -- bodies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ("{'id': 1}", "not_json"),
        ('{"id": NaN}', "not_json"),
        ('{"id": Infinity}', "not_json"),
        ("[" * 100_000, "not_json"),
        ('{"a":' * 1000 + "1" + "}" * 1000, None),
        ('{"id": ' + "9" * 5000 + "}", "not_json"),
        ('{"text": "\\u0000"}', "not_text"),
        ('{"text": "a\\ud800b"}', "not_text"),
        ('{"text": "\\udc00"}', "not_text"),
        ('{"\\u0000": 1}', "not_text"),
        ('{"tags": ["fine", "\\ud83d"]}', "not_text"),
        ('{"content": ' + "[" * 33 + "]" * 33 + "}", "too_deep"),
    ],
)
def test_a_body_that_is_no_clean_json_is_refused(metrics, text, reason):
    facts = send(text).refused(400, "request.invalid")
    assert facts.get("reason") in ({reason} if reason else {"not_json", "too_deep"})


@pytest.mark.parametrize("text", ["[]", '"text"', "3", "null", "true"])
def test_a_body_that_is_no_object_is_refused(metrics, text):
    send(text).refused(400, "request.schema_broken")


def test_a_body_as_deep_as_is_allowed(metrics):
    content: object = "bottom"
    for _ in range(30):
        content = [content]
    assert call(app, "POST", "/anything", {"content": content}).ok()["values"]["content"] == content


@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        ({"extra": 1}, "extra", "extra_forbidden"),
        ({"id": "other_1"}, "id", "string_pattern_mismatch"),
        ({"id": "not_1\n"}, None, None),
        ({"id": 7}, "id", "string_type"),
        ({"text": ""}, "text", "string_too_short"),
        ({"text": "   \n\t "}, "text", "string_too_short"),
        ({"text": "x" * 200_001}, "text", "string_too_long"),
        ({"text": None}, "text", "string_type"),
        ({"text": {"a": 1}}, "text", "string_type"),
        ({"number": -1}, "number", "greater_than_equal"),
        ({"number": 2**31 + 1}, "number", "less_than_equal"),
        ({"number": 10**400}, "number", "less_than_equal"),
        ({"number": 1.5}, "number", "int_type"),
        ({"number": 1e300}, "number", "int_type"),
        ({"number": "5"}, "number", "int_type"),
        ({"number": True}, "number", "int_type"),
        ({"tags": "abc"}, "tags", "list_type"),
        ({"tags": ["a", 2]}, "tags.1", "string_type"),
    ],
)
def test_a_field_that_breaks_the_schema_is_named_and_its_value_is_not(cloud, fields, field, problem):
    answer = write(**fields)
    if field is None:
        answer.ok(201)  # white space around a text is no mistake
        return
    facts = answer.refused(400, "request.schema_broken")
    assert facts == {"fields": [{"field": field, "problem": problem}]}


def test_missing_fields_are_named(metrics):
    facts = send("{}").refused(400, "request.schema_broken")
    assert facts["fields"] == [{"field": "id", "problem": "missing"}, {"field": "text", "problem": "missing"}]


def test_at_most_twenty_problems_are_named(metrics):
    facts = write(**{f"extra{number}": 1 for number in range(100)}).refused(400, "request.schema_broken")
    assert len(facts["fields"]) == 20


def test_text_is_kept_as_it_was_written_but_for_white_space_around_it(cloud):
    text = "  胸口闷\u3000三天 😷👨‍👩‍👧 <b>'\"; --  "
    assert write(text=text).ok(201)["text"] == text.strip()


def test_a_body_of_the_largest_size_is_read_and_a_larger_one_is_not(metrics):
    room = MAX_BODY - len('{"content": ""}')
    call(app, "POST", "/anything", {"content": "x" * room}).ok()
    facts = call(app, "POST", "/anything", {"content": "x" * (room + 1)}).refused(413, "request.too_large")
    assert facts == {"limit_bytes": MAX_BODY}
    call(app, "POST", "/anything", text="{" + " " * MAX_BODY).refused(413, "request.too_large")


def test_the_size_counts_bytes_not_characters(metrics):
    call(app, "POST", "/anything", text=json.dumps({"content": "须" * 90_000}, ensure_ascii=False)).refused(
        413, "request.too_large"
    )


def test_bytes_that_are_no_text_are_refused(metrics):
    event = rest_event(app, "POST", "/anything", "", {"Content-Type": "application/json"}, "/+4=")
    answer = app(event | {"isBase64Encoded": True}, None)
    assert (answer["statusCode"], json.loads(answer["body"])["facts"]) == (400, {"reason": "not_utf8"})


def test_a_text_with_half_a_surrogate_in_the_event_itself_is_refused(metrics):
    call(app, "POST", "/anything", text='{"content": "\ud800"}').refused(400, "request.invalid")


# -- media types, methods, paths, queries -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])
def test_json_by_its_names(metrics, kind):
    call(app, "POST", "/anything", {"content": 1}, content_type=kind).ok()


def test_a_body_without_a_content_type_is_taken_for_json(metrics):
    event = rest_event(app, "POST", "/anything", "", {}, '{"content": 1}')
    assert app(event, None)["statusCode"] == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"])
def test_another_content_type_is_refused_in_our_words(metrics, kind):
    assert call(app, "POST", "/anything", {"content": 1}, content_type=kind).refused(415, "request.media_type") == {}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD"])
def test_another_method_is_refused_in_our_words(metrics, method):
    assert call(app, method, "/anything").refused(405, "request.method_unknown") == {}


def test_a_path_the_function_does_not_know(metrics, journal: Journal):
    """The gateway sends none; should it ever, the answer is in our words."""
    event = rest_event(app, "GET", "/broken", "", {}, None)
    event["requestContext"]["resourcePath"] = "/nowhere"
    answer = app(event, None)
    assert answer["statusCode"] == 405
    assert json.loads(answer["body"])["code"] == "request.method_unknown"


@pytest.mark.parametrize(
    "note_id", ["x", "not_", "NOT_1", "not-1", "not_1 ", "not_1%0A", "not_%00", "not_1%2F..", "not_" + "x" * 41, "须_1"]
)
def test_an_id_that_can_be_none_is_not_found(metrics, note_id):
    call(app, "GET", f"/notes/{note_id}", who=WHO).refused(404, "request.not_found")


@pytest.mark.parametrize("kind", ["Titles", "a", "titles%0A", "1titles", "../titles".replace("/", "%2F"), "t" * 43])
def test_a_word_in_a_path_that_can_be_none_is_not_found(metrics, kind):
    call(app, "GET", f"/kinds/{kind}", who=WHO).refused(404, "request.not_found")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("limit=", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("unknown=1", "unknown"),
        ("cursor=" + "x" * 1001, "cursor"),
    ],
)
def test_a_query_that_breaks_its_schema(cloud, query, field):
    write().ok(201)
    facts = call(app, "GET", f"/notes/not_1?{query}", who=WHO).refused(400, "request.schema_broken")
    assert [problem["field"] for problem in facts["fields"]] == [field]


def test_a_query_with_nul(metrics):
    call(app, "GET", "/notes/not_1?cursor=%00", who=WHO).refused(400, "request.invalid")


# -- who, and answers ---------------------------------------------------------------------------------------------


def test_nobody_gets_in_where_somebody_must(metrics):
    call(app, "GET", "/notes/not_1").refused(401, "identity.missing")
    call(app, "GET", "/kinds/titles").refused(401, "identity.missing")


def test_somebody_without_the_right_is_told_which(metrics):
    facts = call(app, "GET", "/notes/not_1", who=caller("per_1", "patient")).refused(403, "policy.refused")
    assert facts == {"permission": "visit:answer"}


def test_the_right_is_judged_before_the_body(metrics):
    call(app, "POST", "/notes", text="{", who=caller("per_1", "patient")).refused(403, "policy.refused")


def test_every_answer_says_that_it_is_json_not_to_be_kept_and_which_request_it_was(cloud):
    for answer in (write(), write(), call(app, "GET", "/broken"), call(app, "PUT", "/anything")):
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Request-Id"]


def test_a_reply_carries_cookies_and_headers(metrics):
    answer = call(app, "POST", "/anything", {})
    assert answer.headers["X-Mood"] == "fine"
    assert answer.cookies == {
        "one": "1; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure",
        "two": "; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
    }


def test_a_view_is_told_who_asks_from_where(metrics):
    values = call(
        app, "POST", "/anything", {"content": 1}, cookies={"a": "1", "b": "x=y"}, user_agent="M" * 300, who=WHO
    ).ok()["values"]
    assert values == {
        "person_id": "per_doctor",
        "ip": "203.0.113.7",
        "device": "M" * 200,
        "cookies": {"a": "1", "b": "x=y"},
        "content": 1,
    }


@pytest.mark.parametrize(
    ("proxies", "heard", "address"),
    [
        ("0", "198.51.100.9, 198.51.100.1", "203.0.113.7"),
        ("1", "198.51.100.9, 198.51.100.1", "198.51.100.9"),
        ("1", "192.0.2.66, 198.51.100.9, 198.51.100.1", "198.51.100.9"),  # the first is what the caller claims
        ("1", "198.51.100.1", "203.0.113.7"),
        ("1", "", "203.0.113.7"),
    ],
)
def test_behind_our_own_site_the_address_is_the_one_that_the_site_heard(cloud, proxies, heard, address):
    cloud.turn(PROXIES=proxies)
    values = call(app, "POST", "/anything", {"content": 1}, x_forwarded_for=heard, who=WHO).ok()["values"]
    assert values["ip"] == address


def test_a_view_without_an_answer(cloud):
    answer = call(app, "DELETE", "/notes/not_1", who=WHO)
    assert (answer.status, answer.text) == (204, "")


def test_a_failure_answers_500_and_the_log_says_where_without_the_words(metrics, journal: Journal):
    assert call(app, "GET", "/broken").refused(500, "edge.unexpected") == {}
    failure, answered = journal.lines
    assert failure["error"] == "ValueError"
    assert failure["where"].split(" > ")[-1].startswith("desk.py:")
    assert (answered["route"], answered["status"], answered["code"]) == ("GET /broken", 500, "edge.unexpected")
    assert "chest" not in journal.text
    assert metrics == [("refused", 1, {"code": "edge.unexpected"})]


def test_a_route_without_a_policy_cannot_be_written():
    with pytest.raises(TypeError, match="allow"):
        App("open").route("GET", "/open")(lambda: None)


def test_a_view_takes_only_what_it_names(cloud):
    """`get_note` does not name `who`, and is not given it."""
    write().ok(201)
    assert call(app, "GET", "/notes/not_1", who=WHO).ok() == {"id": "not_1", "text": "words"}


def test_threads_do_not_cross(metrics):
    """Eight threads ask 500 times each; every answer is the one to its own question."""
    people = [caller(f"per_{number}", "doctor") for number in range(8)]

    def ask(number: int) -> set[tuple[bool, bool, int]]:
        seen = set()
        for turn in range(500):
            values = call(app, "GET", f"/kinds/kind_{number}_{turn}", who=people[number]).ok()["values"]
            seen.add(
                (values["kind"] == f"kind_{number}_{turn}", values["person_id"] == f"per_{number}", values["thread"])
            )
        return seen

    answers = together(8, ask)
    assert all(len(seen) == 1 and {(right, mine) for right, mine, _ in seen} == {(True, True)} for seen in answers)
    assert len({thread for seen in answers for *_, thread in seen}) == 8
