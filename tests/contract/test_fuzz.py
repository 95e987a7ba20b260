"""The API, asked at random. Two roles for each commit, all of them in the nightly form."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.access.matrix import ROLES
from tests.builders.files import picture
from tests.contract.fuzzing import OPERATIONS, Actor, Tally, roles_of, seed_of_today
from tests.contract.report import write_report
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Device, Json, Patient, in_progress, of_the_platform
from tests.journeys.uploads import uploads

pytestmark = pytest.mark.journey

SEED = seed_of_today()
SHORT, LONG = 12, 50
Actors = Callable[[str, str], Actor]


@pytest.fixture(scope="module")
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """What was asked; told at the end of the run, and kept in the docs when all roles had their turn."""
    tally = Tally(SEED)
    request.config.stash.setdefault(TALLIES, []).append(tally)
    yield tally
    if set(tally.answers) == set(ROLES) and not tally.failed:
        write_report(tally, len(OPERATIONS), LONG)


TALLIES: pytest.StashKey[list[Tally]] = pytest.StashKey()


@pytest.fixture(scope="module")
def clinic(hospital: HospitalProcess) -> Clinic:
    """Where everybody works."""
    return Clinic.founded(hospital)


@pytest.fixture(scope="module")
def real(hospital: HospitalProcess, clinic: Clinic) -> Json:
    """Things that exist, by the names that parameters and fields have."""
    elsewhere = Clinic.founded(hospital)
    patient, doctor = Patient.new(hospital), clinic.doctor()
    visit_id, conversation_id = in_progress(patient, doctor)
    waiting = [Patient.new(hospital).applies_to(doctor)["id"] for _ in range(2)]
    admin = clinic.one("org_admin")
    faq = admin.ok("POST", "/directory/reference/faqs", {"content": {"question": "几点？", "answer": "八点。"}})
    inspection = of_the_platform(hospital, "operator").ok("POST", "/house/inspections", {"hours": 1})
    colleague = {"type": "direct", "practitioner_role_id": clinic.doctor(1).role_id}
    direct = doctor.ok("POST", "/messaging/conversations", colleague)["id"]
    export = doctor.ok("POST", f"/messaging/conversations/{conversation_id}/exports")["id"]
    items = [faq["id"], clinic.notice["id"], clinic.reasons[0]["id"], clinic.organisation_id, elsewhere.notice["id"]]
    return {
        "visit_id": [visit_id, *waiting],
        "conversation_id": [conversation_id, direct],
        "earlier_id": waiting,
        "person_id": [patient.person_id, doctor.person_id],
        "practitioner_role_id": [doctor.role_id, elsewhere.doctor(1).role_id],
        "export_id": [export],
        "upload_id": [uploads(patient, conversation_id, "image", picture("PNG", 20, 10))["id"]],
        "poll_id": [patient.ok("POST", "/messaging/polls", {"v": 1})["poll_id"]],
        "session_id": [patient.ok("GET", "/identity/sessions")["items"][0]["id"]],
        "doctor_id": [doctor.role_id, clinic.doctor(1).role_id, elsewhere.doctor().role_id],
        "inspection_id": [inspection["id"]],
        "chain_id": [clinic.organisation_id, elsewhere.organisation_id, "org_platform"],
        "organisation_id": [clinic.organisation_id, "org_platform"],
        "who": [doctor.role_id, patient.person_id],
        "kind": ["faqs", "titles", "departments", "refusal_reasons", "consultation_notices", "organisation_profiles"],
        "item_id": items,
        "notice_id": [clinic.notice["id"], elsewhere.notice["id"]],
        "notice_version": [1, 2],
        "reason_id": [reason["id"] for reason in (*clinic.reasons, *elsewhere.reasons)],
        "version": [1, 2, 3],
        "seq": [0, 1, 2],
        "phone": [patient.phone],
        "account": [clinic.accounts("nurse")[0]["account"]],
    }


@pytest.fixture(scope="module")
def actors(hospital: HospitalProcess, clinic: Clinic, real: Json, tally: Tally) -> Actors:
    """Somebody of a role, the same one for all operations, and somebody else for signing out."""
    known: dict[str, tuple[Actor, Actor]] = {}

    def actor(role: str, label: str) -> Actor:
        if role not in known:
            # Both at once, before the limits on codes and passwords are used up by what is made up.
            one, leaver = (Actor(role, _signed_in(hospital, clinic, role), real, tally) for _ in range(2))
            known[role] = (one, leaver)
        return known[role][label.endswith("/sign-out")]

    return actor


def _signed_in(hospital: HospitalProcess, clinic: Clinic, role: str) -> Device:
    if role == "nobody":
        return Device(hospital)
    if role == "patient":
        return Patient.new(hospital)
    return of_the_platform(hospital, role) if role in ("operator", "partner") else clinic.one(role)


@pytest.mark.parametrize("role", roles_of(SEED))
@pytest.mark.parametrize("label", OPERATIONS)
def test_any_request(actors: Actors, role: str, label: str) -> None:
    """No failure of ours, no schema broken, nothing answered without a right."""
    actors(role, label).fuzz(label, SHORT)


@pytest.mark.nightly
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("label", OPERATIONS)
def test_any_request_long(actors: Actors, role: str, label: str) -> None:
    """The same, of every role and longer."""
    actors(role, label).fuzz(label, LONG)
