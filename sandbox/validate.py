"""Whether a form fits one of the SDK's own parameter types, and the typed parameters it stands for.

Source: the TypedDicts of `stripe.params`, generated from Stripe's OpenAPI description.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import get_type_hints, is_typeddict

from sandbox.errors import Invalid
from sandbox.form import Form

Params = dict[str, Any]
Value: TypeAlias = "str | Form"

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_OPTIONS = frozenset(RequestOptions.__annotations__)
_UNRESOLVED = {"StripeContext": object, "Mapping": Mapping}


def checked(form: Form, schema: type) -> Params:
    """Raises: Invalid for a parameter that is unknown, missing, of a wrong type or not in the list."""
    return _record(form, schema, "")


def understood(params: Params, names: Iterable[str], within: str = "") -> None:
    """Raises: Invalid for what Stripe knows and the sandbox does not play, so nobody is deceived."""
    for name in params:
        if name not in {*names, "expand"}:
            path = _below(within, name)
            raise Invalid(f"The sandbox does not play `{path}`.", code="sandbox_unsupported", param=path)


@cache
def _fields(schema: type) -> dict[str, Any]:
    hints = get_type_hints(schema, localns=_UNRESOLVED)
    return {name: hint for name, hint in hints.items() if name not in _OPTIONS}


def _record(value: Value, schema: Any, path: str) -> Params:
    if isinstance(value, str):
        raise Invalid("Invalid object", code="parameter_invalid_object", param=path)
    fields = _fields(schema)
    for name in value:
        if name not in fields:
            unknown = _below(path, name)
            raise Invalid(f"Received unknown parameter: {unknown}", code="parameter_unknown", param=unknown)
    for name in sorted(schema.__required_keys__ - value.keys()):
        missing = _below(path, name)
        raise Invalid(f"Missing required param: {missing}.", code="parameter_missing", param=missing)
    return {name: _fit(part, fields[name], _below(path, name)) for name, part in value.items()}


def _fit(value: Value, hint: Any, path: str) -> Any:
    origin = get_origin(hint)
    if is_typeddict(hint):
        return _record(value, hint, path)
    if origin in (Union, UnionType):
        return _one_of(value, _branches(hint), path)
    if origin is Literal:
        return _choice(value, get_args(hint), path)
    if origin is list:
        return _list(value, get_args(hint)[0], path)
    if origin in (dict, UntypedStripeObject):
        return _texts(value, path)
    return _scalar(value, hint, path)


def _branches(hint: Any) -> list[Any]:
    """The SDK writes an open list of values as `Literal[...] | str`: the list is what Stripe accepts."""
    branches = [branch for branch in get_args(hint) if branch is not NoneType]
    listed = [branch for branch in branches if get_origin(branch) is Literal and get_args(branch) != ("",)]
    return [branch for branch in branches if not (listed and branch is str)]


def _one_of(value: Value, branches: list[Any], path: str) -> Any:
    failures: list[Invalid] = []
    for branch in branches:
        try:
            return _fit(value, branch, path)
        except Invalid as failure:
            failures.append(failure)
    raise max(failures, key=lambda failure: len(failure.param or ""))


def _choice(value: Value, choices: tuple[Any, ...], path: str) -> str:
    if not isinstance(value, str) or value not in choices:
        listed = ", ".join(str(choice) for choice in choices[:20]) or "empty"
        raise Invalid(f"Invalid {path}: must be one of {listed}", code="parameter_invalid_enum", param=path)
    return value


def _list(value: Value, hint: Any, path: str) -> list[Any]:
    if isinstance(value, str) or not all(key.isdigit() for key in value):
        raise Invalid("Invalid array", code="parameter_invalid_array", param=path)
    places = sorted(value.items(), key=lambda place: int(place[0]))
    return [_fit(part, hint, f"{path}[{place}]") for place, part in places]


def _texts(value: Value, path: str) -> dict[str, str]:
    """Metadata. Source: Stripe, "Metadata": 50 keys, 40 characters each, values up to 500."""
    if isinstance(value, str):
        raise Invalid("Invalid object", code="parameter_invalid_object", param=path)
    texts = {key: _scalar(part, str, f"{path}[{key}]") for key, part in value.items()}
    if len(texts) > 50 or any(len(key) > 40 or len(text) > 500 for key, text in texts.items()):
        raise Invalid("Metadata takes 50 keys of 40 characters and values of 500.", param=path)
    return texts


def _scalar(value: Value, hint: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise Invalid(f"Invalid string: {value}", code="parameter_invalid_string", param=path)
    if hint is bool:
        return _boolean(value, path)
    if hint is int:
        return _integer(value, path)
    if hint in (Decimal, float):
        return _number(value, path)
    if "\0" in value:
        raise Invalid("A string cannot contain a null byte.", code="parameter_invalid_string", param=path)
    return value


def _boolean(value: str, path: str) -> bool:
    if value not in ("true", "false"):
        raise Invalid(f"Invalid boolean: {value}", code="parameter_invalid_boolean", param=path)
    return value == "true"


def _integer(value: str, path: str) -> int:
    if not _INTEGER.fullmatch(value):
        raise Invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path)
    return int(value)


def _number(value: str, path: str) -> str:
    try:
        return str(Decimal(value))
    except InvalidOperation:
        raise Invalid(f"Invalid decimal: {value}", code="parameter_invalid_number", param=path) from None


def _below(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
