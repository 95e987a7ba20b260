"""The items that a request names: one part for each, with the table it lies in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType

from .contention import ItemName
from .sizes import BadNumber, canonical_number
from .units import look

Body = dict[str, Any]


@dataclass(eq=False)
class Part:
    """One item of a request (for Query and Scan: the table, or the partition that is asked for).

    `key_from` holds the key attributes, `request` the parameters that go with it, `given_name` the name under which
    the request knows the table, `units` what the part cost, None while nothing did.
    """

    table: Any
    given_name: str
    key_from: Body
    request: Body
    writes: bool = False
    units: float | None = None
    is_left: bool = False

    @property
    def item(self) -> ItemName | None:
        """The item's name, None when its key is not one."""
        texts = [_text(self.key_from.get(name)) for name in self.table.table_key_attrs]
        if not texts or texts[0] is None or texts[-1] is None:
            return None
        return self.table.name, texts[0], texts[1] or "" if len(texts) > 1 else ""

    @property
    def key(self) -> tuple[Any, Any]:
        """(hash key, range key) as moto's tables know them."""
        attrs = [DynamoType(self.key_from[name]) for name in self.table.table_key_attrs]
        return attrs[0], attrs[1] if len(attrs) > 1 else None

    def look(self) -> Any:
        """The item that is there now, or None."""
        return look(self.table, *self.key)

    def take_out(self, body: Body) -> None:
        """Removes this part of a batch from the request."""
        requests = body["RequestItems"]
        several = requests[self.given_name]
        several = several["Keys"] if isinstance(several, dict) else several
        mine = self.key_from if several is not requests[self.given_name] else self.request
        several[:] = [each for each in several if each is not mine]
        if not several:
            del requests[self.given_name]

    def leave(self, left: Body) -> None:
        """Adds this part of a batch to what is left over."""
        self.is_left = True
        if self.writes:
            left.setdefault(self.given_name, []).append(self.request)
            return
        others = {name: value for name, value in self.request.items() if name != "Keys"}
        left.setdefault(self.given_name, {**others, "Keys": []})["Keys"].append(self.key_from)


def parts_of(operation: str, backend: Any, body: Body) -> list[Part]:
    """The parts of a request, in its order; what names no table of the backend is left for the checks to refuse."""
    reader = READERS.get(operation)
    if reader is None:
        return []
    try:
        return [part for part in reader(backend, body) if part.table is not None]
    except (AttributeError, KeyError, TypeError, ValueError, IndexError):
        # Malformed in a way that the checks, or moto, answer for.
        return []


def _one(writes: bool, where: str) -> Callable[[Any, Body], Iterator[Part]]:
    def read(backend: Any, body: Body) -> Iterator[Part]:
        yield Part(_table(backend, body["TableName"]), body["TableName"], body[where], body, writes)

    return read


def _page(backend: Any, body: Body) -> Iterator[Part]:
    yield Part(_table(backend, body["TableName"]), body["TableName"], {}, body)


def _batch_get(backend: Any, body: Body) -> Iterator[Part]:
    for name, request in body["RequestItems"].items():
        for key in request["Keys"]:
            yield Part(_table(backend, name), name, key, request)


def _batch_write(backend: Any, body: Body) -> Iterator[Part]:
    for name, several in body["RequestItems"].items():
        for request in several:
            ((kind, what),) = request.items()
            yield Part(_table(backend, name), name, what["Item" if kind == "PutRequest" else "Key"], request, True)


def _transact_get(backend: Any, body: Body) -> Iterator[Part]:
    for item in body["TransactItems"]:
        yield from _one(False, "Key")(backend, item["Get"])


def _transact_write(backend: Any, body: Body) -> Iterator[Part]:
    for item in body["TransactItems"]:
        ((kind, operation),) = item.items()
        yield from _one(True, "Item" if kind == "Put" else "Key")(backend, operation)


def _table(backend: Any, name: str) -> Any:
    # Before the lock is held: a look into the dict is all that is safe.
    return backend.tables.get(name) or backend.tables.get(name.rpartition("/")[2])


def _text(value: Any) -> str | None:
    if not isinstance(value, dict) or len(value) != 1:
        return None
    ((kind, content),) = value.items()
    if kind == "N":
        try:
            content = canonical_number(str(content))
        except BadNumber:
            return None
    return f"{kind}{content.hex() if isinstance(content, bytes) else content}"


READERS: dict[str, Callable[[Any, Body], Iterator[Part]]] = {
    "GetItem": _one(False, "Key"),
    "PutItem": _one(True, "Item"),
    "UpdateItem": _one(True, "Key"),
    "DeleteItem": _one(True, "Key"),
    "Query": _page,
    "Scan": _page,
    "BatchGetItem": _batch_get,
    "BatchWriteItem": _batch_write,
    "TransactGetItems": _transact_get,
    "TransactWriteItems": _transact_write,
}
