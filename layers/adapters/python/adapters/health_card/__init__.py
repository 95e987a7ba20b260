"""The port to those who issue e-health cards (电子健康卡): Tencent, Alipay, or whom a province names.

`HEALTH_CARD_CHANNELS` lists what is offered, as `channel:adapter` or `channel:adapter:name`, with commas between:
`tencent:tengmed,shaanxi:registry:陕西健康卡`. Empty where the hospital offers none.

| adapter | speaks |
| --- | --- |
| `registry` | the embedded default: the local hospital's registry, at `HEALTH_CARD_REGISTRY_URL` |
| `tengmed` | Tencent's 健康卡开放平台 (open.tengmed.com) |

In production a channel of the embedded registry is refused: its cards open no hospital's door.
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.health_card import tengmed
from adapters.health_card.guarded import GuardedChannel
from adapters.health_card.port import Applicant, ChannelRefused, Code, HealthCardChannel, Issued, RefusalReason
from adapters.health_card.registry import RegistryChannel
from adapters.health_card.tengmed import TengmedChannel
from hospital import settings

__all__ = (
    "AdapterUnknown",
    "Applicant",
    "ChannelRefused",
    "Code",
    "HealthCardChannel",
    "Issued",
    "Offered",
    "RefusalReason",
    "channel",
    "offered",
)


class AdapterUnknown(RuntimeError):
    """`HEALTH_CARD_CHANNELS` names no adapter."""


@dataclass(frozen=True)
class Offered:
    """A channel through which one may apply. `name` is empty where pages have words for `code`."""

    code: str
    adapter: str
    name: str = ""

    @property
    def grant_at(self) -> str:
        """Where a person allows the hospital to apply; what follows is the address to come back to."""
        return tengmed.GRANT_AT if self.adapter == "tengmed" else ""

    @property
    def grant_name(self) -> str:
        """Under which name the grant comes back."""
        return tengmed.GRANT_NAME if self.adapter == "tengmed" else ""


def offered() -> list[Offered]:
    """The channels that the settings name, in their order."""
    current = settings.current()
    found = [_read(one) for one in current.health_card_channels.split(",") if one.strip()]
    if current.profile == "production" and any(one.adapter == "registry" for one in found):
        raise settings.EmbeddedDefault("HEALTH_CARD_CHANNELS names registry, whose cards no reader knows; set a vendor")
    return found


def channel(code: str) -> HealthCardChannel | None:
    """The channel of that code, behind a circuit breaker; None when it is not offered (any more)."""
    named = next((one for one in offered() if one.code == code), None)
    return GuardedChannel(_adapter(named), named.code) if named else None


def _adapter(named: Offered) -> HealthCardChannel:
    current = settings.current()
    if named.adapter == "registry":
        return RegistryChannel(current.health_card_registry_url, named.code)
    if named.adapter == "tengmed":
        return TengmedChannel(current.health_card_tengmed_url)
    raise AdapterUnknown(f"HEALTH_CARD_CHANNELS: {named.adapter} is no known adapter; known: registry, tengmed")


def _read(text: str) -> Offered:
    code, _, rest = text.strip().partition(":")
    adapter, _, name = rest.partition(":")
    return Offered(code, adapter, name)
