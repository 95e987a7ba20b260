"""Card and face before a fake camera, judged by the hospital's own models; and the same in large letters, spoken."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.benchmarks.day_of_emergencies import gives_duty
from tests.browser import phone
from tests.browser.appearance import seen_on
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.windows import Windows
from tests.builders.camera import show_card, show_face
from tests.builders.faces import capture, stranger
from tests.builders.faces.moving import own_portrait
from tests.builders.id_cards import CardOf, as_jpeg, drawn_back, drawn_front, made_card, photographed
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Patient, a_phone
from tests.journeys.sending import SendingSystem, kit_asks, wish

pytestmark = pytest.mark.browser

CARD, SPOKEN_OVER, IN_DOUBT, BOTH_SIDES = (made_card(seed) for seed in (11, 12, 13, 14))
FROM_ITSELF, FROM_SERVER, FROM_KIT = (made_card(seed) for seed in (15, 16, 17))
"""A number is verified for one account only."""
_READ_WITHIN_MS = 60_000
"""With the first picture the models are loaded."""


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """What the camera looks at: the front of a card on a desk."""
    path = tmp_path / "film.y4m"
    show_card(path, photographed(drawn_front(CARD), "desk", 1))
    return path


@pytest.fixture
def windows(browser: Browser, hospital: HospitalProcess, film: Path) -> Iterator[Windows]:
    """Windows of a browser whose camera shows the film."""
    arguments = [*ARGUMENTS, f"--use-file-for-fake-video-capture={film}"]
    filming = browser.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    opened = Windows(filming, hospital)
    yield opened
    opened.close()
    filming.close()
    assert opened.complaints() == []


def read_front(page: Page) -> None:
    """From the page of real names to what the front says."""
    page.get_by_role("link", name="拍身份证").click()
    page.get_by_role("button", name="拍照").click()
    expect(page.get_by_role("heading", name="识别结果")).to_be_visible(timeout=_READ_WITHIN_MS)


@pytest.mark.req("ID-12")
def test_the_card_fills_the_form_and_what_is_no_card_fills_nothing(hospital: HospitalProcess, windows: Windows) -> None:
    patient = Patient.new(hospital, "王小明", verified=False)
    hospital.knows_person(CARD.name, CARD.number)
    page = windows.phone(patient, viewport={"width": 390, "height": 844})
    page.goto("/patient/me/real-name/camera")
    windows.may_complain("422")
    chosen = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": as_jpeg(own_portrait())}
    page.locator("input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
    expect(page.get_by_text("照片里没有看到身份证")).to_be_visible(timeout=_READ_WITHIN_MS)
    expect(page.get_by_label("身份证号", exact=True)).to_have_count(0)
    page.goto("/patient/me/real-name")
    expect(page.get_by_label("姓名", exact=True)).to_have_value("")
    read_front(page)
    expect(page.get_by_label("姓名", exact=True)).to_have_value(CARD.name)
    expect(page.get_by_label("身份证号", exact=True)).to_have_value(CARD.number)
    expect(page.get_by_text(CARD.address)).to_be_visible()
    page.get_by_role("button", name="用姓名和号码认证").click()
    expect(page.get_by_text("已通过实名认证")).to_be_visible()


VOICE = """
    window.said = JSON.parse(sessionStorage.getItem('said') ?? '[]')
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text } }
    const voice = {
        getVoices: () => [{ lang: 'en-US' }, { lang: 'zh_CN' }],
        cancel: () => undefined,
        speak: (one) => {
            window.said.push([one.text, one.lang, one.voice.lang])
            sessionStorage.setItem('said', JSON.stringify(window.said))
        },
    }
    Object.defineProperty(window, 'speechSynthesis', { value: voice })
