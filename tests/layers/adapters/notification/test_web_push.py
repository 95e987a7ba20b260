"""Web Push: the example of RFC 8291, the signature of RFC 8292, and what services answer (RFC 8030)."""

from __future__ import annotations

from dataclasses import replace

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from adapters import notification
from adapters.notification import Device, Notification, endpoint_is_known
from adapters.notification.encryption import LONGEST, are_keys, decoded, encoded, encrypted
from hospital.errors import Unavailable
from tests.builders.cloud import Cloud
from tests.builders.moments import Time
from tests.builders.notices import Browser, PushService

pytestmark = pytest.mark.store

NOTICE = Notification("rem_1", "per_1", "云诊", "您有 3 条新消息，请打开云诊查看。", "/patient/messages")


class Example:
    """RFC 8291, section 5 and appendix A."""

    words = b"When I grow up, I want to be a watermelon"
    own = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
    browser = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    salt, secret = "DGv6ra1nlYgDCS1FRnbzlw", "BTBZMqHH6r4Tts7J_aSIgg"
    body = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBr"
        "u3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_example_of_the_specification():
    own = ec.derive_private_key(int.from_bytes(decoded(Example.own), "big"), ec.SECP256R1())
    body = encrypted(Example.words, Example.browser, Example.secret, own=own, salt=decoded(Example.salt))
    assert encoded(body) == Example.body


def test_each_push_has_a_key_and_a_salt_of_its_own():
    first, second = (encrypted(b"words", Example.browser, Example.secret) for _ in range(2))
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]


def test_only_the_browser_reads_it():
    body = encrypted(b"words", encoded(Browser("").public), encoded(b"0" * 16))
    with pytest.raises(InvalidTag):
        Browser("").opened(body)


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("", ""),
        (Example.browser, ""),
        (Example.browser, encoded(b"0" * 15)),
        (Example.browser[:-4], Example.secret),
        (encoded(b"\x04" + b"1" * 64), Example.secret),  # not on the curve
        (Example.browser + "钥", Example.secret),
        ("not base64!", Example.secret),
    ],
)
def test_keys_that_no_browser_makes(key: str, secret: str):
    assert not are_keys(key, secret)
    assert are_keys(Example.browser, Example.secret)


def test_what_is_too_long_for_a_push():
    with pytest.raises(ValueError, match="too long"):
        encrypted(b"x" * (LONGEST + 1), Example.browser, Example.secret)


def test_a_browser_shows_it_and_its_size_tells_nothing(service: PushService):
    browser = service.browser()
    for words in ("您有 1 条新消息。", NOTICE.words * 3):
        assert notification.app_push().send(replace(NOTICE, words=words), browser.device) == "delivered"
    assert [shown["words"] for shown in browser.shown] == ["您有 1 条新消息。", NOTICE.words * 3]
    assert browser.shown[0] == {
        "v": 1,
        "id": "rem_1",
        "title": "云诊",
        "words": "您有 1 条新消息。",
        "opens": "/patient/messages",
    }
    assert len(set(browser.sizes)) == 1


def test_the_hospital_signs_for_one_service_and_half_a_day(service: PushService, time: Time):
    browser = service.browser()
    notification.app_push().send(NOTICE, browser.device)
    headers = browser.headers[0]
    token = headers["Authorization"].split("t=")[1].split(",")[0]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims == {
        "aud": service.origin,
        "sub": "https://hospital.test",
        "exp": int(time.now.timestamp()) + 12 * 3600,
    }
    assert headers["Authorization"].endswith(f", k={notification.push_key()}")
    assert headers["Ttl" if "Ttl" in headers else "TTL"] == "86400"


def test_pushes_to_a_person_replace_each_other_while_they_wait(service: PushService):
    browser = service.browser()
    for notice in (NOTICE, NOTICE, replace(NOTICE, person_id="per_2")):
        notification.app_push().send(notice, browser.device)
    first, again, other = (headers["Topic"] for headers in browser.headers)
    assert first == again != other
    assert len(first) == 32


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_no_more_is_gone(service: PushService, status: int):
    service.mood = status
    assert notification.app_push().send(NOTICE, service.browser().device) == "gone"
    assert service.asked == 1


