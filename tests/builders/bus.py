"""EventBridge in a bad mood: a double for what moto's never does."""

from __future__ import annotations

from typing import Any


class Bus:
    """EventBridge, which refuses the entries whose envelopes are in `refused`."""

    def __init__(self) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self.refused: set[str] = set()

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.calls.append(Entries)
        results = [
            {"ErrorCode": "ThrottlingException", "ErrorMessage": "..."}
            if entry["Detail"] in self.refused
            else {"EventId": f"id-{entry['Detail']}"}
            for entry in Entries
        ]
        return {"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}
