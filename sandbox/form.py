"""Stripe's form encoding: `a[b][0]=c` as nested mappings whose leaves are all text."""

import re
from typing import TypeAlias
from urllib.parse import parse_qsl

Form: TypeAlias = "dict[str, str | Form]"

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")


def decode(text: str) -> Form:
    """Lists stay mappings of "0", "1", ...: only the expected type can tell a list from metadata."""
    decoded: Form = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        _place(decoded, _steps(key), value)
    return decoded


def _steps(key: str) -> list[str]:
    match = _KEY.match(key)
    return [match[1], *_PART.findall(match[2])] if match else [key]


def _place(into: Form, steps: list[str], value: str) -> None:
    for step in steps[:-1]:
        below = into.setdefault(step, {})
        if isinstance(below, str):
            below = into[step] = {}
        into = below
    into[steps[-1] or str(len(into))] = value
