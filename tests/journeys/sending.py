"""Another system of the hospital, which sends texts through the hospital's door."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from zeep import Client
from zeep.helpers import serialize_object
from zeep.wsse.username import UsernameToken

from hospital.systems.proving import signature
from tests.builders.zeep_line import Line
from tests.journeys.hospital import HospitalProcess, eventually
from tests.journeys.people import Answer, Device, Staff, a_key

KIT = Path(__file__).resolve().parents[2] / "web/packages/client"
NOBODYS = "19900000000"
"""A number to which the local hospital's inbox delivers nothing, as no carrier would."""


@dataclass(frozen=True)
class SendingSystem:
    """Its id, and the key that was shown once."""

    hospital: HospitalProcess
    id: str
    key: str

    @classmethod
    def let_in(cls, admin: Staff, name: str = "检验系统") -> SendingSystem:
        """The admin lets one more system send."""
        content = {"name": name, "most_a_day": 100, "most_faces_a_day": 100}
        made = admin.ok("POST", "/messaging/sms-systems", content, key=a_key())
        return cls(admin.hospital, made["system"]["id"], made["key"])

    def asks(self, method: str, path: str, body: Any = None, area: str = "messaging") -> Answer:
        """A request that it signs, over the bytes that are sent."""
        moment = str(int(time.time()))
        signed = signature(self.key, moment, method, path, json.dumps(body) if body is not None else "")
        told = {"X_System_Id": self.id, "X_System_Time": moment, "X_System_Signature": signed}
        return Device(self.hospital).ask(method, f"/{area}{path}", body, **told)

    def asks_for_face(self, name: str, id_number: str) -> Any:
        """A check of that person's face, with the link."""
        whom = wish(name, id_number)
        answer = self.asks("POST", "/system-face-requests", whom, area="identity")
        assert answer.status == 202, answer
        return answer.json

    def reads_face(self, request_id: str) -> Answer:
        """What came of it."""
        return self.asks("GET", f"/system-face-requests/{request_id}", area="identity")

    def sends(self, phone: str, text: str) -> str:
        """The id of a text that it sends."""
        answer = self.asks("POST", "/system-sms", {"reference": a_key(), "phone": phone, "text": text})
        assert answer.status == 202, answer
        return str(answer.json["id"])

    def puts(self, told: Any, **wrong: str) -> str:
        """The id of a message that its middleware puts into the queue, signed but for what is `wrong` about it."""
        body, moment = json.dumps(told), str(int(time.time()))
        signed = signature(wrong.get("key", self.key), moment, "QUEUE", "/system-sms", body)
        attributes = {"X-System-Id": self.id, "X-System-Time": moment, "X-System-Signature": signed}
        return str(_middleware(self.hospital, "system-sms", {"body": body, "attributes": attributes})["id"])

    def takes(self, message_id: str) -> Any:
        """What the middleware is told of a message that it put there."""
        found: dict[str, Any] = {}

        def look() -> bool:
            for one in _middleware(self.hospital, "system-sms-results/receive", {})["items"]:
                told = json.loads(one["body"])
                found[told["message_id"]] = told
            return message_id in found

        eventually(look, 60)
        return found[message_id]

    def calls(self, operation: str, **fields: str) -> Any:
        """What the web service answers to zeep, which reads the service's own WSDL."""
        return serialize_object(getattr(self._service().service, operation)(**fields), dict)

    def calls_status(self, fields: Any) -> int:
        """The status of the answer to `SendSms`."""
        client = self._service()
        with client.settings(raw_response=True):
            return int(client.service.SendSms(**fields).status_code)

    def _service(self) -> Client:
        token = UsernameToken(self.id, self.key, use_digest=True)
        return Client("any", wsse=token, transport=Line(self._ask))

    def _ask(self, method: str, message: bytes | None, content_type: str) -> tuple[int, str]:
        more = {"Content_Type": content_type} if content_type else {}
        answer = Device(self.hospital).ask(method, "/messaging/sms-service", message, **more)
        return answer.status, answer.text

    def sees(self, sms_id: str, state: str) -> None:
        """In the end the text stands so."""
        eventually(lambda: self.asks("GET", f"/system-sms/{sms_id}").json["state"] == state, 60)


def wish(name: str, id_number: str) -> dict[str, str]:
    """Whose face is to be checked, under a reference of its own."""
    return {"reference": a_key(), "name": name, "id_number": id_number}


@contextmanager
def kit_asks(system: SendingSystem, whom: Mapping[str, str], folder: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """The client kit's example on that system's server: the link it prints, and how to wait for its last line."""
    build = ["npx", "--no-install", "vite", "build", "--ssr", "examples/face.mjs", "--outDir", str(folder)]
    built = subprocess.run(build, cwd=KIT, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    command = ["node", str(folder / "face.js"), f"{system.hospital.origin}/api", system.id, system.key, *whom.values()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        told = running.stdout
        try:
            yield told.readline().removeprefix("link ").strip(), lambda: told.readline().strip()
        finally:
            running.kill()


def _middleware(hospital: HospitalProcess, path: str, body: Any) -> Any:
    answer = requests.post(f"{hospital.origin}/sandbox/api/middleware/{path}", json=body, timeout=40)
    assert answer.ok, answer.text
    return answer.json()
