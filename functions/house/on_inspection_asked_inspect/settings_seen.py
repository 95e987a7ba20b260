"""Settings against what is expected of them: each with its reason, by profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from hospital import settings
from hospital.inspections.model import Inspection
from hospital.settings import ENVIRONMENT, Settings
from house.on_inspection_asked_inspect.gathering import Facts, Gathered

Meets = Callable[[str], bool]


@dataclass(frozen=True)
class Expected:
    """What a variable should be. `written` is shown to people; `profiles` are those it holds for."""

    written: str
    meets: Meets
    profiles: tuple[str, ...] = ("local", "staging", "production")


def _is(*values: str) -> Meets:
    return lambda found: found in values


def _begins(start: str) -> Meets:
    return lambda found: found.startswith(start)


_DEPLOYED = ("staging", "production")
EXPECTED: Mapping[str, tuple[Expected, ...]] = {
    # 24 hours is what patients are told; a shorter time refuses visits that doctors would have answered.
    "VISIT_ANSWER_WITHIN_MINUTES": (Expected("1440", _is("1440")),),
    "SITE_ORIGIN": (Expected("https://…", _begins("https://"), _DEPLOYED),),
    "SOCKET_URL": (Expected("wss://…", _begins("wss://"), _DEPLOYED),),
    # The inbox delivers to no phone.
    "SMS_ADAPTER": (Expected("≠ inbox", lambda found: found != "inbox", ("production",)),),
    "FIELD_ALGORITHM": (Expected("AES-256-GCM, SM4-GCM", _is("AES-256-GCM", "SM4-GCM")),),
    # DEBUG writes more than is looked at, and costs.
    "LOG_LEVEL": (Expected("INFO, WARNING", _is("INFO", "WARNING"), _DEPLOYED),),
    # Patient data stays in China.
    "AWS_REGION": (Expected("cn-north-1, cn-northwest-1", _is("cn-north-1", "cn-northwest-1"), ("production",)),),
}


def look_at_settings(inspection: Inspection, gathered: Gathered) -> None:
    """Every variable that is expected to be something."""
    profile, found = settings.current().profile, ENVIRONMENT.get()
    for name, expectations in EXPECTED.items():
        wanted = [one for one in expectations if profile in one.profiles]
        if wanted:
            gathered.look("settings", name, partial(_setting, name, found, wanted))


def _setting(name: str, found: Mapping[str, str], wanted: list[Expected]) -> Iterator[tuple[str, Facts]]:
    """A variable that is not set has the value that the program gives it."""
    field = Settings.model_fields.get(name.lower())
    value = str(found.get(name, field.default if field is not None else ""))
    for one in wanted:
        facts: Facts = {"expected": one.written, "found": value}
        yield ("" if one.meets(value) else "deviates"), facts
