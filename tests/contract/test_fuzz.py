"""The API, asked at random. Two roles for each commit, all of them in the nightly form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.access.matrix import ROLES
from tests.builders.files import picture
from tests.contract.fuzzing import OPERATIONS, Actor, Tally, roles_of, seed_of_today
from tests.contract.report import TALLIES, write_report
from tests.journeys.founded import copied
from tests.journeys.hospital import HospitalProcess, eventually, running_hospital
from tests.journeys.journal import nothing_failed
from tests.journeys.people import Clinic, Device, Json, Patient, a_phone, an_id_number, in_progress, of_the_platform
from tests.journeys.sending import SendingSystem
from tests.journeys.uploads import uploads

pytestmark = pytest.mark.journey
TAKES = 90

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


@pytest.fixture(scope="module")
def hospital(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    """With a relay beside it: who joins a call finds one."""
    with running_hospital(copied(founded, tmp_path_factory.mktemp("hospital") / "state"), "--relays", "1") as process:
        assert eventually(lambda: "/relay/reports" in (process.state / "logs/access.jsonl").read_text("utf-8"), 60)
        yield process
        nothing_failed(process)


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
    code = patient.ok("POST", "/identity/counter-codes")["code"]
    patient.ok("POST", "/identity/his-file")
    data_copy = patient.ok("POST", "/identity/data-copies", {})
    health_card = patient.ok("POST", "/identity/health-cards", {"channel": "tencent"})
    check = admin.ok("POST", "/identity/counter-checks", {"code": code})
    (file,) = admin.ok("POST", "/identity/patient-searches", {"by": "phone", "value": patient.phone})["items"]
    listed = {"patient_id": file["id"], "reason": "other", "words": "试一试"}
    blacklisted = admin.ok("POST", "/identity/blacklist", listed)
    grown = an_id_number()
    hospital.knows_person("李秀英", grown)
    kin = {"name": "李秀英", "id_number": grown, "relation": "parent"}
    member = patient.ok("POST", "/identity/family", kin)
    faq = admin.ok("POST", "/directory/reference/faqs", {"content": {"question": "几点？", "answer": "八点。"}})
    run = admin.ok("POST", "/directory/his-syncs", {"organisation_id": clinic.organisation_id})
    inspection = of_the_platform(hospital, "operator").ok("POST", "/house/inspections", {"hours": 1})
    drugs = "/directory/dictionaries/drugs"
    drug = admin.ok("POST", f"{drugs}/entries", {"content": {"code": "D1", "name": "甲片"}})
    card = {"name": patient.name, "id_number": patient.number, "phone": a_phone()}
    lost = admin.ok("POST", "/identity/lost-phones", card)
    system = SendingSystem.let_in(admin)
    asked = system.asks_for_face("王小明", an_id_number())
    kinds = admin.ok("GET", "/directory/reference/paper_kinds")["items"]
    kind_id = next(kind["id"] for kind in kinds if kind["content"]["role"] == "doctor")
    shown = {"kind_id": kind_id, "number": "110110000021"}
    colleague = clinic.doctor(1)  # whom admins may do away with: nobody who acts here
    papers = [one.ok("POST", "/directory/registration/papers", shown)["id"] for one in (doctor, colleague)]
    talk = {"type": "direct", "practitioner_role_id": colleague.role_id}
    direct = doctor.ok("POST", "/messaging/conversations", talk)["id"]
    export = doctor.ok("POST", f"/messaging/conversations/{conversation_id}/exports")["id"]
    items = [faq["id"], clinic.notice["id"], clinic.reasons[0]["id"], clinic.organisation_id, elsewhere.notice["id"]]
    return {
        "visit_id": [visit_id, *waiting],
        "conversation_id": [conversation_id, direct],
        "earlier_id": waiting,
        "person_id": [patient.person_id, doctor.person_id],
        "practitioner_role_id": [colleague.role_id, elsewhere.doctor(1).role_id],
        "export_id": [export],
        "health_card_id": [health_card["id"]],
        "data_copy_id": [data_copy["id"]],
        "channel": ["tencent", "alipay"],
        "upload_id": [uploads(patient, conversation_id, "image", picture("PNG", 20, 10))["id"]],
        "method_id": [f"wcc_{'0' * 26}"],  # to bind one takes a browser and its WeChat
        "poll_id": [patient.ok("POST", "/messaging/polls", {"v": 1})["poll_id"]],
        "reading_id": [f"idr_{'0' * 26}"],  # a real one costs ten seconds of reading
        "emergency_id": [f"emr_{'0' * 26}"],  # open to nobody without a duty of the organisation
        "session_id": [patient.ok("GET", "/identity/sessions")["items"][0]["id"]],
        "doctor_id": [doctor.role_id, colleague.role_id, elsewhere.doctor().role_id],
        "inspection_id": [inspection["id"]],
        "his_sync_id": [run["id"]],
        "chain_id": [clinic.organisation_id, elsewhere.organisation_id, "org_platform"],
        "organisation_id": [clinic.organisation_id, "org_platform"],
        "duty": ["reader"],
        "call_id": [doctor.ok("POST", "/calling/calls", {"conversation_id": conversation_id, "media": "audio"})["id"]],
        "member_id": [elsewhere.accounts("doctor")[1]["practitioner_role_id"]],  # nobody who acts here
        "family_member_id": [member["id"]],
        "paper_id": papers,
        "sms_id": ["sms_unknown"],
        "system_id": [system.id],
        "carrier": ["tencent", "alibaba"],
        "kind_id": [kind["id"] for kind in kinds],
        "parent_id": [clinic.organisation_id, elsewhere.organisation_id],
        "department_id": [clinic.doctor().me["department_id"], elsewhere.doctor().me["department_id"]],
        "who": [doctor.role_id, patient.person_id],
        "dictionary": ["drugs", "diagnoses"],
        "entry_id": [drug["id"]],
        "import_id": [admin.ok("POST", f"{drugs}/imports", {"filename": "a.csv", "parts": 1})["id"]],
        "kind": ["faqs", "titles", "refusal_reasons", "consultation_notices", "paper_kinds"],
        "item_id": items,
        "notice_id": [clinic.notice["id"], elsewhere.notice["id"]],
        "notice_version": [1, 2],
        "reason_id": [reason["id"] for reason in (*clinic.reasons, *elsewhere.reasons)],
        "version": [1, 2, 3],
        "seq": [0, 1, 2],
        "phone": [patient.phone],
        "code": [patient.ok("POST", "/identity/counter-codes")["code"]],
        "check_id": [check["id"]],
        "face_request_id": [asked["id"]],
        "lost_phone_id": [lost["id"]],
        "patient_id": [file["id"]],
        "merged_id": [file["id"]],
        "other_id": [file["id"]],
        "blacklisting_id": [blacklisted["id"]],
        "id_number": [an_id_number()],
        "card_ids": [[card["id"]] for card in patient.ok("GET", "/identity/cards")["cards"]],
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
