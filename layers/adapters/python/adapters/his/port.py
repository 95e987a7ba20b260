"""What the hospital asks of its own information system (HIS, 院内系统): the words of the port.

Codes are the HIS's own (机构编码, 科室编码, 工号); a patient number (患者编号) is the number of a person's file there.
`Presented` says for whom a call is made and which card was shown for it, as at a counter: each call for a patient
carries it to the HIS.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Literal, Protocol, TypeVar

from hospital.errors import Conflict, Unavailable

Sex = Literal["male", "female", "unknown"]
StaffRole = Literal["doctor", "nurse", "pharmacist"]
CardKind = Literal["visit", "insurance", "record", "e_health"]
"""visit: 就诊卡. insurance: 医保卡. record: 病历号. e_health: 电子健康卡."""
T = TypeVar("T")


class HisUnavailable(Unavailable):
    """The HIS does not answer now, or not in time; asking again later may work."""

    code = "his.unavailable"


class HisRefused(Conflict):
    """The HIS understood and says no; `reason` is its own word for it (a code, never a patient's data)."""

    code = "his.refused"


class HisAnsweredAnother(Conflict):
    """The HIS answered with another patient than the one asked for. Nothing of that answer is used."""

    code = "his.answered_another"


@dataclass(frozen=True)
class HisOrganisation:
    """An organisation (机构): `parent_code` is that of the one it belongs to, empty at the top."""

    code: str
    name: str
    parent_code: str = ""
    address: str = ""
    phone: str = ""
    active: bool = True


@dataclass(frozen=True)
class HisDepartment:
    """A department (科室) of an organisation."""

    code: str
    name: str
    organisation_code: str
    parent_code: str = ""
    introduction: str = ""
    active: bool = True


@dataclass(frozen=True)
class HisStaff:
    """A member of staff; `code` is the number on the badge (工号)."""

    code: str
    name: str
    role: StaffRole
    organisation_code: str
    department_code: str = ""
    title: str = ""
    introduction: str = ""
    active: bool = True


@dataclass(frozen=True)
class Unreadable:
    """A record of the HIS that cannot be understood: its code as far as it has one, and what is wrong with it."""

    code: str
    reason: str


@dataclass(frozen=True)
class HisPage(Generic[T]):
    """A part of a list. `cursor` asks for the next one; None at the end."""

    items: tuple[T, ...]
    unreadable: tuple[Unreadable, ...] = ()
    cursor: str | None = None


@dataclass(frozen=True)
class WhoIs:
    """By whom a file is looked for: a verified identity. `id_number` has 18 characters, the last may be `X`."""

    id_number: str
    name: str


@dataclass(frozen=True)
class NewFile:
    """What the HIS is told to open a file (建档). `phone` is a mainland number of 11 digits, or empty;
    `card_number` that of the e-health card that is shown for it, or empty."""

    id_number: str
    name: str
    sex: Sex
    birth_date: date
    phone: str = ""
    card_number: str = ""

    @property
    def who(self) -> WhoIs:
        """Whose file it will be."""
        return WhoIs(self.id_number, self.name)


@dataclass(frozen=True)
class HisFile:
    """A person's file in the HIS. `phone` is the number it holds for that person, empty when it holds none."""

    patient_number: str
    id_number: str
    name: str
    phone: str = ""


@dataclass(frozen=True)
class Presented:
    """Whose file a call is about, and the number of the card shown for it; empty when none was."""

    patient_number: str
    card_number: str = ""


@dataclass(frozen=True)
class HisCard:
    """A card, or the number of the medical record. `scannable` when the HIS's readers take its number as a code."""

    kind: CardKind
    number: str
    scannable: bool = False
    active: bool = True


@dataclass(frozen=True)
class HisCards:
    """The cards of a file; `patient_number` is the file's as the HIS states it with them."""

    patient_number: str
    cards: tuple[HisCard, ...]


@dataclass(frozen=True)
class Diagnosis:
    """A diagnosis as the HIS codes and words it."""

    code: str
    name: str


@dataclass(frozen=True)
class HisVisit:
    """A visit (就诊) in the past."""

    number: str
    at: datetime
    department_name: str
    department_code: str = ""
    doctor_name: str = ""
    diagnoses: tuple[Diagnosis, ...] = ()


@dataclass(frozen=True)
class HisVisits:
    """The visits of a file, newest first; `patient_number` as the HIS states it with them."""

    patient_number: str
    visits: tuple[HisVisit, ...]


class His(Protocol):
    """A hospital's information system. Each verb may raise `HisUnavailable` or `HisRefused`."""

    def organisations(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisOrganisation]:
        """Organisations, those that ended (`active` False) included; with `since` only what changed from then on."""

    def departments(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisDepartment]:
        """Departments, likewise."""

    def staff(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisStaff]:
        """Doctors, nurses and pharmacists, likewise."""

    def find_file(self, who: WhoIs) -> HisFile | None:
        """The file of exactly that person; None when there is none."""

    def open_file(self, new: NewFile, *, key: str) -> HisFile:
        """Open a file, or answer the one that the person has. Under the same `key` the HIS opens one file at most."""

    def cards(self, presented: Presented) -> HisCards:
        """The cards of a file. `HisRefused` (`reason` "unknown_patient") when there is no such file."""

    def past_visits(self, presented: Presented, since: date) -> HisVisits:
        """The visits of a file from that day on. `HisRefused` like `cards`."""
