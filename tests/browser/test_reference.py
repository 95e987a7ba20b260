"""Reference data on the one screen that draws every kind from its schema."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from hospital.reference.kinds import KINDS, Kind
from tests.browser import desk
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Patient, Staff, of_the_platform

pytestmark = pytest.mark.browser

ANYTHING = r"\w"
"""The pattern of a text in which people write freely."""


class Form:
    """A kind's form on a page, filled in as its schema asks."""

    def __init__(self, page: Page, kind: Kind, schema: dict[str, Any], mark: str) -> None:
        self.page, self.kind, self.mark = page, kind, mark
        self.fields: dict[str, dict[str, Any]] = schema["properties"]
        self.sheet = page.get_by_role("dialog", name=re.compile(kind.zh))

    @property
    def said(self) -> str:
        """A field in which people write freely."""
        return next(
            name
            for name, rules in self.fields.items()
            if rules["x-widget"] in ("text", "textarea") and rules.get("pattern", ANYTHING) == ANYTHING
        )

    @property
    def naming(self) -> str:
        """The field by which a row is known."""
        return next(
            name for name in ("name", "title", "words", "question", "code", "text", "word") if name in self.fields
        )

    def fill(self) -> None:
        """Everything that can be filled in."""
        for name, rules in self.fields.items():
            if rules["x-widget"] == "switch":
                continue  # it stands already
            field = self.control(name)
            if rules["x-widget"] == "select":
                field.press("Enter")
                self.page.get_by_role("option").filter(visible=True).last.click()
                expect(self.page.get_by_role("option").filter(visible=True)).to_have_count(0)
            else:
                field.fill(self.value(name))

    def value(self, name: str, word: str = "") -> str:
        """What is written into a field."""
        rules = self.fields[name]
        if rules["x-widget"] == "number":
            return "7"
        if rules.get("pattern", ANYTHING) != ANYTHING:
            return self.mark
        text: str = word + rules["title"] + self.mark + "，请按医生的嘱咐。"
        return text[: rules.get("maxLength", 200)]

    def control(self, name: str) -> Locator:
        """The field's control, by its label."""
        roles = {"select": "combobox", "number": "spinbutton"}
        rules = self.fields[name]
        return self.sheet.get_by_role(roles.get(rules["x-widget"], "textbox"), name=rules["title"], exact=True)  # type: ignore[arg-type]

    def save(self) -> None:
        """Presses the button."""
        self.sheet.get_by_role("button", name="保存").click()


def row(page: Page, text: str) -> Locator:
    """A row of the table, under its head."""
    return page.locator("tbody").get_by_role("row").filter(has_text=text)


@pytest.mark.parametrize("kind", list(KINDS), ids=lambda kind: kind.name)
def test_a_kind_from_new_to_restored(hospital: HospitalProcess, clinic: Clinic, windows: Windows, kind: Kind) -> None:
    """Created, found, changed although somebody else was faster, retired and restored; everything by its schema."""
    admin = clinic.one("org_admin") if kind.per_organisation else of_the_platform(hospital, "operator")
    path = f"/directory/reference/{kind.name}"
    schema = admin.ok("GET", f"{path}/schema")["schema"]
    page = windows.desk(admin)
    page.goto(f"/staff/reference/{kind.name}")
    expect(page.get_by_role("heading", name=kind.zh, level=1)).to_be_visible()
    form = Form(page, kind, schema, uuid.uuid4().hex[:8])

    page.get_by_role("banner").or_(page.locator("header")).get_by_role("button", name=f"新增{kind.zh}").click()
    form.save()
    expect(form.sheet.get_by_text(re.compile("^请(填写|选择)")).first).to_be_visible()
    form.fill()
    form.save()
    name = form.value(form.naming)
    expect(page.get_by_text(f"已新增“{name}”")).to_be_visible()

    page.get_by_role("textbox", name=f"查找{kind.zh}").fill(form.mark)
    expect(page.locator("tbody").get_by_role("row")).to_have_count(1)
    expect(page).to_have_url(re.compile(f"q={form.mark}"))
    row(page, name).get_by_role("button").click()
    form.control(form.said).fill(form.value(form.said, "我的"))
    somebody_else_changes(admin, f"{path}/{item_of(page)}", form)
    windows.may_complain("409")
    form.save()
    conflict = form.sheet.get_by_role("alert").filter(has_text="别人刚刚改过这一条")
    expect(conflict.get_by_role("radio", name=re.compile("对方的"))).to_be_visible()
    conflict.get_by_role("radio", name=re.compile("我的")).check()
    form.save()
    expect(page.get_by_text("已保存“")).to_be_visible()

    row(page, form.mark).get_by_role("button").click()
    item = f"{path}/{item_of(page)}"
    expect(form.control(form.said)).to_have_value(form.value(form.said, "我的"))
    form.sheet.get_by_role("button", name="停用").click()
    page.get_by_role("dialog", name=re.compile("^停用“")).get_by_role("button", name="停用").click()
    expect(row(page, form.mark)).to_have_count(0)
    only_retired = page.locator("label").filter(has=page.get_by_role("checkbox", name="只看已停用"))
    only_retired.click()
    expect(row(page, form.mark)).to_be_visible()
    row(page, form.mark).get_by_role("button").click()
    form.sheet.get_by_role("button", name="恢复使用").click()
    expect(row(page, form.mark)).to_have_count(0)
    only_retired.click()
    expect(row(page, form.mark)).to_be_visible()
    stored = admin.ok("GET", item)
    assert (stored["retired"], stored["content"][form.said]) == (False, form.value(form.said, "我的"))


