"""An HL7 v2.5.1 interface over MLLP. What it is sent is parsed and judged by hl7apy, which is not ours; what it answers
is ours, and judged by nobody."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.core import Message
from hl7apy.parser import parse_message

from infra.local.his.records import Records
from infra.local.his.troubles import Troubles
from tests.builders.his import KEY

Json = dict[str, Any]
TYPES = {"visit": "PT", "insurance": "MC", "record": "MR", "e_health": "HC"}
SEXES = {"M": "male", "F": "female", "U": "unknown"}
UTF_8, GB = "UNICODE UTF-8", "GB 18030-2000"
CODECS = {UTF_8: "utf-8", GB: "gb18030"}


class Hl7Peer(socketserver.ThreadingTCPServer):
    """Serves at `url`, in `charset`. `bent` changes a frame before it leaves; `wanted` holds what was asked."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, records: Records, troubles: Troubles) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.records, self.troubles, self.ended = records, troubles, threading.Event()
        self.url = f"mllp://127.0.0.1:{self.server_address[1]}"
        self.charset = UTF_8
        self.bent: Callable[[bytes], bytes] = lambda frame: frame
        self.wanted: list[str] = []
        self.faults: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass

    def answer(self, text: str) -> str | None:
        """One message; None where the peer hangs up."""
        try:
            asked = judged(text)
        except Exception as wrong:  # whatever hl7apy has against it is what the test is to show
            self.faults.append(f"{wrong}: {text!r}")
            return _reply(text, "ACK", "AR", ["ERR|||100|E"], UTF_8)
        self.wanted.append(text)
        if asked.msh.msh_8.to_er7() != KEY:
            return _reply(text, "ACK", "AR", ["ERR|||999|E"], UTF_8)
        met = self.troubles.meet()
        if met.mode == "slow":
            self.ended.wait(met.seconds)
        if met.mode == "down":
            return None
        if met.mode == "garbage":
            return "<html>busy</html>"
        if met.mode in ("busy", "refuses"):
            error = {"busy": "207", "refuses": "103"}[met.mode]
            return _reply(text, "ACK", "AE", [f"ERR|||{error}|E"], self.charset)
        return self._told(asked, text, wrong=met.mode == "other_patient")

    def _told(self, asked: Message, text: str, *, wrong: bool) -> str:
        kind = asked.msh.msh_9.to_er7()
        if kind.startswith("MFQ"):
            return self._list(asked, text)
        if kind.startswith("ADT"):
            return self._opened(asked, text)
        if kind.startswith("QBP"):
            return self._found(text, wrong=wrong)
        return self._visits(asked, text, wrong=wrong)

    def _list(self, asked: Message, text: str) -> str:
        what = (asked.qrd.qrd_9.to_er7(), asked.qrd.qrd_10.to_er7())
        name, row = {
            ("LOC", "L"): ("organisations", _organisation),
            ("LOC", "D"): ("departments", _department),
            ("STF", "ALL"): ("staff", _member),
        }[what]
        since, cursor = _iso(asked.qrf.qrf_2.to_er7()), asked.dsc.dsc_1.to_er7() if asked.dsc else ""
        found, after = self.records.page(name, since, cursor)  # type: ignore[arg-type]
        segments = [line for one in found for line in row(one)]
        if after:
            segments.append(f"DSC|{after}|I")
        return _reply(text, f"MFR^{what[0]}", "AA", ["MFI|LOC||UPD|||NE", *segments], self.charset)

    def _opened(self, asked: Message, text: str) -> str:
        pid = asked.pid
        name, number = pid.pid_5.to_er7(), pid.pid_3.cx_1.to_er7()
        had = self.records.find(number, None)
        self.records.open(
            {
                "id_number": number,
                "name": name,
                "sex": SEXES[pid.pid_8.to_er7()],
                "birth_date": pid.pid_7.to_er7(),
                "phone": pid.pid_13.xtn_1.to_er7() if pid.pid_13 else "",
            },
            asked.msh.msh_10.to_er7(),
        )
        if had:
            return _reply(text, "ACK^A28^ACK", "AE", ["ERR|||205^Duplicate key identifier|E"], self.charset)
        return _reply(text, "ACK^A28^ACK", "AA", [], self.charset)

    def _found(self, text: str, *, wrong: bool) -> str:
        """By the text itself: QPD-3 holds names and values by turns."""
        qpd = next(line for line in text.split("\r") if line.startswith("QPD"))
        _, _, tag, wanted = qpd.split("|")[:4]
        pairs = [one.partition("^")[::2] for one in wanted.split("~")]
        values = [value for name, value in pairs if name == "@PID.3.1"]
        if ("@PID.3.5", "NNCHN") in pairs:
            file = self.records.find(values[0], None)
        else:
            file = self.records.file_at(values[0])
            card = values[1] if len(values) > 1 else ""
            self.records.note("", "QBP^Q22", values[0], card, "")
            if file and card and card not in {one["number"] for one in file["cards"]}:
                file = None
        if wrong:
            file = self.records.another(file["patient_number"] if file else "")
        patient = [_patient(file), "QRI|100"] if file else []
        told = [f"QAK|{tag}|{'OK' if file else 'NF'}", qpd, *patient]
        return _reply(text, "RSP^K22^RSP_K21", "AA", told, self.charset)

    def _visits(self, asked: Message, text: str, *, wrong: bool) -> str:
        shown = [one.to_er7() for one in asked.qrd.qrd_8]
        number, card = shown[0].split("^")[0], shown[1] if len(shown) > 1 else ""
        self.records.note("", "QRY^A19", number, card, "")
        file = self.records.file_at(number)
        if wrong:
            file = self.records.another(number) | {"visits": [_STRANGE]}
        if file is None:
            return _reply(text, "ADR^A19^ADR_A19", "AE", ["ERR|||204^Unknown key identifier|E"], self.charset)
        since = asked.qrf.qrf_2.to_er7()
        kept = [one for one in file["visits"] if one["at"].replace("-", "")[:8] >= since]
        qrd = next(line for line in text.split("\r") if line.startswith("QRD"))
        told = [line for one in kept for line in (_patient(file), *_visit(one))]
        return _reply(text, "ADR^A19^ADR_A19", "AA", [qrd, *told], self.charset)


