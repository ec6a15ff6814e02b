"""Whether an answer has the shape the SDK's resource class promises: nothing required missing, nothing unknown."""

from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import stripe
from stripe._list_object import ListObject
from stripe._stripe_object import StripeObject, UntypedStripeObject


def faults(value: Any, cls: type, path: str = "") -> list[str]:
    """What is wrong, each with its place."""
    hints = _fields(cls)
    found = [f"{path}.{name} is unknown to the SDK" for name in value if name not in hints]
    for name, hint in hints.items():
        if name in value:
            found += _misfits(value[name], hint, f"{path}.{name}")
        elif not _is_optional(hint):
            found.append(f"{path}.{name} is missing")
    return found


@cache
def _fields(cls: type) -> dict[str, Any]:
    hints = get_type_hints(cls, localns=_Resources())
    return {
        name.rstrip("_"): hint
        for name, hint in hints.items()
        if not name.startswith("_") and get_origin(hint) is not ClassVar and hint is not ClassVar
    }


class _Unplayed:
    """A resource the sandbox has not: no value is one."""


class _Resources(dict[str, Any]):
    """The SDK loads its classes one by one, when they are named; some files call them by another name."""

    def __missing__(self, name: str) -> Any:
        if not name[0].isupper():
            raise KeyError(name)
        return getattr(stripe, name.removesuffix("Resource"), _Unplayed)


def _is_optional(hint: Any) -> bool:
    return NoneType in get_args(hint)


def _misfits(value: Any, hint: Any, path: str) -> list[str]:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return min((_misfits(value, branch, path) for branch in get_args(hint)), key=len)
    if origin is Literal:
        return [] if value in get_args(hint) else [f"{path} is {value!r}"]
    if origin is list:
        return _each(value, get_args(hint)[0], path) if isinstance(value, list) else [f"{path} is no list"]
    if origin is ListObject:
        return _misfit_list(value, get_args(hint)[0], path)
    if origin in (dict, UntypedStripeObject):
        return [] if isinstance(value, dict) else [f"{path} is no mapping"]
    return _misfit_plain(value, hint, path)


def _misfit_list(value: Any, hint: Any, path: str) -> list[str]:
    if not isinstance(value, dict) or value.keys() != {"object", "data", "has_more", "url"}:
        return [f"{path} is no list of Stripe's"]
    return _each(value["data"], hint, path)


def _misfit_plain(value: Any, hint: Any, path: str) -> list[str]:
    if isinstance(hint, type) and issubclass(hint, StripeObject):
        return faults(value, hint, path) if isinstance(value, dict) else [f"{path} is no object"]
    if hint is Any or not isinstance(hint, type):
        return []
    wanted = str if hint is Decimal else hint
    fits = isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))
    return [] if fits else [f"{path} is {value!r}, no {wanted.__name__}"]


def _each(values: list[Any], hint: Any, path: str) -> list[str]:
    return [fault for place, value in enumerate(values) for fault in _misfits(value, hint, f"{path}[{place}]")]
