"""The scan of a paper: sent for it, attached by its owner, looked at by them and by whoever reviews them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from directory.keep_registration.app import app as keep_registration
from directory.review_staff.app import app as review_staff
from hospital import clock, settings
from hospital.caller import Caller
from hospital.people.keys import role_key
from hospital.people.store import get_staff, scan_looks
from hospital.uploads.purposes import PURPOSES
from house.search_operations_log.app import app as search_operations_log
from house.sweep_due.app import app as sweep_due
from messaging.upload_file.app import app as upload_file
from tests.builders import files
from tests.builders.acting import act
from tests.builders.cloud import client
from tests.builders.conversations import Talk
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Staff, caller, found_clinic
from tests.builders.staffing import decided, paper_kind, taken_on
from tests.builders.uploads import asked, kept, make_buckets, quarantined, uploaded, view_of

pytestmark = pytest.mark.store

PICTURE = files.photo()


@pytest.fixture(autouse=True)
def buckets(cloud) -> None:
    make_buckets()


@pytest.fixture
def kind(cloud) -> str:
    return paper_kind()


def entered(who: Staff, kind_id: str, **more: Any) -> str:
    """The id of a new paper of theirs."""
    body = {"kind_id": kind_id, "number": "110110000021", "issuer": "天津市卫生健康委员会"} | more
    paper_id: str = call(keep_registration, "POST", "/registration/papers", body, who=who.caller).ok(201)["id"]
    return paper_id


def asked_for(talk: Talk, who: Any, paper: str, type_: str = "image", content: bytes = PICTURE, **other) -> Answer:
    return asked(talk, who, type_, content, **{"conversation_id": None, "paper_id": paper} | other)


def sent_for(talk: Talk, who: Any, paper_id: str, type_: str = "image", content: bytes = PICTURE, **other) -> str:
    """The id of an upload for that paper, whose check is over."""
    upload_id: str = uploaded(talk, who, type_, content, conversation_id=None, paper_id=paper_id, **other)["id"]
    return upload_id


def attached(who: Staff, paper_id: str, upload_id: str) -> Answer:
    path = f"/registration/papers/{paper_id}/scan"
    return call(keep_registration, "PUT", path, {"upload_id": upload_id}, who=who.caller)


def withdrawn(who: Staff, paper_id: str) -> Answer:
    return call(keep_registration, "DELETE", f"/registration/papers/{paper_id}", who=who.caller)


def own_link(who: Any, paper_id: str, variant: str = "original") -> Answer:
    path = f"/registration/papers/{paper_id}/scan?variant={variant}"
    return call(keep_registration, "GET", path, who=who.caller)


def reviewers_link(who: Caller, staff_id: str, paper_id: str, variant: str = "original") -> Answer:
    return call(review_staff, "GET", f"/staff/{staff_id}/papers/{paper_id}/scan?variant={variant}", who=who)


def fetched(link: dict[str, Any]) -> bytes:
    """What lies at the address."""
    key = unquote(urlsplit(link["url"]).path).lstrip("/")
    content: bytes = client("s3").get_object(Bucket=settings.current().media_bucket, Key=key)["Body"].read()
    return content


def own_paper(who: Staff, paper_id: str) -> dict[str, Any]:
    papers = call(keep_registration, "GET", "/registration", who=who.caller).ok()["papers"]
    (found,) = [paper for paper in papers if paper["id"] == paper_id]
    return dict(found)


def looks_in_log(admin: Staff) -> list[tuple[str, str]]:
    """By whom, and through which route, the organisation's operations log says that somebody looked."""
    lines = call(search_operations_log, "GET", "/operations?limit=100", who=admin.caller).ok()["items"]
    return sorted((one["who"]["id"], one["route"]) for one in lines if "paper.look" in one["acts"])


