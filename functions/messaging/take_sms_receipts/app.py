"""Where carriers push receipts."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from hospital.caller import system
from hospital.carrying import CarrierUnknown
from hospital.http import App
from hospital.policy import anyone
from hospital.sms.errors import ReceiptUnsigned
from messaging.take_sms_receipts.use_case import take_receipts

app = App("take_sms_receipts")


class Told(RootModel[Annotated[list[dict[str, Any]], Field(max_length=500)]]):
    """Receipts as the carrier writes them."""


class SignedBy(BaseModel):
    """What the address that a carrier was given ends with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    signature: Annotated[str, Field(max_length=128)] = ""


class Heard(BaseModel):
    """What carriers want to read: one looks at `code`, the other at `result`."""

    code: int = 0
    msg: str = "OK"
    result: int = 0
    errmsg: str = "OK"


@app.route(
    "POST",
    "/sms-receipts/{carrier}",
    allow=anyone,
    query=SignedBy,
    body=Told,
    returns=Heard,
    errors=(ReceiptUnsigned, CarrierUnknown),
)
def post_sms_receipts(carrier: str, query: SignedBy, body: Told) -> Heard:
    """Take a carrier's receipts."""
    take_receipts(carrier, query.signature, body.root, by=system("take_sms_receipts"))
    return Heard()
