"""One change of the hospital's state: everything in it commits, or nothing.

    with Work(by=doctor) as work:
        accepted = work.change(visits, visit, visit.accept(now), otherwise=VisitMovedOn(state=visit.state))
        work.emit(VisitAccepted.of(accepted))
        return work.answer(VisitView.of(accepted))

State, events, audit lines, time-outs and the answer kept for a client's idempotency key go into one DynamoDB
transaction when the block ends without an error. Each write names the error that its failure means; a conflict with
another transaction is tried again and in the end `Unavailable`, never a business error.
"""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel
from pynamodb.exceptions import CancellationReason, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from hospital import clock, ids
from hospital.audit import audit_item, audit_key
from hospital.caller import Caller
from hospital.connection import PASSING, TRIES, pause
from hospital.due import SWEPT, due_key
from hospital.errors import AlreadyDone, ChangedMeanwhile, Unavailable
from hospital.events import Event, envelope
from hospital.idempotency import KeyReused, answer_is_free, answer_item, answer_key
from hospital.records import Item, Key, Record, to_attributes
from hospital.table import STREAMED, Collection, R, Table, answered_code

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
Verb = Literal["check", "delete", "put", "update"]

_KEEP_EVENT = timedelta(days=7)
_KEEP_INBOX = timedelta(days=14)
_CONFLICT = "TransactionConflict"
_PATIENCE = 2.5
"""Seconds that a change waits in all, in short pauses, while other transactions hold one of its items: who closes a
conversation must come through a burst of messages into it, each of which yields longer every time."""
_TRY_AGAIN = frozenset({_CONFLICT, "ThrottlingError", "ProvisionedThroughputExceeded"})


@dataclass
class _Write:
    verb: Verb
    table: Table
    key: Key
    otherwise: Exception
    item: Item | None = None
    actions: Sequence[Action] | None = None
    condition: Condition | None = None


@dataclass
class _Changed:
    """A record this work wrote, for its events and audit line."""

    collection: Collection[Any]
    record: Record
    key: Key
    fields: list[str]
    events: list[Event] = field(default_factory=list)
    removed: bool = False


