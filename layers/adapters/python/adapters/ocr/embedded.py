"""The embedded default: the hospital's own function, with models that ship in its image."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from adapters import pictures
from adapters.ocr.port import CardNotFound, CardRead, OtherSide, PictureRefused, Side
from hospital.errors import DomainError, Unavailable

_REFUSALS: Mapping[str, type[DomainError]] = {"id_card.not_found": CardNotFound, "id_card.other_side": OtherSide}


class EmbeddedReader:
    """Asks the function that looks at pictures."""

    def read_card(self, picture: bytes, side: Side) -> CardRead:
        """See `CardReader`."""
        asked = {"do": "read_card", "side": side, "picture": base64.b64encode(picture).decode()}
        answer = pictures.ask("ocr", asked)
        if refused := answer.get("refused"):
            if refused in _REFUSALS:
                raise _REFUSALS[refused]
            raise PictureRefused(reason=refused)
        try:
            return CardRead(
                fields=answer["fields"],
                warnings=answer["warnings"],
                card=base64.b64decode(answer["card"]),
                portrait=base64.b64decode(answer["portrait"] or ""),
            )
        except (KeyError, TypeError, ValueError):
            raise Unavailable(adapter="ocr") from None
