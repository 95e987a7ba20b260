"""The policies of the template allow what the functions do, and nothing beside it.

A day in which every route is called, in the local hospital, which refuses what no policy allows and notes what each
call needed. What is granted and was not needed must be named below, with the reason why it is needed all the same.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.local.permissions.report import Grant, grants, unused
from infra.local.permissions.used import Use, parsed
from infra.local.template import Template, read_template
from tests.benchmarks.day import recorded_day
from tests.template.reading import ROOT

pytestmark = pytest.mark.journey
TAKES = 75

# (function, action, end of the resource) -> why it is granted though such a day does not need it.
RARELY = {
    ("CallingJoinCall", "secretsmanager:GetSecretValue", "/vendors*"): "credentials for TURN; the day has no servers",
    ("CallingJoinCall", "secretsmanager:GetSecretValue", "/turn*"): "likewise, of the hospital's own",
    ("CallingJoinCall", "dynamodb:PutItem", "-connections"): "tells a relay that was lost, if it lives, of its rooms",
    ("CallingJoinCall", "dynamodb:DeleteItem", "-clinical"): "a ring that ran out is written down with what comes next",
    ("CallingTakeRelayReports", "dynamodb:DeleteItem", "-clinical"): "as CallingJoinCall",
    ("CallingKeepFleet", "ecs:*", ""): "the fleet of the cloud; nobody runs the day's relay",
    ("CallingKeepFleet", "dynamodb:*Item", "-connections"): "relays that go, or are gone; the day's one stays",
    ("CallingMeasureCall", "dynamodb:GetItem", "-conversations"): "who took part, of those who were not in the call",
    ("CallingOnCallDueExpire", "*", ""): "45 seconds after a ring; the day's were answered",
    ("DirectoryKeepRegistration", "secretsmanager:GetSecretValue", "/vendors*"): "a register that is asked over a net",
    (
        "HouseAnchorHeads",
        "s3:GetObject",
        "/audit-anchors/*",
    ): "reads the day's anchor when it comes again",
    (
        "IdentityProveIdentity",
        "secretsmanager:GetSecretValue",
        "/vendors*",
    ): "signs for the vendor of the identity check; the day has a register of its own",
    ("IdentityKeepFamily", "secretsmanager:GetSecretValue", "/vendors*"): "as IdentityProveIdentity",
    ("IdentityKeepFamily", "dynamodb:DeleteItem", "-requests"): "a vendor that failed a moment ago answers again",
    ("IdentitySignInPatient", "secretsmanager:GetSecretValue", "/vendors*"): "signs for a carrier of texts",
    ("IdentityReplaceLostPhone", "secretsmanager:GetSecretValue", "/vendors*"): "as IdentitySignInPatient",
    ("IdentitySignInByWechat", "secretsmanager:GetSecretValue", "/vendors*"): "shows the id and secret of an account",
    ("IdentityKeepSignInMethods", "secretsmanager:GetSecretValue", "/vendors*"): "likewise, and signs for a carrier",
    ("MessagingOnSmsDueSend", "secretsmanager:GetSecretValue", "/vendors*"): "as IdentitySignInPatient",
    ("MessagingOnSmsDueSend", "dynamodb:*Item", "-requests"): "leaves a carrier that fails alone; the day has an inbox",
    ("MessagingCollectSmsReceipts", "*", ""): "fetches receipts of a centre by SMPP; the day's inbox has told them",
    ("MessagingTakeSmsReceipts", "dynamodb:*", "-people"): "what became of a text; the day's inbox tells that at once",
    ("MessagingTakeSmsReceipts", "kms:*", "*"): "opens and seals the text that a receipt speaks of",
    ("IdentityProveIdentity", "dynamodb:DeleteItem", "-requests"): "a vendor that failed a moment ago answers again",
    (
        "DirectoryOnHisSyncStepDueTake",
        "dynamodb:DeleteItem",
        "-requests",
    ): "as IdentityKeepCards: it failed and answers",
    ("IdentityOnHisFileRetryDueOpen", "*", ""): "asks the HIS again a minute after it was away; the day's was there",
    ("IdentityKeepCards", "dynamodb:DeleteItem", "-requests"): "the HIS answers again after it failed",
    (
        "IdentityOnHealthCardRetryDueApply",
        "*",
        "",
    ): "asks a channel again that was away; the day's was there",
    ("IdentityKeepHealthCards", "secretsmanager:GetSecretValue", "/vendors*"): "signs for the channel of a vendor",
    ("IdentityKeepHealthCards", "dynamodb:BatchGetItem", "-people"): "whether an adult of one's family agrees still",
    ("IdentityKeepHealthCards", "dynamodb:DeleteItem", "-requests"): "a channel that failed a moment ago answers again",
    ("IdentityViewPastVisits", "dynamodb:DeleteItem", "-requests"): "as IdentityKeepCards",
    ("IdentityViewPastVisits", "dynamodb:UpdateItem", "-requests"): "counts that the HIS did not answer",
    ("IdentityCheckFace", "dynamodb:DeleteItem", "-people"): "forgets a card's pictures after a verdict",
    ("IdentityCheckFace", "dynamodb:DeleteItem", "-requests"): "a vendor that failed a moment ago answers again",
    ("IdentityReviewFaces", "dynamodb:*Item", "-people"): "looks at a face in doubt, and judges it",
    ("IdentityReviewFaces", "dynamodb:*Item", "-requests"): "as with the people: a verdict is given once",
    ("IdentityReviewFaces", "kms:*", "*"): "as with the people: opens what waits, seals who somebody is",
    ("IdentityReviewFaces", "secretsmanager:GetSecretValue", "*"): "as IdentityCheckFace",
    ("IdentityKeepConsents", "dynamodb:DeleteItem", "-people"): "forgets a face in doubt with the consent to it",
    ("IdentityReadIdCard", "dynamodb:DeleteItem", "-requests"): "as IdentityCheckFace",
    ("IdentityReadIdCard", "secretsmanager:GetSecretValue", "/vendors*"): "signs for the vendor of OcrAdapter",
    ("IdentityCheckFace", "secretsmanager:GetSecretValue", "*"): "finds who has a number, once a face has passed",
    ("HouseOnListedWriteRow", "dynamodb:GetItem", "-listings"): "looks at a row that another delivery may have written",
    (
        "MessagingOnReminderDueSend",
        "*",
        "-people/index/*",
    ): "finds the browsers that pushes go to; the day has an inbox",
    (
        "MessagingOnReminderDueSend",
        "execute-api:ManageConnections",
        "/POST/@connections/*",
    ): "asks whether a page is still there",
    ("MessagingOnMessageStoredPush", "dynamodb:PutItem", "-conversations"): "will remind who is away; all were there",
    ("MessagingOnReminderDueSend", "dynamodb:DeleteItem", "-people"): "forgets a browser that is gone",
    ("MessagingOnReminderDueSend", "*", "-requests"): "one text an hour; a push service that fails is left alone",
    ("Messaging*", "secretsmanager:GetSecretValue", "/push*"): "signs for push services; the day has an inbox",
    ("HouseSweepDue", "dynamodb:DeleteItem", "*"): "due rows of tables in which nothing fell due on that day",
    ("MessagingCheckEntryPoints", "dynamodb:*Item", "-requests"): "marks an address that failed, or answers again",
    ("Messaging*", "dynamodb:DeleteItem", "-connections"): "forgets a socket that went without a word",
    ("Messaging*", "dynamodb:UpdateItem", "-connections"): "puts frames into the mailbox of a device that polls",
    (
        "MessagingPollFrames",
        "execute-api:ManageConnections",
        "/POST/@connections/*",
    ): "tells open sockets that somebody who polls has read, or types",
    ("MessagingOnUploadForgottenClean", "dynamodb:*Item", "-conversations"): "forgets an upload when its day is over",
    ("MessagingOnUploadForgottenClean", "kms:GenerateDataKey", "*"): "seals the row that it forgets",
    ("MessagingPollFrames", "dynamodb:GetItem", "-clinical"): "a card that a device sends by poll",
    ("MessagingWsMessage", "execute-api:ManageConnections", "/DELETE/*"): "closes a socket whose session is over",
}
REFUSED_ONLY = {
    "POST /api/identity/face-checks/{check_id}/answer": "what passes is a living face before a camera",
    "GET /api/identity/face-reviews/{check_id}/pictures": "likewise: what is in doubt lived",
    "POST /api/identity/face-reviews/{check_id}": "as its pictures",
}
# Verbs that are one right: who may read an item of a table may read many, or a list of them; who may put one may
# change one. A function that uses one of them on a table may be granted the others.
READS = frozenset({"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"})
WRITES = frozenset({"dynamodb:PutItem", "dynamodb:UpdateItem"})
LISTS = frozenset({"dynamodb:Query", "dynamodb:Scan"})


@pytest.fixture(scope="module")
def template() -> Template:
    return read_template(ROOT / "template.yaml", {"SiteOrigin": "http://127.0.0.1"}, region="cn-northwest-1")


@pytest.fixture(scope="module")
def day() -> dict[str, Any]:
    return recorded_day(lives=1)  # what is needed shows in the first; the benches look at a warm one


@pytest.fixture(scope="module")
def uses(day) -> list[Use]:
    return [use for line in day["used"] if (use := parsed(line)) is not None]


@pytest.fixture(scope="module")
def idle(template, uses) -> list[Grant]:
    """What was granted and not used, but for the other verbs of a right that was."""
    used = {(use.function, right_of(use.action), table_of(use.resource)) for use in uses}
    return [
        grant
        for grant in unused(template, uses)
        if right_of(grant.action) is None
        or is_nothing(grant)
        or (grant.function, right_of(grant.action), table_of(grant.resource)) not in used
    ]


def right_of(action: str) -> frozenset[str] | None:
    """The verbs that are one right with this one; None for what stands alone."""
    return next((right for right in (READS, WRITES) if action in right), None)


def table_of(resource: str) -> str:
    """The table of an index."""
    return resource.partition("/index/")[0]


def is_nothing(grant: Grant) -> bool:
    """An index can only be listed: other verbs on it grant nothing and mislead."""
    return "/index/" in grant.resource and grant.action not in LISTS


def reason(grant: Grant) -> tuple[str, str, str] | None:
    """The exception that a grant falls under."""
    return next(
        (
            rare
            for rare in RARELY
            if fnmatchcase(grant.function, rare[0])
            and fnmatchcase(grant.action, rare[1])
            and fnmatchcase(grant.resource, f"*{rare[2]}")
        ),
        None,
    )


def test_every_route_was_called(day):
    steps = {step["route"] for step in day["steps"]}
    assert steps >= set(day["routes"]) - set(REFUSED_ONLY)
    assert steps >= {f"{route} (refused)" for route in REFUSED_ONLY}


def test_every_function_was_called(day, template):
    calls = [call for step in day["steps"] for call in step["calls"]] + day["background"]
    functions = {function.logical_id for function in template.of("AWS::Serverless::Function")}
    idle = {function for function, action, resource in RARELY if (action, resource) == ("*", "")}
    assert {call["function"] for call in calls} == functions - idle


def test_no_policy_is_wider_than_what_is_done(idle):
    """Take these out of the template, or say in RARELY when they are needed."""
    assert [str(grant) for grant in idle if reason(grant) is None] == []


def test_every_exception_speaks_of_something_granted(template):
    assert set(RARELY) - {reason(grant) for grant in grants(template)} == set()
