"""The first account of a deployed hospital: a platform operator, who founds everything else on the staff pages.

    python -m infra.first_operator --stack yunzhen --account wang.operator --name 王芳

The password is made up and printed once. Wants the right to write the tables and to use the hospital's key, which is
the deployer's. It leaves an audit line like every change.
"""

from __future__ import annotations

import argparse
import re
import secrets
import sys
from collections.abc import Mapping
from contextvars import copy_context
from pathlib import Path
from typing import Any

import boto3

from infra.smoke.inside import Inside

ROOT = Path(__file__).resolve().parents[1]
_ACCOUNT = re.compile(r"[a-z][a-z0-9._-]{2,39}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for another


class Refused(Exception):
    """Why no operator was made, in one sentence."""


def make_operator(environment: Mapping[str, str], account: str, name: str) -> str:
    """Adds the operator as a function with this environment would; answers the password. Refused."""
    from hospital import clock, ids, settings  # importable once the layers' folders are
    from hospital.caller import system
    from hospital.people.keys import account_key
    from hospital.people.model import Account, Person, PractitionerRole
    from hospital.people.store import accounts, persons, roles
    from hospital.sessions.passwords import hash_password
    from hospital.work import Work

    if not _ACCOUNT.fullmatch(account):
        raise Refused(f"{account} is no account name: three to forty small letters, digits, dots or dashes.")
    settings.ENVIRONMENT.set(environment)
    if accounts.get(account_key(account)) is not None:
        raise Refused(f"There is an account {account} already; nothing was changed.")
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    with Work(by=system("first_operator"), doing="operator.found") as work:
        person = work.add(persons, Person(id=ids.new_id("per"), name=name, joined_at=clock.now()))
        held = PractitionerRole(
            id=ids.new_id("prr"),
            person_id=person.id,
            organisation_id="",
            role="operator",
            name=name,
            standing="approved",
        )
        work.add(roles, held)
        opened = Account(
            id=account,
            person_id=person.id,
            practitioner_role_id=held.id,
            password_hash=hash_password(password),
        )
        work.add(accounts, opened)
    return password


def environment_of_stack(stack: str, session: Any = None) -> dict[str, str]:
    """The variables of any function of the stack, which all share, and the region."""
    session = session or boto3.Session()
    functions = Inside(stack, session).found.get("AWS::Lambda::Function")
    if not functions:
        raise Refused(f"The stack {stack} has no functions; is it the right one?")
    found = session.client("lambda").get_function_configuration(FunctionName=functions[0])
    return {**found["Environment"]["Variables"], "AWS_REGION": session.region_name}


def main(arguments: list[str]) -> int:
    """1 with a sentence when it was refused."""
    parser = argparse.ArgumentParser(prog="python -m infra.first_operator", description=__doc__)
    for option in ("stack", "account", "name"):
        parser.add_argument(f"--{option}", required=True)
    given = parser.parse_args(arguments)
    sys.path[:0] = [str(ROOT / folder) for folder in ("layers/hospital/python", "layers/adapters/python")]
    try:
        environment = environment_of_stack(given.stack)
        password = copy_context().run(make_operator, environment, given.account, given.name)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(f"{given.account}: {password}\nHand it over in person; it is shown only now.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
