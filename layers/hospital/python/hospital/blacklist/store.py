"""Where blacklists are kept."""

from __future__ import annotations

from hospital import clock, ids
from hospital.blacklist import keys
from hospital.blacklist.errors import BlacklistingNotFound
from hospital.blacklist.model import Blacklisting, blacklisting_id_of
from hospital.records import Key
from hospital.table import Collection

blacklistings = Collection(
    Blacklisting,
    "people",
    key=lambda one: keys.blacklisting_key(one.id),
    lists={
        "of_organisation": lambda one: _listed(
            one, keys.blacklist_key(one.organisation_id), f"{clock.text(one.listed_at)}#"
        ),
        "of_person": lambda one: _listed(one, keys.blacklisted_key(one.person_id), ""),
    },
)


def _listed(one: Blacklisting, partition: str, before: str) -> Key | None:
    return Key(partition, f"{before}{one.id}") if one.counts else None


def find_blacklisting(person_id: str, organisation_id: str) -> Blacklisting | None:
    """The person's place on the organisation's blacklist, taken off or not."""
    return blacklistings.get(keys.blacklisting_key(blacklisting_id_of(person_id, organisation_id)))


def get_blacklisting(blacklisting_id: str) -> Blacklisting:
    """One place, taken off or not; `BlacklistingNotFound`."""
    found = blacklistings.get(keys.blacklisting_key(blacklisting_id)) if ids.is_id(blacklisting_id) else None
    if found is None:
        raise BlacklistingNotFound
    return found


def require_welcome(person_id: str, organisation_id: str) -> None:
    """`Blacklisted` (403) while the organisation offers this person nothing new. Asked where a service begins, never
    where one reads what was, or gets money back. One read."""
    found = find_blacklisting(person_id, organisation_id)
    if found is not None:
        found.refuse()