class Work:
    """See the module. `doing` names an act that no event reports (`session.refresh`); `once` is the event a consumer
    answers: a second delivery of it ends in `AlreadyDone`. `met` is raised at once when another transaction holds one
    of the items: for those who would read anew rather than try the same again."""

    def __init__(self, by: Caller, *, doing: str = "", once: str = "", met: Exception | None = None) -> None:
        self._by = by
        self._doing = doing
        self._met = met
        self._writes: list[_Write] = []
        self._changed: list[_Changed] = []
        self._answer: BaseModel | None = None
        if once:
            self._write_once(once)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()

    # -- what a use case says -------------------------------------------------------------------------------------

    def add(self, collection: Collection[R], record: R, *, after: int = 0, otherwise: Exception | None = None) -> R:
        """A new record; `otherwise` means that there is one at its place already. Returns it as stored.

        `after` is the number of the audit line that tells of the removal of the one before it at this place: the
        count of a place never begins anew (`last_line`).
        """
        stored = record.having(version=after + 1)
        self._put(collection, stored, Path("pk").does_not_exist(), otherwise, list(record.model_fields_set))
        return stored

    def change(
        self,
        collection: Collection[R],
        before: R,
        after: R,
        *,
        when: Condition | None = None,
        otherwise: Exception | None = None,
    ) -> R:
        """`before` becomes `after`, if it still is as it was read (and `when` holds). Returns it as stored."""
        _refuse_lines(collection)
        stored = after.having(version=before.version + 1)
        unchanged: Condition = Path("version") == before.version
        fields = [name for name in type(after).model_fields if getattr(after, name) != getattr(before, name)]
        self._put(collection, stored, unchanged if when is None else unchanged & when, otherwise, fields)
        return stored

    def remove(
        self,
        collection: Collection[R],
        record: R,
        *,
        when: Condition | None = None,
        otherwise: Exception | None = None,
    ) -> None:
        """The record goes, if it still is as it was read, or if `when` holds instead. Only for what no law keeps:
        unique claims, tickets, connections. Of an audited record a last line remains, under the next number: hence it
        goes only as it was read, and if `when` holds too."""
        _refuse_lines(collection)
        condition = Path("version") == record.version if when is None else when
        key = collection.key(record)
        if collection.audited:
            condition = condition & (Path("version") == record.version)
            gone = record.having(version=record.version + 1)
            self._changed.append(_Changed(collection, gone, key, [], removed=True))
        self._writes.append(
            _Write("delete", collection.table, key, otherwise or ChangedMeanwhile(), condition=condition)
        )

    def update(
        self,
        collection: Collection[Any],
        key: Key,
        actions: Sequence[Action],
        *,
        when: Condition,
        otherwise: Exception,
        unaudited: str = "",
    ) -> None:
        """Change fields in place under a condition: for counters that many change at once. No version, no event, no
        audit line: on an audited collection `unaudited` says why none is needed."""
        _refuse_lines(collection)
        if collection.audited and not unaudited:
            raise RuntimeError(f"{collection.record.__name__} is audited: change it, or say why no line is needed")
        self._writes.append(_Write("update", collection.table, key, otherwise, actions=actions, condition=when))

    def check(self, collection: Collection[Any], key: Key, when: Condition, *, otherwise: Exception) -> None:
        """Something not changed here must hold at the moment of commit."""
        self._writes.append(_Write("check", collection.table, key, otherwise, condition=when))

    def emit(self, event: Event) -> None:
        """Report a fact about a record that this work wrote."""
        changed = self._changed_by(event)
        if changed.collection.table.name not in STREAMED:
            raise RuntimeError(f"{event.TYPE}: nobody hears events of the table {changed.collection.table.name}")
        changed.events.append(event)

    def due(self, at: datetime, event: Event) -> None:
        """Report `event` at that time, about a record that this work wrote; whoever hears it judges it again."""
        row = event_item(event, self._by) | to_attributes({"row": "due"})
        row.pop("expires_on")
        table = self._changed_by(event).collection.table
        if table.name not in SWEPT:
            raise RuntimeError(f"{event.TYPE}: nobody sweeps the table {table.name}")
        self._writes.append(_Write("put", table, due_key(at, event.TYPE, event.subject), ChangedMeanwhile(), row))

    def answer(self, model: M) -> M:
        """What the client is told; kept under its idempotency key."""
        self._answer = model
        return model

    # -- how it is written ----------------------------------------------------------------------------------------

    def _put(
        self, collection: Collection[R], stored: R, when: Condition, otherwise: Exception | None, fields: list[str]
    ) -> None:
        key = collection.key(stored)
        self._writes.append(
            _Write(
                "put",
                collection.table,
                key,
                otherwise or ChangedMeanwhile(),
                collection.to_item(stored),
                condition=when,
            )
        )
        self._changed.append(_Changed(collection, stored, key, sorted(fields)))

    def _changed_by(self, event: Event) -> _Changed:
        for changed in self._changed:
            if (changed.record.id, changed.record.version) == (event.subject, event.sequence):
                return changed
        raise RuntimeError(f"{event.TYPE} reports something this work did not write: {event.subject}")

    def _write_once(self, event_id: str) -> None:
        key = Key(f"INBOX#{self._by.person_id}#{event_id}", "INBOX")
        item = to_attributes({"row": "inbox", "expires_on": clock.epoch(clock.now() + _KEEP_INBOX)})
        self._add_row(Table("requests"), key, item, AlreadyDone())

    def _add_row(self, table: Table, key: Key, item: Item, otherwise: Exception | None = None) -> None:
        self._writes.append(
            _Write("put", table, key, otherwise or ChangedMeanwhile(), item, condition=Path("pk").does_not_exist())
        )

    def _finish(self) -> None:
        for changed in self._changed:
            self._write_events(changed)
            if changed.collection.audited:
                self._write_audit(changed)
        if intent := self._by.asked.intent:
            if self._answer is None:
                raise RuntimeError(f"{self._by.asked.route} keeps no answer for its idempotency key")
            self._writes.append(
                _Write(
                    "put",
                    Table("requests"),
                    answer_key(self._by, intent),
                    KeyReused(),
                    answer_item(self._by, intent, self._answer),
                    condition=answer_is_free(),
                )
            )
        if self._writes:
            commit(self._writes, self._met)

    def _write_events(self, changed: _Changed) -> None:
        for number, event in enumerate(changed.events):
            key = Key(changed.key.pk, f"EVENT#{event.sequence:010d}#{changed.key.sk}#{number}")
            self._add_row(changed.collection.table, key, event_item(event, self._by))

    def _write_audit(self, changed: _Changed) -> None:
        acts = [event.TYPE for event in changed.events] or [self._doing]
        if acts == [""]:
            raise RuntimeError(f"a change of {changed.record.id} has neither event nor `doing` to be audited under")
        key, table = audit_key(changed.key, changed.record.version), changed.collection.table
        item = audit_item(self._by, table.name, changed.key, changed.record, acts, changed.fields)
        if changed.removed:
            item["removed"] = {"BOOL": True}
        self._add_row(table, key, item)


