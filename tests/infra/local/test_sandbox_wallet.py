"""The small wallet beside the hospital: its pages under the hospital's own address, and what it shows of itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters import payment
from adapters.payment import Asked, Seen
from hospital import clock, secret_keys
from infra.local.addresses import Addresses
from infra.local.beside import Beside, BesideRefused
from infra.local.hospital import Plan
from infra.local.sandbox.wallet import WalletRoutes
from infra.local.state_folder import StateFolder
from tests.builders.cloud import Cloud
from tests.builders.payment_peers.receiver import opened_receiver

pytestmark = pytest.mark.store

ROOT = Path(__file__).resolve().parents[3]
HOME = Addresses("hospital.test", 80)


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Beside]:
    beside = Beside(ROOT, "wallet", tmp_path / "wallet.db", tmp_path / "wallet.key", HOME.wallet_pages)
    yield beside
    beside.close()


def test_somebody_pays_under_the_hospitals_address_and_the_hospital_is_told(wallet: Beside, cloud: Cloud):
    wallet.hand_over("test-vendor", "cn-northwest-1", **wallet.ask("key", {})[1])
    secret_keys.forget_keys()
    cloud.turn(PAYMENT_CHANNELS="wallet", PAYMENT_WALLET_URL=wallet.url)
    channel = payment.channel("wallet")
    assert channel is not None
    with opened_receiver() as receiver:
        receiver.thanks = channel.thanks()
        ends, back = clock.now() + timedelta(minutes=15), "http://hospital.test/patient/orders/1"
        address = channel.open(
            Asked("order-1", 990, "复诊", ends, receiver.url, "203.0.113.9", returns_to=back)
        ).address
        assert address is not None
        assert address.startswith(f"{HOME.wallet_pages}/pay/")
        asyncio.run(paying(wallet, urlsplit(address).path, back))
        assert channel.look("order-1").amount == 990
        callback = receiver.wait_for(1)[0]
        with clock.reading(lambda: datetime.now(UTC)):
            token = clock.MACHINE.set(lambda: datetime.now(UTC))  # the wallet signs by this machine's clock
            heard = channel.heard(callback.headers, callback.body)
            clock.MACHINE.reset(token)
        assert isinstance(heard, Seen)
        assert heard == channel.look("order-1")


async def paying(wallet: Beside, path: str, back: str) -> None:
    app = web.Application()
    WalletRoutes(wallet).add_to(app.router)
    async with TestClient(TestServer(app)) as browser:
        page = await browser.get(path)
        assert "¥9.90" in await page.text()
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert (await browser.get("/sandbox/wallet/pay/page.css")).content_type == "text/css"
        assert (await browser.get("/sandbox/wallet/pay/..%2F_%2Fbook")).status == 404
        paid = await browser.post(path, data={"payer": "张小满", "act": "pay"}, allow_redirects=False)
        assert (paid.status, paid.headers["Location"]) == (303, back)
        told = await (await browser.get("/sandbox/api/wallet")).json()
        assert (told["orders"][0]["payer"], told["balances"]["merchant"], told["unbalanced"]) == ("张小满", 990, [])
        assert "token" not in told["orders"][0]
        changed = await browser.post("/sandbox/api/wallet/troubles", json={"callbacks": "held", "refunds": "waiting"})
        assert (await changed.json())["callbacks"] == "held"
        for body in (b"", b"[]", b'{"mode": "bad"}'):
            assert (await browser.post("/sandbox/api/wallet/troubles", data=body)).status == 400


def test_without_the_wallet_its_pages_are_away(wallet: Beside):
    async def looking() -> None:
        app = web.Application()
        WalletRoutes(wallet).add_to(app.router)
        async with TestClient(TestServer(app)) as browser:
            wallet.close()
            assert (await browser.get("/sandbox/wallet/pay/token")).status == 502

    asyncio.run(looking())


def test_its_orders_end_by_the_hospitals_clock(wallet: Beside, cloud: Cloud):
    wallet.hand_over("test-vendor", "cn-northwest-1", **wallet.ask("key", {})[1])
    secret_keys.forget_keys()
    cloud.turn(PAYMENT_CHANNELS="wallet", PAYMENT_WALLET_URL=wallet.url)
    channel = payment.channel("wallet")
    assert channel is not None
    channel.open(Asked("order-1", 990, "复诊", clock.now() + timedelta(hours=1), "http://127.0.0.1:9", "203.0.113.9"))
    assert channel.look("order-1").state == "open"
    wallet.ask("clock", {"moved": 3601})
    assert channel.look("order-1").state == "closed"


def test_a_store_that_is_none_is_said_in_one_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    (tmp_path / "wallet.db").mkdir()
    with pytest.raises(BesideRefused, match=r"The small wallet cannot be started on .*wallet\.db\."):
        Beside(ROOT, "wallet", tmp_path / "wallet.db", tmp_path / "wallet.key")


def test_it_starts_where_the_template_has_payments_and_nobody_named_a_vendor(tmp_path: Path):
    template, folder = tmp_path / "template.yaml", StateFolder(tmp_path / "state")
    for parameters, chosen, wanted in (
        ("{PaymentChannels: {Type: String}}", {}, True),
        ("{PaymentChannels: {Type: String}}", {"PaymentChannels": "wechat_pay"}, False),
        ("{Profile: {Type: String}}", {}, False),
    ):
        template.write_text(f"Parameters: {parameters}\nResources: {{}}\n", encoding="utf-8")
        assert Plan(ROOT, template, folder, HOME, chosen).wants("PaymentChannels", "wallet") is wanted
    assert "PaymentChannels" not in HOME.parameters()
