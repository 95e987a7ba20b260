"""Keys of reference data, in the table `reference`.

| who asks | key or list |
| --- | --- |
| an item by id | `ITEM#ref_1 / ITEM` |
| the items of a kind and organisation, in their order | list `of_kind`: `KIND#faqs#org_1 / <position>#ref_1` |
| which item has a code | `CODE#titles#org_1#chief / UNIQUE` |
"""

from __future__ import annotations

from hospital.records import Key


def item_key(item_id: str) -> Key:
    """An item."""
    return Key(f"ITEM#{item_id}", "ITEM")


def kind_key(kind: str, organisation_id: str) -> str:
    """The partition of a kind's items; `organisation_id` is empty for the platform's kinds."""
    return f"KIND#{kind}#{organisation_id}"


def code_claim_id(kind: str, organisation_id: str, code: str) -> str:
    """The id of the claim of a code."""
    return f"{kind}#{organisation_id}#{code}"


def code_key(claim_id: str) -> Key:
    """The claim of a code."""
    return Key(f"CODE#{claim_id}", "UNIQUE")
