"""A clinic in the middle of its day: every state of a visit, so that every page has something to show."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Doctor, Patient, Staff, a_key, in_progress
from tests.journeys.sockets import online

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


@dataclass(frozen=True)
class Scene:
    """Who is there and the ids of what happened: visits by how they stand, conversations likewise."""

    clinic: Clinic
    patient: Patient
    doctor: Doctor
    colleague: Doctor
    admin: Staff
    waiting: str
    talking: str
    finished: str
    refused: str
    talk: str
    closed_talk: str
    queued: str
    title: str

    def written(self) -> str:
        """Everything that people wrote and any page may show, in one text."""
        lists = ("/directory/doctors?limit=100", "/consultation/visits?limit=100", "/messaging/conversations")
        kinds = [kind["name"] for kind in self.admin.ok("GET", "/directory/reference")["items"]]
        read = [self.patient.ok("GET", path) for path in lists]
        read += [self.doctor.ok("GET", path) for path in lists]
        read += [self.patient.reads_messages(talk) for talk in (self.talk, self.closed_talk)]
        read += [self.admin.ok("GET", f"/directory/reference/{kind}?limit=100") for kind in kinds]
        read += [self.patient.ok("GET", f"/directory/reference/{kind}?limit=100") for kind in ("faqs", "departments")]
        read += [self.patient.me, self.doctor.me, self.admin.me, self.patient.hospital.accounts()]
        read.append(self.patient.hospital.get("/sandbox/api/sms").json())
        return json.dumps(read, ensure_ascii=False)


def play(hospital: HospitalProcess, name: str | None = None) -> Scene:
    """Brings it about through REST and socket, as the pages would."""
    clinic = Clinic.founded(hospital, name)
    patient, admin = Patient.new(hospital, "张秀英"), clinic.one("org_admin")
    doctor, colleague = clinic.doctor(), clinic.doctor(1)
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
    titles = admin.ok("GET", "/directory/reference/titles")["items"]
    return Scene(
        clinic=clinic,
        patient=patient,
        doctor=doctor,
        colleague=colleague,
        admin=admin,
        waiting=waiting,
        talking=talking,
        finished=finished,
        refused=refused,
        talk=talk,
        closed_talk=closed_talk,
        queued=queued,
        title=titles[0]["id"],
    )
