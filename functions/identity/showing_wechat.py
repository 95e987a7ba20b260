"""Somebody shows who they are to WeChat: they are sent there with a state, and come back with it and a code.

The state is good once, for minutes, in the browser it was drawn for; the address to come back to is a page of ours,
which no request names. So nobody can be led through it with somebody else's code, and to no other site.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from adapters.wechat import WechatSignIn, wechat
from hospital import secret_keys, settings
from hospital.caller import Caller
from hospital.limits import Limit
from hospital.sign_in_methods.errors import AttemptOver, TooManyAttempts, WechatNotOffered
from hospital.sign_in_methods.model import ATTEMPT_LIFE, ProvenIdentity, WechatAttempt
from hospital.sign_in_methods.store import attempts, get_attempt
from hospital.sign_up.store import flow_at
from hospital.terminals import Terminal
from hospital.work import Work

PER_ADDRESS = Limit("wechat_of_address", most=300, window=timedelta(hours=1), refusal=TooManyAttempts)
_STATE_BYTES = 32
_LONGEST_NICK = 60
ReturnsTo = Literal["/patient/sign-in/wechat", "/patient/me/sign-in-methods/wechat"]


def require_offered(organisation_id: str, terminal: Terminal) -> WechatSignIn:
    """The party to send people to; `WechatNotOffered` where the terminal has none."""
    party = wechat()
    if party is None or not flow_at(organisation_id, terminal).wechat:
        raise WechatNotOffered
    return party


def begin(
    work: Work,
    party: WechatSignIn,
    returns_to: ReturnsTo,
    browser: str,
    place: tuple[Terminal, str],
    *,
    by: Caller,
    now: datetime,
) -> str:
    """Where to send the browser. `browser` is something that it alone holds; `place` terminal and organisation."""
    PER_ADDRESS.take(by.asked.ip)
    state = secrets.token_hex(_STATE_BYTES)
    terminal, organisation_id = place
    work.add(
        attempts,
        WechatAttempt(
            id=state_hash_of(state),
            browser_hash=browser_hash_of(browser),
            terminal=terminal,
            organisation_id=organisation_id,
            person_id=by.person_id,
            expires_at=now + ATTEMPT_LIFE,
        ),
    )
    return party.address(state, f"{settings.current().site_origin}{returns_to}")


def exchange(state: str, code: str, browser: str, *, by: Caller, now: datetime) -> tuple[WechatAttempt, ProvenIdentity]:
    """The attempt, whose code is spent by this, and who WeChat says it is. `AttemptOver`, and what WeChat says."""
    attempt = get_attempt(state_hash_of(state)).require("begun", browser_hash_of(browser), by.person_id, now)
    party = wechat()
    if party is None:
        raise WechatNotOffered
    # An idempotency key keeps the answer of the whole, not of this step.
    by_itself = replace(by, asked=replace(by.asked, intent=None))
    with Work(by=by_itself) as work:
        spent = work.change(attempts, attempt, attempt.exchanged(now), otherwise=AttemptOver())
    told = party.identify(code)
    openid_hash = secret_keys.lookup_hash("wechat", f"{told.app_id}\x1f{told.openid}")
    return spent, ProvenIdentity(openid_hash, told.openid, told.nick[:_LONGEST_NICK] or None)


def state_hash_of(state: str) -> str:
    """Under which an attempt is kept: who reads the table cannot go on with it."""
    return secret_keys.lookup_hash("wechat_state", state)


def browser_hash_of(browser: str) -> str:
    """Likewise, of what the browser holds."""
    return secret_keys.lookup_hash("wechat_browser", browser)
