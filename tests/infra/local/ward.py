"""A small template written by a test: functions of a few lines, layers, an API, and what goes wrong in them."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from infra.local.invoker import Invoker
from infra.local.template import Template, read_template

HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Own: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: own/}}
  Other: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: other/}}
  Bought: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: bought/}}
"""

Told = list[tuple[str, str]]


class Ward:
    """A template of functions, one module each, with three layers: two of our own and one of packages."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told = folder, Told()
        self.mark = f"ward_{uuid.uuid4().hex[:8]}"  # modules of all tests share one process
        self._resources = HEAD
        self.write("own/python", f"{self.mark}_own", "HERE = True")
        self.write("other/python", f"{self.mark}_other", "HERE = True")
        (folder / "bought").mkdir()
        (folder / "bought" / "requirements.txt").write_text("pydantic==2.0 \\\n    --hash=sha256:0\n")
        (folder / "code" / self.mark).mkdir(parents=True)
        (folder / "code" / self.mark / "__init__.py").touch()

    def write(self, place: str, module: str, text: str) -> None:
        """A module in that place; `OWN` and `OTHER` stand for the layers' modules."""
        (self.folder / place).mkdir(parents=True, exist_ok=True)
        told = text.replace("OWN", f"{self.mark}_own").replace("OTHER", f"{self.mark}_other")
        (self.folder / place / f"{module}.py").write_text(dedent(told))

    def function(self, name: str, code: str, **properties: Any) -> None:
        """A function of the template; the code defines `app`."""
        self.write(f"code/{self.mark}", name.lower(), code)
        written = {"CodeUri": "code/", "Handler": f"{self.mark}.{name.lower()}.app", "Timeout": 5} | properties
        lines = "\n".join(f"{key}: {value}" for key, value in written.items())
        self._resources += (
            f"  {name}:\n    Type: AWS::Serverless::Function\n    Properties:\n{indent(lines, ' ' * 6)}\n"
        )

    def resource(self, name: str, kind: str, **properties: Any) -> None:
        """Any other resource; the properties as JSON."""
        self._resources += f"  {name}: {json.dumps({'Type': kind, 'Properties': properties})}\n"

    def template(self) -> Template:
        """What was written so far. TemplateError."""
        (self.folder / "ward.yaml").write_text(self._resources)
        return read_template(self.folder / "ward.yaml")

    def invoker(self, **limits: Any) -> Invoker:
        """The invoker of what was written so far. TemplateError."""
        template = self.template()

        def environment(resource: Any) -> dict[str, str]:
            return {str(key): str(value) for key, value in resource.get("Environment", {}).get("Variables", {}).items()}

        return Invoker(template, environment, lambda name, _id, what: self.told.append((name, what)), **limits)


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    return Ward(tmp_path)


def answer(invoker: Invoker, name: str, event: Any = None) -> Any:
    """What the function answers."""
    return invoker.call(function(invoker, name), event)


def function(invoker: Invoker, name: str) -> Any:
    found = invoker.find(f"yunzhen-{name}")
    assert found is not None
    return found
