"""The part of the day in which an admin keeps dictionaries and a doctor looks into them."""

from __future__ import annotations

import base64

from tests.journeys.people import Staff, a_key


def keeps_dictionaries(admin: Staff, doctor: Staff) -> None:
    """A drug from creation to deletion, and a file brought in."""
    at = "/directory/dictionaries/drugs"
    drug = {"code": a_key()[:8], "name": "布洛芬缓释胶囊"}
    doctor.ok("GET", "/directory/dictionaries")
    made = admin.ok("POST", f"{at}/entries", {"content": drug}, key=a_key())
    place = f"{at}/entries/{made['id']}"
    changed = drug | {"code": a_key()[:8], "his_code": "H1"}
    admin.ok("PUT", place, {"version": 1, "content": changed}, key=a_key())
    for query in ("", "?q=blf", "?his_code=H1", "?retired=true"):
        doctor.ok("GET", f"{at}/entries{query}")
    doctor.ok("GET", place)
    doctor.ok("GET", f"{place}/versions")
    doctor.ok("GET", f"{at}/file")
    admin.ok("POST", f"{place}/retire", {"version": 2}, key=a_key())
    admin.ok("POST", f"{place}/restore", {"version": 3}, key=a_key())
    admin.ok("DELETE", place, key=a_key())
    admin.ok("GET", f"{at}/template")
    file = admin.ok("POST", f"{at}/imports", {"filename": "药品.csv", "parts": 1}, key=a_key())
    place = f"{at}/imports/{file['id']}"
    held = {"code": a_key()[:8], "name": "甲片"}
    admin.ok("POST", f"{at}/entries", {"content": held}, key=a_key())
    text = f"编码,名称\n{held['code']},甲胶囊\n{a_key()[:8]},丙片\n,乙片\n"
    part = {"number": 1, "content": base64.b64encode(text.encode()).decode()}
    admin.ok("PUT", f"{place}/part", part)
    admin.ok("POST", f"{place}/start", key=a_key())
    admin.ok("GET", f"{at}/imports")
    admin.ok("GET", place)
    admin.ok("GET", f"{place}/report")
