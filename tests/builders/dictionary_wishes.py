"""What an admin changes in dictionaries: one call a route."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from directory.import_dictionary.app import app as import_dictionary
from directory.keep_dictionaries.app import app as keep_dictionaries
from tests.builders.conversations import Talk
from tests.builders.gateway import call
from tests.builders.wishes import Sent

PLACE = "/dictionaries/drugs"
DRUG: dict[str, Any] = {"code": "D001", "name": "阿莫西林胶囊"}


def _create(talk: Talk) -> Sent:
    return keep_dictionaries, "POST", f"{PLACE}/entries", {"content": DRUG}, talk.clinic.admin.caller


def _entry(talk: Talk) -> str:
    app, method, path, body, who = _create(talk)
    return f"{path}/{call(app, method, path, body, who=who).ok(201)['id']}"


def _change(talk: Talk) -> Sent:
    body = {"version": 1, "content": DRUG | {"name": "阿莫西林分散片"}}
    return keep_dictionaries, "PUT", _entry(talk), body, talk.clinic.admin.caller


def _retire(talk: Talk) -> Sent:
    return keep_dictionaries, "POST", f"{_entry(talk)}/retire", {"version": 1}, talk.clinic.admin.caller


def _restore(talk: Talk) -> Sent:
    app, method, path, body, who = _retire(talk)
    call(app, method, path, body, who=who).ok()
    return keep_dictionaries, "POST", path.replace("/retire", "/restore"), {"version": 2}, who


def _ask(talk: Talk) -> Sent:
    body = {"filename": "药品.csv", "parts": 1}
    return import_dictionary, "POST", f"{PLACE}/imports", body, talk.clinic.admin.caller


def _start(talk: Talk) -> Sent:
    app, method, path, body, who = _ask(talk)
    place = f"{path}/{call(app, method, path, body, who=who).ok(201)['id']}"
    part = {"number": 1, "content": base64.b64encode("编码,名称\nD1,甲片\n".encode()).decode()}
    call(app, "PUT", f"{place}/part", part, who=who).ok(204)
    return app, "POST", f"{place}/start", None, who


OF_DICTIONARIES: dict[str, Callable[[Talk], Sent]] = {
    "POST /dictionaries/{dictionary}/entries": _create,
    "PUT /dictionaries/{dictionary}/entries/{entry_id}": _change,
    "POST /dictionaries/{dictionary}/entries/{entry_id}/retire": _retire,
    "POST /dictionaries/{dictionary}/entries/{entry_id}/restore": _restore,
    "POST /dictionaries/{dictionary}/imports": _ask,
    "POST /dictionaries/{dictionary}/imports/{import_id}/start": _start,
}
