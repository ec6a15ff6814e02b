"""Metadata: the caller's own words on an object, changed key by key."""

from collections.abc import Mapping
from typing import Any


def written(given: Mapping[str, str] | str | None) -> dict[str, str]:
    """What a new object starts with; empty values are not kept."""
    return {key: text for key, text in given.items() if text} if isinstance(given, Mapping) else {}


def changed(present: dict[str, Any], given: Mapping[str, str] | str) -> dict[str, str]:
    """An empty text clears all, an empty value removes its key, others are added or replaced."""
    return written({**present, **given}) if isinstance(given, Mapping) else {}
