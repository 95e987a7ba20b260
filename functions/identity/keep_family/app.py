"""Routes of one's family."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from adapters.his import HisAnsweredAnother, HisRefused, HisUnavailable
from hospital import clock
from hospital.caller import Caller
from hospital.consents.errors import TextChanged
from hospital.errors import ChangedMeanwhile
from hospital.families.errors import (
    CodeNotTheirs,
    FamilyFull,
    GuardianUnfit,
    MemberMovedOn,
    MemberNotFound,
    MemberTaken,
    NoPhoneHeld,
    NotOneself,
    ProofNeeded,
    TooManyMembers,
)
from hospital.families.model import GuardianPaper, PaperKind, Relation
from hospital.http import App, Command
from hospital.policy import can
from hospital.sessions.errors import TooManyCodes, TooManyTries
from hospital.verifications.errors import IdentityMismatch, IdNumberRefused, NameRefused, NotVerified
from identity.keep_family import asking_by_phone, use_case
from identity.keep_family.answers import CodeToAdult, FamilyView, HelperView, MemberView

app = App("keep_family")

_KEEPS = can("family:keep")


class ShownPaper(Command):
    """The paper that a guardian will show at a counter."""

    kind: PaperKind
    number: Annotated[str, Field(min_length=4, max_length=40)]


class AddMember(Command):
    """Name and number as they stand on the card. `paper` only for somebody under 18."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    id_number: Annotated[str, Field(min_length=1, max_length=40)]
    relation: Relation
    paper: ShownPaper | None = None


class ChangeMember(Command):
    """What the caller says of the member that was read as `version`."""

    version: Annotated[int, Field(ge=1, le=2**31)]
    relation: Relation
    called: Annotated[str, Field(min_length=1, max_length=20)] | None = None


class Agree(Command):
    """The version of the text on help by one's family that was read; one who agreed to it before agrees by that."""

    text_version: Annotated[int, Field(ge=1, le=2**31)]


class JoinByCode(Command):
    """What the adult read out, and the version of the text that was shown with it."""

    code: Annotated[str, Field(pattern=r"^\d{6}$")]
    text_version: Annotated[int, Field(ge=1, le=2**31)]


@app.route("GET", "/family", allow=_KEEPS, returns=FamilyView)
def get_family(who: Caller) -> FamilyView:
    """For whom one acts, and who acts for one."""
    return use_case.view_family(by=who, now=clock.now())


@app.route(
    "POST",
    "/family",
    allow=_KEEPS,
    body=AddMember,
    returns=MemberView,
    status=201,
    errors=(
        FamilyFull,
        GuardianUnfit,
        IdNumberRefused,
        IdentityMismatch,
        MemberTaken,
        NameRefused,
        NotOneself,
        NotVerified,
        ProofNeeded,
        TooManyMembers,
    ),
)
def post_member(who: Caller, body: AddMember) -> MemberView:
    """Put somebody on one's list."""
    paper = GuardianPaper(**body.paper.model_dump()) if body.paper else None
    return use_case.add_member(body.name, body.id_number, body.relation, paper, by=who, now=clock.now())


@app.route("GET", "/family/{family_member_id}", allow=_KEEPS, returns=MemberView, errors=(MemberNotFound,))
def get_member(who: Caller, family_member_id: str) -> MemberView:
    """One member of one's own family."""
    return use_case.view_member(family_member_id, by=who, now=clock.now())


@app.route(
    "PUT",
    "/family/{family_member_id}",
    allow=_KEEPS,
    body=ChangeMember,
    returns=MemberView,
    errors=(ChangedMeanwhile, MemberNotFound),
)
def put_member(who: Caller, family_member_id: str, body: ChangeMember) -> MemberView:
    """Say what they are to one, and what one calls them."""
    return use_case.change_member(family_member_id, body.version, body.relation, body.called, by=who, now=clock.now())


@app.route("DELETE", "/family/{family_member_id}", allow=_KEEPS, status=204, errors=(MemberNotFound,))
def delete_member(who: Caller, family_member_id: str) -> None:
    """Act for them no more."""
    use_case.remove_member(family_member_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/family-helpers/{family_member_id}/agree",
    allow=_KEEPS,
    body=Agree,
    returns=HelperView,
    errors=(MemberMovedOn, MemberNotFound, NotVerified, TextChanged),
)
def post_agreement(who: Caller, family_member_id: str, body: Agree) -> HelperView:
    """Let somebody act for oneself."""
    return use_case.agree(family_member_id, body.text_version, by=who, now=clock.now())


@app.route(
    "DELETE",
    "/family-helpers/{family_member_id}",
    allow=_KEEPS,
    status=204,
    errors=(MemberNotFound, NotVerified),
)
def delete_helper(who: Caller, family_member_id: str) -> None:
    """Let them act no more, or never."""
    use_case.leave(family_member_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/family/{family_member_id}/code",
    allow=_KEEPS,
    returns=CodeToAdult,
    status=201,
    errors=(
        HisAnsweredAnother,
        HisRefused,
        HisUnavailable,
        MemberMovedOn,
        MemberNotFound,
        NoPhoneHeld,
        NotVerified,
        TooManyCodes,
        TooManyMembers,
    ),
)
def post_family_code(who: Caller, family_member_id: str) -> CodeToAdult:
    """Ask an adult, by the phone that the hospital's own system holds for them, whether one may act for them."""
    return asking_by_phone.send_code(family_member_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/family/{family_member_id}/join",
    allow=_KEEPS,
    body=JoinByCode,
    returns=MemberView,
    errors=(CodeNotTheirs, MemberMovedOn, MemberNotFound, TextChanged, TooManyTries),
)
def post_family_join(who: Caller, family_member_id: str, body: JoinByCode) -> MemberView:
    """The adult agreed, and told the code."""
    return asking_by_phone.join_by_code(family_member_id, body.code, body.text_version, by=who, now=clock.now())
