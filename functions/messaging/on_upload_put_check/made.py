"""What a check makes of an upload: the objects that readers get."""

from __future__ import annotations

from dataclasses import dataclass

from hospital.uploads.model import Variant, VariantName


@dataclass(frozen=True)
class Made:
    """Variants with their bytes, and the length of a recording."""

    contents: dict[VariantName, bytes]
    variants: dict[VariantName, Variant]
    milliseconds: int = 0
