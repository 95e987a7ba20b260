"""What ways to sign in report. Ids alone: neither openid nor nick."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from hospital.events import Event
from hospital.sign_in_methods.model import WechatClaim

Change = Literal["bound", "removed"]


class SignInMethodChanged(Event):
    """A person can, or can no more, sign in by a WeChat identity."""

    TYPE: ClassVar[str] = "sign_in_method.changed.v1"
    SOURCE: ClassVar[str] = "sign_in_methods"

    person_id: str
    method: Literal["wechat"] = "wechat"
    change: Change

    @classmethod
    def bound(cls, claim: WechatClaim) -> Self:
        """The event of a claim as it was stored."""
        return cls(subject=claim.id, sequence=claim.version, person_id=claim.person_id, change="bound")

    @classmethod
    def removed(cls, claim: WechatClaim) -> Self:
        """The event of a claim that goes; its number is that of the line that remains of it."""
        return cls(subject=claim.id, sequence=claim.version + 1, person_id=claim.person_id, change="removed")