@pytest.mark.parametrize("status", [400, 403, 413, "elsewhere"])
def test_what_is_refused_for_good_has_failed(service: PushService, status: int | str):
    service.mood = status
    assert notification.app_push().send(NOTICE, service.browser().device) == "failed"
    assert service.asked == 1


def test_keys_that_became_unreadable_have_failed(service: PushService):
    assert notification.app_push().send(NOTICE, replace(service.browser().device, key="AAAA")) == "failed"
    assert service.asked == 0


def test_a_service_that_fails_is_asked_twice_and_one_that_is_full_once(service: PushService):
    for mood, asked in ((500, 2), (429, 3)):
        service.mood = mood
        with pytest.raises(Unavailable) as refusal:
            notification.app_push().send(NOTICE, service.browser().device)
        assert refusal.value.facts == {"adapter": "web_push", "status": mood}
        assert service.asked == asked


def test_a_service_that_keeps_failing_is_left_alone_for_a_minute(service: PushService, cloud: Cloud, time: Time):
    browser, notifier = service.browser(), notification.app_push()
    service.mood = 429
    for _ in range(5):
        with pytest.raises(Unavailable):
            notifier.send(NOTICE, browser.device)
    service.mood = 201
    with pytest.raises(Unavailable) as refusal:
        notifier.send(NOTICE, browser.device)
    assert refusal.value.facts == {"adapter": "web_push", "reason": "resting", "retry_after_seconds": 60}
    assert service.asked == 5, "nobody was called"
    assert cloud.counted("breaker_opened", party="web_push") == 1
    time.passes(seconds=61)
    assert notifier.send(NOTICE, browser.device) == "delivered"
    assert cloud.rows("requests", "breaker") == []


def test_after_the_rest_one_failure_is_enough_and_long_ago_does_not_count(
    service: PushService, cloud: Cloud, time: Time
):
    browser, notifier = service.browser(), notification.app_push()
    service.mood = 429
    for _ in range(5):
        with pytest.raises(Unavailable):
            notifier.send(NOTICE, browser.device)
    time.passes(seconds=61)
    with pytest.raises(Unavailable, match=r"unavailable") as refusal:
        notifier.send(NOTICE, browser.device)
    assert refusal.value.facts["status"] == 429
    with pytest.raises(Unavailable) as refusal:
        notifier.send(NOTICE, browser.device)
    assert refusal.value.facts["reason"] == "resting"
    time.passes(minutes=20)
    with pytest.raises(Unavailable):
        notifier.send(NOTICE, browser.device)
    assert [row["failures"] for row in cloud.rows("requests", "breaker")] == [1]


def test_services_rest_each_for_itself(service: PushService, cloud: Cloud):
    cloud.turn(PUSH_SERVICES=f"{service.origin}, http://127.0.0.1:9")
    for _ in range(5):
        with pytest.raises(Unavailable):
            notification.app_push().send(NOTICE, replace(service.browser().device, address="http://127.0.0.1:9/push"))
    assert notification.app_push().send(NOTICE, service.browser().device) == "delivered"


KNOWN = ("https://push.example/send/1", "https://PUSH.example:443/send/1", "https://eu.push.wide.example/x")
UNKNOWN = (
    "",
    "push.example",
    "http://push.example/send/1",
    "https://push.example:8443/send/1",
    "https://push.example@evil.example/",
    "https://user:word@push.example/",
    "https://evil.example/push.example",
    "https://evilpush.wide.example/x",
    "https://push.example.evil.example/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1",
    "https://push.example:99999/",
    "https://push.example/" + "x" * 1000,
    "https://push.example/推",
    "http://127.0.0.1:9/",
)


def test_named_services_are_known_and_whatever_else_stands_there_is_never_called(service: PushService, cloud: Cloud):
    cloud.turn(PUSH_SERVICES="push.example, *.push.wide.example, http://127.0.0.1:9", PROFILE="production")
    assert [endpoint for endpoint in KNOWN if not endpoint_is_known(endpoint)] == []
    assert [endpoint for endpoint in UNKNOWN if endpoint_is_known(endpoint)] == []
    for endpoint in (*UNKNOWN, service.browser().endpoint):
        assert notification.app_push().send(NOTICE, Device(endpoint, Example.browser, Example.secret)) == "gone"
    assert service.asked == 0