def judged(text: str) -> Message:
    """The message, if hl7apy finds nothing against it. Its tables know one QPD-3, of which the profile has many."""
    lines = [line.split("~")[0] if line.startswith("QPD") else line for line in text.split("\r")]
    found = parse_message("\r".join(lines), validation_level=VALIDATION_LEVEL.STRICT, find_groups=False)
    found.validate()
    return found


_STRANGE = {"number": "J9", "at": "2026-05-01T09:30:00+08:00", "department_name": "内科", "diagnoses": []}


class _Answering(socketserver.BaseRequestHandler):
    server: Hl7Peer

    def handle(self) -> None:
        came = b""
        while not came.endswith(b"\x1c\r"):
            more = self.request.recv(65536)
            if not more:
                return
            came += more
        message = came[1:-2]
        sent_in = next(codec for charset, codec in CODECS.items() if charset.encode() in message)
        answer = self.server.answer(message.decode(sent_in))
        if answer is not None:
            frame = b"\x0b" + answer.encode(CODECS[self.server.charset]) + b"\x1c\r"
            self.request.sendall(self.server.bent(frame))


@contextmanager
def opened_hl7(records: Records, troubles: Troubles) -> Iterator[Hl7Peer]:
    """While it is open. Whatever hl7apy had against what it was sent fails the test."""
    peer = Hl7Peer(records, troubles)
    thread = threading.Thread(target=peer.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield peer
        assert peer.faults == []
    finally:
        peer.ended.set()
        peer.shutdown()
        peer.server_close()
        thread.join(10)


def _reply(text: str, kind: str, code: str, segments: list[str], charset: str) -> str:
    control_id = text.split("\r")[0].split("|")[9]
    head = f"MSH|^~\\&|HIS||YUNZHEN||20261121143000+0800||{kind}|a{control_id}|P|2.5.1||||||{charset}"
    return "\r".join([head, f"MSA|{code}|{control_id}", *segments]) + "\r"


def _plain(text: Any) -> str:
    escapes = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"}
    return "".join(escapes.get(letter, letter) for letter in str(text or ""))


def _begun(row: Json) -> str:
    return f"MFE|{'MUP' if row.get('active', True) else 'MDC'}|||{_plain(row['code'])}|CE"


def _organisation(row: Json) -> list[str]:
    place, above = f"^^^{_plain(row['code'])}", row.get("parent_code")
    lines = [
        _begun(row),
        f"LOC|{place}|{_plain(row['name'])}|L||{_plain(row.get('address'))}|{_plain(row.get('phone'))}",
    ]
    return [*lines, *([f"LRL|{place}|||PAR||^^^{above}"] if above else [])]


def _department(row: Json) -> list[str]:
    place = f"{_plain(row['code'])}^^^{_plain(row['organisation_code'])}"
    intro = _plain(row.get("introduction"))
    return [_begun(row), f"LOC|{place}|{_plain(row['name'])}|D", f"LCH|{place}|||INTRO|^{intro}"]


def _member(row: Json) -> list[str]:
    code, department = _plain(row["code"]), _plain(row.get("department_code"))
    who = f"STF|{code}||{_plain(row['name'])}|{row['role']}||||{department}" + "|" * 10 + _plain(row.get("title"))
    return [_begun(row), who, f"ORG|1|{_plain(row['organisation_code'])}", f"NTE|1||{_plain(row.get('introduction'))}"]


def _patient(file: Json) -> str:
    numbers = [f"{file['patient_number']}^^^HIS^PI", f"{file['id_number']}^^^CHN^NNCHN"]
    for one in file["cards"]:
        over = "" if one.get("active", True) else "^^^20000101"
        numbers.append(f"{_plain(one['number'])}^^^HIS^{TYPES[one['kind']]}{over}")
    return f"PID|1||{'~'.join(numbers)}||{_plain(file['name'])}||||||||{_plain(file.get('phone'))}"


def _visit(visit: Json) -> list[str]:
    at = datetime.fromisoformat(visit["at"]).strftime("%Y%m%d%H%M%S%z")
    place = f"{_plain(visit.get('department_code'))}^^^^^D^^^{_plain(visit['department_name'])}"
    fields = {2: "O", 3: place, 7: f"^{_plain(visit.get('doctor_name'))}", 19: visit["number"], 44: at}
    seen = "|".join(["PV1", *(fields.get(number, "") for number in range(1, 45))])
    found = enumerate(visit["diagnoses"], 1)
    return [seen, *(f"DG1|{n}||{_plain(one['code'])}^{_plain(one['name'])}^I10|||F" for n, one in found)]


def _iso(stamp: str) -> str:
    if not stamp:
        return ""
    return datetime.strptime(stamp, "%Y%m%d%H%M%S%z").astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
