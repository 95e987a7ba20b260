"""What the demo hospital says and who works in it. Names and places are made up."""

from __future__ import annotations

from dataclasses import dataclass

from hospital.caller import Role


@dataclass(frozen=True)
class Doctor:
    """A doctor of the demo: `account` is the staff account's name before the organisation's own part."""

    account: str
    name: str
    title: str
    department: str
    introduction: str


@dataclass(frozen=True)
class Organisation:
    """An organisation of the demo."""

    mark: str
    name: str
    introduction: str
    address: str
    phone: str
    doctors: tuple[Doctor, ...]


PLAIN_DOCTORS = (
    Doctor("doctor1", "李文静", "主任医师", "心血管内科", "擅长高血压、冠心病的长期管理。"),
    Doctor("doctor2", "王建国", "副主任医师", "内分泌科", "擅长糖尿病、甲状腺疾病的诊治与随访。"),
)

ORGANISATIONS = (
    Organisation(
        mark="hq",
        name="云诊第一医院",
        introduction="三级综合医院，开设互联网医院，为慢性病患者提供复诊与咨询。",
        address="江州市东湖区健康路 18 号",
        phone="0790-6600120",
        doctors=(
            *PLAIN_DOCTORS,
            Doctor("doctor3", "陈晓兰", "主治医师", "呼吸内科", "擅长慢性咳嗽、哮喘和慢阻肺的规范治疗。"),
            Doctor("doctor4", "赵明远", "主治医师", "皮肤科", "擅长湿疹、荨麻疹等常见皮肤病。"),
            Doctor("doctor5", "孙丽华", "副主任医师", "儿科", "擅长儿童呼吸道感染与生长发育评估。"),
        ),
    ),
    Organisation(
        mark="south",
        name="云诊南城社区医院",
        introduction="社区医院，与云诊第一医院组成医联体，就近服务居民。",
        address="江州市南城区和平街 6 号",
        phone="0790-6600345",
        doctors=(
            Doctor("doctor1", "周慧敏", "主治医师", "全科医学科", "擅长常见病、多发病的诊治和慢性病随访。"),
            Doctor("doctor2", "吴志强", "主治医师", "中医科", "擅长脾胃病和失眠的中医调理。"),
            Doctor("doctor3", "郑雅文", "副主任医师", "妇科", "擅长月经病和更年期综合管理。"),
        ),
    ),
)

STAFF: tuple[tuple[str, str, Role, str, str], ...] = (
    ("nurse1", "刘芳", "nurse", "护师", "护理部"),
    ("pharmacist1", "何俊", "pharmacist", "主管药师", "药学部"),
    ("admin1", "高敏", "org_admin", "", "信息科"),
    ("auditor1", "林正", "auditor", "", "质控科"),
    ("clerk1", "许悦", "clerk", "", "运营部"),
)

PATIENTS = (("13800138001", "张伟"), ("13800138002", "李娜"), ("13800138003", "王秀英"))

PAPER_KINDS = (
    ("doctor_qualification", "医师资格证书", "doctor"),
    ("doctor_practice", "医师执业证书", "doctor"),
    ("nurse_practice", "护士执业证书", "nurse"),
    ("pharmacist_qualification", "执业药师资格证书", "pharmacist"),
)

TITLES = (("chief", "主任医师"), ("associate_chief", "副主任医师"), ("attending", "主治医师"), ("resident", "住院医师"))

REFUSAL_REASONS = (
    ("need_exam", "病情需要当面检查，请到医院就诊"),
    ("other_department", "不属于本科室，请选择其他科室"),
    ("emergency", "情况紧急，请立即到急诊就诊"),
    ("busy", "医生暂时无法接诊，请选择其他医生"),
)

QUICK_REPLIES = (
    "您好，请问这种情况持续多久了？有没有发烧？",
    "请把最近的检查报告拍照发给我。",
    "请每天早晚各量一次血压，记下来发给我。",
    "请按时服药，不要自行停药；三天后复诊。",
    "如果出现胸痛、呼吸困难或说话不清，请马上拨打 120。",
)

FAQS = (
    ("图文咨询多久能得到回复？", "医生会在 24 小时内答复。超过时间没有答复，申请会自动结束，您可以另选医生。"),
    ("咨询可以开药吗？", "咨询只提供健康建议，不能开具处方。需要开药请使用在线复诊。"),
    ("我的信息安全吗？", "您的病情和聊天内容加密保存，只有您和您的医生可以看到。"),
    ("情况紧急怎么办？", "请立即拨打 120 或前往最近的医院急诊，不要等待在线答复。"),
)

NOTICE_TITLE = "图文咨询须知"
NOTICE = """1. 图文咨询由您选择的医生本人答复，通常在 24 小时内。
2. 咨询是健康建议，不能代替到医院就诊，也不能开具处方。
3. 胸痛、呼吸困难、意识不清、大出血等急症，请立即拨打 120 或前往医院急诊。
4. 请如实描述病情。聊天内容至少保存三年，只有您和接诊医生可以看到。
5. 医生可能因病情不适合在线咨询而谢绝，并会告诉您原因。"""

TEMPLATES = (
    ("sign_in_code", "sms", "【云诊】您的验证码是 {code}，5 分钟内有效。请不要告诉任何人。"),
    ("visit_accepted", "inbox", "医生已接诊，请打开“消息”与医生交流。"),
)
