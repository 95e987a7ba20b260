"""Hospital information systems that tests speak to: the embedded one, in this process, and what it is filled with."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from adapters.his import NewFile, WhoIs
from hospital import secret_keys
from infra.local.his.records import Records
from infra.local.his.server import HisServer
from tests.builders.cloud import Cloud, client

KEY = "hishishishishishishishishishishishishishishishis"
"""What the secret of vendors holds for it."""
LI = NewFile("110101199003070134", "李㐂·买买提", "male", date(1990, 3, 7), "13800138000")
WANG = NewFile("11010519491231002X", "王𠮷", "female", date(1949, 12, 31))


def knows_his(cloud: Cloud, **variables: str) -> None:
    """From here on functions speak to the HIS that `variables` name."""
    keys = json.dumps({"his": {"id": "hospital", "key": KEY}})
    client("secretsmanager").put_secret_value(SecretId="test-vendor", SecretString=keys)
    secret_keys.forget_keys()
    cloud.turn(**variables)


def who(new: NewFile) -> WhoIs:
    """By whom the file is found."""
    return WhoIs(new.id_number, new.name)


def told(new: NewFile, **more: Any) -> dict[str, Any]:
    """A file as the counter would type it in."""
    return {"id_number": new.id_number, "name": new.name, "sex": new.sex, "phone": new.phone, **more}


@contextmanager
def opened_his() -> Iterator[HisServer]:
    """A HIS of its own thread, empty."""
    records = Records(":memory:")
    server = HisServer(records, KEY)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
        records.close()


def fill(records: Records, now: str = "2026-11-20T00:00:00.000Z") -> None:
    """Two organisations, 60 departments, staff of each role, some of them ended."""
    records.put(
        "organisations", {"code": "H1", "name": "云诊第一医院", "address": "西安路 1 号", "phone": "029-1"}, now
    )
    records.put("organisations", {"code": "H2", "name": "云诊第一医院东院", "parent_code": "H1", "active": False}, now)
    for number in range(60):
        row = {"code": f"D{number:02d}", "name": f"第{number}科", "organisation_code": "H1", "introduction": "看病"}
        records.put("departments", row, now)
    roles = ("doctor", "nurse", "pharmacist")
    for number, role in enumerate(roles):
        row = {
            "code": f"S{number}",
            "name": f"赵{number}",
            "role": role,
            "organisation_code": "H1",
            "department_code": "D01",
            "title": "主任医师",
            "introduction": "擅长",
            "active": number != 2,
        }
        records.put("staff", row, now)
