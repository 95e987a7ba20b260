"""A DynamoDB request from its arrival to its answer: conflicts, troubles, checks, the work itself, its bill.

moto's handlers do the work, one at a time; what they leave out (partial batches, projections in transactional reads,
capacity) is done here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb import responses
from moto.dynamodb.exceptions import ConditionalCheckFailed, TransactionCanceledException
from moto.dynamodb.responses import DynamoHandler, DynamoResult, ProjectionExpressionParser

from . import strict
from .capacity import Bill, read_units, write_units
from .contention import Contention, Flight, Kind
from .errors import StoreUnwritable
from .faults import Faults, FunctionKilled
from .meter import Meter
from .paging import project_paths
from .refusals import (
    CONFLICT_REASON,
    NO_REASON,
    IdempotentParameterMismatch,
    InternalServerError,
    Reason,
    Throttled,
    TransactionConflict,
    TransactionInProgress,
    canceled,
    throttled_reason,
)
from .request_checks import check_request, refuse_large_transaction
from .request_items import Part, parts_of
from .request_tokens import RequestTokens, digest_of
from .seams import Seam
from .sizes import MOST_BATCH_READ_BYTES, item_size
from .tables import KeptTables
from .units import Unit, look

MOST_TRANSACTION_READS = 100
"""TransactGetItems: AWS takes 100 items, moto still 25."""

METHODS = {
    "GetItem": "get_item",
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "DeleteItem": "delete_item",
    "Query": "query",
    "Scan": "scan",
    "BatchGetItem": "batch_get_item",
    "BatchWriteItem": "batch_write_item",
    "TransactGetItems": "transact_get_items",
    "TransactWriteItems": "transact_write_items",
}

KINDS: dict[str, Kind] = {
    "PutItem": "write",
    "UpdateItem": "write",
    "DeleteItem": "write",
    "BatchWriteItem": "write",
    "TransactGetItems": "transactional read",
    "TransactWriteItems": "transaction",
}

Replacement = Any


@dataclass
class Call:
    """One request: its operation, the handler that moto made for it, the items it names, its way through the store."""

    operation: str
    handler: Any
    parts: list[Part]
    flight: Flight

    @property
    def body(self) -> dict[str, Any]:
        """The parameters."""
        body: dict[str, Any] = self.handler.params
        return body

    @property
    def backend(self) -> Any:
        """moto's tables of the caller's account and region."""
        return self.handler.dynamodb_backend

    @property
    def is_batch(self) -> bool:
        """May a part of it be left over?"""
        return self.operation in ("BatchGetItem", "BatchWriteItem")


class TableRequests:
    """The replacements of moto's request handlers."""

    def __init__(self, tables: KeptTables, tokens: RequestTokens, faults: Faults, meter: Meter) -> None:
        self._tables, self._units, self._tokens = tables, tables.units, tokens
        self._faults, self._meter = faults, meter
        self._contention = Contention()
        self._call: Call | None = None

    def seams(self) -> list[Seam]:
        """All of them."""
        own = ("self",)
        return [
            Seam(DynamoHandler, "call_action", own, self.call_action),
            Seam(DynamoHandler, "create_table", own, self.create_table),
            *(Seam(DynamoHandler, METHODS[name], own, partial(self._action, name)) for name in METHODS),
            Seam(DynamoHandler, "execute_statement", own, self.partiql),
            Seam(DynamoHandler, "execute_transaction", own, self.partiql),
            Seam(DynamoHandler, "batch_execute_statement", own, self.partiql),
            Seam(responses, "TRANSACTION_MAX_ITEMS", None, lambda original: MOST_TRANSACTION_READS),
        ]

    def call_action(self, original: Replacement) -> Replacement:
        """One request at a time; its answer leaves after the commit of its last unit."""

        def call_action(handler: Any) -> Any:
            operation = handler._get_action() or ""
            parts = parts_of(operation, handler.dynamodb_backend, handler.params)
            token = handler.params.get("ClientRequestToken") if operation == "TransactWriteItems" else None
            flight = Flight(KINDS.get(operation, "read"), [part.item for part in parts], token)
            with self._contention.under_way(flight), self._units.lock:
                self._call = Call(operation, handler, parts, flight)
                try:
                    return original(handler)
                finally:
                    self._call = None

        return call_action

    def create_table(self, original: Replacement) -> Replacement:
        """Names and keys as DynamoDB takes them and this store knows them."""

        def create_table(handler: Any) -> Any:
            strict.refuse_short_names(handler.body)
            strict.refuse_unknown_schema(handler.body)
            return original(handler)

        return create_table

    def partiql(self, original: Replacement) -> Replacement:
        """Refused."""

        def partiql(handler: Any) -> Any:
            strict.refuse_partiql()

        return partiql

    # ---- one operation ----
    def _action(self, operation: str, original: Replacement) -> Replacement:
        """moto's own work, or ours where that does not do; the rest is the same for all operations."""
        instead = {
            "BatchGetItem": self._batch_get,
            "BatchWriteItem": self._batch_write,
            "TransactGetItems": self._transact_get,
        }.get(operation)

        def action(handler: Any) -> Any:
            call = self._call
            assert call is not None
            check_request(call.operation, call.backend, call.body)
            left_over = self._refuse(call)
            work = (lambda: instead(call)) if instead else (lambda: original(handler))
            answer = self._left_over_only(call) if call.is_batch and not call.parts else self._carry_out(call, work)
            if left_over:
                _add_left_over(answer.result, call.operation, left_over)
            if any(self._faults.strikes("lose answer", name, call.operation) for name in _table_names(call.parts)):
                raise InternalServerError()
            is_written = call.flight.kind != "read" and self._meter.caller() is not None
            if is_written and any(
                self._faults.strikes("kill", name, call.operation) for name in _table_names(call.parts)
            ):
                raise FunctionKilled
            return answer

        return action

    def _carry_out(self, call: Call, work: Callable[[], Any]) -> Any:
        bill = Bill()
        try:
            if call.operation == "TransactWriteItems":
                answer = self._transact_write(call, work, bill)
            else:
                with self._units.unit() as unit:
                    answer = work()
                    self._charge(call, unit, bill)
        except StoreUnwritable as error:
            raise InternalServerError(str(error)) from error
        except (ConditionalCheckFailed, TransactionCanceledException):
            self._charge_refused(call, bill)
            self._note(call, bill)
            raise
        self._note(call, bill)
        result = answer.result
        result.pop("ConsumedCapacityUnits", None)
        result.pop("ConsumedCapacity", None)
        level = call.body.get("ReturnConsumedCapacity", "NONE")
        if level != "NONE":
            used = bill.answer(level, transactional=call.operation.startswith("Transact"))
            several = call.is_batch or call.operation.startswith("Transact")
            result["ConsumedCapacity"] = used if several else used[0]
        return answer

    def _note(self, call: Call, bill: Bill) -> None:
        self._meter.note(call.operation, bill)
        for part in call.parts:
            if part.units is not None:
                reads, writes = (0.0, part.units) if part.writes else (part.units, 0.0)
                self._faults.use(part.item, reads, writes)

    # ---- refusing ----
    def _refuse(self, call: Call) -> list[Part]:
        """Raises when the call cannot go on; of a batch, takes out and answers the parts that are left over."""
        if call.flight.repeats_one_under_way:
            raise TransactionInProgress()
        names = _table_names(call.parts)
        if any(self._faults.strikes("fail", name, call.operation) for name in names):
            raise InternalServerError()
        throttled = {name for name in names if self._faults.strikes("throttle", name, call.operation)}
        forced = {
            name for name in names
            if call.flight.kind != "read" and self._faults.strikes("conflict", name, call.operation)
        }  # fmt: skip
        met = call.flight.met or [False] * len(call.parts)
        reasons = [
            self._reason(call, part, throttled, conflicts or part.table.name in forced)
            for part, conflicts in zip(call.parts, met, strict=True)
        ]
        if not any(code for code, _, _ in reasons):
            return []
        if call.operation.startswith("Transact"):
            raise canceled(reasons)
        if call.is_batch:
            return self._take_out(call, reasons)
        raise _single_refusal(reasons[0], call.parts[0].table)

    def _reason(self, call: Call, part: Part, throttled: set[str], conflicts: bool) -> Reason:
        if conflicts:
            self._meter.note_conflict(call.operation, part.table.name)
            return CONFLICT_REASON
        if part.table.name in throttled or self._faults.is_exhausted(part.item, call.operation):
            self._meter.note_throttled(call.operation, part.table.name)
            return throttled_reason(part.table.billing_mode)
        return NO_REASON

    def _take_out(self, call: Call, reasons: list[Reason]) -> list[Part]:
        left = [part for part, (code, _, _) in zip(call.parts, reasons, strict=True) if code]
        if len(left) == len(call.parts) and all(code != CONFLICT_REASON[0] for code, _, _ in reasons):
            raise Throttled(call.parts[0].table.billing_mode)
        for part in left:
            part.take_out(call.body)
        call.parts = [part for part, (code, _, _) in zip(call.parts, reasons, strict=True) if not code]
        return left

    # ---- what moto leaves out ----
    def _left_over_only(self, call: Call) -> Any:
        if call.operation == "BatchGetItem":
            return ActionResult({"Responses": {}, "UnprocessedKeys": {}})
        return ActionResult({"ItemCollectionMetrics": {}, "UnprocessedItems": {}})

    def _transact_write(self, call: Call, work: Callable[[], Any], bill: Bill) -> Any:
        """A request token seen before answers success without writing, or refuses other content."""
        token = call.body.get("ClientRequestToken")
        digest = digest_of(call.body["TransactItems"]) if token else ""
        before = self._tokens.digest_before(token) if token else None
        if before is not None:
            if before != digest:
                raise IdempotentParameterMismatch()
            for part in call.parts:
                self._charge_read(part, bill, consistent=True, times=2)
            return ActionResult({"ItemCollectionMetrics": {}})
        with self._units.unit() as unit:
            if token:
                unit.token = token, digest
            answer = work()
            afters = (look(touch.table, touch.hash_key, touch.range_key) for touch in unit.first_touches())
            refuse_large_transaction(sum(item_size(item) for item in afters if item is not None))
            self._charge(call, unit, bill)
        return answer

    def _batch_get(self, call: Call) -> Any:
        """At most 16 MB at once; what is left over keeps its parameters."""
        found: dict[str, list[Any]] = {name: [] for name in call.body["RequestItems"]}
        left: dict[str, Any] = {}
        size = 0
        for part in call.parts:
            item = part.look()
            if left or (item is not None and size + item_size(item) > MOST_BATCH_READ_BYTES):
                part.leave(left)
            elif item is not None:
                size += item_size(item)
                found[part.given_name].append(_projected(item, part.request).attrs)
        call.parts = [part for part in call.parts if not part.is_left]
        return DynamoResult({"Responses": found, "UnprocessedKeys": left})

    def _batch_write(self, call: Call) -> Any:
        """In the order of the request; moto takes one key in two tables for a duplicate."""
        for part in call.parts:
            if "PutRequest" in part.request:
                call.backend.put_item(part.given_name, part.key_from)
            else:
                call.backend.delete_item(part.given_name, part.key_from)
        return ActionResult({"ItemCollectionMetrics": {}, "UnprocessedItems": {}})

    def _transact_get(self, call: Call) -> Any:
        """Projections too; the items have at most 4 MB together."""
        items = [part.look() for part in call.parts]
        refuse_large_transaction(sum(item_size(item) for item in items if item is not None))
        found = [
            {} if item is None else {"Item": _projected(item, part.request).attrs}
            for part, item in zip(call.parts, items, strict=True)
        ]
        return DynamoResult({"Responses": found})

    # ---- the bill ----
    def _charge(self, call: Call, unit: Unit, bill: Bill) -> None:
        if call.operation in ("Query", "Scan"):
            self._charge_page(call, bill)
            return
        times = 2 if call.operation.startswith("Transact") else 1
        befores = {(touch.table.name, touch.hash_key, touch.range_key): touch.before for touch in unit.first_touches()}
        for part in call.parts:
            if not part.writes:
                consistent = times == 2 or bool(part.request.get("ConsistentRead"))
                self._charge_read(part, bill, consistent, times)
                continue
            after = part.look()
            before = befores.get((part.table.name, *part.key), after)
            part.units = bill.of(part.table).add_write(part.table, before, after, times)

    def _charge_read(self, part: Part, bill: Bill, consistent: bool, times: int) -> None:
        item = part.look()
        part.units = read_units(0 if item is None else item_size(item), consistent) * times
        bill.of(part.table).reads += part.units

    def _charge_page(self, call: Call, bill: Bill) -> None:
        part, index = call.parts[0], call.body.get("IndexName")
        part.units = read_units(self._tables.read_bytes, bool(call.body.get("ConsistentRead")))
        use = bill.of(part.table)
        if index:
            use.index_reads[index] = part.units
        else:
            use.reads += part.units

    def _charge_refused(self, call: Call, bill: Bill) -> None:
        """A condition that fails costs what writing the item that is there would."""
        times = 2 if call.operation.startswith("Transact") else 1
        for part in call.parts:
            item = part.look()
            part.units = write_units(0 if item is None else item_size(item)) * times
            bill.of(part.table).writes += part.units


def _table_names(parts: list[Part]) -> list[str]:
    return list(dict.fromkeys(part.table.name for part in parts))


def _single_refusal(reason: Reason, table: Any) -> Exception:
    return TransactionConflict() if reason == CONFLICT_REASON else Throttled(table.billing_mode)


def _add_left_over(result: dict[str, Any], operation: str, parts: list[Part]) -> None:
    left = result.setdefault("UnprocessedKeys" if operation == "BatchGetItem" else "UnprocessedItems", {})
    for part in parts:
        part.leave(left)


def _projected(item: Any, request: dict[str, Any]) -> Any:
    expression = request.get("ProjectionExpression")
    if expression is None:
        return item
    return project_paths(item, ProjectionExpressionParser(expression, request.get("ExpressionAttributeNames")).parse())