"""
MUTE = "Object.defineProperty(window, 'speechSynthesis', { value: undefined })"
PHONE_390 = {"width": 390, "height": 844}


def steps_on(page: Page) -> set[str]:
    """What can be pressed on this screen, but for what every page has."""
    buttons = page.locator("main").get_by_role("button").or_(page.locator("main").get_by_role("link"))
    return {text.strip() for text in buttons.all_inner_texts()} - {"再听一遍", "关掉声音"}


def enlarged(page: Page) -> None:
    """Chosen before anybody has signed in; it goes along into the account."""
    page.get_by_role("button", name="显示设置").click()
    page.get_by_role("switch", name=re.compile("大字版")).click()
    page.get_by_role("button", name="关闭", exact=True).click()


def whole(page: Page) -> None:
    """Everything on this screen can be read."""
    seen = seen_on(page)
    assert (seen.cut, seen.overlaps) == ([], [])


def test_from_sign_up_to_verified_in_large_letters_and_spoken(
    hospital: HospitalProcess, windows: Windows, film: Path
) -> None:
    """One thing a screen, its one sentence spoken, nothing of anybody in it; turned off, it stays off; and where a
    browser has no voice, nothing is missed. PLAT-32 in part: booking and joining come with their own pages."""
    hospital.knows_person(SPOKEN_OVER.name, SPOKEN_OVER.number)
    show_card(film, photographed(drawn_front(SPOKEN_OVER), "desk", 1))
    number = a_phone()
    page = windows.phone(viewport=PHONE_390)
    page.add_init_script(VOICE)
    page.goto("/patient/sign-up")
    enlarged(page)
    expect(page.get_by_text("请填写您的手机号。")).to_be_visible()
    expect(page.get_by_label("验证码", exact=True)).to_have_count(0)
    whole(page)
    page.get_by_label("手机号", exact=True).fill(number)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("请填写短信里的验证码。")).to_be_visible()
    whole(page)
    page.get_by_label("验证码", exact=True).fill(phone.code_on(hospital, number))
    page.get_by_role("button", name="注册", exact=True).click()
    expect(page.get_by_role("link", name="找医生")).to_be_visible()

    page.goto("/patient/me/real-name")
    expect(page.get_by_text("请拿出身份证，拍一下。")).to_be_visible()
    assert steps_on(page) == {"拍身份证", "自己填写", "到医院窗口认证\n不用刷脸"}
    whole(page)
    page.get_by_role("button", name="再听一遍").click()
    page.get_by_role("button", name="拍身份证").click()
    expect(page.get_by_role("button", name="拍照")).to_be_visible()
    assert steps_on(page) == {"拍照", "到医院窗口认证"}
    whole(page)
    page.get_by_role("button", name="拍照").click()
    expect(page.get_by_label("身份证号", exact=True)).to_have_value(SPOKEN_OVER.number, timeout=_READ_WITHIN_MS)
    whole(page)
    page.get_by_role("button", name="关掉声音").click()
    page.get_by_role("button", name="用姓名和号码认证").click()
    expect(page.get_by_text("认证好了。")).to_be_visible()
    whole(page)
    page.reload()
    expect(page.get_by_role("button", name="打开声音")).to_be_visible()
    said = ["请填写您的手机号。", "请填写短信里的验证码。", *["请拿出身份证，拍一下。"] * 2]
    said += ["请把有照片的一面放进框里。", "拍好了，请核对姓名和号码。"]
    assert page.evaluate("said") == [[words, "zh-CN", "zh_CN"] for words in said]
    page.get_by_role("button", name="打开声音").click()
    assert page.evaluate("said.at(-1)[0]") == "认证好了。"

    silent = windows.phone(viewport=PHONE_390)
    silent.add_init_script(MUTE)
    silent.goto("/patient/sign-up")
    enlarged(silent)
    expect(silent.get_by_text("请填写您的手机号。")).to_be_visible()
    expect(silent.get_by_role("button", name="再听一遍")).to_have_count(0)


@pytest.mark.nightly
def test_from_sign_up_to_a_face_that_does_what_was_drawn_which_nobody_else_can_replay(
    hospital: HospitalProcess, windows: Windows, film: Path
) -> None:
    """The camera looks at the front, then at the back, then at a face, which is shown what the hospital drew. Somebody
    else then sends the first one's frames, and is refused."""
    clinic = Clinic.founded(hospital)
    flow = {"terminal": "web", "version": 0, "asks_name": False, "real_name": "before_first_visit", "wechat": True}
    ways = {"ways": ["number", "face", "counter"], "card": "before_first_visit", "family": True}
    clinic.one("org_admin").ok("PUT", "/identity/sign-up-flow", {**flow, **ways})
    place = f"terminal=web&organisation={clinic.organisation_id}"
    page, number = windows.phone(viewport=PHONE_390), a_phone()
    page.goto(f"/patient/sign-up?{place}")
    page.get_by_label("手机号", exact=True).fill(number)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("button", name=re.compile("秒后可重发"))).to_be_visible()
    page.get_by_label("验证码", exact=True).fill(phone.code_on(hospital, number))
    page.get_by_role("button", name="注册", exact=True).click()
    expect(page.get_by_role("link", name="找医生")).to_be_visible()
    before_the_face(page, film, place)
    sent: list[list[str]] = []
    page.on("request", lambda one: sent.append(one.post_data_json["frames"]) if one.url.endswith("/answer") else None)
    page.route("**/api/identity/face-checks", lambda route: drawn(route, film))
    page.get_by_role("button", name="同意，开始刷脸").click()
    page.get_by_role("button", name="开始", exact=True).click()
    expect(page.get_by_text("已通过实名认证")).to_be_visible(timeout=_READ_WITHIN_MS)
    expect(page.get_by_text("身份证和人脸")).to_be_visible()

    windows.may_complain("422")
    other = Patient.new(hospital, "王小明", verified=False)
    page = windows.phone(other, viewport=PHONE_390)
    before_the_face(page, film, place)
    page.route("**/answer", lambda route: replayed(route, sent[0]))
    page.get_by_role("button", name="同意，开始刷脸").click()
    page.get_by_role("button", name="开始", exact=True).click()
    expect(page.get_by_text("收到的是以前拍过的画面")).to_be_visible(timeout=_READ_WITHIN_MS)
    assert other.ok("GET", "/identity/me")["verified"] is False


