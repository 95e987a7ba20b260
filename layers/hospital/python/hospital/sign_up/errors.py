"""What can go wrong with signing up, and with its setting."""

from hospital.errors import Conflict, Invalid, RuleBroken


class PhoneTaken(Conflict):
    """The phone has an account: whoever holds it signs in, with the same code. Told only to them."""

    code = "sign_up.phone_taken"


class NameMissing(Invalid):
    """This terminal asks for a name at sign-up."""

    code = "sign_up.name_missing"


class FaceAlone(RuleBroken):
    """A face or the picture of a card is never the only way to show who one is. Facts: `rule`."""

    code = "sign_up.face_alone"
