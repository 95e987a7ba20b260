"""Two nodes behind one address: a control socket that arrives at the wrong one is carried to the right one."""

from __future__ import annotations

import pytest

from media_fleet.resuming import Home, Resuming
from media_fleet.settings import kid
from tests.media_fleet.peers import Peer, crowd, in_loop, running
from tests.media_fleet.relays import SECRET, grant

pytestmark = pytest.mark.media


@in_loop
async def test_a_hello_at_another_node_is_carried_to_the_grants() -> None:
    async with crowd() as people, running(node="node_2") as other:
        at = f"127.0.0.1:{other.control_port}"
        ann: Peer = await people.stranger()
        await ann.say("hello", v=1, grant=grant("node_2", "call_1", "ann", at=at))
        welcome = await ann.hear("welcome")
        assert welcome["node"] == "node_2"
        assert (list(people.relay.hall.sessions), len(other.hall.sessions)) == ([], 1)
        assert (await ann.offer(("microphone",)))["type"] == "answer"
        await ann.say("bye")
        assert (await ann.hear("bye"))["reason"] == "bye"
        assert await ann.closed() == 1000


@in_loop
async def test_a_session_is_found_again_through_any_node() -> None:
    async with crowd() as people, running(node="node_2") as other:
        other._resuming = Resuming(other.settings.secrets, Home("node_2", f"127.0.0.1:{other.control_port}"))
        other.hall._word = other._resuming.word
        ann = Peer(other, "call_1", "ann")
        await ann.open(people.session)
        await ann.hello()
        await ann.socket.close()
        again = await people.stranger()
        await again.say("hello", v=1, resume={"session": ann.welcome["session"], "secret": ann.welcome["secret"]})
        assert (await again.hear("welcome"))["resumed"] is True


@in_loop
async def test_what_cannot_be_carried_is_refused() -> None:
    async with crowd() as people:
        here = f"127.0.0.1:{people.relay.control_port}"
        for at in ("127.0.0.1:1", here, "nonsense /"):
            # The node at that address is gone, or is another one by now: then nobody is carried in circles.
            ann = await people.stranger()
            await ann.say("hello", v=1, grant=grant("node_2", "call_1", "ann", at=at))
            assert (await ann.hear("refused"))["code"] == "grant_elsewhere"
            assert await ann.closed() == 1008
        expired = await people.stranger()
        await expired.say("hello", v=1, grant=grant("node_2", "call_1", "ann", at=here, exp=1))
        assert (await expired.hear("refused"))["code"] == "grant_expired"


@pytest.mark.unit
def test_only_a_relay_writes_the_word_to_resume() -> None:
    keys = {kid(SECRET.encode()): SECRET.encode()}
    ours = Resuming(keys, Home("node_1", "10.0.0.5:8080"))
    assert ours.word("ses_1") != ours.word("ses_1")
    assert ours.home(ours.word("ses_1")) == Home("node_1", "10.0.0.5:8080")
    for word in ("", "x", ours.word("ses_1")[:-4] + "AAAA", grant("node_1", "call_1", "ann")):
        assert ours.home(word) is None
