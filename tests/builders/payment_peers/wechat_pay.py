"""A WeChat Pay that keeps orders and refunds in memory: it takes only requests whose SHA256-RSA2048 signature verifies
with the merchant's key, signs what it answers, and encrypts what it tells (AES-256-GCM)."""

from __future__ import annotations

import base64
import json
import re
import secrets
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

MCHID, APP_ID, SERIAL, PUBLIC_KEY_ID = "1900000109", "wxd678efh567hg6787", "444F4864EA9B34415", "PUB_KEY_ID_0119"
API_KEY = "0123456789abcdef0123456789abcdef"
TYPE = "WECHATPAY2-SHA256-RSA2048"
_AUTHORIZATION = re.compile(TYPE + r" " + ",".join(rf'{n}="([^"]+)"' for n in
    ("mchid", "nonce_str", "signature", "timestamp", "serial_no")))  # fmt: skip
_ORDERS = "/v3/pay/transactions"
_REFUNDS = "/v3/refund/domestic/refunds"
_BEIJING = timezone(timedelta(hours=8))
Told = dict[str, Any]


@lru_cache(maxsize=2)
def key_of(whose: str) -> rsa.RSAPrivateKey:
    """The merchant's, or WeChat's: made once, as it takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def keys() -> dict[str, str]:
    """What the secret of vendors holds for it."""
    private = key_of("merchant").private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key_of("wechat").public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    return {
        "id": MCHID, "key": API_KEY, "app_id": APP_ID, "serial": SERIAL, "private_key": private.decode(),
        "public_key": public.decode(), "public_key_id": PUBLIC_KEY_ID,
    }  # fmt: skip


class Peer(ThreadingHTTPServer):
    """`mood`: none, slow, down, busy, garbage, other_order, lost_answer, or `forged` (answers signed by a key of
    nobody). `refuses` is a status and code with which it refuses everything; `refunds`: done, waiting, refused."""

    daemon_threads = True

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.now, self.mood, self.refunds = now, "none", "done"
        self.refuses: tuple[int, str] | None = None
        self.orders: dict[str, Told] = {}
        self.back: dict[str, Told] = {}
        self.requests: list[tuple[str, str, Told]] = []
        self.untold: list[tuple[str, Told]] = []
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    # -- what a merchant asks ---------------------------------------------------------------------------------------

    def answer(self, method: str, address: str, told: Told) -> tuple[int, Told | None]:
        self.requests.append((method, address, told))
        if self.refuses:
            return self.refuses[0], {"code": self.refuses[1], "message": "不行"}
        path = urlsplit(address).path
        if (way := path.removeprefix(f"{_ORDERS}/")) in ("jsapi", "h5", "native"):
            return self._open(way, told)
        if found := re.fullmatch(_ORDERS + "/out-trade-no/([^/]+)(/close)?", path):
            mchid = told["mchid"] if found[2] else parse_qs(urlsplit(address).query)["mchid"][0]
            assert mchid == MCHID
            return self._close(found[1]) if found[2] else self._order(found[1])
        if path == _REFUNDS:
            return self._refund(told)
        if path.startswith(f"{_REFUNDS}/"):
            kept = self.back.get(path.rsplit("/", 1)[1])
            return (200, self._refund_row(kept)) if kept else (404, {"code": "RESOURCE_NOT_EXISTS", "message": "无"})
        return 404, {"code": "INVALID_REQUEST", "message": "路径"}

    def _open(self, way: str, told: Told) -> tuple[int, Told]:
        assert (told["mchid"], told["appid"], told["amount"]["currency"]) == (MCHID, APP_ID, "CNY")
        assert way != "jsapi" or told["payer"]["openid"]
        assert way != "h5" or told["scene_info"]["payer_client_ip"]
        number = told["out_trade_no"]
        kept = self.orders.setdefault(number, {**told, "trade_state": "NOTPAY"})
        self._expire(kept)
        if kept["trade_state"] in ("SUCCESS", "REFUND"):
            return 400, {"code": "ORDERPAID", "message": "已支付"}
        if kept["trade_state"] == "CLOSED":
            return 400, {"code": "ORDER_CLOSED", "message": "已关闭"}
        if (kept["amount"], kept["description"]) != (told["amount"], told["description"]):
            return 403, {"code": "OUT_TRADE_NO_USED", "message": "商户订单号重复"}
        return 200, {
            "jsapi": {"prepay_id": f"wx{number}"},
            "h5": {"h5_url": f"https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx{number}&package=1"},
            "native": {"code_url": f"weixin://wxpay/bizpayurl?pr={number}"},
        }[way]

    def _expire(self, kept: Told) -> None:
        if kept["trade_state"] == "NOTPAY" and datetime.fromisoformat(kept["time_expire"]) <= self.now():
            kept["trade_state"] = "CLOSED"

    def _order(self, number: str) -> tuple[int, Told]:
        if (kept := self.orders.get(number)) is None:
            return 404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"}
        self._expire(kept)
        return 200, self._order_row(kept)

    def _order_row(self, kept: Told) -> Told:
        told = {
            "appid": APP_ID, "mchid": MCHID, "out_trade_no": kept["out_trade_no"], "trade_state": kept["trade_state"],
            "trade_state_desc": "状态", "amount": {**kept["amount"], "payer_currency": "CNY"},
        }  # fmt: skip
        if "transaction_id" in kept:
            told |= {name: kept[name] for name in ("transaction_id", "success_time")} | {"trade_type": "JSAPI"}
        if self.mood == "other_order":
            told["out_trade_no"] = "another-order"
        return told

    def _close(self, number: str) -> tuple[int, Told | None]:
        if (kept := self.orders.get(number)) is None:
            return 404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"}
        if "transaction_id" in kept:
            return 400, {"code": "INVALID_REQUEST", "message": "已支付"}
        kept["trade_state"] = "CLOSED"
        return 204, None

    def _refund(self, told: Told) -> tuple[int, Told]:
        number, amount = told["out_trade_no"], told["amount"]
        no = 400, {"code": "INVALID_REQUEST", "message": "金额不符"}
        if (order := self.orders.get(number)) is None:
            return 404, {"code": "RESOURCE_NOT_EXISTS", "message": "订单不存在"}
        if (kept := self.back.get(told["out_refund_no"])) is not None:
            same = (kept["out_trade_no"], kept["amount"]["refund"]) == (number, amount["refund"])
            return (200, self._refund_row(kept)) if same else no
        going = sum(one["amount"]["refund"] for one in self.back.values() if one["out_trade_no"] == number)
        paid = order["amount"]["total"]
        if "transaction_id" not in order or amount["total"] != paid or going + amount["refund"] > paid:
            return no
        kept = {**told, "refund_id": f"50{secrets.randbelow(10**20):020d}", "status": "PROCESSING"}
        self.back[told["out_refund_no"]] = kept
        if self.refunds != "waiting":
            self.settle(told["out_refund_no"], self.refunds)
        return 200, self._refund_row(kept)

    def settle(self, refund_number: str, how: str) -> None:
        """A waiting refund ends: `done` or `refused`."""
        kept = self.back[refund_number]
        kept["status"] = "SUCCESS" if how == "done" else "ABNORMAL"
        kept["success_time"] = self.now().astimezone(_BEIJING).isoformat(timespec="seconds")
        self.orders[kept["out_trade_no"]]["trade_state"] = "REFUND"
        self.untold.append((f"REFUND.{kept['status']}", kept))

    def _refund_row(self, kept: Told) -> Told:
        told = {name: kept[name] for name in ("out_refund_no", "out_trade_no", "refund_id", "status")}
        told |= {"amount": {**kept["amount"], "payer_refund": kept["amount"]["refund"]}, "channel": "ORIGINAL"}
        if kept["status"] == "SUCCESS":
            told["success_time"] = kept["success_time"]
        if self.mood == "other_order":
            told["out_refund_no"] = "another-refund"
        return told

    # -- what happens there ----------------------------------------------------------------------------------------

    def pay(self, number: str) -> None:
        """Somebody pays; a closed order cannot be paid."""
        kept = self.orders[number]
        self._expire(kept)
        assert kept["trade_state"] == "NOTPAY"
        kept |= {
            "trade_state": "SUCCESS",
            "transaction_id": f"42{secrets.randbelow(10**20):020d}",
            "success_time": self.now().astimezone(_BEIJING).isoformat(timespec="seconds"),
        }
        self.untold.append(("TRANSACTION.SUCCESS", kept))

    def tell(self, *, times: int = 1) -> None:
        """Posts what has not been thanked for."""
        for one in list(self.untold):
            event, kept = one
            told = self._order_row(kept) if event.startswith("TRANS") else self._refund_news(kept)
            for _ in range(times):
                headers, body = self.news(event, told)
                if self._post(kept["notify_url"], headers, body) and one in self.untold:
                    self.untold.remove(one)

    def _refund_news(self, kept: Told) -> Told:
        row = {**self._refund_row(kept), "mchid": MCHID, "refund_status": kept["status"]}
        return {name: value for name, value in row.items() if name not in ("status", "channel")}

    def news(
        self, event: str, told: Told, *, key: str = API_KEY, whose: str = "wechat", late: int = 0
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of a notification, signed so many seconds ago."""
        nonce = secrets.token_hex(6)
        sealed = AESGCM(key.encode()).encrypt(nonce.encode(), json.dumps(told).encode(), b"transaction")
        body = {
            "id": secrets.token_hex(16), "create_time": self.now().isoformat(), "resource_type": "encrypt-resource",
            "event_type": event, "summary": "支付成功",
            "resource": {"original_type": "transaction", "algorithm": "AEAD_AES_256_GCM", "associated_data":
                "transaction", "nonce": nonce, "ciphertext": base64.b64encode(sealed).decode()},
        }  # fmt: skip
        raw = json.dumps(body, ensure_ascii=False).encode()
        return self.signed(raw, whose=whose, late=late), raw

    def signed(self, raw: bytes, *, whose: str = "wechat", late: int = 0) -> dict[str, str]:
        stamp, nonce = str(int(self.now().timestamp()) - late), secrets.token_hex(16)
        key = key_of(whose) if whose != "nobody" else rsa.generate_private_key(public_exponent=65537, key_size=2048)
        signature = key.sign(f"{stamp}\n{nonce}\n".encode() + raw + b"\n", PKCS1v15(), SHA256())
        return {
            "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": PUBLIC_KEY_ID,
            "Wechatpay-Signature": base64.b64encode(signature).decode(), "Wechatpay-Signature-Type": TYPE,
        }  # fmt: skip

    def _post(self, url: str, headers: dict[str, str], body: bytes) -> bool:
        try:
            sent = urllib.request.Request(url, body, {**headers, "Content-Type": "application/json"})
            with urllib.request.urlopen(sent, timeout=10) as reply:
                return reply.status == 200
        except HTTPError:
            return False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hung up."""


class _Answering(BaseHTTPRequestHandler):
    server: Peer

    def do_GET(self) -> None:
        self._meet("GET", b"")

    def do_POST(self) -> None:
        self._meet("POST", self.rfile.read(int(self.headers["Content-Length"])))

    def _meet(self, method: str, raw: bytes) -> None:
        mood = self.server.mood
        if mood == "slow":
            self.server.ended.wait(30)
        if mood in ("slow", "down"):
            return None
        if mood == "busy":
            return self._say(500, {"code": "SYSTEM_ERROR", "message": "系统繁忙"})
        if not self._is_signed(method, raw):
            return self._say(401, {"code": "SIGN_ERROR", "message": "签名错误"})
        status, answer = self.server.answer(method, self.path, json.loads(raw) if raw else {})
        return None if mood == "lost_answer" else self._say(status, answer)

    def _is_signed(self, method: str, raw: bytes) -> bool:
        said = _AUTHORIZATION.fullmatch(self.headers.get("Authorization", ""))
        if said is None or (said[1], said[5]) != (MCHID, SERIAL):
            return False
        text = f"{method}\n{self.path}\n{said[4]}\n{said[2]}\n".encode() + raw + b"\n"
        try:
            key_of("merchant").public_key().verify(base64.b64decode(said[3]), text, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return self.headers["Wechatpay-Serial"] == PUBLIC_KEY_ID

    def _say(self, status: int, answer: Told | None) -> None:
        said = b"" if answer is None else json.dumps(answer, ensure_ascii=False).encode()
        if self.server.mood == "garbage" and status < 300:
            said = b"<html>"
        self.send_response(status)
        for name, value in self.server.signed(
            said, whose="nobody" if self.server.mood == "forged" else "wechat"
        ).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        if status != 204:
            self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def opened_wechat_pay(now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Iterator[Peer]:
    """One of its own thread, empty."""
    server = Peer(now)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
