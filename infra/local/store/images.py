"""Items as DynamoDB JSON and back: {"pk": {"S": "..."}}, binary values as base64 as in stream records."""

import base64
import json
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict

Image = dict[str, Any]
"""One item as DynamoDB JSON: attribute name -> {type: value}."""


def image_of(item: Any) -> Image | None:
    """The item's attributes as DynamoDB JSON, free of moto's objects; None for no item. Sets come sorted."""
    return None if item is None else {name: _plain(value) for name, value in item.attrs.items()}


def _plain(value: Any) -> Any:
    if not isinstance(value, DynamoType):
        return value
    kind, content = value.type, value.value
    if kind == "M":
        return {"M": {name: _plain(inner) for name, inner in content.items()}}
    if kind == "L":
        return {"L": [_plain(inner) for inner in content]}
    if kind == "B":
        return {"B": _base64(content)}
    if kind == "BS":
        return {"BS": [_base64(one) for one in sorted(content)]}
    if kind in ("SS", "NS"):
        return {kind: sorted(content)}
    return {kind: content}


def _base64(content: bytes | str) -> str:
    # moto keeps bytes as they came in, and base64 text after some projections.
    return content if isinstance(content, str) else base64.b64encode(content).decode()


def text_of(image: Image) -> str:
    """One line of JSON."""
    return json.dumps(image, separators=(",", ":"), ensure_ascii=False)


def image_from(text: str) -> Image:
    """The image that `text_of` wrote."""
    image: Image = json.loads(text)
    return image


def item_from(text: str, hash_attr: str, range_attr: str | None) -> Any:
    """moto's Item of a kept text, whose size was checked when it was written."""
    image = image_from(text)
    if '"B":' in text or '"BS":' in text:
        image = {name: _with_bytes(value) for name, value in image.items()}
    item = Item.__new__(Item)
    item.attrs = kept_attributes({name: _typed(value) for name, value in image.items()})
    item.hash_key = item.attrs[hash_attr]
    item.range_key = item.attrs[range_attr] if range_attr else None
    return item


def _typed(value: dict[str, Any]) -> Any:
    """moto's DynamoType without its detours: a folder of 100,000 items has a million of them."""
    made = DynamoType.__new__(DynamoType)
    ((kind, content),) = value.items()
    if kind == "L":
        content = [_typed(one) for one in content]
    elif kind == "M":
        content = {name: _typed(one) for name, one in content.items()}
    made.type, made.value = kind, content
    return made


def kept_attributes(attrs: dict[str, Any]) -> Any:
    """moto's own dict of attributes, without its measuring of each again with every one added."""
    kept = LimitedSizeDict.__new__(LimitedSizeDict)
    dict.update(kept, attrs)
    return kept


def fill(item: Any, hash_key: Any, range_key: Any, attrs: Image) -> None:
    """Gives a new Item its content. moto's own way measures all attributes again with each one added."""
    kept = LimitedSizeDict.__new__(LimitedSizeDict)
    for name, value in attrs.items():
        dict.__setitem__(kept, name, DynamoType(value))
    item.hash_key, item.range_key, item.attrs = hash_key, range_key, kept


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    ((kind, content),) = value.items()
    if kind == "B":
        return {"B": base64.b64decode(content)}
    if kind == "BS":
        return {"BS": [base64.b64decode(one) for one in content]}
    if kind == "M":
        return {"M": {name: _with_bytes(inner) for name, inner in content.items()}}
    if kind == "L":
        return {"L": [_with_bytes(inner) for inner in content]}
    return value
