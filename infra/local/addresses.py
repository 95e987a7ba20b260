"""Where the hospital answers, and how a function's variables are turned from the cloud's addresses to these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .template import Resource, Template
from .template.kinds import api_id

MIDDLEWARE = "arn:aws-cn:iam::210987654321:role/middleware"
"""Who plays the hospital's middleware here: a role of another account."""


@dataclass(frozen=True)
class Addresses:
    """One origin serves pages, APIs and sockets."""

    host: str
    port: int
    encrypted: bool = False
    his: str = ""
    """Where the small HIS answers; empty while there is none."""
    wallet: str = ""
    """Where the small wallet answers; empty while there is none."""
    relays: int = 0
    """How many relays of calls run beside the hospital."""
    media: tuple[str, ...] = ("127.0.0.1",)
    """Addresses of this machine at which relays take media."""
    names: tuple[str, ...] = ()
    """Further addresses of this machine; a server on all interfaces is known by the first of them."""

    @property
    def name(self) -> str:
        """The one address by which browsers know the hospital."""
        return next(iter(self.names), "127.0.0.1") if self.host in ("0.0.0.0", "::") else self.host

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:8700`, or `https://192.168.1.7:8700` for phones in the same network."""
        return f"{'https' if self.encrypted else 'http'}://{self.name}:{self.port}"

    @property
    def other_hosts(self) -> frozenset[str]:
        """What else a browser may ask for; to it these are other origins, where nobody is signed in."""
        return frozenset(f"{name}:{self.port}" for name in ("localhost", "127.0.0.1", *self.names) if name != self.name)

    @property
    def socket_endpoint(self) -> str:
        """What `apigatewaymanagementapi` talks to."""
        return f"{self.origin}/socket"

    @property
    def socket_url(self) -> str:
        """What browsers open."""
        return f"ws{self.origin.removeprefix('http')}/socket"

    @property
    def sms_inbox(self) -> str:
        """Where the embedded SMS adapter puts its messages."""
        return f"{self.origin}/sandbox/api/sms"

    @property
    def notification_inbox(self) -> str:
        """Where the embedded notification adapter puts what it was given."""
        return f"{self.origin}/sandbox/api/notifications"

    @property
    def register(self) -> str:
        """Where the embedded identity check asks about made-up people."""
        return f"{self.origin}/sandbox/api/id-checks"

    @property
    def health_cards(self) -> str:
        """Where the embedded channels of e-health cards issue them."""
        return f"{self.origin}/sandbox/api/health-cards"

    @property
    def wallet_pages(self) -> str:
        """Under which address browsers see the pages of the small wallet."""
        return f"{self.origin}/sandbox/wallet"

    @property
    def fleet(self) -> str:
        """Where the embedded fleet shows its relays and takes how many are wanted."""
        return f"{self.origin}/sandbox/api/relays"

    def parameters(self) -> dict[str, str]:
        """Parameters of the root template that differ here, as far as it has them."""
        return {
            "Profile": "local",
            "SiteOrigin": self.origin,
            "PicturesImage": "the project's own folder",
            "SmsAdapter": "inbox",
            "SmsInboxUrl": self.sms_inbox,
            "SmsSenders": MIDDLEWARE,
            "IdCheckAdapter": "population",
            "IdCheckUrl": self.register,
            "WechatAdapter": "sandbox",
            "WechatUrl": f"{self.origin}/sandbox",
            "HealthCardChannels": "tencent:registry,alipay:registry",
            "HealthCardRegistryUrl": self.health_cards,
            "NotificationAdapter": "inbox",
            "NotificationInboxUrl": self.notification_inbox,
            **({"HisAdapter": "embedded", "HisUrl": self.his} if self.his else {}),
            **({"PaymentChannels": "wallet", "PaymentWalletUrl": self.wallet} if self.wallet else {}),
            **({"FleetAdapter": "embedded", "FleetUrl": self.fleet, "LeastRelays": "1"} if self.relays else {}),
        }


def environment_of(template: Template, addresses: Addresses) -> Callable[[Resource], Mapping[str, str]]:
    """For each function its variables as the template gives them, plus those of Lambda itself."""
    place = template.place
    local: dict[str, str] = {}
    for stage in template.of("AWS::ApiGatewayV2::Stage"):
        for api in template.of("AWS::ApiGatewayV2::Api"):
            if stage.get("ApiId") == api_id(api):
                host = f"{api_id(api)}.execute-api.{place.region}.{place.url_suffix}/{stage.get('StageName')}"
                local[f"https://{host}"] = addresses.socket_endpoint
                local[f"wss://{host}"] = addresses.socket_url

    def environment(function: Resource) -> Mapping[str, str]:
        written = (function.get("Environment") or {}).get("Variables") or {}
        texts = {name: _text(value) for name, value in written.items()}
        return {
            **{name: local.get(value, value) for name, value in texts.items()},
            "AWS_REGION": place.region,
            "AWS_DEFAULT_REGION": place.region,
            "AWS_LAMBDA_FUNCTION_NAME": function.name("FunctionName"),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.get("MemorySize", 128)),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        }

    return environment


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
