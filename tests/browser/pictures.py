"""Pictures of the pages, taken in a real local hospital with its demo data: `python -m tests.browser.pictures`.

Writes docs/pictures/*.png. Each stays under 300 KB; the largest of them all is the one in README.
"""

from __future__ import annotations

import argparse
import base64
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser import desk, phone
from tests.browser.appearance import STILL, Mode
from tests.browser.chromium import chromium
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess, running_hospital
from tests.journeys.people import Clinic, Doctor, Patient, Staff, conversation_of
from tests.journeys.sockets import online

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LARGEST = 300_000  # bytes

COMPLAINT = "这两天早上起床时头晕，站起来会加重，坐一会儿能缓解。没有恶心呕吐。以前血压偏高，一直吃氨氯地平，每天一片。"
RASH = "小腿两侧发痒脱皮两周，洗热水澡后更痒，没有流水。"
SAID = (
    "李医生您好，我昨天早上量的血压是 150/95，晚上 138/88。",
    "您好。药是每天什么时候吃的？最近有没有漏服？",
    "早饭后吃。前天出门忘了一次。",
    "明白了。头晕时有没有胸闷、说话不清，或者一侧手脚没力气？",
    "都没有，就是起床那一下晕得厉害。",
    "好的，先别紧张。今天起每天早晚各量一次血压，记下来发给我；起床时先坐半分钟再站起来。",
)
OTHERS = (
    ("13800138002", "李娜", "孕 12 周，产检说心电图有早搏，没有不舒服，想问问要不要紧。"),
    ("13800138003", "王秀英", "爬楼梯时胸口发闷，休息几分钟就好，最近一个月有三四次。"),
)
BESIDE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; display: flex; align-items: center; gap: 32px; width: 1640px; padding: 32px; box-sizing: border-box;
    background: #dfe9e9 }}
