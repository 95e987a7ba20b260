"""The platform's texts until its operator has written others: version 1 of each, so that no purpose is without one."""

from __future__ import annotations

from hospital.consents.model import ConsentText, Purpose


def first_text(purpose: Purpose) -> ConsentText:
    """Version 1 of the platform's text."""
    match purpose:
        case "face_recognition":
            title, text = "人脸识别授权书", _FACE
        case "family_help":
            title, text = "家人代办授权书", _FAMILY
        case "health_data":
            title, text = "健康信息处理知情同意书", _HEALTH
        case "his_records":
            title, text = "就诊记录调阅授权书", _HIS
        case "recording":
            title, text = "音视频录制知情同意书", _RECORDING
    return ConsentText.of("", purpose, title, text)


_FACE = (
    "为确认是您本人，我们请您对着摄像头完成几个动作，与身份证照片比对。画面加密保存到得出结果为止，"
    "需要人工复核时最长七天，之后删除，只保留结果、分数、方式和摘要。您也可以不做人脸识别，到医院窗口核验，"
    "结果相同。您可以随时撤回同意；撤回不影响已经完成的核验。"
)
_FAMILY = (
    "您同意这位家人替您办理就医：预约、填写资料、查看您的就诊安排。每次代办都会写明是谁替您办理。"
    "双方都可以随时结束；结束后对方立即不能再查看。"
)
_HEALTH = (
    "为给您诊疗，我们处理您的健康信息：病情描述、图片、诊断、处方和检查结果。这些是敏感个人信息，"
    "只供为您服务的医务人员使用，按法律规定保存病历。您可以随时撤回同意；撤回后不再为您开展新的线上诊疗，"
    "法律要求保存的病历不会因此删除。"
)
_HIS = (
    "为了解您的既往病情，我们向医院内部系统调阅您的就诊卡、就诊记录和检查结果，只用于本次及后续的复诊。"
    "您可以随时撤回同意；撤回后不再调阅。"
)
_RECORDING = (
    "通话双方都同意时，音视频通话会被录制，作为诊疗记录至少保存三年。录制时画面上会有提示。"
    "您可以不同意，不影响通话；也可以随时撤回，撤回后立即停止录制，之前录下的部分保留并注明。"
)
