"""Asking a publisher again for what did not come (NACK, RFC 4585 section 6.2.1), by a timer and not only once.

A gap is asked for after the reordering that was seen of late, then every `max(20 ms, round trip)`, and two or three
times as often where the line loses much: a request is lost as easily as a packet, and who was asked twice within a
round trip answers once. What did not come in time is given up, and counted: a picture then begins anew.
"""

from __future__ import annotations

MOST = 500
"""Numbers that are asked for at a time; a larger gap is given up at once."""
SHORTEST = 0.02
_ROUNDS = 8
_PATIENCE = (0.5, 1.8)
"""Seconds that something missing is waited for: at least, at most. The ring keeps two."""
_LONGEST_HOLD = 1.0
_FORGETS = 0.985
_ROUND_TRIP_UNKNOWN = 0.1
_ASKS = ((0.6, 6), (0.5, 4), (0.2, 3), (0.05, 2), (0.0, 1))
"""By loss: requests within a round trip."""
_AHEAD = 0.3
_MOST_EXPECTED = 8
_MOST_CARRIED = 200


class Missing:
    """What is missing of one stream: by number since when, when it was asked for last, and how often.

    `hold`: seconds for which a gap is taken for reordering; `late`: as late as what was given up might still come.
    `missed`: gaps so far, without those that were only late. `loss`: their share of late, 0..1. `turned`: by how much
    others overtook what came late, s. `spacing`: s between two numbers, 0 while unknown.
    """

    __slots__ = (
        "_ahead_to",
        "_asked_ahead",
        "_carried",
        "_heard",
        "hold",
        "late",
        "loss",
        "missed",
        "numbers",
        "spacing",
        "turned",
    )

    def __init__(self) -> None:
        self.numbers: dict[int, tuple[float, float, int]] = {}
        self.hold = self.late = self.turned = self.spacing = 0.0
        self._asked_ahead = 0.0
        self._ahead_to = 0
        self._carried: dict[int, float] = {}
        self.missed = 0
        self.loss = 0.0
        self._heard = (0, 0)

    def gap(self, first: int, after: int, at: float) -> int:
        """Numbers from `first` to before `after` did not come; how many are given up at once."""
        beyond = max(0, after - first - MOST + len(self.numbers))
        for number in range(min(after, first + beyond), after):
            self.numbers[number] = (at, at, 2 if number <= self._ahead_to else 0)
        self.missed += after - first
        return min(beyond, after - first)

    def found(self, number: int, at: float, repaired: bool | None, round_trip: float) -> float:
        """A number came after all; the round trip that this shows, 0 when it shows none.

        `repaired`: whether it came by RTX; None where repairs look like the packet itself.
        """
        entry = self.numbers.pop(number, None)
        if entry is None:
            # It came after it was given up: others may come as late.
            self.late = max(self.late, 0.0 if repaired else 1.3 * self._patience(round_trip))
            return 0.0
        since, asked_at, asked = entry
        if repaired:
            return at - asked_at if asked == 1 and self.loss < _AHEAD else 0.0
        if repaired is False or not asked or (asked == 1 and at - asked_at < 0.8 * (round_trip or _ROUND_TRIP_UNKNOWN)):
            self.missed -= 1
            self.late = max(self.late, 1.3 * (at - since))
            self.hold = min(_LONGEST_HOLD, max(self.hold, 1.2 * (at - since)))
            if repaired is False or not asked:
                self.turned = max(self.turned, at - since)
        return 0.0

    def carried(self, number: int) -> None:
        """Another packet carried what was in this one, which may have been overtaken only."""
        since, _, asked = self.numbers.pop(number)
        if not asked:
            self._carried[number] = since
            if len(self._carried) > _MOST_CARRIED:
                del self._carried[next(iter(self._carried))]

    def again(self, number: int, at: float) -> None:
        """A number came that was there already: carried before, and late itself."""
        since = self._carried.pop(number, None)
        if since is not None:
            self.missed -= 1
            self.turns(at - since)

    def turns(self, seconds: float) -> None:
        """On this line packets overtake others by so much."""
        self.turned = max(self.turned, seconds)
        self.hold = min(_LONGEST_HOLD, max(self.hold, 1.2 * seconds))

    def due(self, at: float, round_trip: float, asks: bool) -> tuple[list[int], int]:
        """Numbers to ask for now, in order, and how many are given up."""
        wanted, over = [], []
        round_trip = round_trip or _ROUND_TRIP_UNKNOWN
        patience = self._patience(round_trip)
        again = self._again(round_trip)
        for number, (since, asked_at, asked) in self.numbers.items():
            if at - since > patience:
                over.append(number)
            elif asks and at - asked_at >= (again if asked else self.hold):
                wanted.append(number)
                self.numbers[number] = (since, at, asked + 1)
        for number in over:
            del self.numbers[number]
        return sorted(wanted), len(over)

    def ahead(self, highest: int, quiet: float, at: float, round_trip: float) -> int:
        """How many numbers after the highest are overdue, to be asked for unseen; `quiet`: s since the highest came.

        Where much is lost, the next packet that would show a gap is lost as well. Who is asked for what was not sent
        yet passes over it.
        """
        if self.loss < _AHEAD or not 2 * self.spacing < quiet < 1 or not self.spacing:
            return 0
        if at - self._asked_ahead < self._again(round_trip or _ROUND_TRIP_UNKNOWN):
            return 0
        self._asked_ahead = at
        ahead = min(_MOST_EXPECTED, int(quiet / self.spacing))
        self._ahead_to = highest + ahead
        return ahead

    def _again(self, round_trip: float) -> float:
        return max(SHORTEST, round_trip) / self.asks

    @property
    def asks(self) -> int:
        """Requests within a round trip."""
        return next(asks for least, asks in _ASKS if self.loss >= least)

    def _patience(self, round_trip: float) -> float:
        """Seconds after which something is given up: some rounds of asking, and as late as others came."""
        rounds = max(_PATIENCE[0], _ROUNDS * (round_trip or _ROUND_TRIP_UNKNOWN)) + 2 * self.loss
        return min(_PATIENCE[1], max(rounds, self.late))

    def judge(self, highest: int, seconds: float = 0.0) -> tuple[int, int]:
        """Each half second: takes the loss before repair, forgets reordering slowly. `highest`: number so far.

        How many were lost, and of how many, in the `seconds` since the last time.
        """
        was_highest, was_missed = self._heard
        expected, lost = highest - was_highest, max(0, self.missed - was_missed)
        self._heard = (highest, self.missed)
        self.hold *= _FORGETS
        self.late *= _FORGETS
        self.turned *= _FORGETS
        if not was_highest or not 0 < expected < 1 << 16:
            return 0, 0
        self.loss += (min(1.0, lost / expected) - self.loss) / 2 * min(1.0, expected / 20)
        self.spacing = seconds / expected
        return lost, expected

    def forget(self) -> None:
        """The sender began anew."""
        self.numbers.clear()
        self._carried.clear()
