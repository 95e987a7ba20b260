"""Where access is kept."""

from __future__ import annotations

from hospital.access import keys
from hospital.access.model import OrganisationAccess
from hospital.table import Collection

accesses = Collection(OrganisationAccess, "people", key=lambda access: keys.access_key(access.id))


def get_access(organisation_id: str) -> OrganisationAccess:
    """What the organisation said; nothing yet is an access without duties, of version 0."""
    return accesses.get(keys.access_key(organisation_id)) or OrganisationAccess(id=organisation_id)
