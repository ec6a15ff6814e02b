"""Body: what a program writes, read as the shape its door asks for."""

import re
from typing import TypeVar

import msgspec

from app.api.problem import NotJson
from app.readable import must_be_text, must_hold_no_card
from renewals.errors import Malformed

Body = TypeVar("Body", bound=msgspec.Struct)
PLACE = re.compile(r" - at `\$\.(\w+)")
"""Where msgspec says the name of the field at fault."""


def read(body: bytes, shape: type[Body]) -> Body:
    """Raises: NotJson, Malformed naming the field."""
    try:
        said = msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as no:
        place = PLACE.search(str(no))
        raise Malformed(f"{PLACE.split(str(no))[0]}.", place[1] if place else None) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as no:
        raise NotJson(f"The body is no JSON: {no}.") from None
    for field, value in msgspec.structs.asdict(said).items():
        if isinstance(value, str):
            must_be_text(field, value)
            must_hold_no_card(field, value)
    return said
