"""The HIS behind HTTP. `/_/…` is for the one who runs it: rows, files, troubles, and what was asked."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .records import LISTS, Records
from .troubles import Troubles

_LONGEST_BODY = 4 * 1024 * 1024


class HisServer(ThreadingHTTPServer):
    """Serves `records` to whoever knows `key`; on a free port of this machine unless one is named."""

    daemon_threads = True

    def __init__(self, records: Records, key: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Answering)
        self.records, self.key, self.troubles = records, key, Troubles()
        self.ended = threading.Event()

    def begin_anew(self, records: Records) -> None:
        """Other records from here on, and no troubles."""
        self.records.close()
        self.records, self.troubles = records, Troubles()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that left is no news; what else happens was answered with 500."""


class _Answering(BaseHTTPRequestHandler):
    server: HisServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._meet({})

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            return self._say(413, {"code": "too_large"})
        try:
            body = json.loads(self.rfile.read(int(length)))
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return self._say(400, {"code": "not_understood"})
        return self._meet(body)

    def _meet(self, body: Mapping[str, Any]) -> None:
        said = self.headers.get("Authorization", "")
        if not hmac.compare_digest(said.encode(), f"Bearer {self.server.key}".encode()):
            return self._say(401, {"code": "unknown_key"})
        place = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(place.query).items()}
        try:
            if place.path.startswith("/_/"):
                return self._say(*self._run(place.path, body))
            return self._asked(place.path, query, body)
        except (KeyError, TypeError, ValueError, AttributeError):
            return self._say(400, {"code": "not_understood"})

    # -- what the hospital asks -------------------------------------------------------------------------------------

    def _asked(self, path: str, query: Mapping[str, str], body: Mapping[str, Any]) -> None:
        met = self.server.troubles.meet()
        about, card = str(body.get("patient_number", "")), str(body.get("card_number", ""))
        if met.mode == "slow":
            self.server.ended.wait(met.seconds)
        if met.mode == "down":
            self._note(path, about, card, "hung up")
            self.close_connection = True
            return
        status, answer = {
            "busy": (503, {"code": "busy"}),
            "refuses": (422, {"code": "refused_on_demand"}),
            "garbage": (200, None),
        }.get(met.mode) or self._answer(path, query, body, is_wrong=met.mode == "other_patient")
        self._note(path, about, card, str(status))
        self._say(status, answer)

    def _note(self, path: str, about: str, card: str, answered: str) -> None:
        self.server.records.note(datetime.now(UTC).isoformat(), path.strip("/"), about, card, answered)

    def _answer(
        self, path: str, query: Mapping[str, str], body: Mapping[str, Any], *, is_wrong: bool
    ) -> tuple[int, Any]:
        records, name = self.server.records, path.strip("/")
        if name in LISTS:
            rows, cursor = records.page(name, query.get("since", ""), query.get("cursor", ""))  # type: ignore[arg-type]
            return 200, {"items": rows, "cursor": cursor}
        if name == "files/find":
            found = records.find(str(body["id_number"]), str(body["name"]))
        elif name == "files":
            found = records.open(body, self.headers.get("Idempotency-Key", ""))
        elif name in ("cards", "visits"):
            found = records.file_at(str(body["patient_number"]))
        else:
            return 404, {"code": "no_such_call"}
        if is_wrong:
            found = records.another(found["patient_number"] if found else "")
        if found is None:
            return 404, {"code": "unknown_patient"}
        if name.startswith("files"):
            return 200, {
                field: found[field] for field in ("patient_number", "id_number", "name", "phone") if field in found
            }
        items = found[name]
        if name == "visits":
            since = str(body.get("since", ""))
            items = sorted((one for one in items if one["at"] >= since), key=lambda one: one["at"], reverse=True)
        return 200, {"patient_number": found["patient_number"], "items": items}

    # -- what the one who runs it asks ------------------------------------------------------------------------------

    def _run(self, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        records = self.server.records
        match path.removeprefix("/_/"):
            case "calls":
                return 200, {"items": records.calls()}
            case "troubles":
                met = self.server.troubles.change(dict(body)) if body else self.server.troubles.now
                return 200, {
                    "mode": met.mode,
                    "seconds": met.seconds,
                    "times": met.left,
                    "files": records.count_files(),
                }
            case "records":
                return 200, self._listed(str(body.get("list")), str(body.get("cursor") or ""))
            case "rows":
                self._keep(body)
                return 200, {}
            case "files":
                number = str(body.get("patient_number", ""))
                if number:
                    changes = {name: body[name] for name in ("cards", "visits", "phone", "name") if name in body}
                    return (200, {}) if records.change_file(number, changes) else (404, {"code": "unknown_patient"})
                return 200, records.open(body, "")
        return 404, {"code": "no_such_call"}

    def _listed(self, name: str, cursor: str) -> dict[str, Any]:
        """A page of a list or of the files, without identity numbers."""
        if name == "files":
            files, after = self.server.records.files(cursor)
            shown = ("patient_number", "name", "phone", "cards", "visits")
            rows = [{field: file.get(field) for field in shown} for file in files]
        elif name in LISTS:
            rows, after = self.server.records.page(name, "", cursor)  # type: ignore[arg-type]
        else:
            raise ValueError("list is none of those known")
        return {"items": rows, "cursor": after}

    def _keep(self, body: Mapping[str, Any]) -> None:
        """Takes `{"now"?, "rows": {list: [row, ...]}, "drop"?: {list: [code, ...]}}`."""
        now = str(body.get("now") or datetime.now(UTC).isoformat())
        for name in LISTS:
            for row in body.get("rows", {}).get(name, ()):
                self.server.records.put(name, row, now)  # type: ignore[arg-type]
            for code in body.get("drop", {}).get(name, ()):
                self.server.records.drop(name, str(code))  # type: ignore[arg-type]

    def _say(self, status: int, answer: Any) -> None:
        said = b"<html>Internal Server Error" if answer is None else json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:
        """Paths and addresses stay out of the terminal."""