def test_a_scan_is_attached_by_its_owner_and_opened_by_them_and_their_reviewer(
    talk: Talk, kind: str, deliver: Delivery, time: Time
):
    """A picture is written anew, a PDF handed on as it came; the address is good for five minutes, and each look at
    either is a line of the log."""
    doctor, admin = talk.doctor, talk.clinic.admin
    paper_id = entered(doctor, kind, valid_from="2024-02-01", valid_until="2027-01-31")
    assert own_paper(doctor, paper_id)["scan"] is None
    own_link(doctor, paper_id).refused(404, "upload.no_file")
    upload_id = sent_for(talk, doctor, paper_id)
    view = view_of(upload_id, doctor)
    assert (view["state"], view["paper_id"], view["conversation_id"]) == ("ready", paper_id, None)
    shown = attached(doctor, paper_id, upload_id).ok()
    assert (shown["scan"], shown["state"], shown["version"]) == ("image", "waiting", 2)
    assert attached(doctor, paper_id, upload_id).ok() == shown, "twice is once"
    assert view_of(upload_id, doctor)["state"] == "sent"
    (listed,) = call(review_staff, "GET", f"/staff/{doctor.role.id}/papers", who=admin.caller).ok()["items"]
    assert listed == shown
    assert (listed["issuer"], listed["valid_from"], listed["valid_until"]) == (
        "天津市卫生健康委员会", "2024-02-01", "2027-01-31",
    )  # fmt: skip
    assert listed["number_masked"] == "1101****21"
    link = reviewers_link(admin.caller, doctor.role.id, paper_id, "display").ok()
    assert b"PhoneMaker" not in fetched(link) and fetched(link).startswith(b"\xff\xd8")
    assert link["expires_at"] == "2026-11-21T06:35:00Z", "five minutes from now"
    assert fetched(own_link(doctor, paper_id, "thumbnail").ok()).startswith(b"\xff\xd8")

    document = entered(doctor, kind)
    attached(doctor, document, sent_for(talk, doctor, document, "file", files.pdf())).ok()
    assert own_paper(doctor, document)["scan"] == "file"
    assert fetched(reviewers_link(admin.caller, doctor.role.id, document).ok()) == files.pdf()
    own_link(doctor, document, "thumbnail").refused(404, "upload.no_file")

    looks, _ = scan_looks.between(role_key(doctor.role.id).pk, "SCAN_LOOK#", "SCAN_LOOK#~", limit=10)
    told = sorted((look.paper_id == paper_id, look.by_role_id) for look in looks)
    assert told == sorted([(True, admin.role.id), (True, doctor.role.id), (False, admin.role.id)])
    deliver()
    by_admin = (admin.role.id, "GET /staff/{practitioner_role_id}/papers/{paper_id}/scan")
    by_owner = (doctor.role.id, "GET /registration/papers/{paper_id}/scan")
    assert looks_in_log(admin) == sorted([by_admin, by_admin, by_owner])


def test_what_shows_a_paper_is_kept_and_what_shows_none_goes(talk: Talk, kind: str, deliver: Delivery, time: Time):
    """Attached is locked as what was sent in a conversation; what nobody attached in a day, or gave up, is gone."""
    paper_id = entered(talk.doctor, kind)
    attached(talk.doctor, paper_id, sent_for(talk, talk.doctor, paper_id)).ok()
    left, given_up = sent_for(talk, talk.doctor, paper_id), sent_for(talk, talk.doctor, paper_id)
    call(upload_file, "DELETE", f"/uploads/{given_up}", who=talk.doctor.caller).ok(204)
    deliver()
    sent = [one["data"] for one in deliver.envelopes if one["type"] == "upload.sent.v1"]
    assert [(one["purpose"], one["paper_id"], one["conversation_id"]) for one in sent] == [("paper", paper_id, "")]
    time.passes(hours=24, minutes=1)
    act(sweep_due, {})
    deliver(twice=True)
    assert len(kept()) == 2 and quarantined() == []
    for key in kept():
        assert key.startswith(f"media/{paper_id}/")
        lock = client("s3").get_object_retention(Bucket=settings.current().media_bucket, Key=key)["Retention"]
        assert abs(lock["RetainUntilDate"] - clock.now() - PURPOSES["paper"].keep) < timedelta(days=2)
    attached(talk.doctor, paper_id, left).refused(404, "upload.not_found")
    fetched(own_link(talk.doctor, paper_id).ok())


