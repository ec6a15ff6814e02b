"""What every page is printed on: the templates, the stylesheet, the headers."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox import currency
from sandbox.wire import Answer

_FOLDER = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.filters["money"] = lambda amount, code: currency.written(amount, code)

HEADERS = {
    "cache-control": "no-store",
    # No form-action: the answer to these forms must redirect to the merchant, which it would block.
    "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def page(template: str, status: int = 200, **shown: object) -> Answer:
    body = _TEMPLATES.get_template(template).render(**shown).encode()
    return Answer(status, body, {**HEADERS, "content-type": "text/html; charset=utf-8"})


def notice(title: str, sentence: str, status: int = 404) -> Answer:
    """A page with nothing to do on it."""
    return page("notice.html", status, title=title, sentence=sentence)


def stylesheet() -> Answer:
    body = (_FOLDER / "sandbox.css").read_bytes()
    return Answer(200, body, {**HEADERS, "content-type": "text/css; charset=utf-8"})