def _refuse_lines(collection: Collection[Any]) -> None:
    if collection.is_line:
        raise RuntimeError(f"{collection.record.__name__} is a line of a log: it is written once")


def last_line(collection: Collection[Any], place: Key) -> int:
    """The number of the last audit line about `place`, 0 when there is none: for `Work.add(after=...)`."""
    answer = collection.table.connection.query(
        collection.table.physical,
        place.pk,
        range_key_condition=Path("sk").startswith(f"AUDIT#{place.sk}#"),
        scan_index_forward=False,
        consistent_read=True,
        limit=1,
    )
    return int(answer["Items"][0]["line_number"]["N"]) if answer["Items"] else 0


def decided_again(decide: Callable[[], T]) -> T:
    """What `decide` answers; read and decided anew when what it read was changed before it could write.

    For acts that mean the same whatever came between: ending a session, turning a switch.
    """
    for attempt in range(1, TRIES):
        try:
            return decide()
        except ChangedMeanwhile:
            time.sleep(random.uniform(0, 0.01) * attempt)  # noqa: S311 - jitter, not a secret
    return decide()


def event_item(event: Event, by: Caller) -> Item:
    """The outbox row of an event. The stream publishes its insert; the row itself goes after a week."""
    told = envelope(event, ids.new_id("evt"), by)
    return to_attributes(
        {
            "row": "event",
            "source": told["source"],
            "type": event.TYPE,
            "envelope": json.dumps(told, ensure_ascii=False, separators=(",", ":")),
            "expires_on": clock.epoch(clock.now() + _KEEP_EVENT),
        }
    )


def commit(writes: Sequence[_Write], met: Exception | None = None) -> None:
    """Send one transaction. Raises the error of the first write whose condition failed, `met`, or `Unavailable`."""
    ordered = [write for verb in ("check", "delete", "put", "update") for write in writes if write.verb == verb]
    token = str(uuid.uuid4())  # the same for every try: one that was written though its answer was lost is not refused
    patience, tries = _PATIENCE, 0
    while tries < TRIES and patience > 0:
        reasons = _send(ordered, token)
        if reasons is None:
            return
        failed = [
            write.otherwise
            for write, reason in zip(ordered, reasons, strict=False)
            if reason is not None and reason.code == "ConditionalCheckFailed"
        ]
        if failed:
            # "Done before" explains every other failure: the first delivery is what changed the state.
            raise next((error for error in failed if isinstance(error, AlreadyDone | KeyReused)), failed[0])
        if any(reason is not None and reason.code == _CONFLICT for reason in reasons):
            if met is not None:
                raise met
            wait = random.uniform(0.005, 0.05)  # noqa: S311 - jitter, not a secret
            patience -= wait
            time.sleep(wait)
        else:
            tries += 1
            pause(tries)
    raise Unavailable(reason="busy")


def _send(ordered: Sequence[_Write], token: str) -> Sequence[CancellationReason | None] | None:
    """None when it is written; the reasons of each write when it may be tried again or was refused."""
    connection = ordered[0].table.connection
    operations: dict[Verb, list[dict[str, Any]]] = {"check": [], "delete": [], "put": [], "update": []}
    for write in ordered:
        operations[write.verb].append(_operation(write))
    try:
        connection.transact_write_items(
            operations["check"],
            operations["delete"],
            operations["put"],
            operations["update"],
            client_request_token=token,
        )
    except TransactWriteError as error:
        reasons = error.cancellation_reasons
        codes = {reason.code for reason in reasons if reason is not None}
        code = answered_code(error)
        if code is None or code in PASSING or codes & (_TRY_AGAIN | {"ConditionalCheckFailed"}):
            return reasons
        raise
    return None


def _operation(write: _Write) -> dict[str, Any]:
    return write.table.connection.get_operation_kwargs(
        write.table.physical,
        write.key.pk,
        write.key.sk,
        key="Item" if write.verb == "put" else "Key",
        attributes=write.item,
        actions=write.actions,
        condition=write.condition,
    )
