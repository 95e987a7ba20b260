"""A clinic in the middle of its day: every state of a visit, so that every page has something to show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from tests.benchmarks.day_of_emergencies import gives_duty
from tests.builders.files import photo
from tests.journeys.hospital import HospitalProcess
from tests.journeys.measured import measured_call
from tests.journeys.people import (
    Clinic,
    Device,
    Doctor,
    Patient,
    Staff,
    a_key,
    an_id_number,
    in_progress,
    of_the_platform,
)
from tests.journeys.sending import SendingSystem
from tests.journeys.sockets import online
from tests.journeys.uploads import uploads

COMPLAINT = "头晕两天，早上起床时明显，站起来会加重。没有发烧，没有呕吐，以前血压偏高，一直吃氨氯地平，每天一片。"
QUEUED = "咳嗽三天，夜里加重，没有发烧，吃过止咳糖浆。"
CONCLUSION = "考虑血压波动，目前没有危险征象。"
ADVICE = "每天早晚各测一次血压并记录；起身放慢；三天后复诊。出现胸痛、说话不清，请马上拨打 120。"
SAID = (
    "您好，医生。我昨天量的血压是 150/95。",
    "您好。药是每天什么时候吃的？有没有漏服？",
    "早饭后吃，前天忘了一次。",
    "明白了。今天起每天早晚各量一次，记下来发给我。",
)
DRUGS = (
    {
        "code": "D001",
        "name": "阿莫西林胶囊",
        "trade_name": "阿莫仙",
        "strength": "0.25g×24粒",
        "unit": "盒",
        "his_code": "H9",
    },
    {"code": "D002", "name": "苯磺酸左氨氯地平分散片", "strength": "2.5mg×14片", "dosage_form": "片剂", "unit": "盒"},
)


@dataclass(frozen=True)
class Scene:
    """Who is there and the ids of what happened: visits by how they stand, conversations likewise."""

    clinic: Clinic
    patient: Patient
    doctor: Doctor
    colleague: Doctor
    admin: Staff
    operator: Device
    waiting: str
    talking: str
    finished: str
    refused: str
    talk: str
    closed_talk: str
    queued: str
    title: str
    drug: str
    system: SendingSystem

    def link_to_a_face(self) -> str:
        """What stands behind the address of one that is asked for now: each is good for half an hour."""
        return str(self.system.asks_for_face(self.patient.name, self.patient.number)["link"]).rpartition("/")[2]

    def called(self) -> str:
        """A conversation of the doctor with the colleague, in which one call was measured."""
        asked = {"type": "direct", "practitioner_role_id": self.colleague.role_id}
        talk = str(self.doctor.ok("POST", "/messaging/conversations", asked, key=a_key())["id"])
        if not self.doctor.ok("GET", f"/calling/conversations/{talk}/calls")["items"]:
            measured_call(self.doctor, self.colleague, talk)
        return talk

    def written(self) -> str:
        """Everything that people wrote and any page may show, in one text."""
        lists = ("/directory/doctors?limit=100", "/consultation/visits?limit=100", "/messaging/conversations")
        kinds = [kind["name"] for kind in self.admin.ok("GET", "/directory/reference")["items"]]
        read = [self.patient.ok("GET", path) for path in lists]
        read += [self.doctor.ok("GET", path) for path in (*lists, "/directory/registration")]
        read += [self.patient.reads_messages(talk) for talk in (self.talk, self.closed_talk)]
        read += [self.admin.ok("GET", f"/directory/reference/{kind}?limit=100") for kind in kinds]
        read += [self.patient.ok("GET", f"/directory/{what}?limit=100") for what in ("reference/faqs", "departments")]
        read.append(self.patient.ok("GET", "/directory/organisations?limit=100"))
        read.append(self.admin.ok("GET", "/directory/staff?limit=100"))
        read.append(self.admin.ok("GET", "/directory/dictionaries/drugs/entries?limit=100"))
        read += [self.patient.ok("GET", "/identity/family"), self.patient.ok("GET", "/identity/consents")]
        read += [self.admin.ok("GET", at) for at in ("/directory/consent-texts", "/identity/access/duties")]
        read += [self.admin.ok("GET", f"/messaging/{what}") for what in ("sms", "sms-systems")]
        read += [self.patient.me, self.doctor.me, self.admin.me, self.patient.hospital.accounts()]
        read.append(self.patient.hospital.get("/sandbox/api/sms").json())
        return json.dumps(read, ensure_ascii=False)


def play(hospital: HospitalProcess, name: str | None = None) -> Scene:
    """Brings it about through REST and socket, as the pages would."""
    clinic = Clinic.founded(hospital, name)
    patient, admin = Patient.new(hospital, "张秀英"), clinic.one("org_admin")
    operator = of_the_platform(hospital, "operator")
    doctor, colleague = clinic.doctor(), clinic.doctor(1)
    gives_duty(admin, "emergency", "emergency:read", doctor)
    gives_duty(admin, "faces", "identity:review", admin, operator)
    patient.ok("PATCH", "/identity/me", {"name": "张秀英"})
    finished, closed_talk = in_progress(patient, colleague)
    with online(patient, colleague) as (at_patient, at_colleague):
        at_patient.sends(closed_talk, "医生您好，上次的检查结果出来了。")
        at_colleague.sends(closed_talk, "好的，空腹血糖 6.8，偏高一点。")
    colleague.finishes(finished, CONCLUSION, ADVICE)
    refused = patient.applies_to(colleague, "想问一下孩子咳嗽能不能吃成人的药。")["id"]
    words = {"reason_id": clinic.reasons[1]["id"], "words": "孩子请到儿科就诊。"}
    colleague.ok("POST", f"/consultation/visits/{refused}/refuse", words, key=a_key())
    talking, talk = in_progress(patient, doctor)
    with online(patient, doctor) as (at_patient, at_doctor):
        for number, text in enumerate(SAID):
            (at_patient, at_doctor)[number % 2].sends(talk, text)
    waiting = patient.applies_to(colleague, COMPLAINT)["id"]
    queued, _ = (Patient.new(hospital, one).applies_to(doctor, QUEUED)["id"] for one in ("李建国", "王淑芬"))
    _has_a_child(patient)
    _shows_a_paper(doctor)
    system = SendingSystem.let_in(admin)
    system.sees(system.sends("13912345678", "您的检验报告已出，请在云诊查看。"), "delivered")
    titles = admin.ok("GET", "/directory/reference/titles")["items"]
    drugs = [admin.ok("POST", "/directory/dictionaries/drugs/entries", {"content": one}, key=a_key()) for one in DRUGS]
    return Scene(
        clinic=clinic,
        patient=patient,
        doctor=doctor,
        colleague=colleague,
        admin=admin,
        operator=operator,
        waiting=waiting,
        talking=talking,
        finished=finished,
        refused=refused,
        talk=talk,
        closed_talk=closed_talk,
        queued=queued,
        title=titles[0]["id"],
        drug=drugs[0]["id"],
        system=system,
    )


def _shows_a_paper(doctor: Doctor) -> None:
    """A licence that waits for its review, with its scan."""
    kind = next(one for one in doctor.ok("GET", "/directory/registration")["asked"] if "执业" in one["name"])
    paper = {"kind_id": kind["id"], "number": "110110000000021", "issuer": "天津市卫生健康委员会"}
    days = {"valid_from": "2024-02-01", "valid_until": "2029-01-31"}
    made = doctor.ok("POST", "/directory/registration/papers", paper | days, key=a_key())
    scan = uploads(doctor, made["id"], "image", photo())
    path = f"/directory/registration/papers/{made['id']}/scan"
    doctor.ok("PUT", path, {"upload_id": scan["id"]}, key=a_key())


def _has_a_child(patient: Patient) -> None:
    """On the patient's list, pending: the guardian's paper was not seen yet."""
    name, number = "张小满", an_id_number(date(2020, 5, 4))
    patient.hospital.knows_person(name, number)
    paper = {"kind": "birth_certificate", "number": "R320001234"}
    kin = {"name": name, "id_number": number, "relation": "child", "paper": paper}
    patient.ok("POST", "/identity/family", kin, key=a_key())
