"""Faces of which a comparison does not say whose they are, and who may look at them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from adapters.face.port import Verdict
from tests.builders.emergencies import with_right
from tests.builders.eyes import face_checked, frames
from tests.builders.people import Clinic, PatientOf, Staff, new_patient


@dataclass(frozen=True)
class InDoubt:
    """Whose check it is, and the frames that were sent for it."""

    who: PatientOf
    check_id: str
    frames: list[str]


class Doubt:
    """An adapter that is never sure, and says which frame shows the face."""

    def check(self, frames: object, actions: object, claim: object) -> Verdict:
        """See `FaceChecker`."""
        return Verdict(True, likeness="doubtful", score=0.5, ahead=2)


def a_reviewer(clinic: Clinic) -> Staff:
    """The clinic's clerk, with the duty."""
    return with_right(clinic.clerk, "identity:review")


def in_doubt(clinic: Clinic | None, who: PatientOf | None = None) -> InDoubt:
    """Somebody whose face is in doubt, whom the staff of the clinic shall look at."""
    who, sent = who or new_patient(verified=False), frames()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("identity.check_face.use_case.checker", Doubt)
        told = face_checked(who.caller, sent, clinic.id if clinic else None).ok()
    assert (told["state"], told["by_staff"]) == ("doubtful", clinic is not None)
    return InDoubt(who, told["id"], sent)
