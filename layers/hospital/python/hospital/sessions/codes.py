"""One-time codes that come to a phone: drawn, compared, used up. `of` is the keyed hash of what a code is for, a phone
or an act; one code is out for it at a time, and the next one replaces it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from hospital import secret_keys
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.limits import Limit
from hospital.sessions.errors import CodeWrong, TooManyCodes, TooManyTries
from hospital.sessions.keys import code_key
from hospital.sessions.model import CODE_LIFE, CODE_PAUSE, OneTimeCode
from hospital.sessions.store import codes
from hospital.work import Work


def draw(of: str, limit: Limit, *, by: Caller, now: datetime) -> tuple[OneTimeCode, str]:
    """A fresh code and its six digits, as often as `limit` has it; of several asked for at once, one is drawn.
    `TooManyCodes` while the one before has just been sent."""
    earlier = codes.get(code_key(of))
    if earlier is not None and now < earlier.sent_at + CODE_PAUSE:
        raise TooManyCodes(retry_after_seconds=seconds(earlier.sent_at + CODE_PAUSE - now))
    limit.take(of)
    digits = f"{secrets.randbelow(1_000_000):06d}"
    fresh = OneTimeCode(id=of, code_hash=_hash(of, digits), sent_at=now, expires_at=now + CODE_LIFE)
    busy = TooManyCodes(retry_after_seconds=seconds(CODE_PAUSE))
    with Work(by=by) as work:
        if earlier is None:
            return work.add(codes, fresh, otherwise=busy), digits
        return work.change(codes, earlier, fresh, otherwise=busy), digits


def forget(code: OneTimeCode, *, by: Caller) -> None:
    """Of a code that never left: nobody has it, so nobody need wait out its pause."""
    with suppress(ChangedMeanwhile), Work(by=by) as work:
        work.remove(codes, code)


def proven(of: str, digits: str, now: datetime, *, on_wrong: Callable[[], None] = lambda: None) -> OneTimeCode:
    """The code that is out, if this is it. Each look at it costs a try, before it is compared. `CodeWrong`,
    `TooManyTries`; `on_wrong` is called when another was typed."""
    item = codes.table.update(
        code_key(of),
        [codes["tries_left"].add(-1)],
        when=(codes["tries_left"] > 0) & codes["code_hash"].exists(),
    )
    if item is None:
        if codes.get(code_key(of)) is not None:
            raise TooManyTries(retry_after_seconds=seconds(CODE_PAUSE))
        raise CodeWrong(tries_left=0)
    out = codes.from_item(item)
    if now >= out.expires_at:
        raise CodeWrong(tries_left=0)
    if not secrets.compare_digest(out.code_hash, _hash(of, digits)):
        on_wrong()
        if out.tries_left == 0:
            raise TooManyTries(retry_after_seconds=seconds(CODE_PAUSE))
        raise CodeWrong(tries_left=out.tries_left)
    return out


def use_up(work: Work, code: OneTimeCode) -> None:
    """With what it opens; `CodeWrong` when it was used in the meantime."""
    work.remove(codes, code, when=codes["code_hash"] == code.code_hash, otherwise=CodeWrong(tries_left=0))


def seconds(span: timedelta) -> int:
    """Whole seconds, one at least."""
    return max(1, int(span.total_seconds()))


def _hash(of: str, digits: str) -> str:
    return secret_keys.lookup_hash("code", f"{of}:{digits}")
