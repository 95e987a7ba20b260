"""The one place where moto is patched: what a seam is, putting a patch on, and taking it off without a trace."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import StoreError

ABSENT = object()


@dataclass(frozen=True)
class Seam:
    """One attribute of moto that is replaced while a store is installed.

    `owner` is a class or module; `make` gets the original and answers the replacement. `parameters` are the
    original's parameter names that the replacement relies on, in order; None when it is not a function.
    `is_new` marks what moto does not have and the patch adds.
    """

    owner: Any
    name: str
    parameters: tuple[str, ...] | None
    make: Callable[[Any], Any]
    is_new: bool = False

    @property
    def title(self) -> str:
        """For messages: `Table.put_item`."""
        return f"{self.owner.__name__}.{self.name}"

    def complaint(self) -> str | None:
        """What no longer fits in the moto that is installed; None when all is well. Ask while not patched."""
        original: Any = getattr(self.owner, self.name, ABSENT)
        if self.is_new:
            return None if original is ABSENT else f"{self.title} exists now"
        if original is ABSENT:
            return f"{self.title} is gone"
        if self.parameters is None:
            return None
        found = tuple(inspect.signature(original).parameters)
        if found[: len(self.parameters)] != self.parameters:
            return f"{self.title} takes {found}, expected {self.parameters}"
        return None


class Patch:
    """Seams put in place together and taken away in reverse."""

    def __init__(self, seams: Sequence[Seam]) -> None:
        self._before: list[tuple[Any, str, Any]] = []
        try:
            for seam in seams:
                self._put(seam)
        except BaseException:
            self.remove()
            raise

    def _put(self, seam: Seam) -> None:
        # The owner's own attribute, not an inherited one: it is put back exactly, or taken away again.
        before = vars(seam.owner).get(seam.name, ABSENT)
        original = getattr(seam.owner, seam.name, ABSENT)
        if original is ABSENT and not seam.is_new:
            raise StoreError(f"moto has no {seam.title} any more: the store needs moto's pinned version.")
        self._before.append((seam.owner, seam.name, before))
        setattr(seam.owner, seam.name, seam.make(original))

    def remove(self) -> None:
        """Leaves moto as it was."""
        while self._before:
            owner, name, before = self._before.pop()
            if before is ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, before)
