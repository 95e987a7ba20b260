"""Routes of reference data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from directory.maintain_reference import use_case
from hospital import clock
from hospital.caller import Caller
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.paging import Page, Paging
from hospital.policy import can, signed_in
from hospital.reference.errors import CodeTaken, ItemChangedMeanwhile, ItemNotFound, KindUnknown
from hospital.reference.kinds import KINDS, Kind
from hospital.reference.model import Item

app = App("maintain_reference")

_WRITES = (KindUnknown, ItemNotFound, ItemChangedMeanwhile, CodeTaken)


class InBothLanguages(BaseModel):
    """A name in Chinese and English."""

    zh: str
    en: str


class KindView(BaseModel):
    """A kind of reference data, and whether the caller may write it."""

    name: str
    title: InBothLanguages
    per_organisation: bool
    may_write: bool

    @classmethod
    def of(cls, kind: Kind, who: Caller) -> dict[str, Any]:
        """The view's fields."""
        return {
            "name": kind.name,
            "title": InBothLanguages(zh=kind.zh, en=kind.en),
            "per_organisation": kind.per_organisation,
            "may_write": use_case.may_write(kind, who),
        }


class Kinds(BaseModel):
    """All kinds that the caller may read."""

    items: list[KindView]


class KindSchema(KindView):
    """A kind with the JSON Schema of its items, from which a page draws list and form.

    Each property carries `title` (Chinese), `x-title-en` and `x-widget` (text, textarea, number, select, switch).
    """

    model_config = ConfigDict(serialize_by_alias=True)

    content_schema: Annotated[dict[str, Any], Field(alias="schema")]


class ItemView(BaseModel):
    """An item of reference data."""

    id: str
    kind: str
    organisation_id: str | None
    version: int
    retired: bool
    content: dict[str, Any]
    changed_at: datetime

    @classmethod
    def of(cls, item: Item) -> ItemView:
        """The view of an item."""
        return cls(
            id=item.id,
            kind=item.kind_name,
            organisation_id=item.organisation_id or None,
            version=item.version,
            retired=item.retired,
            content=item.content,
            changed_at=item.changed_at,
        )


class ItemSearch(Paging):
    """Which items. `organisation_id` is for readers who belong to no organisation."""

    q: Annotated[str, Field(max_length=40, description="Part of any text")] | None = None
    retired: Annotated[bool, Field(description="Items out of use, instead of those in use")] = False
    organisation_id: Annotated[str, Field(pattern=PATTERN)] | None = None


class CreateItem(Command):
    """The content of a new item, by the kind's schema."""

    content: dict[str, Any]


class ChangeItem(Command):
    """New content for the item that was read as `version`."""

    version: Annotated[int, Field(ge=1, le=2**31)]
    content: dict[str, Any]


class TurnItem(Command):
    """The version that was read."""

    version: Annotated[int, Field(ge=1, le=2**31)]


@app.route("GET", "/reference", allow=signed_in, returns=Kinds)
def get_kinds(who: Caller) -> Kinds:
    """The kinds of reference data that the caller may read."""
    readable = [kind for kind in KINDS if use_case.may_read(kind, who)]
    return Kinds(items=[KindView(**KindView.of(kind, who)) for kind in readable])


@app.route("GET", "/reference/{kind}/schema", allow=signed_in, returns=KindSchema, errors=(KindUnknown,))
def get_schema(who: Caller, kind: str) -> KindSchema:
    """The JSON Schema of a kind's items."""
    found = use_case.readable_kind(kind, who)
    return KindSchema.model_validate(KindView.of(found, who) | {"schema": found.schema.model_json_schema()})


@app.route("GET", "/reference/{kind}", allow=signed_in, query=ItemSearch, returns=Page[ItemView], errors=(KindUnknown,))
def get_items(who: Caller, kind: str, query: ItemSearch) -> Page[ItemView]:
    """The items of a kind, in the kind's order."""
    page = use_case.list_items(
        kind, query, q=query.q, retired=query.retired, organisation_id=query.organisation_id, by=who
    )
    return page.each(ItemView.of)


@app.route(
    "POST",
    "/reference/{kind}",
    allow=can("reference:read"),
    body=CreateItem,
    returns=ItemView,
    status=201,
    errors=_WRITES,
)
def post_item(who: Caller, kind: str, body: CreateItem) -> ItemView:
    """Create an item."""
    return use_case.create_item(kind, body.content, view=ItemView.of, by=who, now=clock.now())


@app.route("GET", "/reference/{kind}/{item_id}", allow=signed_in, returns=ItemView, errors=(KindUnknown, ItemNotFound))
def get_item(who: Caller, kind: str, item_id: str) -> ItemView:
    """One item, in use or not."""
    return ItemView.of(use_case.view_item(kind, item_id, by=who))


@app.route(
    "PUT",
    "/reference/{kind}/{item_id}",
    allow=can("reference:read"),
    body=ChangeItem,
    returns=ItemView,
    errors=_WRITES,
)
def put_item(who: Caller, kind: str, item_id: str, body: ChangeItem) -> ItemView:
    """Change an item."""
    return use_case.change_item(kind, item_id, body.version, body.content, view=ItemView.of, by=who, now=clock.now())


@app.route(
    "POST",
    "/reference/{kind}/{item_id}/retire",
    allow=can("reference:read"),
    body=TurnItem,
    returns=ItemView,
    errors=_WRITES,
)
def post_retire(who: Caller, kind: str, item_id: str, body: TurnItem) -> ItemView:
    """Take an item out of use."""
    return use_case.turn_item(kind, item_id, body.version, retired=True, view=ItemView.of, by=who, now=clock.now())


@app.route(
    "POST",
    "/reference/{kind}/{item_id}/restore",
    allow=can("reference:read"),
    body=TurnItem,
    returns=ItemView,
    errors=_WRITES,
)
def post_restore(who: Caller, kind: str, item_id: str, body: TurnItem) -> ItemView:
    """Bring an item back into use."""
    return use_case.turn_item(kind, item_id, body.version, retired=False, view=ItemView.of, by=who, now=clock.now())
