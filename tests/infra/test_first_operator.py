"""A deployed hospital gets its first operator, once, who can then sign in."""

from __future__ import annotations

from contextvars import copy_context

import boto3
import pytest

from hospital import settings
from hospital.sessions.errors import SignInRefused
from hospital.sessions.totp import code_at, step_of
from identity.sign_in_staff.use_case import show_password, show_second_factor
from infra.first_operator import Refused, environment_of_stack, make_operator
from tests.builders.cloud import Cloud
from tests.builders.moments import START
from tests.builders.people import caller

pytestmark = pytest.mark.store

NOBODY = caller("", "patient")


def make(account: str) -> str:
    return copy_context().run(make_operator, settings.ENVIRONMENT.get(), account, "王芳")


def test_the_operator_signs_in_with_the_password_that_was_printed(cloud: Cloud):
    password = make("wang.operator")
    assert len(password) == 23
    asked = show_password("wang.operator", password, by=NOBODY, now=START)
    assert asked.enrolment is not None
    code = code_at(asked.enrolment.secret, step_of(START))
    opened = show_second_factor(asked.step_token, code, by=NOBODY, now=START)
    assert (opened.session.role, opened.me.name) == ("operator", "王芳")
    with pytest.raises(SignInRefused):
        show_password("wang.operator", "something else", by=NOBODY, now=START)


def test_it_leaves_an_audit_line(cloud: Cloud):
    make("wang.operator")
    lines = cloud.rows("people", "audit")
    assert {line["kind"] for line in lines} == {"Person", "PractitionerRole", "Account"}
    assert all("first_operator" in line["by"].values() for line in lines)


def test_an_account_that_is_there_stays_as_it_is(cloud: Cloud):
    password = make("wang.operator")
    with pytest.raises(Refused, match=r"There is an account wang\.operator already"):
        make("wang.operator")
    assert show_password("wang.operator", password, by=NOBODY, now=START)


@pytest.mark.parametrize("account", ["", "ab", "Wang", "wang fang", "1wang"])
def test_what_is_no_account_name(cloud: Cloud, account: str):
    with pytest.raises(Refused, match="is no account name"):
        make(account)
    assert not cloud.rows("people")


def test_a_stack_without_functions_is_named(cloud: Cloud):
    session = boto3.Session(region_name="cn-northwest-1")
    template = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
    session.client("cloudformation").create_stack(StackName="other", TemplateBody=template)
    with pytest.raises(Refused, match="other has no functions"):
        environment_of_stack("other", session)
