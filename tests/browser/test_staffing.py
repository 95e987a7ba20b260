"""Those who work here, on the admin's desk and on their own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import second_step
from tests.browser.windows import Windows
from tests.builders import files
from tests.journeys.people import Clinic, Patient, a_key

pytestmark = pytest.mark.browser


def test_a_doctor_is_found_suspended_and_reads_why(windows: Windows, clinic: Clinic) -> None:
    """Found by name and standing; suspended with a reason, gone from patients' lists; restored, and back there."""
    admin, doctor = clinic.one("org_admin"), clinic.doctor()
    patient = Patient.new(clinic.hospital)
    name, shown = doctor.me["name"], f"/directory/doctors/{doctor.role_id}"
    page = windows.desk(admin)
    page.goto("/staff/people")
    expect(page.get_by_role("heading", name="人员与审核", level=1)).to_be_visible()
    page.get_by_role("textbox", name="查找姓名").fill(name)
    row = page.locator("tbody").get_by_role("row").filter(has_text=name)
    expect(page.locator("tbody").get_by_role("row")).to_have_count(1)
    row.get_by_role("button").click()
    sheet = page.get_by_role("dialog", name=name)
    expect(sheet.get_by_role("button", name="暂停服务")).to_be_disabled()
    sheet.get_by_role("textbox", name="原因（本人可见）").fill("投诉核实中")
    sheet.get_by_role("button", name="暂停服务").click()
    expect(row.get_by_text("已暂停")).to_be_visible()
    patient.refused(404, "visit.doctor_not_found", "GET", shown)
    own = windows.desk(doctor)
    own.goto("/staff/account")
    expect(own.get_by_text("投诉核实中")).to_be_visible()
    row.get_by_role("button").click()
    sheet.get_by_role("button", name="恢复服务").click()
    expect(row.get_by_text("已通过")).to_be_visible()
    patient.ok("GET", shown)


def test_somebody_is_taken_on_and_first_chooses_a_password_of_their_own(windows: Windows, clinic: Clinic) -> None:
    """Faults stand at their fields and a slip loses nothing; the first password leads to the own one and no further."""
    page = windows.desk(clinic.one("org_admin"))
    page.goto("/staff/people")
    page.get_by_role("button", name="录入人员").click()
    sheet = page.get_by_role("dialog", name="录入人员")
    sheet.get_by_label("手机号").fill("139")
    sheet.get_by_role("button", name="录入人员").click()
    for fault in ("请填写姓名", "请选择岗位", "请填写账号", "手机号的格式不对"):
        expect(sheet.get_by_text(fault, exact=True).last).to_be_visible()
    account = f"n{a_key()[:8]}"
    for label, value in (("姓名", "吴敏"), ("账号", account), ("手机号", "13900139000")):
        sheet.get_by_label(label).fill(value)
    sheet.get_by_role("combobox", name="岗位").press("Enter")
    page.get_by_role("option", name="护士", exact=True).click()
    page.get_by_role("link", name="机构与科室").dispatch_event("click")
    page.get_by_role("dialog", name="还没有保存").get_by_role("button", name="继续填写").click()
    sheet.get_by_role("button", name="录入人员").click()
    told = page.get_by_role("dialog", name="已录入：吴敏")
    password = told.locator("dd").last.inner_text()
    told.get_by_role("button", name="我已记下").click()
    page.get_by_role("textbox", name="完整手机号").fill("139 0013 9000")
    page.get_by_role("textbox", name="完整手机号").press("Enter")
    expect(page.locator("tbody").get_by_role("row")).to_have_count(1)
    page.locator("tbody").get_by_role("button", name="吴敏").click()
    expect(page.get_by_role("dialog", name="吴敏").get_by_text("139****9000")).to_be_visible()

    new = windows.desk()
    new.goto("/staff/sign-in?back=/account")
    new.get_by_label("账号", exact=True).fill(account)
    new.get_by_label("密码", exact=True).fill(password)
    new.get_by_role("button", name="登录", exact=True).click()
    second_step(new)
    new.get_by_text("我已经保存好了").click()
    new.get_by_role("button", name="进入工作台").click()
    expect(new.get_by_role("heading", name="请设置您自己的密码")).to_be_visible()
    new.goto("/staff/talks")
    expect(new).to_have_url(re.compile("/staff/own-password$"))
    expect(new.get_by_role("navigation", name="主导航")).to_have_count(0)
    own = "rain on the river"
    for label, value in (("现在的密码", password), ("新密码", own), ("再输入一次新密码", own)):
        new.get_by_label(label, exact=True).fill(value)
    new.get_by_role("button", name="修改密码").click()
    expect(new).to_have_url(re.compile("/staff/talks$"))
    expect(new.get_by_role("navigation", name="主导航")).to_be_visible()


