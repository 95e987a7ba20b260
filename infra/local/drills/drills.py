"""The drills. Each prepares what it needs, runs the document's commands, and looks whether they did what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import boto3

from hospital import clock, ids
from hospital.caller import system
from hospital.people.model import Person
from hospital.people.store import get_person, persons
from hospital.sessions.errors import SessionOver
from hospital.sessions.model import Session
from hospital.sessions.tokens import access_token, read_access_token, read_refresh_token, refresh_token
from hospital.work import Work

from .clinic import ROOT, Clinic
from .commands import blocks, run_block

DOCUMENT = ROOT / "docs/operate.md"
PREFIX = "yunzhen"
_BY = system("drill")
Drill = Callable[[Clinic, "Book"], None]


class Book:
    """The document's commands by the name of their block."""

    def __init__(self, document: Path = DOCUMENT) -> None:
        self._blocks = blocks(document)
        self.done: list[str] = []

    @property
    def names(self) -> list[str]:
        """All blocks that the document marks for a drill."""
        return list(self._blocks)

    def run(self, name: str, **known: str) -> None:
        """Runs one block; `known` are the values that a person would put in."""
        run_block(self._blocks[name], {"PREFIX": PREFIX, **known})
        self.done.append(name)


class DrillFailed(Exception):
    """The commands ran, and the hospital is not as they promise."""


def demand(good: bool, said: str) -> None:
    """DrillFailed with that sentence unless it is so."""
    if not good:
        raise DrillFailed(said)


def restore_a_table(clinic: Clinic, book: Book) -> None:
    """An operator's slip: people are gone and one is overwritten, while the hospital goes on working."""
    kept, gone, spoiled = (_admit(f"1390000000{number}") for number in range(3))
    table = f"{PREFIX}-people"
    before = clinic.items(table)
    moment = clinic.moment()
    clinic.later(minutes=1)
    dynamodb = boto3.client("dynamodb")
    key = {name: before[f"PERSON#{gone} PERSON"][name] for name in ("pk", "sk")}
    dynamodb.delete_item(TableName=table, Key=key)
    dynamodb.put_item(TableName=table, Item=before[f"PERSON#{spoiled} PERSON"] | {"name": {"S": "spoiled"}})
    clinic.later(minutes=1)
    newcomer = _admit("13900000009")
    with Work(by=_BY, doing="drill.rename") as work:
        work.change(persons, get_person(kept), get_person(kept).having(name="改了名字"), otherwise=RuntimeError())
    clinic.later(minutes=10)

    book.run("restore a table", TABLE="people", MOMENT=moment, CHANGED=f"PERSON#{spoiled}")

    demand(get_person(gone).phone == "13900000001", "who was deleted is not back")
    demand(get_person(spoiled).name == "drill", "who was overwritten is not as before")
    demand(get_person(newcomer).phone == "13900000009", "who came after the slip is gone")
    demand(get_person(kept).name == "改了名字", "what was changed after the slip is changed back")
    demand(f"{table}-restored" not in dynamodb.list_tables()["TableNames"], "the restored copy was left behind")


def restore_an_object(clinic: Clinic, book: Book) -> None:
    """A file was overwritten, then deleted; write-once storage kept every version."""
    s3, bucket = boto3.client("s3"), _archive()
    s3.put_object(Bucket=bucket, Key="drill/report.txt", Body="good")
    moment = clinic.later(minutes=1).isoformat(timespec="seconds")
    clinic.later(minutes=1)
    s3.put_object(Bucket=bucket, Key="drill/report.txt", Body="bad")
    clinic.later(minutes=1)
    s3.delete_object(Bucket=bucket, Key="drill/report.txt")

    book.run("restore an object", BUCKET=bucket, KEY="drill/report.txt", MOMENT=moment)

    body = s3.get_object(Bucket=bucket, Key="drill/report.txt")["Body"].read()
    demand(body == b"good", f"the object holds {body!r}")


def rotate_the_token_secret(clinic: Clinic, book: Book) -> None:
    """Whoever is signed in stays so; what was signed before the rotation before that is refused."""
    session = _session(clinic)
    access, refresh = access_token(session, clinic.now), refresh_token(session)
    old = access.split(".")[0]

    book.run("rotate the token secret")

    demand(read_access_token(access, clinic.now).session_id == session.id, "a token of before is refused at once")
    clinic.later(minutes=6)
    fresh = access_token(session, clinic.now)
    demand(fresh.split(".")[0] != old, "tokens are still signed by the old key")
    demand(read_access_token(fresh, clinic.now).session_id == session.id, "a token of the new key is refused")
    demand(read_refresh_token(refresh) == (session.id, 1), "whoever was signed in has to sign in again")

    book.run("rotate the token secret")
    clinic.later(minutes=6)
    try:
        read_refresh_token(refresh)
    except SessionOver:
        return
    raise DrillFailed("a key that was rotated twice still opens sessions")


def rotate_the_field_key(clinic: Clinic, book: Book) -> None:
    """What was sealed before still opens, in this month and the next, and new fields are sealed."""
    before = _admit("13900000005")

    book.run("rotate the field key")

    persons_ = {"now": _admit("13900000006")}
    clinic.later(days=32)
    persons_["next month"] = _admit("13900000007")
    demand(get_person(before).phone == "13900000005", "what was sealed before does not open")
    for when, person in persons_.items():
        demand(get_person(person).name == "drill", f"what was sealed {when} does not open")
    rotations = boto3.client("kms").list_key_rotations(KeyId=_field_key())["Rotations"]
    demand(bool(rotations), "the key did not turn")


DRILLS: dict[str, Drill] = {
    "restore a table": restore_a_table,
    "restore an object": restore_an_object,
    "rotate the token secret": rotate_the_token_secret,
    "rotate the field key": rotate_the_field_key,
}


def _admit(phone: str) -> str:
    """A person who has an account; the id."""
    with Work(by=_BY, doing="drill.admit") as work:
        person = work.add(persons, Person(id=ids.new_id("per"), phone=phone, name="drill", joined_at=clock.now()))
    return person.id


def _session(clinic: Clinic) -> Session:
    now = clinic.now
    return Session(
        id=ids.new_id("ses"),
        person_id="per_drill",
        audience="patient",
        role="patient",
        opened_at=now,
        last_used_at=now,
        ends_at=now + timedelta(days=30),
        rotated_at=now,
    )


def _archive() -> str:
    names = [str(bucket["Name"]) for bucket in boto3.client("s3").list_buckets()["Buckets"]]
    return next(name for name in names if "-archive-" in name)


def _field_key() -> str:
    return str(boto3.client("kms").describe_key(KeyId=f"alias/{PREFIX}-fields")["KeyMetadata"]["KeyId"])
