"""Sending systems and their keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from hospital import ids
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.paging import Page, Paging
from hospital.systems.errors import SystemNotFound
from hospital.systems.events import SystemChanged
from hospital.systems.keys import systems_key
from hospital.systems.model import OtherSystem
from hospital.systems.store import get_system, systems
from hospital.work import Work

V = TypeVar("V", bound=BaseModel)


def list_systems(paging: Paging, *, by: Caller) -> Page[OtherSystem]:
    """One page of the caller's organisation's systems; the platform's for operators."""
    return systems.page("of_organisation", systems_key(by.organisation_id), cursor=paging.cursor, limit=paging.limit)


def add_system(content: dict[str, Any], *, view: Callable[[OtherSystem], V], by: Caller, now: datetime) -> V:
    """A system with a key that nobody else has."""
    fresh = OtherSystem(
        id=ids.new_id("sys"),
        organisation_id=by.organisation_id,
        key=ids.secret(),
        made_at=now,
        **content,
    )
    with Work(by=by) as work:
        added = work.add(systems, fresh)
        work.emit(SystemChanged.of(added))
        return work.answer(view(added))


def change_system(
    system_id: str, version: int, content: dict[str, Any], *, view: Callable[[OtherSystem], V], by: Caller
) -> V:
    """New content for a system that nobody changed since `version`."""
    before = _kept(system_id, by)
    if before.version != version:
        raise ChangedMeanwhile
    return _changed(before, before.having(**content), view, by)


def renew_key(system_id: str, *, view: Callable[[OtherSystem], V], by: Caller) -> V:
    """Another key."""
    before = _kept(system_id, by)
    return _changed(before, before.having(key=ids.secret()), view, by)


def _changed(before: OtherSystem, after: OtherSystem, view: Callable[[OtherSystem], V], by: Caller) -> V:
    with Work(by=by) as work:
        changed = work.change(systems, before, after)
        work.emit(SystemChanged.of(changed))
        return work.answer(view(changed))


def _kept(system_id: str, by: Caller) -> OtherSystem:
    system = get_system(system_id)
    if system.organisation_id != by.organisation_id:
        raise SystemNotFound
    return system