REFUSED_AT_ONCE = [
    ("voice", b"RIFF", {}, 400, "upload.type_unsupported"),
    ("file", b"1", {"name": "a.docx", "media_type": "application/msword"}, 400, "upload.type_unsupported"),
    ("file", PICTURE, {"name": "a.jpg", "media_type": "image/jpeg"}, 400, "upload.type_unsupported"),
    ("file", files.pdf(), {"size": 20_000_001}, 413, "upload.too_large"),
    ("image", PICTURE, {"size": 20_000_001}, 413, "upload.too_large"),
    ("image", b"", {}, 400, "upload.empty"),
    ("image", PICTURE, {"conversation_id": "cnv_1"}, 400, "request.schema_broken"),
    ("image", PICTURE, {"paper_id": None}, 400, "request.schema_broken"),
    ("image", PICTURE, {"paper_id": "pap_unknown"}, 404, "staff.paper_not_found"),
]
REFUSED_BY_THE_CHECK = [
    ("image", files.pdf(), {}, "upload.not_what_it_says"),
    ("file", "李明\n".encode(), {"name": "", "media_type": ""}, "upload.not_what_it_says"),
    ("file", files.pdf(b"<</S/JavaScript>>"), {}, "upload.harmful"),
]


def test_only_pictures_and_pdf_of_some_size_show_a_paper(talk: Talk, kind: str):
    paper_id = entered(talk.doctor, kind)
    for type_, content, other, status, code in REFUSED_AT_ONCE:
        asked_for(talk, talk.doctor, paper_id, type_, content, **(_claims(type_) | other)).refused(status, code)
    for type_, content, other, code in REFUSED_BY_THE_CHECK:
        upload_id = sent_for(talk, talk.doctor, paper_id, type_, content, **other)
        assert attached(talk.doctor, paper_id, upload_id).refused(400, "upload.refused") == {"code": code}
    waiting = asked_for(talk, talk.doctor, paper_id).ok(201)["id"]
    attached(talk.doctor, paper_id, waiting).refused(409, "upload.not_ready")
    assert own_paper(talk.doctor, paper_id)["scan"] is None


def _claims(type_: str) -> dict[str, str]:
    return {"media_type": "audio/wav"} if type_ == "voice" else {}


def test_anothers_paper_and_anothers_upload_are_nobodys(talk: Talk, kind: str):
    """Also what was sent into a conversation, or for another paper of the same doctor."""
    doctor, colleague = talk.doctor, talk.clinic.colleague
    own, other, theirs = entered(doctor, kind), entered(doctor, kind), entered(colleague, kind)
    for stranger in (colleague, talk.patient):
        asked_for(talk, stranger, own).refused(404, "staff.paper_not_found")
    upload_id = sent_for(talk, doctor, own)
    attached(colleague, own, upload_id).refused(404, "staff.paper_not_found")
    attached(colleague, theirs, upload_id).refused(404, "upload.not_found")
    attached(doctor, other, upload_id).refused(404, "upload.not_found")
    attached(doctor, own, uploaded(talk, doctor, "image", PICTURE)["id"]).refused(404, "upload.not_found")
    said = {"action": "send", "id": "client-id-0001", "conversation_id": talk.id, "type": "image"}
    refusal = talk.socket(doctor).say(**said, content={"upload_id": upload_id})
    assert refusal["code"] == "upload.not_found", "nor does what shows a paper come into a conversation"
    attached(doctor, own, upload_id).ok()
    own_link(colleague, own).refused(404, "staff.paper_not_found")
    own_link(talk.patient, own).refused(403, "policy.refused")
    stranger = found_clinic().admin.caller
    reviewers_link(stranger, doctor.role.id, own).refused(404, "staff.not_found")
    reviewers_link(talk.clinic.admin.caller, colleague.role.id, own).refused(404, "staff.paper_not_found")
    path = f"/staff/{doctor.role.id}/papers/{own}"
    call(review_staff, "DELETE", path, who=talk.clinic.admin.caller).ok(204)
    reviewers_link(talk.clinic.admin.caller, doctor.role.id, own).refused(404, "staff.paper_not_found")
    own_link(doctor, own).refused(404, "staff.paper_not_found")


