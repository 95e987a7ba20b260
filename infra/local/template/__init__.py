"""Reads `template.yaml` with its nested stacks, the way CloudFormation and SAM would.

The result is pure: every reference is resolved to a name or ARN that depends on nothing but the template, so that it
can be read, tested and applied in any order. What the reader does not know is an error, never ignored.
"""

from .model import Resource, Template
from .reading import TemplateError
from .stack import read_template

__all__ = ["Resource", "Template", "TemplateError", "read_template"]
