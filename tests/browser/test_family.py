"""A family on the phone, its paper at the counter."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser import phone
from tests.browser.windows import Windows
from tests.journeys.people import Clinic, Patient, a_key, a_phone, an_id_number

pytestmark = pytest.mark.browser

COMPLAINT = "孩子咳嗽两天，夜里有点发烧，精神还好。"


def test_a_child_is_added_shown_at_the_counter_booked_for_and_let_go(windows: Windows, clinic: Clinic) -> None:
    """Pending until staff have seen the guardian's paper; the doctor reads for whom, and who acts (ID-21; ID-22 in
    part: nothing is paid yet)."""
    hospital, admin, doctor = clinic.hospital, clinic.one("org_admin"), clinic.doctor()
    mother, number = Patient.new(hospital, "陶然"), an_id_number(date(2021, 3, 4))
    hospital.knows_person("陶小满", number)
    page = windows.phone(mother)
    page.goto("/patient/me/family")
    page.get_by_role("link", name="添加家人").or_(page.get_by_role("button", name="添加家人")).click()
    page.get_by_label("姓名", exact=True).fill("陶小满")
    page.get_by_label("身份证号", exact=True).fill(number)
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.get_by_text("请填写证明上的编号")).to_be_visible()
    page.get_by_label("证明编号").fill("R320001234")
    page.get_by_role("button", name="添加", exact=True).click()
    card = page.get_by_role("listitem").filter(has_text="陶小满")
    expect(card.get_by_text("只能预约")).to_be_visible()

    code = mother.ok("POST", "/identity/counter-codes", key=a_key())["code"]
    counter = windows.desk(admin)
    counter.goto("/staff/counter")
    counter.get_by_label("患者出示的认证码").fill(code)
    counter.get_by_role("button", name="查找").click()
    expect(counter.get_by_text("出生医学证明 R320001234")).to_be_visible()
    counter.get_by_role("button", name="证明属实（陶小满）").click()
    expect(counter.get_by_text("核对监护证明")).to_have_count(0)
    page.reload()
    expect(card.get_by_text("可以代办")).to_be_visible()

    page.goto(f"/patient/doctors/{doctor.role_id}")
    page.get_by_role("button", name="向医生问诊").click()
    page.get_by_text("陶小满", exact=True).click()
    phone.forward(page)
    page.get_by_label("病情描述").fill(COMPLAINT)
    phone.forward(page)
    page.get_by_role("checkbox", name="我已阅读并同意").check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("您是下一位")).to_be_visible()
    (waiting,) = doctor.sees_queue()
    assert waiting["patient"]["name"] == "陶小满"
    assert waiting["acting_for"]["name"] == "陶然"

    page.goto("/patient/me/family")
    card.get_by_role("button", name="移除陶小满").click()
    page.get_by_role("dialog").get_by_role("button", name="移除", exact=True).click()
    expect(page.get_by_text("还没有添加家人")).to_be_visible()
    assert mother.ok("GET", "/identity/family")["members"] == []


def test_an_adult_agrees_by_phone_and_ends_it_in_their_own_account(windows: Windows, clinic: Clinic) -> None:
    """A text to the phone in the hospital's file; the wrong digits show nothing."""
    hospital = clinic.hospital
    daughter, mother = Patient.new(hospital, "陶然"), Patient.new(hospital, "李桂兰")
    mother.ok("POST", "/identity/his-file", key=a_key())
    kin = {"name": mother.name, "id_number": mother.number, "relation": "parent"}
    daughter.ok("POST", "/identity/family", kin, key=a_key())
    page = windows.phone(daughter)
    page.goto("/patient/me/family")
    page.get_by_role("button", name="用手机验证码同意（李桂兰）").click()
    sheet = page.get_by_role("dialog", name="请李桂兰同意")
    sheet.get_by_role("button", name="发送短信").click()
    expect(sheet.get_by_text(f"尾号 {mother.phone[-2:]} 的手机")).to_be_visible()
    expect(sheet.get_by_text("家人代办授权书")).to_be_visible()
    code = mother.code()
    windows.may_complain("422")
    sheet.get_by_label("家人收到的验证码").fill("000000" if code != "000000" else "000001")
    sheet.get_by_role("button", name="家人已同意").click()
    expect(sheet.get_by_text("验证码不对")).to_be_visible()
    sheet.get_by_label("家人收到的验证码").fill(code)
    sheet.get_by_role("button", name="家人已同意").click()
    expect(page.get_by_text("可以代办")).to_be_visible()

    hers = windows.phone(mother)
    hers.goto("/patient/me/family")
    expect(hers.get_by_text("陶然可以替您办理就医")).to_be_visible()
    hers.get_by_role("button", name="结束代办（陶然）").click()
    hers.get_by_role("dialog").get_by_role("button", name="结束代办").click()
    expect(hers.get_by_text("陶然可以替您办理就医")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("还没有添加家人")).to_be_visible()