img {{ display: block; border-radius: 12px; box-shadow: 0 1px 8px #16242b2e }}
.desk {{ width: 1216px }}
.phone {{ width: 328px; border: 6px solid #16242b; border-radius: 34px; box-sizing: border-box }}
</style><img class="desk" src="{desk}"><img class="phone" src="{phone}">"""


class Day:
    """The demo's first hospital on a morning: one consultation under way, two patients waiting, one visit finished."""

    def __init__(self, hospital: HospitalProcess) -> None:
        accounts = {one["account"]: one for one in hospital.accounts()["staff"]}
        self.doctor = Doctor(hospital, accounts["doctor1@hq"])
        self.admin = Staff(hospital, accounts["admin1@hq"])
        self.dermatologist = Doctor(hospital, accounts["doctor4@hq"])
        self.patient = self._signed_in(hospital, "13800138001", "张伟")
        (notice,) = self.admin.ok("GET", "/directory/reference/consultation_notices")["items"]
        clinic = Clinic(hospital, self.doctor.me["organisation_id"], notice, [], [])
        for one in (self.doctor, self.dermatologist):
            one._clinic = clinic

        self.finished = self.patient.applies_to(self.dermatologist, RASH)["id"]
        self.dermatologist.accepts(self.finished)
        conversation_of(self.patient, self.finished)
        self.dermatologist.finishes(
            self.finished, "考虑慢性湿疹", "避免热水烫洗，每天涂两次保湿霜；一周后没有好转请复诊。"
        )
        self.visit = self.patient.applies_to(self.doctor, COMPLAINT)["id"]
        for number, name, complaint in OTHERS:
            self._signed_in(hospital, number, name).applies_to(self.doctor, complaint)

    def talk(self) -> str:
        """The consultation begins; the conversation's id."""
        self.doctor.accepts(self.visit)
        with online(self.patient, self.doctor) as sockets:
            talk = conversation_of(self.patient, self.visit)
            for number, text in enumerate(SAID):
                sockets[number % 2].sends(talk, text)
        return talk

    @staticmethod
    def _signed_in(hospital: HospitalProcess, number: str, name: str) -> Patient:
        patient = Patient(hospital)
        patient.phone, patient.name = number, name
        patient.signs_in()
        return patient


def main(arguments: list[str]) -> int:
    """0 when all pictures were taken and none is too large."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.pictures", description="Takes the pictures.")
    parser.add_argument("--into", type=Path, default=FOLDER)
    folder: Path = parser.parse_args(arguments).into
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as at, running_hospital(Path(at) / "state") as hospital, chromium() as browser:
        take_all(browser, hospital, folder)
    heavy = [file.name for file in sorted(folder.glob("*.png")) if file.stat().st_size >= LARGEST]
    for file in sorted(folder.glob("*.png")):
        print(f"  {file.name:38} {file.stat().st_size / 1000:6.0f} KB")
    print(f"too large: {', '.join(heavy)}" if heavy else f"pictures are in {folder}")
    return 1 if heavy else 0


def take_all(browser: Browser, hospital: HospitalProcess, folder: Path) -> None:
    """Every picture, in the order of a visit."""
    windows = Windows(browser, hospital)
    day = Day(hospital)
    # Taking a picture styles the page for a moment, which the page itself may not.
    at_patient = windows.phone(day.patient, bypass_csp=True)
    at_doctor, at_admin = (windows.desk(who, bypass_csp=True) for who in (day.doctor, day.admin))

    at_patient.goto(f"/patient/apply/{day.dermatologist.role_id}/who")
    phone.forward(at_patient)
    at_patient.get_by_label("病情描述").fill(COMPLAINT)
    take(at_patient, folder / "apply.png")
    at_patient.goto(f"/patient/visits/{day.visit}")
    expect(at_patient.get_by_text("您是下一位")).to_be_visible()
    take(at_patient, folder / "queue.png")
    at_patient.goto("/patient/")
    expect(at_patient.get_by_text("正在等 李文静 接诊")).to_be_visible()
    take(at_patient, folder / "home.png")
    with wearing(at_patient, Mode(large_font=True)):
        take(at_patient, folder / "home-large-font.png")
    with wearing(at_patient, Mode(high_contrast=True)):
        take(at_patient, folder / "home-high-contrast.png")
    with wearing(at_patient, Mode("en")):
        take(at_patient, folder / "home-english.png")

    talk = day.talk()
    at_patient.goto(f"/patient/messages/{talk}")
    expect(phone.bubble(at_patient, SAID[-1])).to_be_visible()
    at_doctor.goto(f"/staff/work/{day.visit}")
    expect(desk.bubble(at_doctor, SAID[-1])).to_be_visible()
    expect(desk.waiting(at_doctor, "王秀英")).to_be_visible()
    take(at_patient, folder / "conversation.png")
    take(at_doctor, folder / "workstation.png")
    together(windows.desk(), folder)
    with wearing(at_doctor, Mode("en", high_contrast=True)):
        take(at_doctor, folder / "workstation-english-high-contrast.png")

    at_patient.goto(f"/patient/visits/{day.finished}")
    expect(at_patient.get_by_text("考虑慢性湿疹")).to_be_visible()
    take(at_patient, folder / "summary.png")
    at_admin.goto("/staff/reference/faqs")
    at_admin.locator("tbody").get_by_role("button").first.click()
    expect(at_admin.get_by_role("textbox", name="回答", exact=True)).not_to_have_value("")
    take(at_admin, folder / "reference.png")
    windows.close()


@contextmanager
def wearing(page: Page, mode: Mode) -> Iterator[None]:
    """The page in a mode, and afterwards as before."""
    mode.put_on(page)
    yield
    Mode().put_on(page)


def take(page: Page, file: Path) -> None:
    """The picture, once nothing moves any more and no cursor blinks."""
    expect(page.locator(".yz-loading")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    page.evaluate(STILL)
    page.screenshot(path=file, caret="hide")


def together(page: Page, folder: Path) -> None:
    """The workstation beside the phone, in one picture."""

    def inlined(name: str) -> str:
        return "data:image/png;base64," + base64.b64encode((folder / name).read_bytes()).decode()

    page.set_viewport_size({"width": 1640, "height": 824})
    page.set_content(BESIDE.format(desk=inlined("workstation.png"), phone=inlined("conversation.png")))
    page.wait_for_function("[...document.images].every((one) => one.complete)")
    page.locator("body").screenshot(path=folder / "visit.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
