"""The part of the day in which a patient keeps cards, and takes a copy of their own data away."""

from __future__ import annotations

from tests.benchmarks.day_of_talks import fetches
from tests.journeys.hospital import eventually
from tests.journeys.people import Patient, a_key


def keeps_cards(patient: Patient) -> None:
    """A file is opened there, its cards are put in order, and past visits are read."""
    patient.ok("GET", "/identity/his-file")
    patient.ok("POST", "/identity/his-file", key=a_key())
    cards = patient.ok("GET", "/identity/cards")["cards"]
    wished = [one["id"] for one in reversed(cards)]
    patient.ok("PUT", "/identity/cards/order", {"card_ids": wished, "default_id": wished[0]}, key=a_key())
    card = patient.ok("POST", "/identity/health-cards", {"channel": "tencent"}, key=a_key())
    patient.ok("GET", "/identity/health-cards")
    patient.ok("GET", f"/identity/health-cards/{card['id']}/code")
    patient.ok("GET", "/identity/past-visits")


def takes_a_copy(patient: Patient) -> None:
    """Asked for, gathered by itself, and taken away."""
    copy_id = patient.ok("POST", "/identity/data-copies", {}, key=a_key())["id"]
    eventually(lambda: patient.ok("GET", f"/identity/data-copies/{copy_id}")["state"] == "ready", seconds=60)
    patient.ok("GET", "/identity/data-copies")
    fetches(patient, patient.ok("POST", f"/identity/data-copies/{copy_id}/link", {}, key=a_key())["url"])
