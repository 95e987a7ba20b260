"""What is the small wallet's own: its page, its book, and how it misbehaves with its callbacks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time as machine_time
import urllib.request
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest

from adapters.payment import Forged, Seen
from infra.local.wallet.book import MERCHANT, PEOPLE, Book
from infra.local.wallet.server import WalletServer
from tests.layers.adapters.payment.conftest import PAYER, Far

pytestmark = pytest.mark.store

ROOT = Path(__file__).resolve().parents[4]


class Refusing(urllib.request.HTTPRedirectHandler):
    """Redirects are looked at, not followed."""

    def redirect_request(self, *args: object) -> None:
        return None


def browse(address: str, **form: str) -> tuple[int, str, str]:
    """Status, text and where it sends the browser."""
    body = urlencode(form).encode() if form else None
    try:
        with urllib.request.build_opener(Refusing).open(address, body, timeout=10) as reply:
            return reply.status, reply.read().decode(), ""
    except HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers.get("Location", "")


def opened(wallet: Far, number: str = "order-1", **more: object) -> str:
    address = wallet.channel.open(wallet.asked(number, **more)).address
    assert address is not None
    return address


def test_somebody_reads_what_it_is_and_pays(wallet: Far, wallet_server: WalletServer):
    address = opened(wallet, amount=123456, description="<b>复诊</b>", returns_to="https://hospital.test/paid")
    status, text, _ = browse(address)
    assert status == 200
    for part in ("云诊互联网医院", "¥1,234.56", "&lt;b&gt;复诊&lt;/b&gt;", *PEOPLE):
        assert part in text
    assert "<b>" not in text
    assert browse(address, payer=PAYER, act="pay")[::2] == (303, "https://hospital.test/paid")
    assert wallet.channel.look("order-1").amount == 123456
    assert "已付款" in browse(address)[1]
    balances = wallet_server.book.balances()
    assert (balances[MERCHANT], balances[PAYER]) == (123456, PEOPLE[PAYER] - 123456)
    assert sum(balances.values()) == 0
    browse(address, payer=PAYER, act="pay")
    assert wallet_server.book.balances() == balances


def test_somebody_does_not_pay(wallet: Far, wallet_server: WalletServer):
    address = opened(wallet)
    before = wallet_server.book.balances()
    assert "没有付款" in browse(address, payer=PAYER, act="refuse")[1]
    assert "余额不足" in browse(address, payer="没有钱的人", act="pay")[1]
    assert browse(address, payer="nobody", act="pay")[0] == 409
    assert browse(address[:-1] + "!", payer=PAYER, act="pay")[0] == 404
    wallet.channel.close("order-1")
    assert "不能付款" in browse(address, payer=PAYER, act="pay")[1]
    assert wallet_server.book.balances() == before
    assert wallet.channel.look("order-1") == Seen("order-1", "closed")


def test_the_book_balances_when_money_went_back(wallet: Far, wallet_server: WalletServer):
    wallet.paid("order-1")
    wallet.refund("order-1", "refund-1", 1000)
    wallet.party.refunds_become("refused")
    assert wallet.refund("order-1", "refund-2", 234).reason == "account_closed"
    assert wallet_server.book.balance(MERCHANT) == 234
    assert wallet_server.book.unbalanced() == []
    wallet.party.refunds_become("done")
    assert wallet.refund("order-1", "refund-3", 234).state == "done"  # what was refused may be tried anew
    assert wallet_server.book.balance(PAYER) == PEOPLE[PAYER]


def test_callbacks_go_by_themselves_twice_and_backwards(wallet: Far, wallet_server: WalletServer):
    wallet.paid("order-1")
    wallet.refund("order-1", "refund-1", 1)
    wallet_server.caller.send(1, backwards=True)
    kinds = [type(wallet.channel.heard(one.headers, one.body)).__name__ for one in wallet.receiver.wait_for(2)]
    assert kinds == ["RefundSeen", "Seen"]
    wallet_server.caller.mood = "twice"
    browse(opened(wallet, "order-2"), payer=PAYER, act="pay")
    third, fourth = wallet.receiver.wait_for(4)[2:]
    heard = [wallet.channel.heard(one.headers, one.body) for one in (third, fourth)]
    assert heard[0] == heard[1] == wallet.channel.look("order-2")


def test_a_forged_callback_goes_before_the_true_one(wallet: Far, wallet_server: WalletServer):
    wallet_server.caller.mood = "forged"
    browse(opened(wallet), payer=PAYER, act="pay")
    forged, true = wallet.receiver.wait_for(2)
    with pytest.raises(Forged) as refusal:
        wallet.channel.heard(forged.headers, forged.body)
    assert refusal.value.facts == {"reason": "signature"}
    assert wallet.channel.heard(true.headers, true.body).amount == 1234


def test_it_gives_up_after_sixteen_tries(wallet: Far):
    wallet.receiver.status = 401
    wallet.paid("order-1")
    for _ in range(30):
        wallet.party.tell()
        wallet.time.passes(minutes=1)
    assert len(wallet.receiver.callbacks) == 16


def test_what_was_answered_survives_a_kill(tmp_path: Path):
    store = tmp_path / "wallet.db"
    keys = []
    for turn in range(2):
        command = [sys.executable, "-m", "infra.local.wallet", str(store), "0"]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("key\n")
            process.stdin.flush()
            url = process.stdout.readline().strip()
            keys.append(asked(url, "/_/key", "{}"))
            if turn == 0:
                told = '{"number": "order-1", "amount": 5, "description": "d", "seconds": 600, "notify_url": '
                address = asked(url, "/orders", told + '"http://127.0.0.1:9"}').split('"address": "')[1].split('"')[0]
                assert "已付款" in browse(address, payer=PAYER, act="pay")[1]
                os.kill(process.pid, signal.SIGKILL)
            else:
                process.stdin.close()
                assert process.wait(20) == 0
    assert keys[0] == keys[1]
    book = Book(store, machine_time.time)
    order = book.order("order-1")
    assert order is not None
    assert (order["state"], book.balance(MERCHANT), book.unbalanced()) == ("paid", 5, [])
    assert [one["about"] for one in book.to_tell(machine_time.time() + 100)] == ["order-1"]
    book.close()


def asked(url: str, path: str, body: str) -> str:
    request = urllib.request.Request(url + path, body.encode(), {"Authorization": "Bearer key"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return str(reply.read().decode())


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/orders", "{}", 400), ("/orders", "[]", 400), ("/orders", "no json", 400), ("/nowhere", "{}", 404),
        ("/orders", '{"number": "order-1", "amount": "5", "description": "d", "seconds": 6, "notify_url": "http://x"}',
         400), ("/refunds", "{}", 400), ("/_/nowhere", "{}", 404), ("/_/troubles", '{"mode": "bad"}', 400),
        ("/orders", '{"number": "order-1", "amount": 5, "description": "d", "seconds": 6, "notify_url": "file:///x"}',
         400),
    ],
)  # fmt: skip
def test_what_is_not_understood_changes_nothing(wallet_server: WalletServer, path: str, body: str, status: int):
    wallet_server.key = "key"
    with pytest.raises(HTTPError) as refusal:
        asked(wallet_server.url, path, body)
    assert refusal.value.code == status
    assert wallet_server.book.lately()["orders"] == []


def test_without_the_key_nobody_is_answered(wallet_server: WalletServer):
    with pytest.raises(HTTPError) as refusal:
        asked(wallet_server.url, "/_/book", "{}")
    assert refusal.value.code == 401
