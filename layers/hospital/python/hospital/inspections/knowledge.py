"""What each problem means, where it comes from as a rule, and what to do: the advice of every report.

Texts for people, in Chinese with English beside them. A problem that is found but not listed here is a defect, which
a test finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["urgent", "soon", "note"]


@dataclass(frozen=True)
class Text:
    """The same in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Problem:
    """One known problem."""

    severity: Severity
    title: Text
    cause: Text
    advice: Text


def _problem(severity: Severity, title: str, en: str, cause: str, because: str, advice: str, do: str) -> Problem:
    return Problem(severity, Text(title, en), Text(cause, because), Text(advice, do))


PROBLEMS: Mapping[str, Problem] = {
    "unreachable": _problem(
        "urgent", "不可达", "Cannot be reached",
        "服务停止、网络不通或地址配置错误",
        "It has stopped, the network is cut, or its address is wrong",
        "确认服务已启动，检查地址配置与网络；恢复后重新巡检",
        "Start it, check its address and the network, inspect again",
    ),
    "refused": _problem(
        "urgent", "拒绝了检查", "Refused to be looked at",
        "巡检函数缺少权限，或对方返回错误",
        "The inspecting function lacks a permission, or the other side failed",
        "按运行日志中缺少的语句补充权限",
        "Grant the statement that the log names as missing",
    ),
    "missing": _problem(
        "urgent", "资源不存在", "Does not exist",
        "未部署完整，或被手工删除",
        "It was not deployed, or deleted by hand",
        "重新部署；数据表按《运维手册》从时间点恢复",
        "Deploy again; restore tables to a point in time (docs/operate.md)",
    ),
    "not_active": _problem(
        "urgent", "未处于可用状态", "Is not active",
        "正在创建、更新或已被停用",
        "It is being made or changed, or was switched off",
        "查看云控制台的状态说明，等待完成或重新启用",
        "See its state in the console; wait, or switch it on again",
    ),
    "no_recovery": _problem(
        "urgent", "未开启时间点恢复", "Point-in-time recovery is off",
        "部署后被手工关闭",
        "Somebody switched it off after the deployment",
        "立即开启：误删数据后将无法恢复",
        "Switch it on: what is deleted by mistake is lost without it",
    ),
    "no_stream": _problem(
        "urgent", "变更流未开启", "The stream is off",
        "部署后被手工关闭",
        "Somebody switched it off after the deployment",
        "重新部署；事件、审计与推送依赖变更流",
        "Deploy again: events, audit seals and pushes hang on it",
    ),
    "dead_letters": _problem(
        "urgent", "死信队列中有消息", "There are dead letters",
        "消费函数多次处理失败后放弃",
        "A function gave up on messages after several tries",
        "阅读死信与错误日志，修复后按手册重新投递",
        "Read them and the log, mend the cause, send them again (docs/runbooks.md)",
    ),
    "queue_behind": _problem(
        "soon", "队列积压", "A queue lags behind",
        "消费函数变慢、被限流或停止",
        "Its consumer is slow, throttled or stopped",
        "查看消费函数的错误率与并发限制",
        "See its consumer's errors and concurrency",
    ),
    "rule_off": _problem(
        "urgent", "事件规则已停用", "An event rule is switched off",
        "被手工停用",
        "Somebody switched it off",
        "启用该规则，否则对应功能收不到事件",
        "Switch it on: its function hears nothing",
    ),
    "secret_old": _problem(
        "soon", "密钥长期未轮换", "A secret is old",
        "超过规定的轮换周期",
        "It was not rotated within its time",
        "按《运维手册》轮换",
        "Rotate it (docs/operate.md)",
    ),
    "no_rotation": _problem(
        "soon", "主密钥未自动轮换", "The key does not rotate",
        "自动轮换被关闭",
        "Rotation was switched off",
        "开启 KMS 自动轮换",
        "Switch on KMS rotation",
    ),
    "certificate_expired": _problem(
        "urgent", "证书已过期", "The certificate has expired",
        "证书未续期",
        "It was not renewed",
        "立即更换证书：患者与医生已无法访问",
        "Replace it now: nobody can open the site",
    ),
    "certificate_old": _problem(
        "soon", "证书即将过期", "The certificate expires soon",
        "自动续期未生效",
        "Its renewal did not happen",
        "30 天内完成续期",
        "Renew it within 30 days",
    ),
    "deviates": _problem(
        "soon", "参数与预期不符", "A setting is not as expected",
        "被手工修改，或部署时另行指定",
        "It was changed by hand, or chosen otherwise at deployment",
        "确认是否有意为之；否则恢复预期值后重新部署",
        "Ask whether it was meant; otherwise deploy with the expected value",
    ),
    "log_error": _problem(
        "soon", "日志中有错误", "There are errors in the log",
        "程序遇到未预料的情况",
        "A function met what it did not expect",
        "按位置信息与请求编号排查",
        "Look into it by its place and request id",
    ),
    "log_timeout": _problem(
        "soon", "函数执行超时", "A function timed out",
        "依赖响应缓慢，或处理量过大",
        "Something it waits for is slow, or it does too much",
        "查看该函数的耗时分布与外部依赖",
        "See its durations and what it waits for",
    ),
    "log_denied": _problem(
        "urgent", "权限不足", "A permission is missing",
        "函数策略缺少语句",
        "A statement is missing in a function's policies",
        "按日志给出的语句补充权限后部署",
        "Add the statement that the log names, deploy",
    ),
    "log_party": _problem(
        "urgent", "外部服务调用失败", "An outside party failed",
        "短信等外部服务停止或超时",
        "SMS or another party has stopped, or is too slow",
        "联系服务商；查看“外部服务”检查结果",
        "Ask the vendor; see the checks of outside parties",
    ),
    "log_broken_seal": _problem(
        "urgent", "加密字段无法打开", "A sealed field does not open",
        "数据被改动或密钥不可用",
        "It was altered, or its key cannot be used",
        "停止写入并保全现场，核对审计封印",
        "Stop writing, keep the evidence, verify the audit seals",
    ),
    "log_crash": _problem(
        "urgent", "函数异常退出", "A function crashed",
        "内存不足或导入失败",
        "It ran out of memory, or could not be imported",
        "回滚到上一版本，再排查",
        "Roll back, then look into it",
    ),
    "many_errors": _problem(
        "urgent", "错误率过高", "Too many errors",
        "程序缺陷、依赖故障或新版本问题",
        "A defect, a broken dependency, or the new version",
        "对照日志检查；若为新版本引起则回滚",
        "Compare with the log; roll back if the new version does it",
    ),
    "slow": _problem(
        "soon", "响应缓慢", "Slow",
        "冷启动、数据量增长或依赖缓慢",
        "Cold starts, more data, or a slow dependency",
        "查看最慢的函数，考虑预置并发或内存调整",
        "See the slowest functions; consider warm instances or memory",
    ),
    "throttled": _problem(
        "soon", "请求被限流", "Calls were throttled",
        "并发达到上限",
        "The concurrency limit was reached",
        "提高账户或函数的并发配额",
        "Raise the account's or the function's concurrency",
    ),
}  # fmt: skip
