"""Runs the commands of a document: the few words of a shell that they use, and `aws` as boto3 calls."""

from __future__ import annotations

import importlib
import json
import re
import shlex
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any

import boto3
import jmespath
from botocore import xform_name

_BLOCK = re.compile(r"<!-- drill: (?P<name>.+?) -->\n```sh\n(?P<lines>.*?)```", re.S)
_ASSIGNED = re.compile(r"^(?P<name>[A-Z_]+)=(?:\"?\$\((?P<command>.*)\)\"?|(?P<value>.*))$", re.S)
_SERVICES = {"s3api": "s3"}


class CommandFailed(Exception):
    """A command of the document that cannot be run as it stands there."""


def blocks(document: Path) -> dict[str, list[str]]:
    """Name -> commands of each marked block; comments go, a line that ends in a backslash goes on in the next."""
    found = {}
    for block in _BLOCK.finditer(document.read_text(encoding="utf-8")):
        lines = block["lines"].replace("\\\n", " ").splitlines()
        found[block["name"]] = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return found


def run_block(commands: list[str], known: Mapping[str, str]) -> dict[str, str]:
    """Runs the commands in order; `known` wins over what the document assigns as an example. All names afterwards."""
    names = dict(known)
    for line in commands:
        assigned = _ASSIGNED.match(line)
        if assigned and assigned["name"] in known:
            continue
        if assigned and assigned["command"]:
            names[assigned["name"]] = _said(assigned["command"], names)
        elif assigned:
            names[assigned["name"]] = shlex.split(_filled(assigned["value"], names), comments=True)[0]
        else:
            _said(line, names)
    return names


def _filled(text: str, names: Mapping[str, str]) -> str:
    try:
        return Template(text).substitute(names)
    except KeyError as missing:
        raise CommandFailed(f"{text}: nothing gives {missing}") from None


def _said(command: str, names: Mapping[str, str]) -> str:
    words = shlex.split(_filled(command, names), comments=True)
    if words[0] == "aws":
        return _aws(words[1:])
    if words[:2] == [".venv/bin/python", "-m"]:
        status = importlib.import_module(words[2]).main(words[3:])
        if status != 0:
            raise CommandFailed(f"{command}: exit status {status}")
        return ""
    raise CommandFailed(f"{command}: a drill runs `aws` and the project's own commands only")


def _aws(words: list[str]) -> str:
    """One call, as the command line would make it; what `--query` finds in the answer."""
    service, operation, *rest = words
    client = boto3.client(_SERVICES.get(service, service))
    if operation == "wait":
        condition, *rest = rest
        client.get_waiter(condition.replace("-", "_")).wait(**_options(rest, {}))
        return ""
    method = operation.replace("-", "_")
    if method not in client.meta.method_to_api_mapping:
        raise CommandFailed(f"aws {service} has no {operation}")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    kinds = {xform_name(name, "-"): (name, member.type_name) for name, member in shape.members.items()}
    query, rest = _taken(rest, "--query")
    _, rest = _taken(rest, "--output")
    answer = getattr(client, method)(**_options(rest, kinds))
    found = jmespath.search(query, _plain(answer)) if query else None
    if query and found is None:
        raise CommandFailed(f"aws {service} {operation}: {query} finds nothing")
    return "" if found is None else found if isinstance(found, str) else json.dumps(found)


def _taken(words: list[str], option: str) -> tuple[str, list[str]]:
    """The value of an option of the command line itself, and the words without it."""
    if option not in words:
        return "", words
    at = words.index(option)
    return words[at + 1], [*words[:at], *words[at + 2 :]]


def _options(words: list[str], kinds: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """`--table-name people` as `TableName="people"`, in the type that the service wants."""
    given: dict[str, Any] = {}
    at = 0
    while at < len(words):
        option = words[at].removeprefix("--")
        if kinds and option not in kinds:
            raise CommandFailed(f"--{option} is no option of this command")
        name, kind = kinds.get(option, ("".join(part.capitalize() for part in option.split("-")), "string"))
        if kind == "boolean":
            given[name], at = True, at + 1
        else:
            given[name], at = _value(words[at + 1], kind), at + 2
    return given


def _value(text: str, kind: str) -> Any:
    if kind in ("integer", "long"):
        return int(text)
    if kind in ("structure", "map", "list"):
        if text[0] in "[{":
            return json.loads(text)
        pairs = dict(pair.split("=", 1) for pair in text.split(","))
        return {name: {"true": True, "false": False}.get(value, value) for name, value in pairs.items()}
    return text


def _plain(answer: Any) -> Any:
    """The answer as the command line prints it: times as text."""
    if isinstance(answer, dict):
        return {name: _plain(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [_plain(value) for value in answer]
    return answer.isoformat(timespec="seconds") if isinstance(answer, datetime) else answer
