"""Keys of reports on faces, in the table `reference`.

| who asks | key |
| --- | --- |
| the last one | `FACE_REPORT / LAST` |
"""

from __future__ import annotations

from hospital.records import Key

LAST = Key("FACE_REPORT", "LAST")
