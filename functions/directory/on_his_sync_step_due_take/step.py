"""One step of a run: what it knows, what it did, and what it leaves behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from adapters.his import Unreadable
from hospital.caller import Caller
from hospital.his_syncs.model import HisCode, HisSync, Kind, Outcome, SyncLine, Taken
from hospital.his_syncs.store import known_codes, lines, met
from hospital.organisations.model import Organisation
from hospital.work import Work

_TOGETHER = 40  # codes of a transaction, each with a line: it takes a hundred writes at most


class Step:
    """What a page of `run` came to so far. `top` is the organisation that is taken over."""

    def __init__(self, run: HisSync, top: Organisation, by: Caller, now: datetime) -> None:
        self.run, self.top, self.by, self.now = run, top, by, now
        self.counted: Counter[Outcome] = Counter()
        self.waiting = self.nameless = 0
        self._known: dict[tuple[Kind, str], HisCode] = {}
        self._later: list[tuple[HisCode, HisCode, SyncLine | None]] = []
        self._nameless: list[SyncLine] = []

    @property
    def top_code(self) -> str:
        """What the HIS calls `top`."""
        return self.top.his_code or self.top.code

    def learn(self, wanted: Iterable[tuple[Kind, str]]) -> None:
        """Reads what these codes stand for."""
        self._known |= known_codes(self.top.id, set(wanted) - self._known.keys())

    def code(self, kind: Kind, code: str) -> HisCode:
        """What a code stands for; version 0 when it was never met."""
        found = self._known.get((kind, code))
        return found or HisCode(id=code, organisation_id=self.top.id, sort=kind)

    def is_done(self, known: HisCode) -> bool:
        """Whether this run met it before. Where that was this very step, begun and cut off, it is counted again."""
        if known.seen_in != self.run.id:
            return False
        if known.seen_at == self.run.version:
            self.counted[known.became] += 1
        return True

    # -- what became of a record ----------------------------------------------------------------------------------

    def same(self, known: HisCode, *, gone: bool | None = None) -> None:
        """Nothing is to be changed."""
        after = known.seen(self.run, "unchanged", ended=False)
        self._keep(known, after if gone is None else after.having(gone=gone))

    def elsewhere(self, known: HisCode) -> None:
        """It is another organisation's."""
        self._keep(known, known.seen(self.run, "elsewhere"))

    def ended(self, known: HisCode) -> None:
        """The HIS has it as ended: what was made of it goes when everything was read."""
        is_here = bool(known.owner_id) and not known.gone
        self._keep(known, known.seen(self.run, "ended" if is_here else "unchanged", ended=True))

    def bad(self, known: HisCode, reason: str, name: str = "") -> None:
        """It cannot be taken over; what is here stays as it is."""
        self._keep(known, known.seen(self.run, "bad"), self._line(known, "bad", name=name, reason=reason))

    def unreadable(self, kind: Kind, wrong: Unreadable, number: int) -> None:
        """The HIS told something that is no such record."""
        if wrong.code:
            known = self.code(kind, wrong.code)
            if not self.is_done(known):
                self.bad(known, wrong.reason)
        elif self.run.rounds == 0:
            self.nameless += 1
            self.counted["bad"] += 1
            nowhere = HisCode(id=f"?{self.run.version}.{number}", organisation_id=self.top.id, sort=kind)
            self._nameless.append(self._line(nowhere, "bad", reason=wrong.reason))

    def write(
        self, work: Work, known: HisCode, became: Outcome, owner_id: str, name: str, fields: tuple[str, ...] = ()
    ) -> HisCode:
        """Within the transaction that writes the record: what its code stands for, and the line of the report."""
        gone = became == "removed"
        after = known.seen(self.run, became, ended=known.ended and gone, owner_id=owner_id, gone=gone)
        work.add(lines, self._line(after, became, name=name, fields=fields))
        return met(work, known, after)

    def wrote(self, known: HisCode) -> None:
        """That transaction has committed."""
        self._known[known.sort, known.id] = known
        self.counted[known.became] += 1

    def _keep(self, before: HisCode, after: HisCode, line: SyncLine | None = None) -> None:
        self.wrote(after)
        self._later.append((before, after, line))

    def _line(
        self, known: HisCode, became: Outcome, *, name: str = "", fields: tuple[str, ...] = (), reason: str = ""
    ) -> SyncLine:
        return SyncLine(
            id=known.id,
            sync_id=self.run.id,
            sort=known.sort,
            became=became,
            name=name,
            owner_id=known.owner_id,
            fields=fields,
            reason=reason,
            at=self.now,
        )

    # -- the end of the step --------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Writes what was only met. A step cut off in between finds it again."""
        for part in _parts(self._later):
            with Work(by=self.by) as work:
                for before, after, line in part:
                    met(work, before, after)
                    if line is not None:
                        work.add(lines, line)

    def say_nameless(self, work: Work) -> None:
        """Together with the run: what nothing was met by. The first of them; all are counted."""
        for line in self._nameless[:_TOGETHER]:
            work.add(lines, line)

    def taken(self, cursor: str | None) -> Taken:
        """What the run has to know of it."""
        return Taken(self.counted, cursor, self.waiting, self.nameless)


def _parts(
    whole: list[tuple[HisCode, HisCode, SyncLine | None]],
) -> Iterator[list[tuple[HisCode, HisCode, SyncLine | None]]]:
    rest = iter(whole)
    while part := list(islice(rest, _TOGETHER)):
        yield part
