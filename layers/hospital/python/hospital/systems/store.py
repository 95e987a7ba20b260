"""Where other systems are kept."""

from __future__ import annotations

from hospital import ids
from hospital.records import Key
from hospital.systems import keys
from hospital.systems.errors import SystemNotFound
from hospital.systems.model import OtherSystem
from hospital.table import Collection

systems = Collection(
    OtherSystem,
    "people",
    key=lambda one: keys.system_key(one.id),
    lists={"of_organisation": lambda one: Key(keys.systems_key(one.organisation_id), one.id)},
)


def get_system(system_id: str) -> OtherSystem:
    """The system with that id; `SystemNotFound`."""
    if not ids.is_id(system_id):
        raise SystemNotFound
    return systems.need(keys.system_key(system_id), SystemNotFound())
