"""Why a file cannot be opened now, or a card be used."""

from __future__ import annotations

from hospital.errors import Conflict, Invalid


class FileNotOpen(Conflict):
    """The HIS holds no file of this person yet; `state` says how far it is."""

    code = "his_file.not_open"


class CardNotYours(Invalid):
    """None of the person's cards."""

    code = "his_file.card_not_yours"