def somebody_else_changes(who: Staff, item: str, form: Form) -> None:
    """The same item, saved from elsewhere in between."""
    held = who.ok("GET", item)
    content = {**held["content"], form.said: form.value(form.said, "对方")}
    who.ok("PUT", item, {"version": held["version"], "content": content})


def item_of(page: Page) -> str:
    """The id of the item that is open, as it stands in the address."""
    found = re.search(r"[?&]item=(\w+)", page.url)
    assert found, page.url
    return found.group(1)


def test_two_administrators_at_one_item(clinic: Clinic, windows: Windows) -> None:
    """Two windows, one question: the second to save sees both answers and chooses; nothing is lost unseen."""
    first, second = (windows.desk(clinic.one("org_admin")) for _ in range(2))
    for page in (first, second):
        page.goto("/staff/reference/faqs")
        row(page, "咨询可以开药吗").get_by_role("button").click()
        expect(page.get_by_role("textbox", name="回答", exact=True)).not_to_have_value("")
    first.get_by_role("textbox", name="回答", exact=True).fill("先写的回答。")
    first.get_by_role("button", name="保存").click()
    expect(row(first, "先写的回答。")).to_be_visible()
    second.get_by_role("textbox", name="回答", exact=True).fill("后写的回答。")
    windows.may_complain("409")
    second.get_by_role("button", name="保存").click()
    conflict = second.get_by_role("alert").filter(has_text="别人刚刚改过这一条")
    expect(conflict).to_contain_text("先写的回答。")
    expect(conflict).to_contain_text("后写的回答。")
    conflict.get_by_role("radio", name=re.compile("对方的")).check()
    second.get_by_role("button", name="保存").click()
    expect(row(second, "先写的回答。")).to_be_visible()


def test_it_is_there_for_administrators_only(clinic: Clinic, windows: Windows) -> None:
    """A doctor neither finds the page nor gets to it by its address."""
    page = windows.desk(clinic.doctor())
    page.goto("/staff/reference/titles")
    expect(page.get_by_role("region", name="患者队列")).to_be_visible()
    expect(page).to_have_url(re.compile("/staff/work$"))
    expect(page.get_by_role("link", name="基础资料")).to_have_count(0)


def test_patients_have_no_business_at_the_staff_door(hospital: HospitalProcess, windows: Windows) -> None:
    """Neither a patient's session nor a patient's phone number opens it, and the page says so without telling why."""
    patient = Patient.new(hospital)
    page = windows.phone(patient, viewport={"width": 1280, "height": 800})
    page.goto("/staff/reference/titles")
    expect(page.get_by_role("heading", name="医护工作台")).to_be_visible()
    windows.may_complain("401")
    page.get_by_label("账号", exact=True).fill(patient.phone)
    page.get_by_label("密码", exact=True).fill("123456")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="sign_in.refused")).to_be_visible()
    page.goto("/patient/")
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()


def test_a_change_is_there_in_the_next_application(clinic: Clinic, windows: Windows, hospital: HospitalProcess) -> None:
    """What an administrator writes is what patients read at once: the notice before they apply."""
    admin, patient = clinic.one("org_admin"), Patient.new(hospital)
    at_admin, at_patient = windows.desk(), windows.phone(patient)
    at_admin.goto("/staff/")
    desk.sign_in(at_admin, admin.account)
    at_admin.get_by_role("link", name="咨询须知").click()
    at_admin.locator("tbody").get_by_role("button").first.click()
    at_admin.get_by_role("textbox", name="内容", exact=True).fill("春节期间答复会慢一些，急症请拨打 120。")
    at_admin.get_by_role("button", name="保存").click()
    expect(at_admin.get_by_text("已保存“")).to_be_visible()

    doctor = clinic.accounts("doctor")[0]
    at_patient.goto(f"/patient/doctors/{doctor['practitioner_role_id']}")
    at_patient.get_by_role("button", name="向医生问诊").click()
    at_patient.get_by_role("button", name="下一步").click()
    at_patient.get_by_label("病情描述").fill("嗓子疼两天了。")
    at_patient.get_by_role("button", name="下一步").click()
    expect(at_patient.get_by_text("春节期间答复会慢一些")).to_be_visible()
