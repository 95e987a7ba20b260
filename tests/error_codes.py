"""The error codes that the product's own classes state."""

from __future__ import annotations

from hospital.errors import DomainError


def product_codes(kind: type[DomainError] = DomainError) -> set[str]:
    """The codes of the loaded error classes below `kind`; tests have classes of their own, which do not count."""
    below = {sub for sub in kind.__subclasses__() if not sub.__module__.startswith("tests.")}
    return {sub.code for sub in below} | {code for sub in below for code in product_codes(sub)}
