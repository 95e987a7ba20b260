"""What Lambda refuses when a function is deployed: refused here when the hospital opens."""

from __future__ import annotations

from .template import Resource
from .template.model import words

_ENVIRONMENT_LIMIT = 4096
_LAYERS_LIMIT = 5
_NUMBERS = {"Timeout": (1, 900, "seconds"), "MemorySize": (128, 10_240, "MB")}
# Set by Lambda itself.
_RESERVED = words(
    """_HANDLER _X_AMZN_TRACE_ID AWS_DEFAULT_REGION AWS_REGION AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_NAME
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_INITIALIZATION_TYPE
    AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
    AWS_SESSION_TOKEN AWS_LAMBDA_RUNTIME_API LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR"""
)


def demand_deployable(function: Resource) -> None:
    """TemplateError for what Lambda would not take, or what cannot run here."""
    runtime = str(function.get("Runtime", "python"))
    if not runtime.startswith("python") or function.get("PackageType", "Zip") != "Zip":
        raise function.wrong("Runtime", "only Python from a folder of code runs here")
    for prop, (least, most, unit) in _NUMBERS.items():
        number = whole_number(function, prop)
        if number is not None and not least <= number <= most:
            raise function.wrong(prop, f"{number} is not between {least} and {most} {unit}")
    if len(function.get("Layers") or []) > _LAYERS_LIMIT:
        raise function.wrong("Layers", f"a function has at most {_LAYERS_LIMIT}")
    variables = (function.get("Environment") or {}).get("Variables") or {}
    taken = sorted(_RESERVED & set(variables))
    if taken:
        raise function.wrong("Environment", f"{taken[0]} is set by Lambda itself")
    size = sum(len(str(name).encode()) + len(str(value).encode()) for name, value in variables.items())
    if size > _ENVIRONMENT_LIMIT:
        raise function.wrong("Environment", f"its variables have {size} bytes, over the {_ENVIRONMENT_LIMIT} of Lambda")


def whole_number(resource: Resource, prop: str) -> int | None:
    """A whole number that may have come through a parameter, as text; None when nothing is written. TemplateError."""
    value = resource.get(prop)
    if value is None:
        return None
    if isinstance(value, bool) or not str(value).isdigit():
        raise resource.wrong(prop, f"{value!r} is no whole number")
    return int(value)