def test_a_doctor_enters_a_paper_and_the_reviewer_sees_its_scan(windows: Windows, clinic: Clinic) -> None:
    """What is no scan is refused, at once or by the check, and the paper stays; a picture takes its place, and the
    admin who reviews sees it beside the fields."""
    admin, doctor = clinic.one("org_admin"), clinic.doctor()
    page = windows.desk(doctor)
    page.goto("/staff/account")
    page.get_by_role("button", name="录入证件").click()
    sheet = page.get_by_role("dialog", name="录入证件")
    sheet.get_by_role("button", name="保存证件").click()
    for fault in ("请选择证件种类", "请填写证件号码", "请填写发证机关"):
        expect(sheet.get_by_text(fault, exact=True).last).to_be_visible()
    sheet.get_by_role("combobox", name="证件种类").press("Enter")
    page.get_by_role("option", name="医师执业证书", exact=True).click()
    for label, value in (("证件号码", "110110000000021"), ("发证机关", "天津市卫生健康委员会")):
        sheet.get_by_label(label).fill(value)
    sheet.get_by_label("开始日期").fill("2024-02-01")
    sheet.get_by_label("有效期至").fill("2023-02-01")
    scan = sheet.get_by_label("扫描件", exact=True)
    scan.set_input_files({"name": "执业证书.docx", "mimeType": "application/msword", "buffer": b"1"})
    expect(sheet.get_by_text("只能上传照片或 PDF。")).to_be_visible()
    scan.set_input_files({"name": "执业证书.pdf", "mimeType": "application/pdf", "buffer": b"words"})
    sheet.get_by_role("button", name="保存证件").click()
    expect(sheet.get_by_text("有效期至不能早于开始的日期")).to_be_visible()
    sheet.get_by_label("有效期至").fill("2029-01-31")
    sheet.get_by_role("button", name="保存证件").click()
    expect(sheet.get_by_text("证件已保存，扫描件还没有上传成功。")).to_be_visible()
    expect(sheet.get_by_label("证件号码")).not_to_be_editable()
    scan.set_input_files({"name": "执业证书.jpg", "mimeType": "image/jpeg", "buffer": files.photo()})
    sheet.get_by_role("button", name="重新上传扫描件").click()
    expect(sheet).to_be_hidden()
    entered = page.get_by_role("listitem").filter(has_text="医师执业证书")
    expect(entered.get_by_text("待审核")).to_be_visible()
    expect(entered.get_by_role("button", name="更换扫描件")).to_be_visible()

    desk = windows.desk(admin)
    desk.goto(f"/staff/people?member={doctor.role_id}")
    shown = desk.get_by_role("dialog", name=doctor.me["name"]).get_by_role("listitem")
    expect(shown.get_by_text("天津市卫生健康委员会")).to_be_visible()
    expect(shown.get_by_text("2024-02-01 – 2029-01-31")).to_be_visible()
    shown.get_by_role("button", name="查看扫描件").click()
    picture = shown.get_by_role("button", name="放大扫描件：医师执业证书")
    expect(picture.locator("img")).to_have_js_property("complete", True)
    assert picture.locator("img").evaluate("one => one.naturalWidth") == 400
    picture.click()
    desk.get_by_role("dialog", name="查看图片和视频").press("Escape")
    expect(picture).to_be_visible()


