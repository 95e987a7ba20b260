"""DynamoDB's answers to a request that it does not carry out, as moto's exceptions."""

from moto.dynamodb.exceptions import ERROR_TYPE_PREFIX, DynamodbException, TransactionCanceledException

THROTTLED = (
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or "
    "index so please try again shortly. If exceptions persist, check if you have a hot key: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
)
EXCEEDED = (
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning "
    "level with the UpdateTable API."
)
CONFLICT = "Transaction is ongoing for the item"

ON_DEMAND = "PAY_PER_REQUEST"

Reason = tuple[str | None, str | None, dict[str, object] | None]
"""One cancellation reason: (code, message, item)."""

NO_REASON: Reason = (None, None, None)
CONFLICT_REASON: Reason = ("TransactionConflict", CONFLICT, None)


class IdempotentParameterMismatch(DynamodbException):  # type: ignore[misc]
    """A request token came again with other content."""

    def __init__(self) -> None:
        super().__init__(
            ERROR_TYPE_PREFIX + "IdempotentParameterMismatchException",
            "Request rejected because it was retried with a different payload but the same client token",
        )


class TransactionInProgress(DynamodbException):  # type: ignore[misc]
    """A request token came again while its transaction was still under way."""

    def __init__(self) -> None:
        super().__init__(
            ERROR_TYPE_PREFIX + "TransactionInProgressException",
            "The transaction with the given request token is already in progress.",
        )


class TransactionConflict(DynamodbException):  # type: ignore[misc]
    """A single write met an item that a transaction under way holds."""

    def __init__(self) -> None:
        super().__init__(ERROR_TYPE_PREFIX + "TransactionConflictException", CONFLICT)


class Throttled(DynamodbException):  # type: ignore[misc]
    """A table of the given billing mode had no capacity left."""

    def __init__(self, billing_mode: str) -> None:
        if billing_mode == ON_DEMAND:
            super().__init__(ERROR_TYPE_PREFIX + "ThrottlingException", THROTTLED)
        else:
            super().__init__(ERROR_TYPE_PREFIX + "ProvisionedThroughputExceededException", EXCEEDED)


class InternalServerError(DynamodbException):  # type: ignore[misc]
    """The server failed: nothing was done, or the answer was lost. Callers try again."""

    code = 500

    def __init__(self, message: str = "Internal server error") -> None:
        super().__init__(ERROR_TYPE_PREFIX + "InternalServerError", message)


def throttled_reason(billing_mode: str) -> Reason:
    """Why an item of a transaction was refused for want of capacity."""
    if billing_mode == ON_DEMAND:
        return "ThrottlingError", THROTTLED, None
    return "ProvisionedThroughputExceeded", EXCEEDED, None


def canceled(reasons: list[Reason]) -> DynamodbException:
    """The whole transaction, with one reason per item."""
    return TransactionCanceledException(reasons)
