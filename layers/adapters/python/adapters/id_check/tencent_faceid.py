"""Tencent Cloud 人脸核身, IdCardVerification (API 3.0, version 2018-03-01), as read at
cloud.tencent.com/document/product/1007/33188 and tencentcloud.com/document/api/1061/79049.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters import tencent
from adapters.id_check.port import Finding, Result
from hospital.breaker import Breaker
from hospital.errors import Unavailable
from hospital.observability import count

RESTING = Breaker("id_check")
_RESULTS: Mapping[str, Result] = {
    "0": "match",
    "-1": "mismatch",
    "-2": "mismatch",  # no such number can be; ours are judged before
    "-3": "mismatch",  # no such name can be
    "-5": "unknown",
}
"""What is left (-4 and -6: the register rests, -7: asked too often today) is no answer."""


class TencentIdCheck:
    """One signed call. `url` is empty but for a peer in tests."""

    def __init__(self, url: str = "") -> None:
        self._product = tencent.Product("faceid", "2018-03-01", url)

    def check(self, name: str, id_number: str) -> Finding:
        """See `IdCheck`."""
        with RESTING.through("tencent"):
            answer = self._asked(name, id_number)
            told = str(answer.get("Result", ""))
            if told not in _RESULTS:
                raise Unavailable(adapter="id_check", reason=f"result_{told}")
        return Finding(_RESULTS[told], str(answer.get("RequestId", "")))

    def _asked(self, name: str, id_number: str) -> dict[str, object]:
        try:
            return self._product.call("IdCardVerification", {"IdCard": id_number, "Name": name})
        except tencent.TencentRefused as refusal:
            count("vendor_refused", party="tencent", code=refusal.code)  # a key or a balance: somebody has to look
            raise Unavailable(adapter="id_check", reason=refusal.code) from None
