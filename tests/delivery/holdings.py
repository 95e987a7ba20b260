"""What people send besides words: files, uploaded and checked as any page does it, and cards of a visit of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from consultation.apply_for_visit.app import app as apply_for_visit
from hospital.caller import Caller
from messaging.on_upload_put_check.app import app as check
from messaging.upload_file.app import app as upload_file
from tests.builders import files
from tests.builders.acting import act
from tests.builders.gateway import call
from tests.builders.people import Clinic, PatientOf
from tests.builders.uploads import CLAIMS, NAMES, make_buckets, put, quarantined, said_to_be_put
from tests.builders.visits import application

_TRIES = 4

_MADE: Mapping[str, Callable[[], bytes]] = MappingProxyType(
    {
        "image": lambda: files.picture(width=60, height=40),
        "voice": lambda: files.voice("webm", 0.3),
        "video": lambda: files.video("mp4"),
        "file": files.pdf,
    }
)


@cache
def _content(type_: str) -> bytes:
    return _MADE[type_]()


class Holdings:
    """Each file is uploaded anew, for one message takes one. The visit is the patient's with the clinic's doctor."""

    def __init__(self, clinic: Clinic, patient: PatientOf) -> None:
        self._clinic, self._patient = clinic, patient
        self._visit_id = ""
        self._has_buckets = False

    def of(self, type_: str, conversation_id: str, who: Caller) -> dict[str, Any] | None:
        """The content to send, or None: no record of theirs, no part in the conversation, or a trouble came between."""
        return self._card(who) if type_ == "card" else self._file(type_, conversation_id, who)

    def _card(self, who: Caller) -> dict[str, Any] | None:
        if who.person_id not in (self._patient.caller.person_id, self._clinic.doctor.caller.person_id):
            return None
        if not self._visit_id:
            answer = call(apply_for_visit, "POST", "/visits", application(self._clinic), who=self._patient.caller)
            self._visit_id = str(answer.json["id"]) if answer.status == 201 else ""
        return {"card": {"type": "visit", "id": self._visit_id}} if self._visit_id else None

    def _file(self, type_: str, conversation_id: str, who: Caller) -> dict[str, Any] | None:
        if not self._has_buckets:
            make_buckets()
            self._has_buckets = True
        content = _content(type_)
        asked = {
            "conversation_id": conversation_id, "type": type_, "name": NAMES[type_], "size": len(content),
            "media_type": CLAIMS[type_], "sha256": files.digest(content),
        }  # fmt: skip
        answer = call(upload_file, "POST", "/uploads", asked, who=who)
        if answer.status != 201:
            return None
        put(answer.json, content)
        path = f"/uploads/{answer.json['id']}"
        call(upload_file, "POST", f"{path}/finish", who=who)
        for _ in range(_TRIES):
            act(check, said_to_be_put(*quarantined()))
            if call(upload_file, "GET", path, who=who).json.get("state") == "ready":
                return {"upload_id": answer.json["id"]}
        return None
