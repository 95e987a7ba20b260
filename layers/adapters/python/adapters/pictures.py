"""Asks the hospital's own function that looks at pictures (`functions/identity/look_at_pictures`): what the embedded
defaults of the ports `ocr` and `face` share. It runs from an image of its own and may touch nothing."""

from __future__ import annotations

import json
from typing import Any

from hospital import aws, settings
from hospital.errors import Unavailable
from hospital.observability import say


def ask(port: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Its answer to one event. `Unavailable` when there is none, or it broke down."""
    function = settings.current().pictures_function
    if not function:
        raise Unavailable(adapter=port, reason="not_deployed")
    try:
        reply = aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(asked))
        answer = json.loads(reply["Payload"].read())
    except (aws.Refusal, aws.NoAnswer, ValueError) as error:
        say("the function that looks at pictures did not answer", level="warning", failure=error, adapter=port)
        raise Unavailable(adapter=port) from None
    if "FunctionError" in reply or not isinstance(answer, dict):
        say("the function that looks at pictures broke down: see its own log", level="error", adapter=port)
        raise Unavailable(adapter=port)
    return answer
