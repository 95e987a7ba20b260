"""The identity port: does this name belong to this ID number?

`ID_CHECK_ADAPTER` names the adapter. `population` is the embedded default: the local hospital's register of made-up
people, which judges truly but knows nobody who lives. In production a function does not start with it.
"""

from __future__ import annotations

from adapters.id_check.population import PopulationCheck
from adapters.id_check.port import Finding, IdCheck, Result
from adapters.id_check.tencent_faceid import TencentIdCheck
from hospital import settings

VENDORS = frozenset({"tencent"})
"""Adapters that ask about living people."""

__all__ = ("AdapterUnknown", "Finding", "IdCheck", "Result", "checker")

settings.refuse_embedded("ID_CHECK_ADAPTER", VENDORS, because="knows nobody who lives")


class AdapterUnknown(RuntimeError):
    """`ID_CHECK_ADAPTER` names no adapter."""


def checker() -> IdCheck:
    """The adapter that the settings name."""
    current = settings.current()
    if current.id_check_adapter == "population":
        return PopulationCheck(current.id_check_url)
    if current.id_check_adapter == "tencent":
        return TencentIdCheck(current.id_check_url)
    raise AdapterUnknown(f"ID_CHECK_ADAPTER={current.id_check_adapter} is no known adapter; known: population, tencent")
