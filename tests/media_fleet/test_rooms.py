"""People in rooms, from the control socket to packets, with a relay in this process and small clients."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest

from tests.media_fleet.peers import Peer, crowd, in_loop, offer_text, until
from tests.nightly import write_section

pytestmark = [pytest.mark.media, pytest.mark.usefixtures("both_ways")]


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@in_loop
async def test_two_hear_each_other() -> None:
    async with crowd() as people:
        ann, bob = await people.guest("ann"), await people.guest("bob")
        await ann.offer(("microphone",))
        await ann.connect()
        tracks = (await bob.hear("tracks"))["tracks"]
        assert [(one["person_id"], one["source"], one["kind"], one["muted"]) for one in tracks] == [
            ("ann", "microphone", "audio", False)
        ]
        await bob.offer((), {tracks[0]["id"]: "audio"})
        await bob.connect()
        ssrc = int(bob.answered("ssrc").split()[0])
        for sequence in range(1, 6):
            ann.send_rtp(111, sequence, 77, f"word {sequence}".encode())
        await until(lambda: len(bob.rtp) == 5)
        assert {int.from_bytes(packet[8:12], "big") for packet in bob.rtp} == {ssrc}
        assert [packet[-6:] for packet in bob.rtp] == [f"word {sequence}".encode() for sequence in range(1, 6)]


@pytest.mark.nightly
@in_loop
async def test_calls_that_come_and_go_for_long_do_not_make_it_grow() -> None:
    """Six thousand joins; memory has found its height in the first half, Python's and OpenSSL's both."""
    async with crowd() as people:
        sizes = []
        for number in range(6_000):
            peer = Peer(people.relay, f"call_{number % 3}", f"person_{number % 7}")
            await peer.open(people.session)
            await peer.hello()
            await peer.offer(("microphone", "camera"))
            await peer.connect()
            peer.send_rtp(111, 1, 77, b"word")
            await peer.say("bye")
            await peer.close()
            if number % 1_000 == 999:
                gc.collect()
                sizes.append(int(Path("/proc/self/statm").read_text().split()[1]) * 4)
        # What is remembered for a minute (used grants) has found its size by then.
        grown = sizes[-1] - sizes[2]
        write_section(
            "A relay does not grow",
            ["6,000 joins and leaves in one process; resident kB after each thousand:", ", ".join(map(str, sizes))],
        )
        assert grown < 3_000


@in_loop
async def test_200_joins_and_leaves_leave_nothing() -> None:
    async with crowd() as people:
        relay = people.relay
        await until(lambda: len(asyncio.all_tasks()) > 1)
        before = len(asyncio.all_tasks()), _open_files()
        for number in range(200):
            peer = await people.guest(f"person_{number % 7}", f"call_{number % 3}")
            await peer.offer(("microphone", "camera"))
            await peer.connect()
            if number % 2:
                await peer.say("bye")
            await peer.close()
        for session in list(relay.hall.sessions.values()):
            relay.leave(session, "lost")
        await until(lambda: (len(asyncio.all_tasks()), _open_files()) == before)
        assert relay.wire.known == (0, 0)
        assert (len(relay.wire), len(relay.hall.rooms), len(relay.hall.sessions)) == (0, 0, 0)


@in_loop
async def test_a_newer_grant_replaces_the_older_session_of_the_same_person_alone() -> None:
    async with crowd() as people:
        ann, bob = await people.guest("ann"), await people.guest("bob")
        await ann.offer(("microphone",))
        assert len((await bob.hear("tracks"))["tracks"]) == 1
        again = await people.guest("ann")
        assert (await ann.hear("bye"))["reason"] == "replaced"
        assert await ann.closed() == 1000
        assert again.welcome["session"] != ann.welcome["session"]
        assert again.welcome["tracks"] == []
        assert (await bob.hear("tracks"))["tracks"] == []
        assert [one["person_id"] for one in again.welcome["participants"]] == ["bob", "ann"]


@in_loop
async def test_the_control_socket_may_break_while_sound_goes_on() -> None:
    async with crowd() as people:
        ann, bob = await people.guest("ann"), await people.guest("bob")
        await ann.offer(("microphone",))
        await ann.connect()
        track = (await bob.hear("tracks"))["tracks"][0]["id"]
        await bob.offer((), {track: "audio"})
        await bob.connect()
        ann.send_rtp(111, 1, 77, b"before")
        await until(lambda: len(bob.rtp) == 1)
        await bob.socket.close()
        ann.send_rtp(111, 2, 77, b"without")
        await until(lambda: len(bob.rtp) == 2)
        other = await people.stranger("bob")
        await other.say("hello", v=1, resume={"session": bob.welcome["session"], "secret": bob.welcome["secret"]})
        welcome = await other.hear("welcome")
        assert welcome["resumed"] is True
        assert welcome["session"] == bob.welcome["session"]
        assert [one["id"] for one in welcome["tracks"]] == [track]
        ann.send_rtp(111, 3, 77, b"after")
        await until(lambda: len(bob.rtp) == 3)
        thief = await people.stranger("bob")
        await thief.say("hello", v=1, resume={"session": bob.welcome["session"], "secret": "guessed"})
        assert (await thief.hear("refused"))["code"] == "session_unknown"
        assert await thief.closed() == 1008


@in_loop
async def test_a_source_that_is_muted_is_not_sent_on_and_all_are_told() -> None:
    async with crowd() as people:
        ann, bob = await people.guest("ann"), await people.guest("bob")
        await ann.offer(("microphone",))
        await ann.connect()
        track = (await bob.hear("tracks"))["tracks"][0]["id"]
        await bob.offer((), {track: "audio"})
        await bob.connect()
        await ann.say("mute", source="microphone", muted=True)
        assert (await bob.hear("tracks"))["tracks"][0]["muted"] is True
        ann.send_rtp(111, 1, 77, b"nobody hears")
        await until(lambda: people.relay.hall.plane_counts()["received"] == 1)
        await ann.say("mute", source="microphone", muted=False)
        assert (await bob.hear("tracks"))["tracks"][0]["muted"] is False
        ann.send_rtp(111, 2, 77, b"all hear")
        await until(lambda: bob.rtp)
        assert [packet[-8:] for packet in bob.rtp] == [b"all hear"]
        await ann.say("mute", source="screen", muted=True)
        assert (await ann.hear("refused"))["code"] == "track_unknown"


@in_loop
async def test_another_network_and_new_credentials_continue_the_call() -> None:
    async with crowd() as people:
        ann, bob = await people.guest("ann"), await people.guest("bob")
        await ann.offer(("microphone",))
        await ann.connect()
        track = (await bob.hear("tracks"))["tracks"][0]["id"]
        await bob.offer((), {track: "audio"})
        await bob.connect()
        heard_at = bob.udp
        await bob.bind()
        await bob.check()
        ann.send_rtp(111, 1, 77, b"on the new network")
        await until(lambda: bob.rtp)
        heard_at.transport.close()
        old = bob.answered("ice-ufrag")
        bob.ufrag = "restarted"
        await bob.offer((), {track: "audio"})
        assert bob.answered("ice-ufrag") != old
        await bob.bind()
        await bob.check()
        ann.send_rtp(111, 2, 77, b"after the restart")
        await until(lambda: len(bob.rtp) == 2)
        assert people.relay.wire.counts.dtls_failed == 0


@in_loop
async def test_another_peer_connection_begins_anew_in_the_same_session() -> None:
    async with crowd() as people:
        ann, bob = await people.guest("ann"), await people.guest("bob")
        await ann.offer(("microphone",))
        await ann.connect()
        before = (await bob.hear("tracks"))["tracks"][0]["id"]
        await ann.offer(("microphone",), sdp=offer_text([("audio", "sendonly")], fingerprint=":".join(["AB"] * 32)))
        assert (await bob.hear("tracks"))["tracks"] == []
        assert (await bob.hear("tracks"))["tracks"][0]["id"] != before
        await until(lambda: people.relay.wire.known == (1, 0))


@in_loop
async def test_a_track_goes_on_through_offers_and_ends_with_its_m_line() -> None:
    async with crowd() as people:
        ann = await people.guest("ann")
        await ann.offer(("microphone", "camera"))
        microphone, camera = people.relay.hall.rooms["call_1"].tracks()
        without_red = offer_text([("audio", "sendonly"), ("video", "sendonly")]).replace("63\r\n", "\r\n")
        assert (await ann.offer(("microphone", "camera"), sdp=without_red))["type"] == "answer"
        assert people.relay.hall.rooms["call_1"].tracks() == [microphone, camera]
        # The camera ends, and the microphone begins anew: its number is one that meant nothing before.
        renumbered = offer_text([("audio", "sendonly")]).replace("111 63", "109").replace(":111 ", ":109 ")
        assert (await ann.offer(("microphone",), sdp=renumbered))["type"] == "answer"
        assert [one["source"] for one in people.relay.hall.rooms["call_1"].tracks()] == ["microphone"]
        assert people.relay.hall.rooms["call_1"].tracks()[0]["id"] != microphone["id"]
        await ann.offer(("screen",))
        tracks = people.relay.hall.rooms["call_1"].tracks()
        assert [one["source"] for one in tracks] == ["screen"]
        assert tracks[0]["id"] != camera["id"]


@in_loop
async def test_a_handshake_by_someone_else_gives_no_media() -> None:
    async with crowd() as people:
        ann = await people.guest("ann")
        await ann.offer(("microphone",), sdp=offer_text([("audio", "sendonly")], fingerprint=":".join(["AB"] * 32)))
        await ann.connect()
        await until(lambda: people.relay.wire.counts.dtls_failed == 1)
        assert (len(people.relay.wire), people.relay.wire.known) == (0, (0, 0))
        assert (await ann.hear("tracks"))["tracks"] == []


@in_loop
async def test_a_subscription_to_what_has_just_ended_is_left_out() -> None:
    async with crowd() as people:
        ann = await people.guest("ann")
        answer = await ann.offer(("microphone",), {"trk_gone": "video"})
        assert answer["left_out"] == [{"mid": "1", "code": "track_unknown"}]
        assert "a=inactive" in answer["sdp"]
        await ann.say("want", track="trk_gone", height=180)
        assert (await ann.hear("refused"))["code"] == "track_unknown"


@in_loop
async def test_who_sees_a_camera_asks_for_its_detail_and_is_told_what_came_of_it() -> None:
    async with crowd() as people:
        ann, bob = await people.guest("ann"), await people.guest("bob")
        await ann.offer(("microphone", "camera"))
        sound, camera = (await bob.hear("tracks"))["tracks"]
        assert (camera["heights"], camera["clear"]) == ([], False)
        # Only of a camera, and only by who sees it.
        await bob.offer((), {sound["id"]: "audio"})
        for track in (sound["id"], camera["id"], "trk_gone"):
            await bob.say("ask", track=track, clear=True)
            assert (await bob.hear("refused"))["facts"] == {"track": track}
        await bob.offer((), {sound["id"]: "audio", camera["id"]: "video"})
        await bob.say("ask", track=camera["id"], clear=True)
        asked = await ann.hear("asked")
        assert (asked["source"], asked["clear"], asked["person_id"]) == ("camera", True, "bob")
        # The same track goes on, larger.
        await ann.offer(("microphone", "camera"), camera={"heights": [1080], "clear": True})
        now = (await bob.hear("tracks"))["tracks"][1]
        assert (now["id"], now["heights"], now["clear"]) == (camera["id"], [1080], True)


@in_loop
async def test_a_relay_shows_life_to_who_only_listens() -> None:
    async with crowd() as people:
        ann = await people.guest("ann")
        await ann.offer((), {"trk_none": "audio"})
        await ann.connect()
        await until(lambda: len(ann.rtcp) >= 2)
        assert ann.rtcp[0][1] == 201


@in_loop
async def test_everybody_is_told_how_it_goes() -> None:
    async with crowd() as people:
        ann, bob = await people.guest("ann"), await people.guest("bob")
        await ann.offer(("microphone",))
        await ann.connect()
        told = await ann.hear("quality")
        assert set(told["people"]) == {"ann"}
        assert set(told["you"]) >= {"up_loss", "down_loss", "round_trip_ms", "up_bps", "down_bps", "advice"}
        # Bob has no media: of him nothing is known, and he is told nothing.
        await bob.say("ping")
        await bob.hear("pong")
        assert "quality" not in [said["type"] for said in bob.others]
