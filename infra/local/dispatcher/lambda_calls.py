"""Lambda's Invoke, as functions and workflows call it: answered by the local functions instead of moto's containers."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.awslambda.responses import LambdaResponse

from ..images import Broken, ImageFunction
from ..invoker import PAYLOAD_LIMIT, EventTooLarge, Function, InvocationFailed, Invoker
from ..store.seams import Seam
from .invocations import Invocations

Answer = tuple[int, dict[str, str], bytes]


class LambdaCalls:
    """The seam on moto's answer to `POST /2015-03-31/functions/{name}/invocations`."""

    def __init__(self, invoker: Invoker, invocations: Invocations) -> None:
        self._invoker, self._invocations = invoker, invocations

    def seams(self) -> list[Seam]:
        """The one place."""

        def invoke(response: Any) -> Answer:
            status, headers, body = self._answer(response)
            return status, headers | {"status": str(status)}, body  # moto reads it there

        return [Seam(LambdaResponse, "invoke", ("self",), lambda _original: invoke)]

    def _answer(self, response: Any) -> Answer:
        name = unquote(response.path.rsplit("/", 2)[-2])
        function = self._invoker.find(name)
        if function is None and (image := self._invoker.images.find(name)) is not None:
            return _seen(image, response.body)
        if function is None:
            return _refusal(404, "ResourceNotFoundException", f"Function not found: {name}")
        body = response.body or b"{}"
        text = body.decode() if isinstance(body, bytes) else str(body)
        try:
            event = json.loads(text or "{}")
        except ValueError as error:
            return _refusal(400, "InvalidRequestContentException", f"Could not parse request body into json: {error}")
        kind = response.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if kind == "DryRun":
            return 204, {}, b""
        try:
            if kind == "Event":
                return 202, {"x-amzn-RequestId": self._invocations.invoke(function, text or "{}")}, b""
            return self._called(function, event)
        except EventTooLarge:
            sentence = f"Request must be smaller than {PAYLOAD_LIMIT} bytes for the InvokeFunction operation"
            return _refusal(413, "RequestTooLargeException", sentence)

    def _called(self, function: Function, event: Any) -> Answer:
        headers = {"x-amz-executed-version": "$LATEST", "content-type": "application/json"}
        try:
            answer = self._invoker.call(function, event)
        except InvocationFailed as failure:
            headers["x-amz-function-error"] = "Unhandled"
            answer = {"errorType": failure.kind, "errorMessage": failure.message, "stackTrace": []}
        return 200, headers, json.dumps(answer).encode()


def _seen(image: ImageFunction, body: Any) -> Answer:
    headers = {"x-amz-executed-version": "$LATEST", "content-type": "application/json"}
    try:
        answer = image.call(json.loads(body or b"{}"))
    except Broken as failure:
        headers["x-amz-function-error"] = "Unhandled"
        answer = {"errorType": failure.kind, "errorMessage": str(failure), "stackTrace": []}
    return 200, headers, json.dumps(answer).encode()


def _refusal(status: int, kind: str, message: str) -> Answer:
    headers = {"x-amzn-errortype": kind, "content-type": "application/json"}
    return status, headers, json.dumps({"Type": "User", "Message": message}).encode()
