"""A process is set up by the environment, and says in one sentence what is wrong with it."""

from __future__ import annotations

import pytest

from media_fleet.__main__ import main
from media_fleet.settings import BadSetting, from_environment, kid
from tests.media_fleet.relays import SECRET, RelayProcess

GOOD = {"RELAY_NODE": "node_1", "RELAY_SECRETS": f"{SECRET}, {SECRET[::-1]}"}


@pytest.mark.unit
def test_what_is_not_said_has_a_meaning() -> None:
    told = "203.0.113.5, 2001:db8::1, 203.0.113.6:41000, [2001:db8::2]:42000"
    settings = from_environment({**GOOD, "RELAY_ANNOUNCED": told, "OTHER": "x"})
    assert list(settings.secrets) == [kid(SECRET.encode()), kid(SECRET[::-1].encode())]
    assert [(one.host, one.port) for one in settings.announced] == [
        ("203.0.113.5", 0),
        ("2001:db8::1", 0),
        ("203.0.113.6", 41_000),
        ("2001:db8::2", 42_000),
    ]
    assert from_environment({**GOOD, "RELAY_ANNOUNCED": "reported"}).announce_reported
    assert (settings.media_hosts, settings.media_port, settings.rooms) == (("127.0.0.1",), 0, 200)
    assert SECRET not in repr(settings)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"RELAY_NODE": ""}, "RELAY_NODE is missing"),
        ({"RELAY_SECRETS": "short"}, "RELAY_SECRETS needs"),
        ({"RELAY_MEDIA_PORT": "70000"}, "RELAY_MEDIA_PORT has to be"),
        ({"RELAY_MEDIA_PORT": "-1"}, "RELAY_MEDIA_PORT has to be"),
        ({"RELAY_MEDIA_HOSTS": "0.0.0.0,::"}, "RELAY_ANNOUNCED is missing"),
        ({"RELAY_ANNOUNCED": "relay.example"}, "RELAY_ANNOUNCED has to be"),
        ({"RELAY_ANNOUNCED": "203.0.113.5:x"}, "RELAY_ANNOUNCED has to be"),
        ({"RELAY_ANNOUNCED": "[2001:db8::2]"}, "RELAY_ANNOUNCED has to be"),
    ],
)
def test_what_makes_no_sense_is_said(changed: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSetting, match=sentence):
        from_environment({**GOOD, **changed})


@pytest.mark.unit
def test_a_process_without_settings_ends_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RELAY_NODE", raising=False)
    assert main() == 2
    assert capsys.readouterr().err == "RELAY_NODE is missing.\n"


@pytest.mark.media
def test_a_process_says_where_it_listens_and_ends_when_asked() -> None:
    relay = RelayProcess()
    try:
        metrics = relay.metrics()
        assert (metrics["relay_rooms"], metrics["relay_legs"]) == (0, 0)
        assert relay.media_port > 0
    finally:
        assert relay.stop() == 0
