"""Logs: one line of JSON for each thing worth knowing; never a value somebody typed, never a token.

Of an error the log keeps its kind, the database's code for it, and the lines it came through. Its message is
kept only where it can speak of nothing but our own names: drivers and parsers quote what they were given.
"""

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from jinja2 import UndefinedError

TOKEN = re.compile(r"[^/]{37,}")
"""A part of a path that is longer than a record's key: a mailed link's token."""
OWN_NAMES = (AttributeError, ImportError, NameError, NotImplementedError, TypeError, UndefinedError)
"""Errors whose messages name parts of the program, never what somebody typed."""
Trouble = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(level: int = logging.WARNING) -> None:
    """Once at start."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Plain("%(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_rendered),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


class Plain(logging.Formatter):
    """Other people's libraries log through here; their errors are told in the same way."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        return told(ei[1]) if ei[1] else ""


def told(trouble: BaseException) -> str:
    """What happened, and where; what caused it first."""
    kinds = [_kind(one) for one in _causes(trouble)]
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trouble.__traceback__)]
    return " <- ".join(kinds) + "\n" + "\n".join(f"  {line}" for line in lines)


def without_tokens(path: str) -> str:
    """A path as it may be logged."""
    return TOKEN.sub("…", path)


def _rendered(exc_info: Trouble) -> str:
    return told(exc_info[1])


def _causes(trouble: BaseException) -> list[BaseException]:
    """The error and what it came from, the last one first."""
    found: list[BaseException] = []
    one: BaseException | None = trouble
    while one is not None and one not in found:
        found.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return found


def _kind(trouble: BaseException) -> str:
    code = getattr(trouble, "sqlstate", None)
    name = f"{type(trouble).__module__}.{type(trouble).__qualname__}".removeprefix("builtins.")
    said = f": {trouble}" if isinstance(trouble, OWN_NAMES) else ""
    return f"{name} {code}" if code else name + said
