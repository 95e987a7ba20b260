"""One step of a copy."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from hospital import aws, clock, settings
from hospital.caller import Caller
from hospital.data_copies.errors import DataCopyNotFound
from hospital.data_copies.events import DataCopyEnded, DataCopyStepDue
from hospital.data_copies.keys import object_key
from hospital.data_copies.model import SECTIONS, DataCopy
from hospital.data_copies.store import copies, get_copy
from hospital.errors import AlreadyDone
from hospital.families.errors import MemberNotFound, MemberPending
from hospital.people.keys import person_key
from hospital.people.store import persons
from hospital.sms.store import queue, written
from hospital.work import Work
from identity.guarding import guarded
from identity.on_data_copy_step_due_gather.page import packed
from identity.on_data_copy_step_due_gather.sections import Whose, gather

TEXT = "您申请的个人信息副本已经准备好，三天内可在“我的—我的数据副本”下载。不是您本人申请的，请尽快联系医院。"
OCCASION = "data_copy"


def on_data_copy_step_due_gather(envelope: dict[str, Any], by: Caller) -> None:
    """The step that is due, if it was not done before."""
    told = DataCopyStepDue.told(envelope)
    try:
        copy = get_copy(told.asked_by, told.subject)
    except DataCopyNotFound:
        return None
    if copy.version != told.sequence or copy.state != "gathering":
        return None  # it came again
    now = clock.now()
    if not _may_have_it(copy, now):
        return _go_on(copy, copy.stop(), envelope["id"], by)
    if copy.section is None:
        return _go_on(copy, _pack(copy, now), envelope["id"], by)
    found = gather(copy.section, Whose(copy.person_id, copy.asked_by))
    _put(copy, f"{copy.section}.json", json.dumps(found, ensure_ascii=False, indent=1).encode(), "application/json")
    return _go_on(copy, copy.proceed(), envelope["id"], by)


def _may_have_it(copy: DataCopy, now: datetime) -> bool:
    """Whether who asked is still themselves, or the child's guardian."""
    try:
        return guarded(copy.asked_by, copy.member_id, now) == copy.person_id
    except (MemberNotFound, MemberPending):
        return False


def _pack(copy: DataCopy, now: datetime) -> DataCopy:
    sections: dict[str, Any] = {name: json.loads(_read(copy, f"{name}.json")) for name in SECTIONS}
    content = packed(sections, copy.asked_at)
    _put(copy, "copy.zip", content, "application/zip")
    return copy.complete(hashlib.sha256(content).hexdigest(), len(content), now)


def _go_on(before: DataCopy, after: DataCopy, event_id: str, by: Caller) -> None:
    doing = "data_copy.proceed"
    person = persons.get(person_key(before.asked_by)) if after.state == "ready" else None
    with Work(by=by, once=event_id, doing=doing) as work:
        stored = work.change(copies, before, after, otherwise=AlreadyDone())
        work.emit(DataCopyStepDue.of(stored) if stored.state == "gathering" else DataCopyEnded.of(stored))
        if person is not None and person.phone:
            now = clock.now()
            queue(work, written(TEXT, {}, phone=person.phone, occasion=OCCASION, now=now, person_id=person.id))


def _put(copy: DataCopy, name: str, content: bytes, media_type: str) -> None:
    """Put again, it is the same."""
    aws.client("s3").put_object(
        Bucket=settings.current().media_bucket,
        Key=object_key(copy.id, name),
        Body=content,
        ContentType=media_type,
    )


def _read(copy: DataCopy, name: str) -> bytes:
    answer = aws.client("s3").get_object(Bucket=settings.current().media_bucket, Key=object_key(copy.id, name))
    content: bytes = answer["Body"].read()
    return content
