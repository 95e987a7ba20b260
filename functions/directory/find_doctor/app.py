"""Routes of finding a doctor."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from directory.find_doctor.use_case import Doctor, find_doctors, view_doctor
from hospital import clock
from hospital.http import App
from hospital.ids import PATTERN
from hospital.paging import Page, Paging
from hospital.policy import anyone
from hospital.visits.errors import DoctorNotFound

app = App("find_doctor")


class DoctorSearch(Paging):
    """What to look for; all given parts must match."""

    q: Annotated[str, Field(max_length=40, description="Part of name, introduction or department")] | None = None
    department: Annotated[str, Field(max_length=40, description="The department's name")] | None = None
    department_id: Annotated[str, Field(pattern=PATTERN)] | None = None
    organisation_id: Annotated[str, Field(pattern=PATTERN)] | None = None


@app.route("GET", "/doctors", allow=anyone, query=DoctorSearch, returns=Page[Doctor])
def get_doctors(query: DoctorSearch) -> Page[Doctor]:
    """Doctors whom a patient may ask, in the order their organisation gives them."""
    return find_doctors(
        query,
        q=query.q,
        department=query.department,
        department_id=query.department_id,
        organisation_id=query.organisation_id,
        now=clock.now(),
    )


@app.route("GET", "/doctors/{doctor_id}", allow=anyone, returns=Doctor, errors=(DoctorNotFound,))
def get_doctor(doctor_id: str) -> Doctor:
    """One doctor."""
    return view_doctor(doctor_id)
