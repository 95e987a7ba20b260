"""What every channel is held to: one that does not answer is left alone for a while."""

from __future__ import annotations

from adapters.health_card.port import Applicant, Code, HealthCardChannel, Issued
from hospital.breaker import Breaker

_RESTING = Breaker("health_card")


class GuardedChannel:
    """A `HealthCardChannel` before another one. `whom` names it for the breaker."""

    def __init__(self, behind: HealthCardChannel, whom: str) -> None:
        self._behind, self._whom = behind, whom

    def issue(self, applicant: Applicant, *, key: str) -> Issued:
        """See `HealthCardChannel`."""
        with _RESTING.through(self._whom):
            return self._behind.issue(applicant, key=key)

    def code(self, number: str, id_number: str) -> Code:
        """See `HealthCardChannel`."""
        with _RESTING.through(self._whom):
            return self._behind.code(number, id_number)
