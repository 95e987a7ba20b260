"""Every code that a server may answer has words in both languages, and no words speak of a code that does not exist."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from tests.error_codes import product_codes

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
WORDS = ROOT / "web/packages/ui/src/words"

# Refusals that no class of ours states: the gateway's own, Chalice's, and what went wrong that nobody foresaw.
FROM_THE_EDGE = {"edge.unexpected", "request.method_unknown", "request.media_type"}
NEVER_ANSWERED = {"domain.error", "rule.broken"}  # roots of families; what is raised is a class below them


def server_codes() -> set[str]:
    """The codes of all error classes, and of the gateway's responses."""
    for root in ("functions", "layers/hospital/python", "layers/adapters/python"):
        for path in sorted((ROOT / root).rglob("*.py")):
            importlib.import_module(".".join(path.relative_to(ROOT / root).with_suffix("").parts))
    gateway = json.loads((ROOT / "infra/openapi/identity.json").read_text(encoding="utf-8"))
    answers = gateway["x-amazon-apigateway-gateway-responses"].values()
    bodies = [json.loads(answer["responseTemplates"]["application/json"]) for answer in answers]
    return (product_codes() | FROM_THE_EDGE | {body["code"] for body in bodies}) - NEVER_ANSWERED


def words(language: str) -> dict[str, dict[str, str]]:
    """Code -> what is said, in one language."""
    found: dict[str, dict[str, str]] = json.loads((WORDS / f"errors.{language}.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_has_words(language):
    assert sorted(server_codes() - words(language).keys()) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_words_speak_of_a_code_that_is_not_there(language):
    own = {code for code in words(language) if code.startswith("client.")}  # what only the page itself can know
    assert sorted(words(language).keys() - own - server_codes()) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_say_what_happened_and_what_to_do_next(language):
    assert [code for code, told in words(language).items() if not told["said"] or not told["next"]] == []
