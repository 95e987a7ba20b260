"""What the routes of one's ways to sign in answer."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital.sign_in_methods.model import WechatClaim


class WechatView(BaseModel):
    """A WeChat identity: what its owner calls themselves there, if they let us know."""

    id: str
    nick: str | None
    bound_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, claim: WechatClaim) -> WechatView:
        """As its owner sees it."""
        return cls(**claim.model_dump(include=set(cls.model_fields)))


class SignInMethods(BaseModel):
    """By what one signs in. `phone_last_used_at` is looked for in the newest lines of the sign-in log. `may_add`:
    there is room for one more WeChat identity."""

    phone_masked: str | None
    phone_since: datetime
    phone_last_used_at: datetime | None
    wechats: list[WechatView]
    may_add: bool
    may_remove: bool


class MethodCodeSent(BaseModel):
    """To which number the code went, when another may be asked for, and how long this one is good."""

    phone_masked: str
    retry_after_seconds: int
    expires_in_seconds: int


class WechatToAdd(BaseModel):
    """Where to send the browser: it comes back to `/patient/me/sign-in-methods/wechat` with `code` and `state`."""

    address: str
