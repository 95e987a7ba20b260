"""A conversation whose patient is away, and where notifications arrive."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from hospital import clock
from hospital.caller import system
from hospital.conversations.keys import message_key
from hospital.conversations.marks import raise_mark
from hospital.conversations.model import About, Member
from hospital.conversations.sending import store_message
from hospital.conversations.store import messages, open_conversation
from hospital.records import Key
from hospital.table import Table
from hospital.work import Work
from messaging.keep_notification_settings.app import app as settings
from messaging.on_message_stored_push.app import app as push
from messaging.on_reminder_due_send.app import app as send
from tests.builders.acting import act
from tests.builders.cloud import Cloud
from tests.builders.gateway import call
from tests.builders.moments import Time
from tests.builders.notices import Browser, NoticeInbox, PushService, opened
from tests.builders.people import PatientOf, Staff
from tests.builders.sockets import Socket, Sockets, signed_in

CHOICES = {"push": True, "sms": False, "quiet": {"on": True, "begins": "22:00", "ends": "07:00"}, "names": False}


@dataclass
class Scene:
    """A doctor writes to a patient, both of whom are away; stream, due-list and queue are walked by hand."""

    id: str
    doctor: Staff
    patient: PatientOf
    cloud: Cloud
    time: Time
    sockets: Sockets
    notices: NoticeInbox
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def words(self) -> list[str]:
        """What the patient was told."""
        return [one["words"] for one in self.notices.of(self.patient.person.id)]

    @property
    def due(self) -> list[dict[str, Any]]:
        """The reminders that wait for their time."""
        return self.cloud.rows("conversations", "due")

    def says(self, *texts: str, who: PatientOf | Staff | None = None) -> None:
        """The doctor (or `who`) writes these, and they are pushed."""
        for text in texts:
            by = (who or self.doctor).caller
            client_id = f"client-id-{next(self._numbers)}"
            stored = store_message(self.id, by, client_id, "text", {"text": text}, clock.now())
            image = messages.to_item(messages.need(message_key(self.id, stored.seq)))
            record = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "1", "NewImage": image}}
            assert act(push, {"Records": [record]}) == {"batchItemFailures": []}

    def later(self, *, times: int = 1, **span: float) -> list[dict[str, Any]]:
        """Time passes, and what is due then is looked at; what failed stays as it is."""
        now = self.time.passes(**span)
        reached = [row for row in self.due if row["sk"] < f"{clock.text(now)}~"]
        failed = []
        for row in reached:
            envelope = json.loads(row["envelope"])
            Table("conversations").remove(Key(row["pk"], row["sk"]))
            for _ in range(times):
                failed += [envelope] if not self.hands_over(envelope) else []
        return failed

    def hands_over(self, envelope: dict[str, Any]) -> bool:
        """One delivery of a reminder that is due; whether it was dealt with."""
        record = {"messageId": "message-1", "body": json.dumps({"detail": envelope})}
        answer: dict[str, Any] = act(send, {"Records": [record]})
        return answer == {"batchItemFailures": []}

    def reads(self) -> None:
        """The patient read everything on some device, and left."""
        raise_mark(self.id, self.patient.person.id, "read_seq", 50)

    def comes(self) -> Socket:
        """The patient opens a page."""
        return self.sockets.open(self.patient.caller)

    def chooses(self, **changes: object) -> None:
        """The patient changes how they are reminded."""
        call(settings, "PUT", "/notification-settings", CHOICES | changes, who=self.patient.caller).ok()

    def registers(self, service: PushService) -> Browser:
        """A browser of the patient's, in a session of its own."""
        browser = service.browser()
        body = {"endpoint": browser.endpoint, "key": browser.device.key, "secret": browser.device.secret}
        who = signed_in(self.patient.caller)
        assert call(settings, "PUT", "/push-subscription", body, who=who).status == 204
        return browser


@pytest.fixture
def notices(cloud: Cloud) -> Iterator[NoticeInbox]:
    with opened(NoticeInbox) as far:
        cloud.turn(NOTIFICATION_ADAPTER="inbox", NOTIFICATION_INBOX_URL=far.url)
        yield far


@pytest.fixture
def service(cloud: Cloud) -> Iterator[PushService]:
    with opened(PushService) as far:
        cloud.turn(NOTIFICATION_ADAPTER="web_push", PUSH_SERVICES=far.origin)
        yield far


@pytest.fixture
def scene(cloud: Cloud, time: Time, sockets: Sockets, notices: NoticeInbox, patient: PatientOf, doctor: Staff) -> Scene:
    members = (
        Member(person_id=patient.person.id, name="王芳", role="patient"),
        Member(person_id=doctor.role.person_id, name=doctor.role.name, role="doctor"),
    )
    with Work(by=system("builder"), doing="test.set_up") as work:
        opened_now = open_conversation(
            work,
            organisation_id=doctor.role.organisation_id,
            about=About(type="visit", id="vis_1"),
            members=members,
            greeting="可以开始了",
            now=clock.now(),
        )
    return Scene(opened_now.id, doctor, patient, cloud, time, sockets, notices)


@pytest.fixture
def doctor(cloud: Cloud) -> Staff:
    from tests.builders.people import hire

    return hire("doctor", "org_1", "李明")
