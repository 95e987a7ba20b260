"""Reading and setting what terminals ask."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from adapters.wechat import wechat
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.sign_up.events import SignUpFlowChanged
from hospital.sign_up.model import SignUpFlow, Way, When
from hospital.sign_up.store import flow_at, flows, own_flow
from hospital.terminals import Terminal
from hospital.work import Work

WechatOpens = Literal["nowhere", "in_wechat", "anywhere"]


class SignUpFlowView(BaseModel):
    """What a terminal asks. `inherited`: the organisation has set nothing of its own; `version` is then 0.
    `wechat_opens`: in which browsers WeChat can be asked at all, as this hospital is connected to it."""

    terminal: Terminal
    version: int
    inherited: bool
    asks_name: bool
    real_name: When
    ways: list[Way]
    card: When
    family: bool
    wechat: bool
    wechat_opens: WechatOpens

    @classmethod
    def of(cls, flow: SignUpFlow, organisation_id: str) -> SignUpFlowView:
        """As it counts for that organisation."""
        told = flow.model_dump(include=set(cls.model_fields) - {"version"}, mode="json")
        party = wechat()
        told["wechat_opens"] = "nowhere" if party is None else "anywhere" if party.opens_anywhere else "in_wechat"
        is_own = flow.organisation_id == organisation_id and flow.version > 0
        return cls(**told, version=flow.version if is_own else 0, inherited=not is_own)


def view_flow(organisation_id: str, terminal: Terminal) -> SignUpFlowView:
    """What counts at the terminal."""
    return SignUpFlowView.of(flow_at(organisation_id, terminal), organisation_id)


def set_flow(terminal: Terminal, version: int, content: dict[str, Any], *, by: Caller) -> SignUpFlowView:
    """Another content, for one terminal of the caller's organisation or of the platform."""
    before = own_flow(by.organisation_id, terminal)
    if version != (before.version if before else 0):
        raise ChangedMeanwhile(version=before.version if before else 0)
    after = (before or SignUpFlow.unset(by.organisation_id, terminal)).set_to(content)
    with Work(by=by) as work:
        stored = work.change(flows, before, after) if before else work.add(flows, after, otherwise=ChangedMeanwhile())
        work.emit(SignUpFlowChanged.of(stored))
        return work.answer(SignUpFlowView.of(stored, by.organisation_id))
