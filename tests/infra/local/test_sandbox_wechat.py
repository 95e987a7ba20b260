"""The small WeChat's page: it asks who one is, and sends nobody anywhere but back to the hospital."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.local.sandbox.wechat import SmallWechat
from infra.local.sandbox.wechat_pages import WechatPages

pytestmark = pytest.mark.unit

ORIGIN = "http://hospital.test"
ASK = "/sandbox/wechat/authorize"
ASKED = {"redirect_uri": f"{ORIGIN}/patient/sign-in/wechat", "state": "5f" * 32}
Client = TestClient[web.Request, web.Application]


def through(story: Callable[[Client], Awaitable[None]], clock: Callable[[], float] = lambda: 0.0) -> None:
    async def run() -> None:
        app = web.Application()
        WechatPages(SmallWechat(clock), ORIGIN).add_to(app.router)
        async with TestClient(TestServer(app)) as client:
            await story(client)

    asyncio.run(run())


def test_whom_one_chooses_comes_back_with_a_code_that_says_so_once():
    async def story(client: Client) -> None:
        page = await client.get(ASK, params=ASKED)
        assert "山间清风" in await page.text()
        answer = await client.post(ASK, params=ASKED, data={"nick": "<b>𠮷祥</b>"}, allow_redirects=False)
        back = urlsplit(answer.headers["Location"])
        told = {name: values[0] for name, values in parse_qs(back.query).items()}
        assert f"{back.scheme}://{back.netloc}{back.path}" == ASKED["redirect_uri"]
        assert told["state"] == ASKED["state"]
        question = {"asked": "this", "code": told["code"]}
        said = await (await client.post("/sandbox/api/wechat/codes", json=question)).json()
        assert (said["asked"], said["nick"]) == ("this", "<b>𠮷祥</b>")
        assert (await client.post("/sandbox/api/wechat/codes", json=question)).status == 422

    through(story)


def test_whoever_refuses_comes_back_without_a_code():
    async def story(client: Client) -> None:
        answer = await client.post(ASK, params=ASKED, data={"refuse": "1"}, allow_redirects=False)
        assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"state": [ASKED["state"]]}

    through(story)


@pytest.mark.parametrize(
    "differently",
    [
        {"redirect_uri": "https://elsewhere.test/patient/sign-in/wechat"},
        {"redirect_uri": f"{ORIGIN}.elsewhere.test/"},
        {"redirect_uri": f"{ORIGIN}/?to=https://elsewhere.test"},
        {"state": "a state"},
        {"state": ""},
    ],
)
def test_nobody_is_sent_elsewhere(differently: dict[str, str]):
    async def story(client: Client) -> None:
        for answer in (
            await client.get(ASK, params=ASKED | differently),
            await client.post(ASK, params=ASKED | differently, data={"nick": "慢慢来"}, allow_redirects=False),
        ):
            assert answer.status == 400

    through(story)


@pytest.mark.parametrize("nick", ["", "  ", "长" * 33])
def test_what_is_no_name_is_nobody(nick: str):
    async def story(client: Client) -> None:
        assert (await client.post(ASK, params=ASKED, data={"nick": nick}, allow_redirects=False)).status == 400

    through(story)


def test_a_code_that_is_old_speaks_of_nobody():
    moments = iter((0.0, 300.0))
    wechat = SmallWechat(lambda: next(moments))
    assert wechat.redeem(wechat.agree("慢慢来")) is None
