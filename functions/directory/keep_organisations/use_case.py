"""Founding, reading, changing and closing organisations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.organisations.errors import ParentNeeded
from hospital.organisations.events import OrganisationChanged
from hospital.organisations.keys import ALL_ORGANISATIONS
from hospital.organisations.model import Off, Organisation
from hospital.organisations.store import (
    change_organisation,
    close_organisation,
    found_organisation,
    get_organisation,
    organisations,
)
from hospital.paging import Page, Paging
from hospital.work import Work

V = TypeVar("V", bound=BaseModel)


def list_organisations(paging: Paging) -> Page[Organisation]:
    """One page of the organisations, as they joined."""
    return organisations.page("all", ALL_ORGANISATIONS, cursor=paging.cursor, limit=paging.limit)


def create_organisation(
    parent_id: str | None, content: dict[str, Any], *, view: Callable[[Organisation], V], by: Caller, now: datetime
) -> V:
    """A new organisation: the platform founds any, an admin those below their own."""
    if parent_id is None and by.organisation_id:
        raise ParentNeeded
    parent = get_organisation(parent_id).kept_by(by) if parent_id else None
    with Work(by=by) as work:
        founded = found_organisation(work, Organisation.found(parent, content, now))
        work.emit(OrganisationChanged.of(founded, "created"))
        return work.answer(view(founded))


def edit_organisation(
    organisation_id: str,
    version: int,
    content: dict[str, Any],
    *,
    view: Callable[[Organisation], V],
    by: Caller,
) -> V:
    """New content for an organisation that nobody changed since `version`."""
    before = get_organisation(organisation_id).kept_by(by).read_as(version)
    with Work(by=by) as work:
        changed = change_organisation(work, before, before.having(**content))
        work.emit(OrganisationChanged.of(changed, "changed"))
        return work.answer(view(changed))


def set_businesses(
    organisation_id: str, version: int, off: tuple[Off, ...], *, view: Callable[[Organisation], V], by: Caller
) -> V:
    """What the organisation does not offer, or not everywhere."""
    return edit_organisation(organisation_id, version, {"businesses_off": off}, view=view, by=by)


def remove_organisation(organisation_id: str, *, by: Caller, now: datetime) -> None:
    """It is closed, when it holds nothing any more."""
    organisation = get_organisation(organisation_id).kept_by(by)
    with Work(by=by) as work:
        closed = close_organisation(work, organisation, now)
        work.emit(OrganisationChanged.of(closed, "removed"))
