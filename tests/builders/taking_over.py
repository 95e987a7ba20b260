"""A clinic and the hospital's own system beside it: what that tells, and what a run makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from directory.keep_departments.app import app as keep_departments
from directory.keep_his_syncs.app import app
from directory.keep_staff.app import app as keep_staff
from directory.on_his_sync_step_due_take import staff
from hospital.caller import Caller
from hospital.organisations.store import get_organisation
from infra.local.his import records
from infra.local.his.server import HisServer
from infra.local.his.troubles import Trouble, Troubles
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, cheap_hash


class Hospital:
    """A clinic, and the system that it has beside this one."""

    def __init__(self, clinic: Clinic, his: HisServer, deliver: Delivery) -> None:
        self.clinic, self.his, self.deliver = clinic, his, deliver
        self.code = get_organisation(clinic.id).code
        self.tell("organisations", code=self.code, name="云山医院")

    def tell(self, kind: Any, *, now: str = "2026-11-20T00:00:00.000Z", **row: Any) -> None:
        """The HIS has a record, or has it otherwise."""
        self.his.records.put(kind, row, now)

    def department(self, code: str = "D1", **more: Any) -> None:
        self.tell("departments", **{"code": code, "name": "皮肤科", "organisation_code": self.code, **more})

    def doctor(self, code: str | None = "S1", **more: Any) -> None:
        row = {"code": code, "name": "赵一", "role": "doctor", "title": "主治医师", "department_code": "D1"}
        self.tell("staff", **row | {"organisation_code": self.code} | more)

    def start(self, extent: str = "full", who: Caller | None = None) -> Answer:
        body = {"organisation_id": self.clinic.id, "extent": extent}
        return call(app, "POST", "/his-syncs", body, who=who or self.clinic.admin.caller)

    def synced(self, extent: str = "full", *, twice: bool = False) -> dict[str, Any]:
        """A whole run; how it ended."""
        begun = self.start(extent).ok(202)
        assert (begun["state"], begun["stage"]) == ("running", 0)
        self.deliver(twice=twice)
        return self.look(begun["id"])

    def look(self, run_id: str) -> dict[str, Any]:
        seen: dict[str, Any] = call(app, "GET", f"/his-syncs/{run_id}", who=self.clinic.admin.caller).ok()
        return seen

    def lines(self, run: dict[str, Any], became: str = "") -> list[dict[str, Any]]:
        """The report, page by page."""
        found: list[dict[str, Any]] = []
        asked, cursor = f"&became={became}" if became else "", ""
        while True:
            path = f"/his-syncs/{run['id']}/lines?limit=2{asked}{cursor}"
            page = call(app, "GET", path, who=self.clinic.admin.caller).ok()
            found += page["items"]
            if page["cursor"] is None:
                return found
            cursor = f"&cursor={page['cursor']}"

    def bad(self, run: dict[str, Any]) -> dict[str, str]:
        return {line["code"]: line["reason"] for line in self.lines(run, "bad")}

    def departments(self) -> dict[str, dict[str, Any]]:
        path = f"/departments?organisation_id={self.clinic.id}&limit=100"
        return {one["code"]: one for one in call(keep_departments, "GET", path).ok()["items"]}

    def staff(self) -> dict[str, dict[str, Any]]:
        """Those who came by a run, by name."""
        path = f"/staff?organisation_id={self.clinic.id}&limit=100"
        found = call(keep_staff, "GET", path, who=self.clinic.admin.caller).ok()["items"]
        return {one["name"]: one for one in found if one["name"].startswith("赵") and one["name"] != "赵静"}


class BreaksOff(Troubles):
    """Answers so many calls, and no more."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._well = after

    def meet(self) -> Trouble:
        self._well -= 1
        return Trouble() if self._well >= 0 else Trouble("down")


def counts(run: dict[str, Any]) -> dict[str, dict[str, int]]:
    """What is not nothing, kind by kind."""
    return {
        one["kind"]: {name: value for name, value in one.items() if name != "kind" and value}
        for one in run["tallies"]
        if any(value for name, value in one.items() if name != "kind")
    }


def taking_over(clinic: Clinic, his: HisServer, deliver: Delivery, monkeypatch: pytest.MonkeyPatch) -> Hospital:
    """Both, from here on: pages are short, passwords cheap, and only runs are told of."""
    monkeypatch.setattr(records, "PAGE", 3)
    monkeypatch.setattr(staff, "hash_password", cheap_hash)
    deliver.drop()
    deliver.only = frozenset({"his_sync.step_due.v1"})
    return Hospital(clinic, his, deliver)
