"""Routes of one's own places on blacklists."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.blacklist.errors import BlacklistingMovedOn, BlacklistingNotFound
from hospital.caller import Caller
from hospital.http import App, Command
from hospital.policy import can
from identity.appeal_blacklisting import use_case
from identity.appeal_blacklisting.use_case import OwnBlacklisting, OwnBlacklistings

app = App("appeal_blacklisting")


class Appeal(Command):
    """What the patient has to say."""

    words: Annotated[str, Field(min_length=5, max_length=1000)]


@app.route("GET", "/blacklistings", allow=can("blacklist:appeal"), returns=OwnBlacklistings)
def get_blacklistings(who: Caller) -> OwnBlacklistings:
    """Where the caller is on a blacklist, and why."""
    return use_case.view_own(who)


@app.route(
    "POST",
    "/blacklistings/{blacklisting_id}/appeal",
    allow=can("blacklist:appeal"),
    body=Appeal,
    returns=OwnBlacklisting,
    errors=(BlacklistingNotFound, BlacklistingMovedOn),
)
def post_appeal(who: Caller, blacklisting_id: str, body: Appeal) -> OwnBlacklisting:
    """Say something to it, for somebody else than who wrote it to judge."""
    return use_case.appeal(blacklisting_id, body.words, by=who, now=clock.now())
