"""What the control socket refuses, by name, and its bounds."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import pytest

from media_fleet import messages
from media_fleet.refusals import Refused
from tests.media_fleet.peers import Crowd, Peer, crowd, in_loop, offer_text, until
from tests.media_fleet.relays import SECRET, grant

pytestmark = pytest.mark.media


async def refused(people: Crowd, **hello: Any) -> dict[str, Any]:
    """What a stranger hears who says this hello, after which the socket is closed."""
    peer = await people.stranger()
    await peer.say("hello", **{"v": 1, **hello})
    said = await peer.hear("refused")
    assert await peer.closed() == 1008
    return {"code": said["code"], **said["facts"]}


@in_loop
async def test_grants_that_are_none() -> None:
    async with crowd() as people:
        used = grant("node_1", "call_1", "ann")
        peer = await people.stranger()
        await peer.say("hello", v=1, grant=used)
        await peer.hear("welcome")
        assert await refused(people, grant=used) == {"code": "grant_used"}
        expired = grant("node_1", "call_1", "ann", exp=int(time.time()))
        assert await refused(people, grant=expired) == {"code": "grant_expired"}
        foreign = grant("node_2", "call_1", "ann")
        assert await refused(people, grant=foreign) == {"code": "grant_elsewhere", "node": "node_1"}
        assert await refused(people) == {"code": "grant_invalid"}
        assert await refused(people, v=2, grant=foreign) == {"code": "version_unknown", "versions": [1]}
        for wrong in (
            "nonsense",
            grant("node_1", "call_1", "ann", secret=SECRET[::-1]),
            grant("node_1", "call_1", "ann", aud="door"),
            grant("node_1", "call_1", "ann", iss="somebody"),
            grant("node_1", "call_1", "ann", rights=["publish", "record"]),
            grant("node_1", "call 1", "ann"),
            used[:-6] + "AAAAAA",
        ):
            assert await refused(people, grant=wrong) == {"code": "grant_invalid"}
        assert await refused(people, resume={"session": "ses_1", "secret": "x"}) == {"code": "session_unknown"}
        assert [one.grant.person_id for one in people.relay.hall.sessions.values()] == ["ann"]


@in_loop
async def test_nobody_does_more_than_the_grant_says() -> None:
    async with crowd() as people:
        listener = await people.guest("ann", rights=["subscribe"])
        assert (await listener.offer(("microphone",)))["facts"] == {"right": "publish"}
        assert (await listener.offer(("screen",)))["facts"] == {"right": "share"}
        assert (await listener.offer((), {"trk_1": "audio"}))["type"] == "answer"
        speaker = await people.guest("bob", rights=["publish"])
        answer = await speaker.offer(("camera",), {"trk_1": "audio"})
        assert (answer["code"], answer["facts"]) == ("right_missing", {"right": "subscribe"})
        assert people.relay.hall.rooms["call_1"].tracks() == []


@in_loop
async def test_a_source_is_published_once() -> None:
    async with crowd() as people:
        ann = await people.guest()
        answer = await ann.offer(("camera", "camera"))
        assert (answer["number"], answer["code"], answer["facts"]) == (1, "publisher_exists", {"source": "camera"})
        assert (await ann.offer(("camera", "screen", "microphone")))["type"] == "answer"


@in_loop
async def test_session_descriptions_of_another_world() -> None:
    async with crowd() as people:
        ann = await people.guest()
        audio = offer_text([("audio", "sendonly")])
        for sdp, code, reason in (
            ("v=0\r\n" + "a=x:" + "y" * 1_000_000, "sdp_too_large", None),
            (audio.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "sdp_not_understood", "plain_rtp"),
            (audio.replace("opus", "speex").replace("red/48000", "ilbc/8000"), "sdp_not_understood", "no_codec"),
            (audio.replace("setup:actpass", "setup:passive"), "sdp_not_understood", "setup"),
            ("nonsense", "sdp_not_understood", "malformed"),
        ):
            said = await ann.offer(("microphone",), sdp=sdp)
            assert (said["code"], said["facts"].get("reason")) == (code, reason)
        assert (await ann.offer(("microphone",)))["type"] == "answer"
        # Nothing was kept of what was refused.
        assert len(people.relay.wire) == 1


@in_loop
async def test_what_is_larger_than_any_offer_closes_the_socket() -> None:
    async with crowd() as people:
        ann = await people.guest()
        await ann.socket.send_str("x" * (messages.LONGEST_MESSAGE + 1))
        assert await ann.closed() == 1009


@in_loop
async def test_messages_that_are_none_are_borne_ten_times() -> None:
    async with crowd() as people:
        ann, bob = await people.guest("ann"), await people.guest("bob")
        for number in range(10):
            await ann.socket.send_str(
                ("{", "[]", '{"type":"dance"}', '{"type":"want","track":"a b","height":1}')[number % 4]
            )
            assert (await ann.hear("refused"))["code"] == "message_not_understood"
        assert (await ann.hear("bye"))["reason"] == "not_understood"
        assert [one["person_id"] for one in (await bob.hear("participants"))["participants"]] == ["ann", "bob"]
        assert (await bob.hear("participants"))["participants"] == [{"person_id": "bob", "name": "Bob"}]


@in_loop
async def test_who_talks_too_much_is_sent_away() -> None:
    async with crowd() as people:
        ann = await people.guest()
        for _ in range(400):
            await ann.say("ping")
        assert (await ann.hear("bye"))["reason"] == "too_many"


@in_loop
async def test_who_does_not_read_is_cut_off_and_does_not_hold_the_others_up() -> None:
    async with crowd() as people:
        deaf, ann = await people.guest("deaf"), await people.guest("ann")
        deaf.socket._response.connection.transport.pause_reading()  # type: ignore[union-attr]
        session = next(one for one in people.relay.hall.sessions.values() if one.grant.person_id == "deaf")
        text = messages.said("tracks", tracks=["x" * 200_000])
        for _ in range(400):
            session.post(text)
            await asyncio.sleep(0)
            if session.link is None:
                break
        assert session.link is None
        await ann.say("ping")
        await ann.hear("pong")
        # It may come back: the session waits.
        assert session.id in people.relay.hall.sessions
        deaf.socket._response.connection.transport.resume_reading()  # type: ignore[union-attr]


@in_loop
async def test_rooms_and_nodes_have_an_end() -> None:
    async with crowd(people=3, rooms=2, people_in_room=2) as people:
        await people.guest("ann")
        await people.guest("bob")
        assert await refused(people, grant=grant("node_1", "call_1", "eve")) == {"code": "room_full"}
        await people.guest("ann")
        await people.guest("eve", "call_2")
        assert await refused(people, grant=grant("node_1", "call_2", "dan")) == {"code": "node_full"}
        assert await refused(people, grant=grant("node_1", "call_3", "eve")) == {"code": "node_full"}


@in_loop
async def test_a_session_ends_when_the_grant_says() -> None:
    async with crowd() as people:
        ann = await people.guest(until=int(time.time()))
        assert (await ann.hear("bye"))["reason"] == "until"


@in_loop
async def test_a_node_that_drains_asks_all_to_move_and_takes_nobody_new() -> None:
    async with crowd() as people:
        ann: Peer = await people.guest()
        people.relay.drain()
        assert (await ann.hear("move"))["reason"] == "drain"
        assert await refused(people, grant=grant("node_1", "call_1", "bob")) == {"code": "draining"}
        other = await people.stranger()
        await other.say("hello", v=1, resume={"session": ann.welcome["session"], "secret": ann.welcome["secret"]})
        assert (await other.hear("welcome"))["resumed"] is True
        assert not people.relay.empty.is_set()
        await other.say("bye")
        await until(people.relay.empty.is_set)


@in_loop
async def test_health_and_metrics_name_nobody() -> None:
    async with crowd() as people:
        await people.guest("ann", "call_secret")
        address = people.relay.control_url.replace("ws://", "http://").replace("/v1/control", "")
        async with people.session.get(f"{address}/health") as answer:
            assert (answer.status, await answer.json()) == (200, {"state": "serving"})
        async with people.session.get(f"{address}/metrics") as answer:
            text = await answer.text()
        assert "relay_participants 1" in text.splitlines()
        assert "# TYPE relay_wire_received_total counter" in text
        assert "ann" not in text
        assert "call_secret" not in text


@pytest.mark.parametrize("seed", range(3))
def test_no_text_makes_the_reader_raise_anything_but_its_refusal(seed: int) -> None:
    chance = random.Random(seed)
    good = [
        messages.said("hello", v=1, grant="x", resume={"session": "s", "secret": "x"}),
        messages.said("offer", number=1, sdp="v=0", publish=[{"mid": "0", "source": "camera"}], subscribe=[]),
        messages.said("want", track="trk_1", height=180),
    ]
    for _ in range(1_000):
        text = list(chance.choice(good))
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(len(text))
            text[place : place + chance.randrange(3)] = chance.choice(['"', "{", "0", "\ud83d", "", "-", "[]", "\x00"])
        try:
            messages.read("".join(text))
            messages.read_hello("".join(text))
        except Refused:
            pass
