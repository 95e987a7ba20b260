"""Consents of tests: what somebody decided, through the routes by which they would."""

from __future__ import annotations

from typing import Any

from hospital.caller import Caller
from identity.keep_consents.app import app as keep_consents
from tests.builders.gateway import Answer, call


def decides(who: Caller, purpose: str, act: str, **more: Any) -> Answer:
    """To agree, to refuse, to withdraw."""
    return call(keep_consents, "POST", "/consents", {"purpose": purpose, "act": act, **more}, who=who)


def agrees_to(who: Caller, purpose: str, **more: Any) -> None:
    """To the first text that the platform has."""
    decides(who, purpose, "give", text_version=1, **more).ok()


def withdraws(who: Caller, purpose: str, **more: Any) -> None:
    """From now on."""
    decides(who, purpose, "withdraw", **more).ok()
