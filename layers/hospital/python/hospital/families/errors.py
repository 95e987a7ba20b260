"""Why somebody cannot be taken into a family, or be acted for."""

from __future__ import annotations

from hospital.errors import Conflict, Forbidden, Invalid, NotFound, RuleBroken, TooMany


class MemberNotFound(NotFound):
    """There is no such member of the caller's family."""

    code = "family.member_not_found"


class MemberTaken(Conflict):
    """Somebody with this number is in the family. Facts: `member_id`."""

    code = "family.member_taken"


class FamilyFull(Conflict):
    """More people than one person looks after. Facts: `most`."""

    code = "family.full"


class MemberMovedOn(Conflict):
    """The member stands otherwise than this act asks for. Facts: `state`."""

    code = "family.moved_on"


class MemberPending(Forbidden):
    """One may book for them, and nothing else, until it is shown that one may act for them. Facts: `state`."""

    code = "family.pending"


class NoPhoneHeld(Conflict):
    """The hospital holds no phone of theirs to which a code could go. Facts: `reason` (no_file, no_phone, own: it is
    the phone of the one who asks, which would show nothing)."""

    code = "family.no_phone"


class CodeNotTheirs(RuleBroken):
    """It is not the code that came to their phone, or its time is over. Facts: `tries_left`."""

    code = "family.code_wrong"


class NotOneself(Invalid):
    """Nobody is a member of their own family list."""

    code = "family.oneself"


class ProofNeeded(Invalid):
    """For a child the guardian names a paper that shows it."""

    code = "family.proof_needed"


class GuardianUnfit(RuleBroken):
    """Nobody under 18, and nobody younger than the child, is a guardian (Civil Code art. 17, 27). Facts: `rule`,
    `reason` (minor, younger)."""

    code = "family.guardian_unfit"


class TooManyMembers(TooMany):
    """Asked for too many people today."""

    code = "family.too_many_tries"