def test_who_approves_has_seen_what_is_there_and_then_it_stays(talk: Talk, kind: str, time: Time):
    """A clearer scan takes the place of the one before until somebody approves; an approval of papers that changed
    since they were read is refused. What was approved changes no more; another paper can be entered."""
    clinic = talk.clinic
    staff = taken_on(clinic).ok(201)["staff"]
    doctor = newcomer(staff)
    paper_id = entered(doctor, kind, valid_until="2026-12-31")
    attached(doctor, paper_id, sent_for(talk, doctor, paper_id)).ok()
    (read,) = call(review_staff, "GET", f"/staff/{staff['id']}/papers", who=clinic.admin.caller).ok()["items"]
    clearer = sent_for(talk, doctor, paper_id, "file", files.pdf())
    attached(doctor, paper_id, clearer).ok()
    seen = {paper_id: read["version"]}
    decided(clinic, staff, "approve", papers=seen).refused(409, "request.changed_meanwhile")
    decided(clinic, staff, "approve", papers={}).refused(409, "request.changed_meanwhile")
    late = sent_for(talk, doctor, paper_id)
    decided(clinic, staff, "approve", papers={paper_id: 3}).ok()
    assert own_paper(doctor, paper_id)["state"] == "reviewed"
    attached(doctor, paper_id, late).refused(409, "staff.paper_reviewed")
    withdrawn(doctor, paper_id).refused(409, "staff.paper_reviewed")
    asked_for(talk, doctor, paper_id).refused(409, "staff.paper_reviewed")
    assert fetched(own_link(doctor, paper_id).ok()) == files.pdf()
    time.passes(days=1)
    renewed = entered(doctor, kind, valid_from="2027-01-01", valid_until="2029-12-31")
    assert own_paper(doctor, renewed)["state"] == "waiting"
    mistaken = entered(doctor, kind)
    withdrawn(talk.doctor, mistaken).refused(404, "staff.paper_not_found")
    for answer in (204, 404):
        assert withdrawn(doctor, mistaken).status == answer
    time.passes(days=41)
    assert own_paper(doctor, paper_id)["state"] == "expired"


def newcomer(staff: dict[str, Any]) -> Staff:
    """Them as a member of staff of the test."""
    role = get_staff(staff["id"])
    return Staff(role, "", caller(role.person_id, role.role, role.organisation_id, role.id))


def test_what_is_not_valid_yet_or_ends_before_it_begins_covers_nobody(talk: Talk, kind: str, time: Time):
    staff = taken_on(talk.clinic).ok(201)["staff"]
    doctor = newcomer(staff)
    body = {"kind_id": kind, "number": "110110000021", "valid_from": "2026-12-02", "valid_until": "2026-12-01"}
    call(keep_registration, "POST", "/registration/papers", body, who=doctor.caller).refused(
        400, "request.schema_broken"
    )
    entered(doctor, kind, valid_from="2026-12-02", valid_until="2028-12-01")
    assert decided(talk.clinic, staff, "approve").refused(409, "staff.papers_missing") == {"missing": ["医师执业证书"]}
    time.passes(days=11)
    decided(talk.clinic, staff, "approve").ok()
