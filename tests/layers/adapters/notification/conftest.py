"""The far ends of the notification adapters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders.cloud import Cloud
from tests.builders.notices import NoticeInbox, PushService, opened


@pytest.fixture
def notices(cloud: Cloud) -> Iterator[NoticeInbox]:
    with opened(NoticeInbox) as far:
        cloud.turn(NOTIFICATION_ADAPTER="inbox", NOTIFICATION_INBOX_URL=far.url)
        yield far


@pytest.fixture
def service(cloud: Cloud) -> Iterator[PushService]:
    with opened(PushService) as far:
        cloud.turn(NOTIFICATION_ADAPTER="web_push", PUSH_SERVICES=f"push.example, {far.origin}")
        yield far