@pytest.mark.nightly
@pytest.mark.req("ID-09")
def test_the_same_check_from_a_page_a_mini_program_the_kit_and_another_systems_server(
    hospital: HospitalProcess, windows: Windows, film: Path, tmp_path: Path
) -> None:
    """The page by itself; another system's server by its key, opened in an official account; the kit on such a server,
    opened in the web-view of a mini program. Each ends verified, who asked is told; without a key that counts, 401."""
    clinic = Clinic.founded(hospital)
    flow = {"terminal": "web", "version": 0, "asks_name": False, "real_name": "before_first_visit", "wechat": True}
    ways = {"ways": ["number", "face", "counter"], "card": "before_first_visit", "family": True}
    clinic.one("org_admin").ok("PUT", "/identity/sign-up-flow", {**flow, **ways})
    itself = Patient.new(hospital, "王小明", verified=False)
    page = windows.phone(itself, viewport=PHONE_390)
    show_card(film, photographed(drawn_front(FROM_ITSELF), "desk", 1))
    page.goto(f"/patient/me/real-name/camera?terminal=web&organisation={clinic.organisation_id}")
    shows_card_and_face(page, film, FROM_ITSELF)
    expect(page.get_by_text("已通过实名认证")).to_be_visible(timeout=_READ_WITHIN_MS)

    system = SendingSystem.let_in(clinic.one("org_admin"), "医保平台")
    unknown, whom = replace(system, key="of nobody"), wish(FROM_SERVER.name, FROM_SERVER.number)
    assert unknown.asks("POST", "/system-face-requests", whom, area="identity").status == 401
    asked = system.asks_for_face(FROM_SERVER.name, FROM_SERVER.number)
    opened(windows, hospital, film, asked["link"], FROM_SERVER, "MicroMessenger/8.0.50")
    told = system.reads_face(asked["id"]).json
    assert (told["state"], told["terminal"]) == ("passed", "wechat_official_account")
    assert unknown.reads_face(asked["id"]).status == 401

    with kit_asks(system, wish(FROM_KIT.name, FROM_KIT.number), tmp_path) as (link, finished):
        link += "&terminal=wechat_mini_program"
        opened(windows, hospital, film, link, FROM_KIT, "MicroMessenger/8.0.50 miniProgram/wx0")
        assert finished() == "result passed card_portrait"


def opened(windows: Windows, hospital: HospitalProcess, film: Path, link: str, card: CardOf, browser: str) -> None:
    """Whose card it is follows the link in such a browser, and passes."""
    who = Patient.new(hospital, card.name, verified=False)
    page = windows.phone(who, viewport=PHONE_390, user_agent=f"Mozilla/5.0 (Linux; Android 14) {browser}")
    show_card(film, photographed(drawn_front(card), "desk", 1))
    page.goto(link)
    page.get_by_role("button", name="开始核验").click()
    shows_card_and_face(page, film, card)
    expect(page.get_by_text("核验通过")).to_be_visible(timeout=_READ_WITHIN_MS)
    assert who.ok("GET", "/identity/me")["verified"] is True


