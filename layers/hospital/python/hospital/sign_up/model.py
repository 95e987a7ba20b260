"""What is asked of a new patient: pure."""

from __future__ import annotations

from typing import Any, Literal, Self

from hospital import ids
from hospital.records import Record
from hospital.sign_up.errors import FaceAlone, NameMissing
from hospital.terminals import Terminal

When = Literal["at_sign_up", "before_first_visit"]
Way = Literal["number", "card", "face", "counter"]
"""Ways to show who one is, as `verifications` call its methods."""
_IN_BROWSERS: frozenset[Terminal] = frozenset({"web", "wechat_official_account"})
"""Where WeChat can be asked by a page; mini programs know their users otherwise."""
_WITHOUT_FACE: frozenset[Way] = frozenset({"number", "counter"})


class SignUpFlow(Record):
    """What one terminal asks of a new patient (ID-01).

    `asks_name`: whether a name is asked before the account is made. `real_name`: when one is asked to show who one is
    (whatever is set here, nobody is treated before it), and `ways` in which order it is offered. `card`: whether the
    hospital card is offered right after that. `family`: whether one may add others than oneself. `wechat`: whether
    one may sign in, and up, by WeChat.
    """

    organisation_id: str
    terminal: Terminal
    asks_name: bool = False
    real_name: When = "before_first_visit"
    ways: tuple[Way, ...] = ("number", "counter")
    card: When = "before_first_visit"
    family: bool = True
    wechat: bool = False

    @classmethod
    def unset(cls, organisation_id: str, terminal: Terminal) -> Self:
        """What counts where nobody set anything."""
        flow_id = ids.derived_id("suf", organisation_id, terminal)
        return cls(id=flow_id, organisation_id=organisation_id, terminal=terminal, wechat=terminal in _IN_BROWSERS)

    def set_to(self, content: dict[str, Any]) -> Self:
        """With another content. `FaceAlone` when somebody without a face on file could go no way."""
        ways = tuple(dict.fromkeys(content["ways"]))
        if not _WITHOUT_FACE & set(ways):
            raise FaceAlone(rule="FACE-CHOICE")
        return self.having(**content | {"ways": ways})

    def require_name(self, name: str | None) -> None:
        """`NameMissing` when one is asked for and there is none."""
        if self.asks_name and not name:
            raise NameMissing
