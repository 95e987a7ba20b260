"""Why money does not move."""

from __future__ import annotations

from hospital.errors import Conflict, NotFound


class OrderNotFound(NotFound):
    """There is no such order for this caller."""

    code = "order.not_found"


class OrderMovedOn(Conflict):
    """The order is in a state in which this cannot be done any more, or yet. Facts: `state`."""

    code = "order.moved_on"


class MoreThanLeft(Conflict):
    """No more can be refunded than was paid and not refunded yet. Facts: `left_fen`."""

    code = "order.more_than_left"


class TooManyTries(Conflict):
    """So many payments were begun for one order that somebody should look at it."""

    code = "order.too_many_payments"


class PaymentUnknown(NotFound):
    """The order has no such payment, or no such refund."""

    code = "payment.not_found"


class PaymentDisputed(Conflict):
    """A channel says of a payment or a refund what differs from what it said before. Facts: `number`."""

    code = "payment.disputed"
