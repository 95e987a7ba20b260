"""What every channel of e-health cards does, each against what it speaks with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from adapters import health_card
from adapters.health_card import Applicant, ChannelRefused, HealthCardChannel
from adapters.health_card.tengmed import signature
from hospital import settings
from hospital.errors import Unavailable
from tests.builders import tengmed
from tests.builders.cloud import Cloud
from tests.builders.health_cards import CardServer
from tests.builders.numbers import an_id_number
from tests.builders.register import Register
from tests.builders.tengmed import Platform, open_platform

pytestmark = pytest.mark.store


@pytest.fixture(scope="module")
def platform_of_all() -> Iterator[Platform]:
    with open_platform() as opened:
        yield opened


@pytest.fixture
def platform(cloud: Cloud, platform_of_all: Platform) -> Platform:
    """The platform, whose keys the hospital has been given, and which knows nobody yet."""
    platform_of_all.people, platform_of_all.heard, platform_of_all.status = {}, [], 200
    tengmed.keys_for()
    return platform_of_all


Channel = tuple[HealthCardChannel, Callable[[str, str], None], Callable[[], None]]


@pytest.fixture(params=["registry", "tengmed"])
def channel(
    request: pytest.FixtureRequest, cloud: Cloud, card_server: CardServer, register: Register, platform: Platform
) -> Channel:
    """Each adapter as the settings name it, how its far end comes to know somebody, and how it goes away."""
    cloud.turn(
        HEALTH_CARD_CHANNELS=f"ours:{request.param}:我们的渠道",
        HEALTH_CARD_TENGMED_URL=platform.url,
    )
    found = health_card.channel("ours")
    assert found is not None
    if request.param == "registry":
        return found, register.knows, lambda: setattr(card_server.registry, "mood", "down")
    return found, lambda name, number: platform.people.update({number: name}), lambda: setattr(platform, "status", 503)


def applicant(name: str, number: str) -> Applicant:
    return Applicant(name, number, "female", date(1990, 3, 7), "13912345678", tengmed.GRANT)


@pytest.mark.parametrize("name", ["王小芳", "买买提·吐尔逊", "㐂田"])
def test_a_card_is_issued_and_the_same_again(channel: Channel, name: str):
    issues, knows, _ = channel
    number = an_id_number()
    knows(name, number)
    issued = issues.issue(applicant(name, number), key="hcd_1")
    assert issued.number
    assert issues.issue(applicant(name, number), key="hcd_1") == issued
    assert issues.code(issued.number, number).text.startswith(issued.number)


def test_another_name_gets_none_and_is_told_in_the_channels_words(channel: Channel):
    issues, knows, _ = channel
    number = an_id_number()
    knows("李别人", number)
    with pytest.raises(ChannelRefused) as no:
        issues.issue(applicant("王小芳", number), key="hcd_1")
    assert no.value.said


def test_one_that_is_away_is_unavailable_and_then_left_alone(channel: Channel):
    issues, _, goes_away = channel
    goes_away()
    for _ in range(5):
        with pytest.raises(Unavailable):
            issues.issue(applicant("王小芳", an_id_number()), key="hcd_1")
    with pytest.raises(Unavailable) as rests:
        issues.issue(applicant("王小芳", an_id_number()), key="hcd_1")
    assert rests.value.facts["reason"] == "resting"


def test_the_platforms_sign_is_that_of_its_documentations_example():
    fields = {
        "sign": "an earlier one",
        "appToken": "",
        "requestId": "DB4D975748A84309977EA25224C0F5CF",
        "hospitalId": "90003",
        "timestamp": "1525392000",
        "appId": tengmed.APP_ID,
    }
    assert signature(fields, tengmed.SECRET) == "TsccMUMTHfOiEovR2hMlRXcQqctRFmPbpPIZdxXCJ/o="


def test_the_platform_is_told_what_it_asks_for(cloud: Cloud, platform: Platform):
    cloud.turn(HEALTH_CARD_CHANNELS="tencent:tengmed", HEALTH_CARD_TENGMED_URL=platform.url)
    found, number = health_card.channel("tencent"), an_id_number()
    assert found is not None
    platform.people[number] = "王小芳"
    found.issue(applicant("王小芳", number), key="hcd_1")
    assert [service for service, _ in platform.heard] == ["getAppToken", "registerHealthCard"]
    assert platform.heard[1][1] == {
        "wechatCode": tengmed.GRANT,
        "name": "王小芳",
        "gender": "女",
        "nation": "其他",
        "birthday": "1990-03-07",
        "idNumber": number,
        "idType": "01",
        "phone1": "13912345678",
        "patid": "hcd_1",
    }


def test_without_the_persons_leave_the_platform_is_not_asked(cloud: Cloud, platform: Platform):
    cloud.turn(HEALTH_CARD_CHANNELS="tencent:tengmed", HEALTH_CARD_TENGMED_URL=platform.url)
    found = health_card.channel("tencent")
    assert found is not None
    for grant, phone, reason in (("", "13912345678", "grant_needed"), (tengmed.GRANT, "", "phone_needed")):
        with pytest.raises(ChannelRefused) as no:
            found.issue(Applicant("王小芳", an_id_number(), "female", date(1990, 3, 7), phone, grant), key="hcd_1")
        assert no.value.reason == reason
    assert platform.heard == []
    (offered,) = health_card.offered()
    assert (offered.grant_name, offered.grant_at[:28]) == ("wechatCode", "https://health.tengmed.com/o")


def test_a_wrong_secret_is_refused_and_counted(cloud: Cloud, platform: Platform):
    tengmed.keys_for("another secret")
    cloud.turn(HEALTH_CARD_CHANNELS="tencent:tengmed", HEALTH_CARD_TENGMED_URL=platform.url)
    found = health_card.channel("tencent")
    assert found is not None
    with pytest.raises(Unavailable):
        found.issue(applicant("王小芳", an_id_number()), key="hcd_1")
    assert (platform.heard, cloud.counted("vendor_refused", party="tengmed")) == ([], 1)


def test_in_production_the_embedded_registry_is_refused(cloud: Cloud):
    cloud.turn(PROFILE="production", HEALTH_CARD_CHANNELS="tencent:tengmed,alipay:registry")
    with pytest.raises(settings.EmbeddedDefault, match="HEALTH_CARD_CHANNELS names registry"):
        health_card.offered()


def test_an_adapter_that_nobody_wrote_is_named(cloud: Cloud):
    cloud.turn(HEALTH_CARD_CHANNELS="pigeon:loft")
    with pytest.raises(health_card.AdapterUnknown, match="loft"):
        health_card.channel("pigeon")
