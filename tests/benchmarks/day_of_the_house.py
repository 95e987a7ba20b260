"""The part of the day in which an admin keeps organisations, departments and staff."""

from __future__ import annotations

from tests.builders.files import picture
from tests.journeys.people import Json, Patient, Staff, a_key, an_id_number
from tests.journeys.taking_over import knows_the_clinic, runs_through, told_to_his
from tests.journeys.uploads import uploads


def keeps_staff(admin: Staff, doctor: Staff) -> None:
    """Somebody from taking on, over review and a rejection, to removal; a doctor shows who they are."""
    own = {"organisation_id": admin.clinic.organisation_id, "role": "doctor", "account": f"d{a_key()[:8]}"}
    place = {"name": "吴刚", "department_id": doctor.me["department_id"]}
    taken = admin.ok("POST", "/directory/staff", own | place, key=a_key())["staff"]
    at = f"/directory/staff/{taken['id']}"
    admin.ok("GET", "/directory/staff")
    admin.ok("GET", at)
    admin.ok("PUT", at, place | {"version": 1, "title": "主治医师", "phone": "13900139000"}, key=a_key())
    admin.ok("POST", "/directory/staff-searches", {"phone": "139 0013 9000"})
    kinds = admin.ok("GET", "/directory/reference/paper_kinds?limit=100")["items"]
    for kind in (one for one in kinds if one["content"]["role"] == "doctor"):
        paper = {"kind_id": kind["id"], "number": "110110000021", "valid_until": "2030-01-31"}
        made = admin.ok("POST", f"{at}/papers", paper, key=a_key())
        entered = doctor.ok("POST", "/directory/registration/papers", paper, key=a_key())
    admin.ok("GET", f"{at}/papers")
    shows_a_paper(admin, doctor, entered["id"])
    admin.ok("POST", f"{at}/approve", {"version": 2}, key=a_key())
    admin.ok("POST", f"{at}/suspend", {"version": 3, "reason": "核实中"}, key=a_key())
    admin.ok("POST", f"{at}/restore", {"version": 4}, key=a_key())
    admin.ok("DELETE", f"{at}/papers/{made['id']}", key=a_key())
    admin.ok("DELETE", at, key=a_key())
    doctor.ok("GET", "/directory/registration")
    number = an_id_number()
    doctor.hospital.knows_person(doctor.me["name"], number)
    doctor.ok("POST", "/directory/registration/check-in", {"id_number": number}, key=a_key())
    comes_again(admin, own | place | {"account": f"d{a_key()[:8]}"})


def shows_a_paper(admin: Staff, doctor: Staff, paper_id: str) -> None:
    """The scan of a paper, attached by its owner and opened by them and by whoever reviews them."""
    own = f"/directory/registration/papers/{paper_id}/scan"
    scan = uploads(doctor, paper_id, "image", picture("PNG", 20, 10))
    doctor.ok("PUT", own, {"upload_id": scan["id"]}, key=a_key())
    doctor.ok("GET", own)
    admin.ok("GET", f"/directory/staff/{doctor.role_id}/papers/{paper_id}/scan")
    doctor.ok("DELETE", f"/directory/registration/papers/{paper_id}", key=a_key())


def comes_again(admin: Staff, body: Json) -> None:
    """Taken on, rejected, signed in for the first time, and asking to be looked at again."""
    taken = admin.ok("POST", "/directory/staff", body, key=a_key())
    staff = taken["staff"]
    admin.ok("POST", f"/directory/staff/{staff['id']}/reject", {"version": 1, "reason": "看不清"}, key=a_key())
    account = {"account": body["account"], "password": taken["password"], "role": staff["role"]}
    newcomer = Staff(admin.hospital, account, admin.clinic)
    own = {"current": account["password"], "password": "rain on the river"}
    newcomer.ok("POST", "/identity/password", own, key=a_key())
    newcomer.ok("POST", "/directory/registration/submit", key=a_key())


def keeps_the_house(admin: Staff, patient: Patient) -> None:
    """A branch with a department, from founding to removal."""
    own = admin.clinic.organisation_id
    content = {"code": a_key()[:8], "name": "云诊东城门诊部"}
    branch = admin.ok("POST", "/directory/organisations", content | {"parent_id": own}, key=a_key())
    at = f"/directory/organisations/{branch['id']}"
    patient.ok("GET", "/directory/organisations")
    patient.ok("GET", at)
    changed = content | {"version": 1, "code": a_key()[:8]}
    admin.ok("PUT", at, changed, key=a_key())
    off = {"version": 2, "businesses_off": [{"business": "nursing"}]}
    admin.ok("PUT", f"{at}/businesses", off, key=a_key())
    department = {"code": a_key()[:8], "name": "换药室"}
    made = admin.ok("POST", "/directory/departments", department | {"organisation_id": branch["id"]}, key=a_key())
    place = f"/directory/departments/{made['id']}"
    patient.ok("GET", "/directory/departments")
    patient.ok("GET", place)
    admin.ok("PUT", place, department | {"version": 1, "code": a_key()[:8]}, key=a_key())
    admin.ok("DELETE", place, key=a_key())
    admin.ok("DELETE", at, key=a_key())
    takes_over(admin)


def takes_over(admin: Staff) -> None:
    """Two runs against the hospital's own system with their reports: what it has, and what it has no more."""
    rows = knows_the_clinic(admin)
    runs_through(admin)
    gone = {kind: [row["code"] for row in rows[kind]] for kind in ("departments", "staff")}
    told_to_his(admin, {"drop": gone})
    run = runs_through(admin)
    admin.ok("GET", "/directory/his-syncs")
    admin.ok("GET", f"/directory/his-syncs/{run['id']}/lines")
