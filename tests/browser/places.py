"""Every page of both apps and how one gets there: the list that checks of looks go through."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.appearance import STILL
from tests.browser.scene import COMPLAINT, Scene
from tests.builders.face_figures import face_figures
from tests.journeys.taking_over import VISIT, knows_the_clinic, runs_through, was_there_before


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
            "drug": scene.drug,
        }
        if "{face}" in self.path:
            ids["face"] = scene.link_to_a_face()
        if "{called}" in self.path:
            ids["called"] = scene.called()
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
    draft = {"complaint": COMPLAINT, "accepted_notice": None}
    page.goto("/patient/help")
    key = f"yunzhen.apply.{scene.patient.person_id}"
    page.evaluate("([key, draft]) => sessionStorage.setItem(key, draft)", [key, json.dumps(draft)])


def summary_shown(page: Page) -> None:
    """The doctor begins the summary."""
    page.get_by_role("button", name="结束问诊").click()
    expect(page.get_by_label("结论")).to_be_focused()


def taken_over(page: Page, scene: Scene) -> None:
    """A run has taken over what the hospital's own system holds of the clinic."""
    if not scene.admin.ok("GET", "/directory/his-syncs")["items"]:
        knows_the_clinic(scene.admin)
        runs_through(scene.admin)


def scan_shown(page: Page) -> None:
    """The scan of a paper stands beside its fields."""
    page.get_by_role("button", name="查看扫描件").click()
    expect(page.get_by_role("button", name="放大扫描件：医师执业证书").locator("img")).to_have_js_property(
        "complete", True
    )


def report_shown(page: Page) -> None:
    """The newest run is opened."""
    page.locator("tbody tr").first.click()
    text("名称缺失")(page)


def been_there(page: Page, scene: Scene) -> None:
    """The hospital's own system knows the patient of old."""
    was_there_before(scene.patient, VISIT, VISIT | {"number": "J24090102", "at": "2024-09-01T10:00:00+08:00"})


def measured(page: Page, scene: Scene) -> None:
    """The runner's report was brought in."""
    scene.operator.ok("PUT", "/house/face-report", {"figures": face_figures()})


def bad_file_brought_in(page: Page) -> None:
    """A file of which no line can be taken, and what is told of it."""
    page.get_by_role("button", name="导入文件").click()
    page.get_by_label("要导入的文件").set_input_files({"name": "ICD.csv", "mimeType": "text/csv", "buffer": BAD_LINES})
    text("没有导入的行")(page)


def quality_shown(page: Page) -> None:
    """The one call, and how the colleague's line was, in every figure."""
    page.get_by_role("button", name="通话记录与质量").click()
    page.get_by_role("dialog").get_by_role("button", name="视频通话 已取消").click()
    page.get_by_role("group", name="看谁的网络").get_by_role("button").last.click()
    text("收到的画面从 720 行降到 180 行")(page)
    page.get_by_text("查看每 10 秒的数值").click()


