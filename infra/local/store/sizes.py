"""How large DynamoDB takes items, keys and numbers to be, in bytes.

Source: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats" and "Supported data types and naming rules".
AWS calls its rule for numbers approximate; here it is taken at its word: one byte for two significant digits (pairs
are counted from the decimal point), one for the number itself, one for a minus.
"""

import base64
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType

MOST_ITEM_BYTES = 400 * 1024
MOST_PAGE_BYTES = 1024 * 1024
MOST_BATCH_READ_BYTES = 16 * 1024 * 1024
MOST_TRANSACTION_BYTES = 4 * 1024 * 1024
MOST_HASH_KEY_BYTES, MOST_RANGE_KEY_BYTES = 2048, 1024
MOST_DIGITS = 38

EXACT = Context(prec=200)
"""Arithmetic that keeps every digit which a stored number can have."""


class BadNumber(ValueError):
    """Not a number that DynamoDB stores; the message is DynamoDB's."""


def canonical_number(text: str) -> str:
    """The number as DynamoDB answers it: without an exponent, without leading or trailing zeros. Raises BadNumber."""
    if text.isdecimal() and len(text) < MOST_DIGITS and (text[0] != "0" or text == "0") and text.isascii():
        return text
    try:
        number = Decimal(text)
    except (InvalidOperation, ValueError):
        number = Decimal("NaN")
    if not number.is_finite() or text != text.strip() or "_" in text or not text.isascii():
        raise BadNumber(f"The parameter cannot be converted to a numeric value: {text}")
    if not number:
        return "0"
    number = EXACT.normalize(number)
    if len(number.as_tuple().digits) > MOST_DIGITS:
        raise BadNumber("Attempting to store more than 38 significant digits in a Number")
    if number.adjusted() > 125:
        raise BadNumber("Number overflow. Attempting to store a number with magnitude larger than supported range")
    if number.adjusted() < -130:
        raise BadNumber("Number underflow. Attempting to store a number with magnitude smaller than supported range")
    return format(number, "f")


def number_size(text: str) -> int:
    """Bytes of a number."""
    number = Decimal(text)
    if not number:
        return 1
    sign, digits, exponent = EXACT.normalize(number).as_tuple()
    return (len(digits) + int(exponent) % 2 + 1) // 2 + 1 + sign


def text_size(text: str) -> int:
    """Bytes of a text."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def binary_size(content: bytes | str) -> int:
    """Bytes of a binary value; as text it is base64."""
    return len(base64.b64decode(content)) if isinstance(content, str) else len(content)


def value_size(value: Any) -> int:
    """Bytes of one value, moto's DynamoType or {type: value}, without the name of its attribute."""
    if isinstance(value, DynamoType):
        kind, content = value.type, value.value
    else:
        ((kind, content),) = value.items()
    match kind:
        case "S":
            return text_size(content)
        case "N":
            return number_size(content)
        case "B":
            return binary_size(content)
        case "SS":
            return sum(map(text_size, content))
        case "NS":
            return sum(map(number_size, content))
        case "BS":
            return sum(map(binary_size, content))
        case "L":
            return 3 + sum(1 + value_size(one) for one in content)
        case "M":
            return 3 + sum(1 + text_size(name) + value_size(one) for name, one in content.items())
    return 1


def attributes_size(attributes: dict[str, Any]) -> int:
    """Bytes of attributes with their names."""
    return sum(text_size(name) + value_size(value) for name, value in attributes.items())


def item_size(item: Any) -> int:
    """Bytes of moto's Item, measured once: an item that is in a table is never changed, only replaced."""
    size = item.__dict__.get("measured")
    if size is None:
        size = item.measured = attributes_size(item.attrs)
    return int(size)


def remeasure(item: Any) -> int:
    """Bytes of an item that was changed in place."""
    item.__dict__.pop("measured", None)
    return item_size(item)
