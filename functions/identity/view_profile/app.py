"""Routes of one's own profile."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital.caller import Caller
from hospital.http import App, Command
from hospital.people.model import Language
from hospital.policy import can
from identity.answers import Me
from identity.view_profile.use_case import NameVerified, change_profile, view_profile

app = App("view_profile")


class ChangePreferences(Command):
    """The preferences to change; what is left out stays."""

    language: Language | None = None
    large_font: bool | None = None
    high_contrast: bool | None = None


class ChangeProfile(Command):
    """What to change; what is left out stays."""

    name: Annotated[str, Field(min_length=2, max_length=40, description="What a patient says their name is")] | None = (
        None
    )
    preferences: ChangePreferences | None = None


@app.route("GET", "/me", allow=can("account:keep"), returns=Me)
def get_me(who: Caller) -> Me:
    """Who the caller is."""
    return view_profile(who)


@app.route("PATCH", "/me", allow=can("account:keep"), body=ChangeProfile, returns=Me, errors=(NameVerified,))
def patch_me(who: Caller, body: ChangeProfile) -> Me:
    """Change one's name (patients) and preferences."""
    chosen = body.preferences.model_dump(exclude_none=True) if body.preferences else {}
    return change_profile(name=body.name, preferences=chosen, by=who)
