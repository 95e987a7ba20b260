"""A relay as the hospital knows it: it reads grants, and signs what it reports. No media goes through it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt

Json = dict[str, Any]
Post = Callable[[str, dict[str, str]], Any]
"""Sends a body with headers to the hospital's address for reports; what it answers."""
SECRET = ("media" * 16)[:64]


@dataclass
class Relay:
    """One process of a relay. It keeps its facts until they are acknowledged, and tells those again."""

    name: str
    post: Post
    seconds: Callable[[], float]
    secret: str = SECRET
    region: str = "cn-northwest-1"
    boot: str = "boot-1"
    draining: bool = False
    processor: float = 0.1
    facts: list[Json] = field(default_factory=list)
    number: int = 0

    def fact(self, kind: str, room: str, person_id: str = "", session: str = "") -> None:
        """Something happened; the hospital hears of it with the next report."""
        self.number += 1
        told = {"kind": kind, "room": room, "person_id": person_id, "session": session}
        self.facts.append({"number": self.number, "at": self.seconds(), **told})

    def report(self, **changes: Any) -> Any:
        """Tell the hospital; what it answered."""
        answer = self.post(*self.signed(**changes))
        done = getattr(answer, "json", answer)
        known = done.get("acknowledged", 0) if isinstance(done, dict) else 0
        self.facts = [one for one in self.facts if one["number"] > known]
        return answer

    def signed(self, *, moment: float | None = None, **changes: Any) -> tuple[str, dict[str, str]]:
        """Body and headers of a report."""
        load = {"rooms": 1, "participants": 2, "packets_per_second": 100.5, "processor": self.processor}
        told: Json = {
            "v": 1,
            "node": self.name,
            "boot": self.boot,
            "region": self.region,
            "control_url": f"wss://{self.name}.hospital.test/control",
            "draining": self.draining,
            "load": load,
            "facts": self.facts,
        }
        body = json.dumps(told | changes)
        at = str(int(self.seconds() if moment is None else moment))
        text = f"{at}\n{self.name}\n{hashlib.sha256(body.encode()).hexdigest()}"
        word = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return body, {"x-relay-node": self.name, "x-relay-time": at, "x-relay-signature": word}

    def reads(self, grant: str, now: float) -> Json:
        """What a grant says, if it is for this relay and not expired."""
        key_id = hashlib.sha256(self.secret.encode()).hexdigest()[:8]
        assert jwt.get_unverified_header(grant) == {"alg": "HS256", "typ": "JWT", "kid": key_id}
        claims: Json = jwt.decode(
            grant,
            self.secret.encode(),
            algorithms=["HS256"],
            audience="relay",
            issuer="yunzhen",
            options={"verify_exp": False, "verify_iat": False},
        )
        assert claims["node"] == self.name
        assert claims["iat"] <= now < claims["exp"]
        return claims
