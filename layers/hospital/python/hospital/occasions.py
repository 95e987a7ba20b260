"""Occasions on which a message leaves the house, and the variables that a template of each may use.

A template is found by its occasion's name, so an organisation writes at most one for each. Ledger: NOTE-01.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_BRACED = re.compile(r"\{([^{}]*)\}")

OCCASIONS: Mapping[str, frozenset[str]] = {
    "sign_in_code": frozenset({"code"}),
    "method_code": frozenset({"code"}),
    "family_code": frozenset({"code", "name"}),
    "visit_accepted": frozenset({"doctor"}),
    "visit_refused": frozenset({"doctor"}),
    "visit_expired": frozenset({"doctor"}),
    "visit_finished": frozenset({"doctor"}),
    "record_opened": frozenset({"doctor"}),
    "data_copy": frozenset(),
    "phone_changed": frozenset(),
    "reminder": frozenset({"text"}),
    "system_sms": frozenset({"text"}),
}
"""`system_sms` is what other systems of the hospital send; `reminder` says that something waits;
`record_opened` that a doctor opened a record in an emergency, and is sent even where no text was written."""
SECRET = frozenset({"code"})
"""Variables that open something: they are sent, and never stored or shown."""


def unknown_variables(occasion: str, text: str) -> list[str]:
    """Everything in braces in `text` that means nothing on that occasion, and a brace without its other half."""
    known = OCCASIONS.get(occasion, frozenset())
    unknown = sorted({name for name in _BRACED.findall(text) if name not in known})
    lonely = [brace for brace in "{}" if brace in _BRACED.sub("", text)]
    return unknown + lonely


def filled_in(text: str, variables: Mapping[str, str]) -> str:
    """`text` with its variables; one that was not given stays empty. What a variable holds is never looked into."""
    return _BRACED.sub(lambda found: variables.get(found.group(1), ""), text)