def test_somebody_new_without_papers_is_not_approved(windows: Windows, clinic: Clinic) -> None:
    """The page says which papers are missing; a rejection needs a reason."""
    admin = clinic.one("org_admin")
    place = {"organisation_id": clinic.organisation_id, "role": "doctor", "account": f"d{a_key()[:8]}", "name": "吴刚"}
    admin.ok("POST", "/directory/staff", place, key=a_key())
    page = windows.desk(admin)
    page.goto("/staff/people?standing=pending")
    page.locator("tbody").get_by_role("row").filter(has_text="吴刚").get_by_role("button").click()
    sheet = page.get_by_role("dialog", name="吴刚")
    windows.may_complain("409")
    sheet.get_by_role("button", name="通过审核").click()
    expect(sheet.get_by_text(re.compile("还不能通过审核"))).to_be_visible()
    sheet.get_by_role("textbox", name="原因（本人可见）").fill("缺少执业证书")
    sheet.get_by_role("button", name="不通过").click()
    expect(page.get_by_text("已更新：吴刚 · 未通过")).to_be_visible()


def test_an_admin_enters_papers_for_somebody_new_and_approves_them(windows: Windows, clinic: Clinic) -> None:
    """A paper entered by mistake is taken back, the right ones are approved, and one that follows is too, in time."""
    admin = clinic.one("org_admin")
    place = {"organisation_id": clinic.organisation_id, "role": "doctor", "account": f"d{a_key()[:8]}", "name": "何敏"}
    new = admin.ok("POST", "/directory/staff", place, key=a_key())["staff"]["id"]
    page = windows.desk(admin)
    page.goto("/staff/people?standing=pending")
    page.locator("tbody").get_by_role("row").filter(has_text="何敏").get_by_role("button").click()
    sheet = page.get_by_role("dialog", name="何敏")
    entered = sheet.get_by_role("listitem")
    expect(sheet.get_by_text("需要提交：")).to_contain_text("医师执业证书")

    def enter(kind: str, number: str) -> None:
        sheet.get_by_role("button", name="录入证件").click()
        form = page.get_by_role("dialog", name="录入证件")
        expect(form.get_by_text("替何敏录入")).to_be_visible()
        form.get_by_role("combobox", name="证件种类").press("Enter")
        page.get_by_role("option", name=kind, exact=True).click()
        form.get_by_label("证件号码").fill(number)
        form.get_by_label("发证机关").fill("天津市卫生健康委员会")
        form.get_by_role("button", name="保存证件").click()
        expect(form).to_be_hidden()
        expect(entered.filter(has_text=kind).get_by_text(f"1101****{number[-2:]}", exact=True)).to_be_visible()

    enter("医师执业证书", "110110000000022")
    entered.get_by_role("button", name="撤回").click()
    page.get_by_role("dialog", name="撤回这份医师执业证书？").get_by_role("button", name="撤回").click()
    expect(entered).to_have_count(0)
    enter("医师执业证书", "110110000000023")
    enter("医师资格证书", "110110000000024")
    expect(sheet.get_by_text("需要提交：")).to_have_count(0)
    sheet.get_by_role("button", name="通过审核").click()
    expect(page.get_by_text("已更新：何敏 · 已通过")).to_be_visible()
    page.goto(f"/staff/people?member={new}")
    enter("医师执业证书", "110110000000025")
    sheet.get_by_role("button", name="通过新证件").click()
    expect(page.get_by_text("已更新：何敏 · 已通过")).to_be_visible()
    assert {paper["state"] for paper in admin.ok("GET", f"/directory/staff/{new}/papers")["items"]} == {"reviewed"}
