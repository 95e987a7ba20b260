"""Tencent Cloud 短信 (API 3.0, version 2021-01-11): SendSms, PullSmsSendStatusByPhoneNumber and the pushed status, as
read at cloud.tencent.com/document/product/382/55981, /55977 and tencentcloud.com/document/product/382/40518.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters import tencent
from adapters.sms.vendors import SETTLED, moment_in_china, registered_name
from hospital import clock, secret_keys
from hospital.breaker import Breaker
from hospital.carrying import Outgoing, Receipt, Refused, Taken, Undecided
from hospital.errors import Unavailable
from hospital.observability import count

RESTING = Breaker("sms")
_REGION = "ap-guangzhou"
_MOST = 100
_REFUSED: Mapping[str, tuple[str, bool]] = {
    "FailedOperation.ContainSensitiveWord": ("keyword", True),
    "InvalidParameterValue.IncorrectPhoneNumber": ("no_such_number", False),
    "FailedOperation.PhoneNumberInBlacklist": ("unwanted", False),
}
_CAUSES: Mapping[str, str] = {"EXPIRED": "expired", "UNDELIV": "unreachable", "REJECTD": "rejected"}
"""What operators report (SMPP 3.4, appendix B); the rest is `unknown`."""


class TencentSms:
    """`url` is empty but for a peer in tests."""

    name = "tencent"

    def __init__(self, url: str = "") -> None:
        self._product = tencent.Product("sms", "2021-01-11", url, region=_REGION)

    def hand_over(self, outgoing: Outgoing) -> Taken:
        """See `hospital.carrying.Carrier`."""
        keys = secret_keys.vendor_keys(self.name)
        asked = {
            "PhoneNumberSet": [f"+86{outgoing.phone}"],
            "SmsSdkAppId": keys.get("app_id", ""),
            "SignName": keys.get("sign_name", ""),
            "TemplateId": registered_name(self.name, outgoing),
            "TemplateParamSet": list(outgoing.variables.values()),
            "SessionContext": outgoing.id,
            # One number for phones of all operators.
            **({"ExtendCode": keys["extend_code"]} if keys.get("extend_code") else {}),
        }
        try:
            with RESTING.through(self.name):
                answer = self._product.call("SendSms", asked)
        except tencent.TencentRefused as refusal:
            raise self._not_taken(refusal.code) from None
        except Unavailable as error:
            if str(error.facts.get("reason", "")).startswith(("unreachable", "resting", "RequestLimitExceeded")):
                raise
            raise Undecided from None
        return self._judged(answer)

    def _judged(self, answer: Mapping[str, Any]) -> Taken:
        status: Mapping[str, Any] = next(iter(answer.get("SendStatusSet") or []), {})
        code = str(status.get("Code", ""))
        if code == "Ok":
            return Taken(str(status.get("SerialNo", "")))
        if code in _REFUSED:
            cause, blocked = _REFUSED[code]
            raise Refused(cause, blocked=blocked)
        if not code or code.startswith("InternalError"):
            raise Undecided
        raise self._not_taken(code)

    def _not_taken(self, code: str) -> Unavailable:
        count("vendor_refused", party=self.name, code=code)  # a key, a balance, a template: somebody has to look
        return Unavailable(adapter="sms", reason=code)

    def look_up(self, outgoing: Outgoing) -> Taken | None:
        """See `hospital.carrying.Carrier`. A text shows up here when its operator has reported of it."""
        asked = {
            "BeginTime": clock.epoch(outgoing.tried_at) - 60,
            "Offset": 0,
            "Limit": _MOST,
            "PhoneNumber": f"+86{outgoing.phone}",
            "SmsSdkAppId": secret_keys.vendor_keys(self.name).get("app_id", ""),
        }
        try:
            with RESTING.through(self.name):
                answer = self._product.call("PullSmsSendStatusByPhoneNumber", asked)
        except tencent.TencentRefused as refusal:
            raise self._not_taken(refusal.code) from None
        found = answer.get("PullSmsSendStatusSet") or []
        for one in found:
            if one.get("SessionContext") == outgoing.id:
                return Taken(str(one.get("SerialNo", "")), received=one.get("ReportStatus") == "SUCCESS")
        if clock.now() - outgoing.tried_at < SETTLED or len(found) >= _MOST:
            raise Unavailable(adapter="sms", reason="not_yet")
        return None


def receipts(told: Sequence[Mapping[str, Any]]) -> Iterator[Receipt]:
    """What a pushed status says."""
    for one in told:
        delivered = one.get("report_status") == "SUCCESS"
        cause = "" if delivered else _CAUSES.get(str(one.get("errmsg", "")), "unknown")
        received = moment_in_china(str(one.get("user_receive_time", "")), clock.now())
        yield Receipt(str(one.get("sid", "")), "", received, cause)
