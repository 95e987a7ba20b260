"""The template's state machines, run by moto's interpreter in this process and entered again after a restart."""

from .refusal import WorkflowRefused
from .workflows import Workflows

__all__ = ["WorkflowRefused", "Workflows"]
