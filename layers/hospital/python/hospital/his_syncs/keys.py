"""Keys of runs, in the table `people`.

| who asks | key or list |
| --- | --- |
| a run by id | `HISSYNC#hsy_1 / HISSYNC` |
| an organisation's runs, newest first | list `of_organisation`: `HISSYNCS#org_1 / <started at>#hsy_1` |
| what a run did with records, the bad ones by themselves | `HISSYNC#hsy_1 / LINE#<what became>#<kind>#<code>` |
| whether one runs, and when the last one was complete | `HISSYNCS#org_1 / DESK` |
| who is taken over each night | list `desks`: `HISSYNC-DESKS / org_1` |
| what a code of the HIS stands for here | `HISCODES#org_1#<kind> / CODE#<code>` |
"""

from __future__ import annotations

from hospital.records import Key

DESKS = "HISSYNC-DESKS"


def sync_key(sync_id: str) -> Key:
    """A run."""
    return Key(f"HISSYNC#{sync_id}", "HISSYNC")


def syncs_key(organisation_id: str) -> str:
    """The partition of an organisation's runs."""
    return f"HISSYNCS#{organisation_id}"


def line_key(sync_id: str, place: str) -> Key:
    """What a run did with one record of the HIS; `place` as `SyncLine` has it."""
    return Key(f"HISSYNC#{sync_id}", f"LINE#{place}")


def desk_key(organisation_id: str) -> Key:
    """Where an organisation's runs are begun."""
    return Key(f"HISSYNCS#{organisation_id}", "DESK")


def codes_key(organisation_id: str, kind: str) -> str:
    """The partition of the codes that an organisation's runs met."""
    return f"HISCODES#{organisation_id}#{kind}"


def code_key(organisation_id: str, kind: str, code: str) -> Key:
    """What a code of the HIS stands for."""
    return Key(codes_key(organisation_id, kind), f"CODE#{code}")
