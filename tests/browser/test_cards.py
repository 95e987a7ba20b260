"""A patient's cards on the phone: shown, put in order, held to a reader, and never said to be none when unknown."""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Patient, a_key

pytestmark = pytest.mark.browser


@pytest.fixture
def patient(hospital: HospitalProcess) -> Patient:
    """Verified, with three cards in the HIS."""
    patient = Patient.new(hospital)
    number = patient.ok("POST", "/identity/his-file", key=a_key())["patient_number"]
    mine = a_key()[:8].upper()
    cards = [
        {"kind": "visit", "number": f"V-{mine}", "scannable": True},
        {"kind": "insurance", "number": f"6101{mine}"},
        {"kind": "record", "number": f"MR{mine}", "scannable": True},
    ]
    assert hospital.post("/sandbox/api/his/files", {"patient_number": number, "cards": cards}).status_code == 200
    return patient


def row(page: Page, kind: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=kind, exact=True))


def decoded(picture: Locator) -> list[str]:
    """What a reader reads of what stands on the page."""
    with Image.open(io.BytesIO(picture.screenshot())) as seen:
        return [found.text for found in zxingcpp.read_barcodes(seen.convert("L"))]


@pytest.mark.req("ID-23", "ID-25")
def test_cards_are_shown_and_their_codes_are_read(patient: Patient, windows: Windows) -> None:
    page = windows.phone(patient)
    page.goto("/patient/me")
    page.get_by_role("link", name="就诊卡和医保卡").click()
    for kind in ("就诊卡", "病历号"):
        number = row(page, kind).locator("p").first.inner_text()
        row(page, kind).get_by_role("button", name="出示条码").click()
        for code in ("条形码", "二维码"):
            assert decoded(row(page, kind).get_by_role("img", name=f"{kind}的{code}")) == [number]
    expect(row(page, "医保卡")).to_contain_text("6101")
    expect(row(page, "医保卡").get_by_role("button", name="出示条码")).to_have_count(0)


def test_the_order_and_the_default_are_kept(patient: Patient, windows: Windows) -> None:
    page = windows.phone(patient)
    page.goto("/patient/me/cards")
    headings = page.get_by_role("listitem").get_by_role("heading")
    expect(headings).to_have_text(["就诊卡", "医保卡", "病历号"])
    row(page, "病历号").get_by_role("button", name=re.compile("上移$")).click()
    expect(headings).to_have_text(["就诊卡", "病历号", "医保卡"])
    row(page, "医保卡").get_by_role("button", name=re.compile("设为默认$")).click()
    expect(row(page, "医保卡").get_by_text("默认", exact=True)).to_be_visible()
    page.reload()
    expect(headings).to_have_text(["就诊卡", "病历号", "医保卡"])
    expect(page.get_by_text("默认", exact=True)).to_have_count(1)
    expect(row(page, "医保卡").get_by_text("默认", exact=True)).to_be_visible()


@pytest.mark.req("ID-26")
def test_an_e_health_card_is_applied_for_refused_with_a_reason_and_shown(patient: Patient, windows: Windows) -> None:
    page, hospital = windows.phone(patient), patient.hospital
    page.goto("/patient/me/cards")
    page.get_by_role("link", name="申领电子健康卡").click()
    hospital.knows_person("李别人", patient.number)  # the register takes the number for somebody else's
    page.get_by_role("button", name="申领支付宝健康卡").click()
    alipay = row(page, "支付宝健康卡")
    expect(alipay).to_contain_text("姓名和证件号对不上")
    expect(alipay).to_contain_text("渠道的说明：姓名与证件号码不一致")
    expect(alipay).to_contain_text("到医院窗口办理")
    hospital.knows_person(patient.me["name"], patient.number)
    page.get_by_role("button", name="申领腾讯健康卡").click()
    tencent = row(page, "腾讯健康卡（微信）")
    expect(tencent).to_contain_text("已领取")
    number = tencent.locator("p").first.inner_text()
    tencent.get_by_role("button", name="出示二维码").click()
    picture = tencent.get_by_role("img", name="腾讯健康卡（微信）的二维码")
    expect(picture).to_be_visible()
    (code,) = decoded(picture)
    assert code.startswith(number)
    page.goto("/patient/me/cards")
    expect(row(page, "腾讯健康卡（微信）")).to_contain_text(number)


@pytest.mark.req("ID-23")
def test_a_his_that_is_down_is_said(patient: Patient, windows: Windows) -> None:
    """The page is answered as the hospital answers then (tests/functions/identity/keep_cards)."""
    windows.may_complain("503")
    page = windows.phone(patient)
    cards = re.compile("/api/identity/cards$")
    away = {"code": "his.unavailable", "facts": {"adapter": "his_embedded"}, "request_id": "req-1"}
    page.route(cards, lambda route: route.fulfill(status=503, json=away))
    page.goto("/patient/me/cards")
    expect(page.get_by_text("现在读不到，并不是没有")).to_be_visible()
    expect(page.get_by_text("还没有给您发卡")).to_have_count(0)
    page.unroute(cards)
    page.get_by_role("button", name="再试一次").click()
    expect(row(page, "就诊卡")).to_be_visible()
