"""Every page of both apps and how one gets there: the list that checks of looks go through."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.appearance import STILL
from tests.browser.scene import COMPLAINT, Scene


@dataclass(frozen=True)
class Place:
    """A page by its name and address; `ready` waits until it shows what it is there for, in Chinese.

    `{waiting}` and the like in the address are ids of the scene.
    """

    name: str
    path: str
    ready: Callable[[Page], None]
    open_to_all: bool = False
    before: Callable[[Page, Scene], None] | None = None

    def visit(self, page: Page, scene: Scene) -> None:
        """Goes there."""
        if self.before:
            self.before(page, scene)
        ids = {
            "doctor": scene.doctor.role_id,
            "waiting": scene.waiting,
            "talking": scene.talking,
            "finished": scene.finished,
            "refused": scene.refused,
            "talk": scene.talk,
            "closed_talk": scene.closed_talk,
            "queued": scene.queued,
            "title": scene.title,
        }
        page.goto(self.path.format(**ids))
        self.ready(page)
        expect(page.locator(".yz-loading")).to_have_count(0)
        page.evaluate(STILL)


def text(words: str) -> Callable[[Page], None]:
    """Ready when these words stand there."""
    return lambda page: expect(page.get_by_text(words).filter(visible=True).first).to_be_visible()


def pressing(role: str, name: str, then: str) -> Callable[[Page], None]:
    """Ready once something was pressed and its words stand there."""

    def ready(page: Page) -> None:
        page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        text(then)(page)

    return ready


def filled_in(page: Page, scene: Scene) -> None:
    """An application that is written, as the page keeps it in this tab."""
    draft = {"patient_name": "张秀英", "complaint": COMPLAINT, "accepted_notice": None}
    page.goto("/patient/help")
    key = f"yunzhen.apply.{scene.patient.person_id}"
    page.evaluate("([key, draft]) => sessionStorage.setItem(key, draft)", [key, json.dumps(draft)])


def summary_shown(page: Page) -> None:
    """The doctor begins the summary."""
    page.get_by_role("button", name="结束问诊").click()
    expect(page.get_by_label("结论")).to_be_focused()


PATIENT = (
    Place("sign-in", "/patient/sign-in", text("获取验证码"), open_to_all=True),
    Place("home", "/patient/", text("条新回复")),
    Place("doctors", "/patient/doctors", text("擅长糖尿病")),
    Place("doctor", "/patient/doctors/{doctor}", text("擅长与简介")),
    Place("apply-who", "/patient/apply/{doctor}/who", text("谁要看医生")),
    Place("apply-complaint", "/patient/apply/{doctor}/complaint", text("哪里不舒服"), before=filled_in),
    Place("apply-notice", "/patient/apply/{doctor}/notice", text("我已阅读并同意"), before=filled_in),
    Place("visits", "/patient/visits", text("未接诊")),
    Place("visit-waiting", "/patient/visits/{waiting}", text("最晚答复时间")),
    Place("visit-finished", "/patient/visits/{finished}", text("问诊小结")),
    Place("visit-refused", "/patient/visits/{refused}", text("孩子请到儿科就诊")),
    Place("messages", "/patient/messages", text("明白了。今天起")),
    Place("conversation", "/patient/messages/{talk}", text("明白了。今天起")),
    Place("conversation-more", "/patient/messages/{talk}", pressing("button", "更多", "相册")),
    Place("conversation-voice", "/patient/messages/{talk}", pressing("button", "语音", "按住 说话")),
    Place("notifications", "/patient/me/notifications", text("夜间免打扰")),
    Place("conversation-about", "/patient/messages/{talk}/about", text("消息免打扰")),
    Place("conversation-search", "/patient/messages/search", text("输入词语")),
    Place("conversation-closed", "/patient/messages/{closed_talk}", text("问诊已结束")),
    Place("me", "/patient/me", text("登录的设备")),
    Place("name", "/patient/me/name", text("医生和问候语")),
    Place("display", "/patient/me/display", text("换手机也会保留")),
    Place("devices", "/patient/me/devices", text("当前设备")),
    Place("sign-ins", "/patient/me/sign-ins", text("登录成功")),
    Place("help", "/patient/help", text("咨询可以开药吗")),
    Place("lost", "/patient/nowhere", text("没有这一页")),
    Place("display-sheet", "/patient/me", pressing("button", "显示设置", "黑白分明")),
    Place("sign-out-sheet", "/patient/me", pressing("button", "退出登录", "下次要用短信验证码")),
)

STAFF = (
    Place("sign-in", "/staff/sign-in", text("演示账号"), open_to_all=True),
    Place("work", "/staff/work", text("从左边选一位患者")),
    Place("work-waiting", "/staff/work/{queued}", text("接诊后就可以和患者对话")),
    Place("work-talking", "/staff/work/{talking}", text("明白了。今天起")),
    Place("work-quick", "/staff/work/{talking}", pressing("button", "常用回复", "请按时服药")),
    Place("work-members", "/staff/work/{talking}", pressing("button", "成员", "患者")),
    Place("talk", "/staff/talks/{talk}", text("打开这次问诊")),
    Place("talks-start", "/staff/talks", pressing("button", "和同事对话", "选一位同事")),
    Place("work-finishing", "/staff/work/{talking}", summary_shown),
    Place("work-refusing", "/staff/work/{queued}", pressing("button", "不接诊", "病情需要当面检查")),
    Place("visits", "/staff/visits", text("张秀英")),
    Place("account", "/staff/account", text("这台设备")),
    Place("lost", "/staff/nowhere", text("没有这个页面")),
    Place("sandbox", "/sandbox/", text("13800138001"), open_to_all=True),
    Place("sandbox-functions", "/sandbox/functions", text("IdentitySignInPatient"), open_to_all=True),
    Place("sandbox-queues", "/sandbox/queues", text("没有死信"), open_to_all=True),
    Place("sandbox-events", "/sandbox/events", text("audit.line_written.v1"), open_to_all=True),
    Place("sandbox-workflows", "/sandbox/workflows", text("模板里还没有流程"), open_to_all=True),
    Place("sandbox-tables", "/sandbox/tables", text("一切正常"), open_to_all=True),
    Place("sandbox-seals", "/sandbox/seals", text("每分钟把新的审计行"), open_to_all=True),
    Place("shortcuts-sheet", "/staff/work", pressing("button", "快捷键", "离开输入框")),
)

ADMIN = (
    Place("reference", "/staff/reference/titles", text("副主任医师")),
    Place("reference-item", "/staff/reference/titles?item={title}", text("第 1 版")),
    Place("reference-new", "/staff/reference/consultation_notices?item=new", text("适用于")),
    Place("reference-none", "/staff/reference/titles?q=nothing", text("没有符合条件的记录")),
    Place("operations", "/staff/operations", text("接诊")),
    Place("operations-none", "/staff/operations?record=nothing", text("没有符合条件的记录")),
    Place("sign-ins", "/staff/sign-ins", text("成功")),
    Place("seals", "/staff/seals", text("链头")),
)
