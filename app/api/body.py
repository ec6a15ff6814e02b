"""Body: what a program writes, read as the shape its door asks for."""

import re
from typing import TypeVar

import msgspec

from app.api.problem import NotJson
from renewals.errors import Malformed

Body = TypeVar("Body", bound=msgspec.Struct)
PLACE = re.compile(r" - at `\$\.(\w+)")
"""Where msgspec says the name of the field at fault."""


def read(body: bytes, shape: type[Body]) -> Body:
    """Raises: NotJson, Malformed naming the field."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as no:
        place = PLACE.search(str(no))
        raise Malformed(f"{PLACE.split(str(no))[0]}.", place[1] if place else None) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as no:
        raise NotJson(f"The body is no JSON: {no}.") from None
