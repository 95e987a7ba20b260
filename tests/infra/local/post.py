"""The post office of `fixtures/post` in this process: wired, and delivering."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws

from infra.local.addresses import Addresses, environment_of
from infra.local.cloud import furnish
from infra.local.dispatcher import Dispatcher
from infra.local.dispatcher.lateness import Lateness
from infra.local.dispatcher.mailbox import Mailbox
from infra.local.invoker import Invoker
from infra.local.store import Store
from infra.local.store.store import installed
from infra.local.store.testing import REGION
from infra.local.template import Template, read_template
from infra.local.template.kinds import queue_arn

TEMPLATE = Path(__file__).parent / "fixtures" / "post" / "template.yaml"
BUS = "post-bus"


@dataclass
class Post:
    """What tests ask of it."""

    template: Template
    store: Store
    dispatcher: Dispatcher
    reports: list[str] = field(default_factory=list)

    def put(self, detail_type: str, detail: dict[str, Any], **more: Any) -> dict[str, Any]:
        """One event onto the bus; what PutEvents answered for it."""
        entry = {"EventBusName": BUS, "Source": "post", "DetailType": detail_type, "Detail": json.dumps(detail)}
        found: dict[str, Any] = boto3.client("events").put_events(Entries=[entry | more])["Entries"][0]
        return found

    def box(self, queue: str) -> Mailbox:
        """A queue, by its logical id."""
        return self.dispatcher.mailboxes[queue_arn(self.template.at(queue))]

    def letters(self, queue: str) -> list[tuple[Any, dict[str, str]]]:
        """Bodies and message attributes of a queue's messages."""
        return [
            (json.loads(one.body), {name: value["StringValue"] for name, value in one.message_attributes.items()})
            for one in self.box(queue).all()
        ]

    def seen(self, kind: str) -> list[dict[str, str]]:
        """What the carriers noted, by key."""
        items = boto3.client("dynamodb").scan(TableName="post-seen")["Items"]
        rows = [{name: next(iter(value.values())) for name, value in item.items()} for item in items]
        return sorted((row for row in rows if row["pk"] == kind), key=lambda row: row["sk"])

    def carried(self, told: str) -> list[Any]:
        """What was carried under that id or address, each time."""
        return [json.loads(row["text"]) for row in self.seen("carried") if row["of"] == told]

    def mend(self) -> None:
        """What failed with `mend` goes well from now on."""
        item = {"pk": {"S": "mended"}, "sk": {"S": "?"}, "yes": {"S": "yes"}}
        boto3.client("dynamodb").put_item(TableName="post-seen", Item=item)


def wire(template: Template, store: Store, lateness: Lateness | None = None) -> Post:
    """Everything but the server. TemplateError when something cannot be wired."""
    furnish(template, store)
    reports: list[str] = []
    invoker = Invoker(
        template,
        environment_of(template, Addresses("127.0.0.1", 8820)),
        lambda function, _id, what: reports.append(f"{function}: {what}"),
    )
    return Post(template, store, Dispatcher(template, invoker, store, lateness=lateness), reports)


@contextmanager
def open_post(lateness: Lateness | None = None, store: Store | None = None, **parameters: str) -> Iterator[Post]:
    """The post office, delivering, for the length of a block; with a store that is given, or one in memory."""
    names = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
    with patch.dict(os.environ, names), mock_aws(), store or Store.in_memory() as opened, installed(opened):
        post = wire(read_template(TEMPLATE, parameters), opened, lateness)
        post.dispatcher.start()
        try:
            yield post
        finally:
            post.dispatcher.stop()


@dataclass
class Partner:
    """An HTTP endpoint that answers as told, and keeps what it got."""

    address: str
    answers: list[tuple[int, dict[str, str]]]
    got: list[dict[str, Any]] = field(default_factory=list)

    def about(self, number: Any) -> list[dict[str, Any]]:
        """What it got with that id in the detail."""
        return [one for one in self.got if one["body"]["detail"]["id"] == number]


@contextmanager
def partner(*answers: tuple[int, dict[str, str]]) -> Iterator[Partner]:
    """Answers in this order, then 200."""
    told: Partner

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append({"path": self.path, "headers": dict(self.headers), "body": json.loads(body)})
            status, headers = told.answers.pop(0) if told.answers else (200, {})
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Partner(f"http://127.0.0.1:{server.server_port}/", list(answers))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