def shows_card_and_face(page: Page, film: Path, card: CardOf) -> None:
    """The front that the camera looks at, the back, the consent, and what is drawn."""
    page.get_by_role("button", name="拍照").click()
    expect(page.get_by_role("heading", name="识别结果")).to_be_visible(timeout=_READ_WITHIN_MS)
    show_card(film, photographed(drawn_back(card), "desk", 2))
    page.get_by_role("button", name="下一步：拍国徽面").click()
    page.get_by_role("button", name="拍照").click()
    expect(page.get_by_text(card.authority)).to_be_visible(timeout=_READ_WITHIN_MS)
    show_face(film)
    page.get_by_role("button", name="下一步：刷脸").click()
    page.route("**/api/identity/face-checks", lambda route: drawn(route, film))
    page.get_by_role("button", name="同意，开始刷脸").click()
    page.get_by_role("button", name="开始", exact=True).click()


def before_the_face(page: Page, film: Path, place: str) -> None:
    """Both sides of the card are read; the consent is next."""
    show_card(film, photographed(drawn_front(BOTH_SIDES), "desk", 1))
    page.goto(f"/patient/me/real-name?{place}")
    read_front(page)
    show_card(film, photographed(drawn_back(BOTH_SIDES), "desk", 2))
    page.get_by_role("button", name="下一步：拍国徽面").click()
    page.get_by_role("button", name="拍照").click()
    expect(page.get_by_text(BOTH_SIDES.authority)).to_be_visible(timeout=_READ_WITHIN_MS)
    show_face(film)
    page.get_by_role("button", name="下一步：刷脸").click()


def drawn(route: Route, film: Path) -> None:
    """What is before the camera learns what was drawn, and does it."""
    answer = route.fetch()
    show_face(film, answer.json()["actions"])
    route.fulfill(response=answer)


def replayed(route: Route, frames: list[str]) -> None:
    """Frames of another time in place of those of this one."""
    route.continue_(post_data={**route.request.post_data_json, "frames": frames})


def in_doubt(clinic: Clinic, patient: Patient) -> None:
    """The card shows somebody so like the one before the camera that the models cannot say."""
    like = Image.blend(own_portrait(), stranger().resize(own_portrait().size), 0.8)
    readings = {}
    for side, drawn in (("front", drawn_front(IN_DOUBT, like)), ("back", drawn_back(IN_DOUBT))):
        picture = base64.b64encode(as_jpeg(photographed(drawn, "desk", 1))).decode()
        body = {"side": side, "picture": picture}
        readings[f"{side}_reading_id"] = patient.ok("POST", "/identity/id-card-readings", body)["id"]
    agreed = {"purpose": "face_recognition", "act": "give", "text_version": 1}
    patient.ok("POST", "/identity/consents", agreed)
    check = patient.ok("POST", "/identity/face-checks")
    shown = [base64.b64encode(frame).decode() for frame in capture(check["actions"])]
    body = {"frames": shown, "organisation_id": clinic.organisation_id, **readings}
    told = patient.ok("POST", f"/identity/face-checks/{check['id']}/answer", body)
    assert (told["state"], told["by_staff"]) == ("doubtful", True)


@pytest.mark.nightly
def test_a_face_in_doubt_is_judged_at_a_desk(hospital: HospitalProcess, windows: Windows) -> None:
    """Whoever has the duty sees both pictures beside each other; the log says so; their verdict verifies the person."""
    clinic = Clinic.founded(hospital)
    patient, admin, officer = (
        Patient.new(hospital, "王小明", verified=False),
        clinic.one("org_admin"),
        clinic.one("clerk"),
    )
    in_doubt(clinic, patient)
    gives_duty(admin, "faces", "identity:review", officer)
    page = windows.desk(officer)
    page.goto("/staff/")
    expect(page.get_by_role("heading", name="刷脸复核")).to_be_visible()
    page.locator("tbody tr").first.click()
    sheet = page.get_by_role("dialog", name="是同一个人吗？")
    for name in ("身份证上的照片", "刷脸时的画面"):
        picture = sheet.get_by_role("img", name=name)
        expect(picture).to_be_visible()
        assert picture.evaluate("one => one.naturalWidth") > 60
    expect(sheet.get_by_text(IN_DOUBT.name)).to_be_visible()
    whole(page)
    sheet.get_by_role("button", name="是同一个人").click()
    expect(page.get_by_text("没有等待复核的刷脸")).to_be_visible()
    assert patient.ok("GET", "/identity/real-name")["level"] == "card_portrait"
    log = windows.desk(admin)
    log.goto("/staff/operations")
    expect(log.get_by_text("查看刷脸照片").first).to_be_visible()
