"""One-time passwords, on the vectors of RFC 6238 and RFC 4226; the second factor that is built on them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from hospital.sessions.errors import SecondFactorUsed, SecondFactorWrong
from hospital.sessions.second_factor import RECOVERY_CODES, Proof, SecondFactor, new_recovery_code
from hospital.sessions.totp import code_at, enrolment_uri, new_secret, step_of, step_of_code
from tests.builders.cloud import Cloud
from tests.builders.moments import START

SECRET = base64.b32encode(b"12345678901234567890").decode()  # of both appendices
HERE = step_of(START)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238_appendix_b(seconds: int, code: str):
    assert code_at(SECRET, step_of(datetime.fromtimestamp(seconds, UTC)), digits=8) == code


@pytest.mark.unit
def test_the_vectors_of_rfc_4226_appendix_d():
    expected = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
    assert [code_at(SECRET, count) for count in range(10)] == expected


@pytest.mark.unit
@pytest.mark.parametrize(("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_one_step_early_or_late(off: int, taken: bool):
    assert step_of_code(SECRET, code_at(SECRET, HERE + off), START) == (HERE + off if taken else None)


@pytest.mark.unit
def test_the_qr_code_says_what_apps_read():
    secret = new_secret()
    assert len(base64.b32decode(secret)) == 20 and secret != new_secret()
    parts = urlsplit(enrolment_uri(secret, "li.ming@hq", "云诊"))
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", "/云诊:li.ming@hq")
    assert parse_qs(parts.query) == {"secret": [secret], "issuer": ["云诊"], "digits": ["6"], "period": ["30"]}


def enrolled() -> tuple[SecondFactor, list[str]]:
    written = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    begun = SecondFactor(id="li.ming", secret=SECRET)
    return begun.confirmed(written, begun.proven(code_at(SECRET, HERE), START), START), written


@pytest.mark.store
def test_the_step_that_confirmed_the_app_and_those_before_it_are_used(cloud: Cloud):
    factor, _ = enrolled()
    for step in (HERE - 1, HERE):
        with pytest.raises(SecondFactorUsed):
            factor.proven(code_at(SECRET, step), START)
    assert factor.proven(code_at(SECRET, HERE + 1), START) == Proof("totp", step=HERE + 1)
    later = START + timedelta(minutes=5)
    assert factor.proven(code_at(SECRET, HERE + 10), later).step == HERE + 10
    with pytest.raises(SecondFactorWrong):
        factor.proven(code_at(SECRET, HERE + 1), later)


@pytest.mark.store
def test_a_recovery_code_counts_however_it_is_typed_and_nobody_elses_does(cloud: Cloud):
    factor, written = enrolled()
    assert len(set(written)) == RECOVERY_CODES == len(factor.recovery_hashes)
    assert not any(code.replace("-", "") in str(factor.recovery_hashes) for code in written)
    for typed in (written[3], written[3].upper(), written[3].replace("-", " ")):
        assert factor.proven(typed, START) == Proof("recovery_code", recovery_hash=factor.recovery_hashes[3])
    other = factor.having(id="wang.fang")
    for wrong in (new_recovery_code(), "", "12345", "1234567"):
        with pytest.raises(SecondFactorWrong):
            factor.proven(wrong, START)
    with pytest.raises(SecondFactorWrong):
        other.proven(written[3], START)


@pytest.mark.store
def test_before_an_app_was_shown_no_paper_counts(cloud: Cloud):
    factor, written = enrolled()
    with pytest.raises(SecondFactorWrong):
        factor.having(confirmed_at=None).proven(written[0], START)
