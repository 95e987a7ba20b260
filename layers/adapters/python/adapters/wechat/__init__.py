"""The port to signing in by WeChat (微信公众号网页授权).

`WECHAT_ADAPTER` names the adapter.

| adapter | what it is |
| --- | --- |
| `none` | nobody signs in by WeChat: the default |
| `sandbox` | the local hospital's small WeChat at `WECHAT_URL`, where one is whom one chooses: never in production |
| `official_account` | an official account (服务号), whose id and secret stand in the secret of vendors as `wechat` |
"""

from __future__ import annotations

from adapters.wechat.official_account import OfficialAccount
from adapters.wechat.port import CodeRefused, OnlyLooking, WechatIdentity, WechatSignIn
from adapters.wechat.sandbox import SandboxWechat
from hospital import settings

SAFE = frozenset({"none", "official_account"})
"""Adapters that let nobody be whom they choose."""

__all__ = ("AdapterUnknown", "CodeRefused", "OnlyLooking", "WechatIdentity", "WechatSignIn", "wechat")

settings.refuse_embedded("WECHAT_ADAPTER", SAFE, because="lets anybody be whom they choose")


class AdapterUnknown(RuntimeError):
    """`WECHAT_ADAPTER` names no adapter."""


def wechat() -> WechatSignIn | None:
    """The adapter that the settings name; None where nobody signs in by WeChat."""
    current = settings.current()
    if current.wechat_adapter == "none":
        return None
    if current.wechat_adapter == "sandbox":
        return SandboxWechat(current.wechat_url)
    if current.wechat_adapter == "official_account":
        return OfficialAccount(current.wechat_url)
    raise AdapterUnknown(
        f"WECHAT_ADAPTER={current.wechat_adapter} is no known adapter; known: none, official_account, sandbox"
    )