BAD_LINES = "编码,名称,编码体系,memo\nJ45.9,,ICD-10,\nJ 45,=A1,ICD-9,\nI10,,,,多\n".encode()
PATIENT = (
    Place("sign-in", "/patient/sign-in", text("获取验证码"), open_to_all=True),
    Place("sign-up", "/patient/sign-up", text("用手机号建立账号"), open_to_all=True),
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
    Place("real-name", "/patient/me/real-name", text("已通过实名认证")),
    Place("real-name-camera", "/patient/me/real-name/camera", text("拍有照片的一面")),
    Place("face-request", "/patient/face-requests/{face}", text("请您本人刷脸核验")),
    Place("counter-code", "/patient/me/real-name/counter", text("我的认证码")),
    Place("cards", "/patient/me/cards", text("病历号")),
    Place("e-health", "/patient/me/cards/e-health", text("腾讯健康卡（微信）")),
    Place("data-copies", "/patient/me/data", text("还没有申请过")),
    Place("past-visits", "/patient/me/past-visits", text("高血压病"), before=been_there),
    Place("family", "/patient/me/family", text("只能预约")),
    Place("family-add", "/patient/me/family/add", text("与身份证或户口簿一致")),
    Place("family-remove", "/patient/me/family", pressing("button", "移除张小满", "移除后不能再替对方办理")),
    Place("consents", "/patient/me/consents", text("人脸识别")),
    Place("consents-reading", "/patient/me/consents", pressing("button", "阅读全文：人脸识别授权书", "第 1 版")),
    Place("restrictions", "/patient/me/restrictions", text("没有服务限制")),
    Place("record-openings", "/patient/me/record-openings", text("没有人紧急查阅过您的记录")),
    Place("display", "/patient/me/display", text("换手机也会保留")),
    Place("call", "/patient/calls/{talk}", text("这一页会响铃")),
    Place("call-closed", "/patient/calls/{closed_talk}", text("不能再通话")),
    Place("call-check", "/patient/me/call-check", text("能不能看到您、听到您")),
    Place("call-check-open", "/patient/me/call-check", pressing("button", "打开摄像头和麦克风", "能看到自己")),
    Place("sign-in-methods", "/patient/me/sign-in-methods", text("绑定微信")),
    Place("change-phone", "/patient/me/sign-in-methods/phone", text("先验证现在的手机号")),
    Place("wechat-added", "/patient/me/sign-in-methods/wechat", text("没有绑定")),
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
    Place("call-quality", "/staff/talks/{called}", quality_shown),
    Place("talks-start", "/staff/talks", pressing("button", "和同事对话", "选一位同事")),
    Place("work-finishing", "/staff/work/{talking}", summary_shown),
    Place("work-refusing", "/staff/work/{queued}", pressing("button", "不接诊", "病情需要当面检查")),
    Place("visits", "/staff/visits", text("张秀英")),
    Place("emergency", "/staff/emergency", text("只打开一位患者的病历")),
    Place("account", "/staff/account", text("这台设备")),
    Place("account-paper", "/staff/account", pressing("button", "录入证件", "录入后由管理员审核")),
    Place("lost", "/staff/nowhere", text("没有这个页面")),
    Place("sandbox", "/sandbox/", text("13800138001"), open_to_all=True),
    Place("sandbox-functions", "/sandbox/functions", text("IdentityAuthorize"), open_to_all=True),
    Place("sandbox-queues", "/sandbox/queues", text("没有死信"), open_to_all=True),
    Place("sandbox-events", "/sandbox/events", text("audit.line_written.v1"), open_to_all=True),
    Place("sandbox-workflows", "/sandbox/workflows", text("模板里还没有流程"), open_to_all=True),
    Place("sandbox-tables", "/sandbox/tables", text("一切正常"), open_to_all=True),
    Place("sandbox-his", "/sandbox/his", text("云诊第一医院东院"), open_to_all=True),
    Place("sandbox-call", "/sandbox/call", text("这里只装了通话组件"), open_to_all=True),
    Place("sandbox-seals", "/sandbox/seals", text("每分钟把新的审计行"), open_to_all=True),
    Place("shortcuts-sheet", "/staff/work", pressing("button", "快捷键", "离开输入框")),
)

ADMIN = (
    Place("reference", "/staff/reference/titles", text("副主任医师")),
    Place("reference-item", "/staff/reference/titles?item={title}", text("第 1 版")),
    Place("reference-new", "/staff/reference/consultation_notices?item=new", text("适用于")),
    Place("reference-none", "/staff/reference/titles?q=nothing", text("没有符合条件的记录")),
    Place("dictionary", "/staff/dictionaries/drugs", text("阿莫西林胶囊")),
    Place("dictionary-none", "/staff/dictionaries/diagnoses", text("还没有疾病诊断")),
    Place("dictionary-entry", "/staff/dictionaries/drugs?entry={drug}", text("第 1 版")),
    Place("dictionary-import", "/staff/dictionaries/drugs", pressing("button", "导入文件", "编码已有的条目会被更新")),
    Place("dictionary-report", "/staff/dictionaries/diagnoses", bad_file_brought_in),
    Place("counter", "/staff/counter", text("患者出示的认证码")),
    Place("operations", "/staff/operations", text("接诊")),
    Place("operations-none", "/staff/operations?record=nothing", text("没有符合条件的记录")),
    Place("sign-ins", "/staff/sign-ins", text("成功")),
    Place("access", "/staff/access", text("新建职责")),
    Place("people", "/staff/people", text("已通过")),
    Place("people-new", "/staff/people", pressing("button", "录入人员", "首次密码由系统生成")),
    Place("people-member", "/staff/people?member={doctor}", text("修改资料")),
    Place("people-scan", "/staff/people?member={doctor}", scan_shown),
    Place("people-change", "/staff/people?member={doctor}", pressing("button", "修改资料", "休假期间患者找不到")),
    Place("patients", "/staff/patients", text("查找一位患者")),
    Place("blacklist", "/staff/blacklist", text("名单是空的")),
    Place("sign-up-flow", "/staff/sign-up", text("可以添加家人为就诊人")),
    Place("consent-texts", "/staff/consent-texts", text("正在使用平台的文本")),
    Place("seals", "/staff/seals", text("链头")),
    Place("sms", "/staff/sms", text("您的检验报告已出")),
    Place("sms-none", "/staff/sms?words=nothing", text("没有符合条件的记录")),
    Place("sms-systems", "/staff/sms", pressing("button", "接入系统", "每天最多短信条数 100")),
    Place("face-reviews", "/staff/face-reviews", text("没有等待复核的刷脸")),
    Place("syncs", "/staff/syncs", text("已完成"), before=taken_over),
    Place("sync-report", "/staff/syncs", report_shown, before=taken_over),
    Place("organisations", "/staff/organisations", text("业务模式")),
)

OPERATOR = (Place("face-report", "/staff/face-report", text("阈值"), before=measured),)
