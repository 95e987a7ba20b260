"""The Lambda authorizer (REQUEST type)."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.errors import Unauthenticated
from hospital.observability import count
from hospital.policy import PERMISSIONS
from identity.authorize.use_case import caller_of


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """An IAM policy for this one request, and the caller for its function. No caller: 401."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    scheme, _, token = headers.get("authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise Unauthenticated
        caller = caller_of(token.strip(), clock.now())
    except Unauthenticated as refusal:
        count("unauthenticated", code=refusal.code)
        raise Exception("Unauthorized") from None
    return {
        "principalId": caller.person_id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}],
        },
        "context": context_of(caller),
    }


def context_of(caller: Caller) -> dict[str, str]:
    """Texts alone, as API Gateway wants it; of the permissions those that do not come with the role."""
    role = caller.role
    return {
        "person_id": caller.person_id,
        "role": role or "",
        "session_id": caller.session_id,
        "organisation_id": caller.organisation_id,
        "practitioner_role_id": caller.practitioner_role_id,
        "granted": " ".join(sorted(caller.permissions - PERMISSIONS[role])) if role else "",
        "department_id": caller.department_id,
        "scope": caller.scope,
        "password_due": "yes" if caller.password_due else "",
    }
