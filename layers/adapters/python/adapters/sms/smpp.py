"""A centre of an operator by SMPP 3.4 (`smpp_pdu` names the specification).

In the secret of vendors, under `smpp`: `id` and `key` (system id and password), `address` (`smpps://host:port`) and
`source` (the sender's number). If need be `sign_name` (put before each text in 【】), `long` (`payload` where
the centre splits long texts itself; otherwise they leave in parts), `window` (parts under way at once), and `blocked`
(statuses by which the centre refuses forbidden words, hexadecimal, by comma).

A function of Lambda keeps no line open, so each text has a binding as transmitter, on which no receipts come; they are
collected each minute on one as receiver, where the centre hands over what has gathered (`collect`). A centre that was
left in the middle of a submit cannot be asked whether it has the text: SMPP looks texts up by the centre's number only.
"""

from __future__ import annotations

import contextlib
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from adapters.sms import smpp_pdu as pdu
from adapters.sms.smpp_line import Line, LineBroken, NotBound, bound
from adapters.sms.smpp_pdu import Told, Unit
from hospital import clock, secret_keys
from hospital.breaker import Breaker
from hospital.carrying import Outgoing, Receipt, Refused, Taken, Undecided
from hospital.errors import Unavailable
from hospital.listings import DAY_ZONE
from hospital.observability import count

RESTING = Breaker("sms")
_COUNTRY = "86"
_WINDOW = 8
_PAUSES = (0.5, 1.0, 2.0)
"""Seconds to wait when the centre says that it is too much."""
_CAUSES: Mapping[str, str] = {
    "EXPIRED": "expired",
    "UNDELIV": "unreachable",
    "REJECTD": "rejected",
    "DELETED": "rejected",
}

_LINES = 2
"""That are opened one after another to hear receipts, when one breaks."""

Wish = tuple[int, bytes]


class SmppSms:
    """`url` is empty but for a peer in tests."""

    name = "smpp"

    def __init__(self, url: str = "", pauses: Sequence[float] = _PAUSES) -> None:
        self._url, self._pauses = url, pauses

    def hand_over(self, outgoing: Outgoing) -> Taken:
        """See `hospital.carrying.Carrier`. The receipt of the last part stands for the text."""
        keys = secret_keys.vendor_keys(self.name)
        with RESTING.through(self.name):
            answers = self._submitted(keys, _wishes(keys, outgoing), int(keys.get("window", _WINDOW)))
        return self._judged(keys, answers)

    def look_up(self, outgoing: Outgoing) -> Taken | None:
        """See `hospital.carrying.Carrier`: nobody can say."""
        raise Unavailable(adapter="sms", reason="cannot_say")

    def collect(self, take: Callable[[Receipt], bool], *, seconds: float = 40, quiet: float = 5) -> int:
        """Hear what the centre has to say of texts; how much was taken. What `take` leaves comes again later. A line
        that breaks is opened once more. Raises `Unavailable`."""
        keys = secret_keys.vendor_keys(self.name)

        def heard(body: bytes) -> bool:
            try:
                told = pdu.receipt_of(body)
            except pdu.Broken:
                told = None  # no text of ours; nothing is gained by hearing it again
            return told is None or take(_receipt(told))

        def listened(line: Line) -> int:
            return line.hear(heard, seconds=seconds, quiet=quiet)

        for _ in range(_LINES):
            with contextlib.suppress(LineBroken):
                return self._on_a_line(keys, pdu.BIND_RECEIVER, listened)
        raise Unavailable(adapter="sms", reason="broken")

    def _on_a_line(self, keys: Mapping[str, str], kind: int, use: Callable[[Line], int]) -> int:
        """What `use` answers. Raises `LineBroken` once the line was bound, before that `Unavailable`."""
        is_bound = False
        try:
            with bound(self._url or keys["address"], kind, keys["id"], keys["key"]) as line:
                is_bound = True
                return use(line)
        except NotBound as refusal:
            if refusal.status in pdu.BAD_LOGIN:
                count("vendor_refused", party=self.name, code=f"{refusal.status:#x}")
            raise Unavailable(adapter="sms", reason=f"unbound_{refusal.status:#x}") from None
        except LineBroken:
            if is_bound:
                raise
            raise Unavailable(adapter="sms", reason="unreachable") from None

    def _submitted(self, keys: Mapping[str, str], wishes: Sequence[Wish], window: int) -> list[Unit]:
        """The answer to each part; those that were too much at first are asked again."""
        answers: list[Unit] = []

        def submitted(line: Line) -> int:
            answers.extend(line.ask(wishes, window))
            for pause in self._pauses:
                again = [place for place, answer in enumerate(answers) if answer.status in _TOO_MUCH]
                if not again:
                    break
                time.sleep(pause)
                for place, answer in zip(again, line.ask([wishes[place] for place in again], window), strict=True):
                    answers[place] = answer
            return len(answers)

        try:
            self._on_a_line(keys, pdu.BIND_TRANSMITTER, submitted)
        except LineBroken:
            raise Undecided from None
        return answers

    def _judged(self, keys: Mapping[str, str], answers: Sequence[Unit]) -> Taken:
        status = next((answer.status for answer in answers if answer.status != pdu.OK), pdu.OK)
        if status == pdu.OK:
            return Taken(answers[-1].message_id)
        if status == pdu.INVALID_DESTINATION:
            raise Refused("no_such_number")
        if f"{status:x}" in keys.get("blocked", "").lower().replace("0x", "").split(","):
            raise Refused("keyword", blocked=True)
        if status in _TOO_MUCH:
            raise Unavailable(adapter="sms", reason="throttled")
        # Of a text in parts that is not whole a phone shows nothing; another carrier may send all of it.
        count("vendor_refused", party=self.name, code=f"{status:#x}")
        raise Unavailable(adapter="sms", reason=f"{status:#x}")


_TOO_MUCH = frozenset({pdu.THROTTLED, pdu.QUEUE_FULL})


def _wishes(keys: Mapping[str, str], outgoing: Outgoing) -> list[Wish]:
    """What is submitted, a receipt wanted for the last of it."""
    sign = keys.get("sign_name")
    text = f"【{sign}】{outgoing.text}" if sign else outgoing.text
    reference = zlib.crc32(outgoing.id.encode())
    payload = keys.get("long") == "payload"
    parts = [(0, text.encode("utf-16-be"))] if payload else pdu.parts_of(text, reference)
    bodies = (
        pdu.submit(
            keys.get("source", ""),
            f"{_COUNTRY}{outgoing.phone}",
            part,
            reference=reference,
            wants_receipt=part is parts[-1],
            payload=payload,
        )
        for part in parts
    )
    return [(pdu.SUBMIT, body) for body in bodies]


def _receipt(told: Told) -> Receipt:
    cause = "" if told.state == "DELIVRD" else _CAUSES.get(told.state, "unknown")
    return Receipt(told.number, "", _received(told.done), cause)


def _received(done: str) -> datetime:
    """By the minute, on China's clock: at its end, or now."""
    now = clock.now()
    try:
        minute = datetime.strptime(done[:10], "%y%m%d%H%M").replace(tzinfo=DAY_ZONE)
    except ValueError:
        return now
    return min(minute.astimezone(now.tzinfo) + timedelta(seconds=59), now)
