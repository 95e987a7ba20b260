"""The list of features is what tests claim, no more."""

from __future__ import annotations

import textwrap

import pytest

from hospital.http import App
from hospital.policy import signed_in
from infra.documents.claims import read_claims
from infra.documents.features import Row, UnknownRow, features_text, ledger_text, places, read_ledger
from infra.documents.operations import Operation

pytestmark = pytest.mark.unit

ROWS = [
    Row(id="IM-01", area="messaging", title="Text | both ways"),
    Row(id="IM-02", area="messaging", title="Read marks"),
    Row(id="ID-02", area="identity", title="Sign-in"),
]


@pytest.fixture
def tests_folder(tmp_path):
    def write(file, text):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return tmp_path

    return write


def test_marks_on_functions_classes_and_modules_count(tests_folder):
    folder = tests_folder(
        "browser/test_sign_in.py",
        """
        import pytest
        pytestmark = [pytest.mark.browser, pytest.mark.req("ID-02")]

        class TestSignIn:
            pytestmark_is_not_read_here = None

            @pytest.mark.req("IM-01", "IM-02")
            async def test_it(self, page):
                await page.goto("/patient/sign-in")

        def helper(): ...
        def test_more(): ...
        """,
    )
    claims = read_claims(folder)
    assert [(claim.row, claim.test) for claim in claims] == [
        ("ID-02", "test_it"),
        ("IM-01", "test_it"),
        ("IM-02", "test_it"),
        ("ID-02", "test_more"),
    ]
    assert claims[0].pages == {"/patient/sign-in"}
    assert claims[0].file == "browser/test_sign_in.py"


def test_a_test_beside_a_use_case_belongs_to_it(tests_folder):
    folder = tests_folder(
        "functions/messaging/open_socket/test_app.py",
        """
        import pytest

        @pytest.mark.req("IM-01")
        def test_ticket(): ...
        """,
    )
    assert read_claims(folder)[0].use_case == ("messaging", "open_socket")


def test_where_a_feature_is_found(tests_folder):
    app = App("talk")
    app.route("POST", "/conversations/{conversation_id}/read", allow=signed_in)(lambda conversation_id: None)
    app.route("GET", "/conversations", allow=signed_in)(lambda: None)
    operations = [Operation("messaging", "talk", route) for route in app.routes]
    folder = tests_folder(
        "journeys/test_talk.py",
        """
        import pytest

        @pytest.mark.req("IM-01", at=("socket send", "socket read"))
        def test_talk(patient, page):
            page.goto(f"/patient/conversations/{patient.conversation}?from=list")
            patient.ok("POST", f"/messaging/conversations/{patient.conversation}/read", {})
        """,
    )
    assert places(read_claims(folder), operations) == [
        "`socket read`",
        "`socket send`",
        "`/patient/conversations/{}`",
        "`POST /api/messaging/conversations/{conversation_id}/read`",
    ]


def test_only_claimed_rows_are_listed_with_counts(tests_folder):
    folder = tests_folder(
        "journeys/test_talk.py",
        """
        import pytest

        @pytest.mark.req("IM-01")
        def test_talk(): ...
        """,
    )
    text = features_text(ROWS, read_claims(folder), [])
    assert "1 of 3 requirements." in text
    assert "## messaging (1 of 2)" in text
    assert (
        "| IM-01 | Text \\| both ways |  | [journeys/test_talk.py](../tests/journeys/test_talk.py): test_talk |" in text
    )
    assert "identity" not in text


def test_a_row_that_nobody_asked_for_is_refused(tests_folder):
    folder = tests_folder(
        "test_talk.py",
        """
        import pytest

        @pytest.mark.req("IM-99")
        def test_talk(): ...
        """,
    )
    with pytest.raises(UnknownRow, match="IM-99"):
        features_text(ROWS, read_claims(folder), [])


def test_the_extract_of_the_ledger_keeps_id_area_and_title(tmp_path):
    ledger = tmp_path / "requirements.yaml"
    ledger.write_text("- {id: ID-02, area: identity, title: Sign-in, zh: 登录, accept: Signs in.}\n", encoding="utf-8")
    assert ledger_text(read_ledger(ledger)) == '[\n{"id": "ID-02", "area": "identity", "title": "Sign-in"}\n]\n'
