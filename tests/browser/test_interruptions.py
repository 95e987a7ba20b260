"""What interrupts people: a reload, a lost network, a session that ends elsewhere."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser import desk, phone
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Doctor, Patient, in_progress

pytestmark = pytest.mark.browser

OFFLINE = "网络断开了，已打开的内容还可以看"


def reloaded(page: Page) -> Page:
    """The same page, loaded anew: whoever was signed in still is."""
    page.reload()
    return page


def test_a_reload_loses_nothing_on_the_phone(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """On every page of the way: still signed in, and what was written is still there."""
    patient, doctor = Patient.new(hospital, "郑一凡"), clinic.doctor()
    page = windows.phone(patient)
    page.goto(f"/patient/doctors/{doctor.role_id}")
    reloaded(page).get_by_role("button", name="向医生问诊").click()
    expect(page.get_by_text("郑一凡")).to_be_visible()
    phone.forward(page)
    page.get_by_label("病情描述").fill("牙疼三天，\n喝凉水更疼。")
    expect(reloaded(page).get_by_label("病情描述")).to_have_value("牙疼三天，\n喝凉水更疼。")
    phone.forward(page)
    page.get_by_role("checkbox").check()
    expect(reloaded(page).get_by_role("checkbox")).to_be_checked()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("您是下一位")).to_be_visible()
    expect(reloaded(page).get_by_text("您是下一位")).to_be_visible()

    visit_id = page.url.rsplit("/", 1)[1]
    doctor.accepts(visit_id)
    page.get_by_role("button", name="进入对话").click()
    page.get_by_role("textbox", name="写消息给医生").fill("还没写完")
    expect(reloaded(page).get_by_role("textbox", name="写消息给医生")).to_have_value("还没写完")
    doctor.finishes(visit_id, "龋齿可能", "请到口腔科拍片。")
    expect(page.get_by_role("button", name="看小结")).to_be_visible()
    reloaded(page).get_by_role("button", name="看小结").click()
    expect(page.get_by_text("请到口腔科拍片。")).to_be_visible()
    expect(reloaded(page).get_by_text("请到口腔科拍片。")).to_be_visible()


def test_an_open_page_waits_to_know_who_reads_it(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """Renewing the session takes long: the page begins when it knows, not anew under one's hand."""
    patient, doctor = Patient.new(hospital, "郑一凡"), clinic.doctor()
    page = windows.phone(patient)
    held: list[Route] = []
    page.route("**/sessions/refresh", lambda route: held.append(route))
    with page.expect_request("**/sessions/refresh"):
        page.goto(f"/patient/doctors/{doctor.role_id}")
    expect(page.locator(".app-starting")).to_be_visible()
    expect(page.get_by_role("heading", name="医生")).to_have_count(0)
    held[0].continue_()
    expect(page.get_by_role("button", name="向医生问诊")).to_be_visible()


