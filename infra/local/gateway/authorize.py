"""Asks a REQUEST authorizer and reads its policy."""

from __future__ import annotations

import fnmatch
import json
import re
from typing import Any

from ..concurrency import Throttled
from ..invoker import EventTooLarge, InvocationFailed, Invoker
from .refusals import AUTHORIZER_FAILED, AUTHORIZER_WRONG, DENIED, UNAUTHORIZED, Refusal
from .routes import Authorizer

_LONGEST_ANSWER = 29.0


class Refused(Exception):
    """The request goes no further; `refusal` says how to answer."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.type)


async def authorize(invoker: Invoker, authorizer: Authorizer, event: dict[str, Any], method_arn: str) -> dict[str, Any]:
    """`requestContext.authorizer` for the function: the principal and the context, all texts. Refused otherwise."""
    held = {name.lower(): value for name, value in event["headers"].items()}
    if any(not held.get(name.lower()) for name in authorizer.identity_headers):
        raise Refused(UNAUTHORIZED)
    asked = {**event, "type": "REQUEST", "methodArn": method_arn}
    try:
        answer = await invoker.call_soon(authorizer.function, asked, _LONGEST_ANSWER)
    except InvocationFailed as failure:
        raise Refused(UNAUTHORIZED if failure.message == "Unauthorized" else AUTHORIZER_FAILED) from failure
    except (TimeoutError, EventTooLarge, Throttled) as failure:
        raise Refused(AUTHORIZER_FAILED) from failure
    if not isinstance(answer, dict) or not isinstance(answer.get("principalId"), str):
        raise Refused(AUTHORIZER_WRONG)
    if not _allows(answer.get("policyDocument"), method_arn):
        raise Refused(DENIED)
    return {"principalId": answer["principalId"], **_context(answer.get("context") or {}), "integrationLatency": 0}


def _context(written: Any) -> dict[str, str]:
    """API Gateway passes texts, numbers and booleans, all as texts, and takes nothing else."""
    if not isinstance(written, dict):
        raise Refused(AUTHORIZER_WRONG)
    texts: dict[str, str] = {}
    for name, value in written.items():
        if value is None:
            continue
        if not isinstance(value, str | int | float):
            raise Refused(AUTHORIZER_WRONG)
        texts[name] = value if isinstance(value, str) else json.dumps(value)
    return texts


def _allows(policy: Any, method_arn: str) -> bool:
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    if not isinstance(statements, list):
        raise Refused(AUTHORIZER_WRONG)
    effects = {statement.get("Effect") for statement in statements if _covers(statement, method_arn)}
    return "Allow" in effects and "Deny" not in effects


def _covers(statement: Any, method_arn: str) -> bool:
    actions, resources = _listed(statement.get("Action")), _listed(statement.get("Resource"))
    invokes = any(fnmatch.fnmatchcase("execute-api:invoke", str(action).lower()) for action in actions)
    # Only * and ? are wildcards of a policy; brackets are letters.
    patterns = [re.sub(r"\[", "[[]", str(resource)) for resource in resources]
    return invokes and any(fnmatch.fnmatchcase(method_arn, pattern) for pattern in patterns)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