def test_who_lost_their_phone_gets_another_number_at_the_counter(windows: Windows, clinic: Clinic) -> None:
    """Another name is nobody; wrong digits change nothing; then the old phone is told, and its page asks to sign in."""
    patient, new = Patient.new(clinic.hospital, "林大海"), a_phone()
    patient.applies_to(clinic.doctor())
    lost = windows.phone(patient)
    lost.goto("/patient/me")
    page = windows.desk(clinic.one("org_admin"))
    page.goto("/staff/counter")
    form = page.get_by_role("region", name="旧手机丢了，换登录手机号")
    windows.may_complain("40[014]")
    form.get_by_label("证件上的姓名").fill("林小海")
    form.get_by_label("证件上的身份证号").fill(patient.number)
    form.get_by_label("新手机号").fill(new)
    form.get_by_text("我看过证件原件").click()
    form.get_by_role("button", name="给新手机发验证码").click()
    expect(form.get_by_text("没有找到这位患者的账号")).to_be_visible()
    form.get_by_label("证件上的姓名").fill(patient.name)
    form.get_by_role("button", name="给新手机发验证码").click()
    expect(form.get_by_text(f"{patient.phone[:3]}****{patient.phone[-4:]}")).to_be_visible()
    code = phone.code_on(clinic.hospital, new)
    form.get_by_label("新手机收到的验证码").fill("000000" if code != "000000" else "000001")
    form.get_by_role("button", name="更换手机号").click()
    expect(form.get_by_text("验证码不对")).to_be_visible()
    form.get_by_label("新手机收到的验证码").fill(code)
    form.get_by_role("button", name="更换手机号").click()
    expect(page.get_by_text("已更换，请患者用新手机号登录").first).to_be_visible()
    lost.reload()
    expect(lost.get_by_role("button", name="获取验证码")).to_be_visible()


def test_two_files_of_one_person_are_merged_and_taken_apart_and_those_of_two_are_not(
    windows: Windows, clinic: Clinic
) -> None:
    """Family had her treated before she had an account. Another number is another person, whoever says otherwise; and
    who does not keep files finds no page."""
    hospital, name, number = clinic.hospital, "李桂兰", an_id_number()
    hospital.knows_person(name, number)
    daughter, stranger = Patient.new(hospital, "陶然"), Patient.new(hospital, "周大明")
    kin = {"name": name, "id_number": number, "relation": "parent"}
    for_her = {"family_member_id": daughter.ok("POST", "/identity/family", kin, key=a_key())["id"]}
    wish = daughter.application(clinic.doctor()) | for_her
    daughter.ok("POST", "/consultation/visits", wish, key=a_key())
    mother = Patient.new(hospital, name, verified=False)
    mother.ok("POST", "/identity/real-name", {"name": name, "id_number": number}, key=a_key())
    for who in (mother, stranger):
        who.applies_to(clinic.doctor(1))

    page = windows.desk(clinic.one("org_admin"))
    page.goto("/staff/patients")
    page.get_by_role("textbox", name="手机号").fill(mother.phone)
    page.get_by_role("button", name="查找", exact=True).click()
    page.locator("tbody").get_by_role("row").filter(has_text=name).get_by_role("button").click()
    sheet = page.get_by_role("dialog", name=name)
    sheet.get_by_role("button", name="查找其他档案").click()
    expect(sheet.get_by_text("身份证号相同")).to_be_visible()
    windows.may_complain("409")
    sheet.get_by_label("另一份档案的手机号或身份证号").fill(stranger.phone)
    sheet.get_by_role("button", name="查找", exact=True).click()
    sheet.get_by_role("button", name="合并这两份档案").click()
    expect(sheet.get_by_text("两份档案的身份证号不同，不是同一个人。")).to_be_visible()
    sheet.get_by_role("button", name="不是同一个人").click()
    sheet.get_by_role("button", name="对比").click()
    sheet.get_by_role("button", name="合并这两份档案").click()
    sheet.get_by_role("button", name="撤销合并").click()
    expect(page.get_by_text("已撤销，两份档案恢复原样")).to_be_visible()
    expect(sheet.get_by_role("button", name="撤销合并")).to_have_count(0)
    sheet.get_by_role("button", name="查找其他档案").click()
    expect(sheet.get_by_text("身份证号相同")).to_be_visible()

    doctor = windows.desk(clinic.doctor())
    doctor.goto("/staff/patients")
    expect(doctor.get_by_role("heading", name="查找一位患者")).to_have_count(0)
    expect(doctor).to_have_url(f"{hospital.origin}/staff/work")