def test_a_reload_loses_nothing_at_the_desk(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """The same patient is shown, and both drafts are kept: the message and the summary."""
    patient, doctor = Patient.new(hospital, "冯小刚"), clinic.doctor()
    visit_id, _ = in_progress(patient, doctor)
    page = windows.desk(doctor)
    page.goto(f"/staff/work/{visit_id}")
    desk.field(page, "冯小刚").fill("请问")
    expect(desk.field(reloaded(page), "冯小刚")).to_have_value("请问")
    page.get_by_role("button", name="结束问诊").click()
    page.get_by_label("结论").fill("写到一半")
    reloaded(page).get_by_role("button", name="结束问诊").click()
    expect(page.get_by_label("结论")).to_have_value("写到一半")


def test_without_network_a_message_waits_and_goes_out_once(
    hospital: HospitalProcess, clinic: Clinic, windows: Windows
) -> None:
    """The bar says so, what is open stays readable, the message is shown as waiting; then all of it passes by itself,
    and what was said meanwhile arrives."""
    patient, doctor = Patient.new(hospital, "陈静"), clinic.doctor()
    visit_id, talk = in_progress(patient, doctor)
    at_patient, at_doctor = windows.phone(patient), windows.desk(doctor)
    at_patient.goto(f"/patient/messages/{talk}")
    at_doctor.goto(f"/staff/work/{visit_id}")
    phone.say(at_patient, "第一句")
    expect(desk.bubble(at_doctor, "第一句")).to_be_visible()

    windows.may_complain("ERR_INTERNET_DISCONNECTED|WebSocket connection")
    at_patient.context.set_offline(True)
    expect(at_patient.get_by_text(OFFLINE)).to_be_visible()
    phone.say(at_patient, "断网时写的")
    expect(phone.bubble(at_patient, "断网时写的")).to_contain_text("等待发送")
    expect(at_patient.get_by_text("1 条消息等待发送")).to_be_visible()
    expect(phone.bubble(at_patient, "第一句")).to_be_visible()
    desk.say(at_doctor, "陈静", "您还在吗？")

    at_patient.context.set_offline(False)
    expect(at_patient.get_by_text(OFFLINE)).to_have_count(0)
    expect(phone.bubble(at_patient, "您还在吗？")).to_be_visible()
    expect(phone.bubble(at_patient, "断网时写的")).not_to_contain_text("等待发送")
    expect(desk.bubble(at_doctor, "断网时写的")).to_have_count(1)
    assert said(doctor, talk) == ["第一句", "您还在吗？", "断网时写的"]


def test_a_message_whose_acknowledgement_was_lost_is_there_once(
    hospital: HospitalProcess, clinic: Clinic, windows: Windows
) -> None:
    """The line dies after the hospital stored the message and before the page heard so: the page sends it again, and
    it still was said once."""
    patient, doctor = Patient.new(hospital, "卫东"), clinic.doctor()
    _, talk = in_progress(patient, doctor)
    page = windows.phone(patient)
    lost: list[str] = []

    def line(near: WebSocketRoute) -> None:
        far, dead = near.connect_to_server(), []

        def from_hospital(frame: str | bytes) -> None:
            if not lost and json.loads(frame)["type"] in ("ack", "message"):
                lost.append(str(frame))
                dead.append(near)
                near.close()
                far.close()
            elif not dead:
                near.send(frame)

        far.on_message(from_hospital)

    page.route_web_socket("**/socket?*", line)
    page.goto(f"/patient/messages/{talk}")
    phone.say(page, "只说一次")
    expect(phone.bubble(page, "只说一次")).to_be_visible()
    expect(phone.bubble(page, "只说一次")).not_to_contain_text("发送")
    assert len(lost) == 1
    expect(phone.bubble(page, "只说一次")).to_have_count(1)
    assert said(doctor, talk) == ["只说一次"]


def test_a_session_that_was_ended_on_another_device(
    hospital: HospitalProcess, clinic: Clinic, windows: Windows
) -> None:
    """The page that was put out says so by itself, and after signing in one is where one was."""
    patient, doctor = Patient.new(hospital, "蒋楠"), clinic.doctor()
    _, talk = in_progress(patient, doctor)
    phone_page, tablet = windows.phone(patient), windows.desk(patient.on_another_device())
    phone_page.goto(f"/patient/messages/{talk}")
    expect(phone_page.get_by_role("textbox", name="写消息给医生")).to_be_visible()
    windows.may_complain("401|WebSocket connection")

    tablet.goto("/patient/me/devices")
    tablet.get_by_role("listitem").filter(has_not_text="当前设备").get_by_role("button", name="退出此设备").click()
    tablet.get_by_role("dialog").get_by_role("button", name="退出此设备").click()
    expect(tablet.get_by_role("listitem")).to_have_count(1)
    expect(phone_page.get_by_text("登录已经结束，请重新登录。填过的内容还在。")).to_be_visible()

    phone.sign_in(phone_page, hospital, patient.phone)
    expect(phone_page.get_by_role("textbox", name="写消息给医生")).to_be_visible()


def test_a_doctor_who_was_put_out_says_so_at_once(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """The desk goes to the sign-in page with a word why; what was written is still there afterwards."""
    patient, doctor = Patient.new(hospital, "沈芳"), clinic.doctor()
    visit_id, _ = in_progress(patient, doctor)
    page = windows.desk(doctor)
    page.goto(f"/staff/work/{visit_id}")
    desk.field(page, "沈芳").fill("还没写完的话")
    windows.may_complain("401|WebSocket connection")
    (session,) = doctor.ok("GET", "/identity/sessions")["items"]
    doctor.ok("DELETE", f"/identity/sessions/{session['id']}")
    expect(page.get_by_text("登录已经失效")).to_be_visible()
    desk.sign_in(page, doctor.account)
    expect(desk.field(page, "沈芳")).to_have_value("还没写完的话")


def test_signing_out_leaves_nothing_behind(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """Neither going back nor a reload shows anything of the person again, and nothing of theirs stays on the device."""
    patient, doctor = Patient.new(hospital, "韩梅"), clinic.doctor()
    _, talk = in_progress(patient, doctor)
    page = windows.phone(patient)
    page.goto(f"/patient/messages/{talk}")
    phone.say(page, "只给医生看的话")
    expect(phone.bubble(page, "只给医生看的话")).not_to_contain_text("发送")
    page.goto("/patient/me")
    expect(page.get_by_text("韩梅").first).to_be_visible()
    windows.may_complain("401")
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("手机号", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_label("手机号", exact=True)).to_be_visible()
    page.goto(f"/patient/messages/{talk}")
    expect(page.get_by_label("手机号", exact=True)).to_be_visible()
    expect(page.get_by_text("只给医生看的话")).to_have_count(0)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "只给医生看的话" not in kept
    assert patient.person_id not in kept
    assert page.context.cookies() == []


def test_signing_out_at_a_shared_desk(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """A doctor leaves, a colleague signs in at the same computer, and sees their own patients only."""
    patient, doctor, colleague = Patient.new(hospital, "杨柳"), clinic.doctor(), clinic.accounts("doctor")[1]
    visit_id, _ = in_progress(patient, doctor)
    page = windows.desk(doctor)
    page.goto(f"/staff/work/{visit_id}")
    desk.field(page, "杨柳").fill("没有发出的话")
    windows.may_complain("401|404")
    page.get_by_role("button", name="退出登录").click()
    desk.sign_in(page, colleague)
    expect(page.get_by_text("现在没有患者等待")).to_be_visible()
    expect(page.get_by_text("杨柳")).to_have_count(0)
    assert "没有发出的话" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def said(doctor: Doctor, talk: str) -> list[str]:
    """What people said in a conversation, as it is stored."""
    return [one["content"]["text"] for one in doctor.reads_messages(talk)["items"] if one["sender"]]
