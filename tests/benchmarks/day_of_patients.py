"""The part of the day that is about an organisation's patients: their files, the blacklist, what terminals ask."""

from __future__ import annotations

from tests.journeys.people import Patient, Staff, a_key, a_phone, an_id_number


def keeps_patients(admin: Staff, doctor: Staff, patient: Patient) -> None:
    """A patient with a file is found in each way, written about, listed, heard by another, and served again."""
    (found,) = admin.ok("POST", "/identity/patient-searches", {"by": "phone", "value": patient.phone})["items"]
    admin.ok("POST", "/identity/patient-searches", {"by": "name", "value": found["name"]})
    at = f"/identity/patients/{found['id']}"
    version = admin.ok("GET", at)["version"]
    admin.ok("PATCH", at, {"version": version, "note": "听力不好"}, key=a_key())
    body = {"patient_id": found["id"], "reason": "no_shows", "words": "约了不来"}
    listed = admin.ok("POST", "/identity/blacklist", body, key=a_key())["id"]
    patient.ok("GET", "/identity/blacklistings")
    patient.ok("POST", f"/identity/blacklistings/{listed}/appeal", {"words": "那几天我在住院"}, key=a_key())
    admin.ok("GET", "/identity/blacklist")
    place = f"/identity/blacklist/{listed}"
    admin.ok("GET", place)
    _may_keep_the_blacklist(admin, doctor)
    doctor.ok("POST", f"{place}/uphold", {"words": "记录属实"}, key=a_key())
    admin.ok("POST", f"{place}/remove", {"words": "谈过了"}, key=a_key())
    _merges_two_files(admin, patient)
    _replaces_a_lost_phone(admin)


def _replaces_a_lost_phone(admin: Staff) -> None:
    """Somebody with a file here, their card, and another phone."""
    patient, phone = Patient.new(admin.hospital, "林大海"), a_phone()
    patient.applies_to(admin.clinic.doctor(1))
    card = {"name": patient.name, "id_number": patient.number, "phone": phone}
    change = admin.ok("POST", "/identity/lost-phones", card, key=a_key())["id"]
    patient.phone = phone
    admin.ok("POST", f"/identity/lost-phones/{change}/confirm", {"code": patient.code()}, key=a_key())


def _merges_two_files(admin: Staff, patient: Patient) -> None:
    """The patient's mother was treated through the family first, and has an account of her own now."""
    name, number, doctor = "林秀英", an_id_number(), admin.clinic.doctor(1)
    admin.hospital.knows_person(name, number)
    body = {"name": name, "id_number": number, "relation": "parent"}
    member = patient.ok("POST", "/identity/family", body, key=a_key())["id"]
    application = patient.application(doctor) | {"family_member_id": member}
    visit = patient.ok("POST", "/consultation/visits", application, key=a_key())
    other = visit["patient"]["patient_id"]
    mother = Patient.new(admin.hospital, name, verified=False)
    mother.ok("POST", "/identity/real-name", {"name": name, "id_number": number}, key=a_key())
    own = mother.applies_to(doctor)["patient"]["patient_id"]
    at = f"/identity/patients/{own}"
    assert [one["patient"]["id"] for one in admin.ok("GET", f"{at}/likely-same")["items"]] == [other]
    merged = admin.ok("POST", f"{at}/merges", {"version": 1, "other_id": other}, key=a_key())
    admin.clinic.doctor().refused(404, "visit.not_found", "GET", f"/consultation/visits/{visit['id']}")
    admin.ok("POST", f"{at}/merges/{other}/undo", {"version": merged["version"]}, key=a_key())


def _may_keep_the_blacklist(admin: Staff, doctor: Staff) -> None:
    """By a duty: whoever listed a patient does not judge the appeal."""
    version = admin.ok("GET", "/identity/access/duties")["version"]
    duty = {"name": "申诉处理员", "permissions": ["blacklist:keep"], "version": version}
    admin.ok("PUT", "/identity/access/duties/appeals", duty, key=a_key())
    member = f"/identity/access/staff/{doctor.role_id}"
    given = {"duties": ["appeals"], "scope": "own", "version": admin.ok("GET", member)["version"]}
    admin.ok("PUT", member, given, key=a_key())


def sets_terminals(admin: Staff) -> None:
    """One terminal asks for a name, and somebody new signs up there."""
    place = "/identity/sign-up-flow"
    asked = {"terminal": "alipay_mini_program", "organisation_id": admin.clinic.organisation_id}
    flow = admin.ok("GET", f"{place}?terminal={asked['terminal']}&organisation_id={asked['organisation_id']}")
    content = {
        "asks_name": True,
        "real_name": "at_sign_up",
        "ways": ["counter"],
        "card": "at_sign_up",
        "family": True,
        "wechat": True,
    }
    body = {"terminal": asked["terminal"], "version": flow["version"]}
    admin.ok("PUT", place, body | content, key=a_key())
    newcomer = Patient(admin.hospital, "phone of a newcomer")
    newcomer.phone = a_phone()
    newcomer.ok("POST", "/identity/codes", {"phone": newcomer.phone})
    newcomer.ok(
        "POST", "/identity/sign-ups", asked | {"phone": newcomer.phone, "code": newcomer.code(), "name": "小王"}
    )


def signs_in_otherwise(admin: Staff) -> None:
    """Somebody comes by WeChat, shows their phone once, comes again, adds another WeChat, removes it, and changes the
    phone for one that was another's before."""
    newcomer = _by_wechat(admin)
    newcomer.ok("GET", "/identity/sign-in-methods")
    start = {"terminal": "web", "code": _code_for_change(newcomer)}
    address = newcomer.ok("POST", "/identity/sign-in-methods/wechat-attempts", start, key=a_key())["address"]
    shown = newcomer.through_wechat(address, f"晚睡的鸟 {newcomer.phone[-4:]}")
    bound = newcomer.ok("POST", "/identity/sign-in-methods", shown, key=a_key())["wechats"]
    removal = f"/identity/sign-in-methods/{bound[1]['id']}/removal"
    newcomer.ok("POST", removal, {"code": _code_for_change(newcomer)}, key=a_key())
    asked = {"phone": a_phone(), "own_code": _code_for_change(newcomer)}
    newcomer.ok("POST", "/identity/sign-in-methods/codes", {"phone": asked["phone"]}, key=a_key())
    newcomer.phone = asked["phone"]
    newcomer.ok("PUT", "/identity/sign-in-methods/phone", asked | {"code": newcomer.code()}, key=a_key())


def _by_wechat(admin: Staff) -> Patient:
    """Whose WeChat nobody has seen: the day may be lived more than once."""
    newcomer = Patient(admin.hospital, "WeChat of a newcomer")
    newcomer.phone = a_phone()
    nick = f"早起的鸟 {newcomer.phone[-4:]}"
    for time in ("first", "again"):
        address = newcomer.ok("POST", "/identity/wechat-attempts", {"terminal": "web"})["address"]
        shown = newcomer.through_wechat(address, nick)
        opened = newcomer.ok("POST", "/identity/wechat-sessions", shown)["opened"]
        if time == "first":
            newcomer.ok("POST", "/identity/codes", {"phone": newcomer.phone})
            told = {"state": shown["state"], "phone": newcomer.phone, "code": newcomer.code()}
            newcomer.ok("POST", "/identity/wechat-sign-ups", told)
        else:
            newcomer.token = opened["access_token"]
    return newcomer


def _code_for_change(patient: Patient) -> str:
    patient.ok("POST", "/identity/sign-in-methods/codes", {}, key=a_key())
    return patient.code()
