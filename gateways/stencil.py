"""Stencil: the company's own words with places to be filled, written by people and so filled in a sandbox.

The markup is what people write in a mail anyway, in parts with an empty line between them:

    # A heading
    Words, with a place to fill: {{ plan }}
    - one thing
    - and another
    Decide by | {{ decide_by }}
    [What the button says]({{ link }})

A place holds one name. Nothing is worked out in a letter: no block, loop, call, attribute or filter; whoever writes
one is told the line. A part, a thing or a fact that names what is not known is left out, so that nothing is claimed
that we do not know.
"""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from renewals.errors import Malformed
from renewals.quoting.template import PLACES, ProposalTemplate
from renewals.wording import Wording, Words, known_to, must_say

LONGEST = 8_000
"""Characters of a letter."""
LONGEST_OPENING = 4_000
"""Characters that a section of a proposal begins with."""
MOST_PLACES = 120
"""Places of a letter; each is filled with a line at most, so no letter grows without end."""
LONGEST_VALUE = 600

BUTTON = re.compile(r"\[(?P<label>[^\[\]]+)\]\(\s*\{\{\s*link\s*\}\}\s*\)")
SPACE, NAME = "whitespace", "name"


def _sandbox() -> ImmutableSandboxedEnvironment:
    """Knows no global, no filter and no test; a name that is not given is an error."""
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    for known in (made.globals, made.filters, made.tests):
        known.clear()
    return made


SANDBOX = _sandbox()


class Shape(StrEnum):
    """What a part of a letter looks like."""

    HEADING = "heading"
    WORDS = "words"
    LIST = "list"
    FACTS = "facts"
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `lines` holds a line each; a fact is a pair of name and value, all others have one piece."""

    shape: Shape
    lines: tuple[tuple[str, ...], ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's words, filled for one reader; plain text, which whoever shows them escapes."""

    subject: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as one reader would get it, without links."""

    reader: str
    written: Written
    text: str


Openings = Mapping[str, tuple[Part, ...]]
"""The first words of a proposal, by section in their order; a section without words of its own has no part."""


def proof(wording: Wording) -> None:
    """Whether the words can be sent, in every language.

    Raises: Malformed, naming the field (`ms_body`) and the line.
    """
    for locale, words in wording.words.items():
        try:
            _check(wording, words)
        except Malformed as no:
            raise Malformed(str(no), f"{locale}_{no.field or 'body'}") from no


def proof_template(template: ProposalTemplate) -> None:
    """Whether a proposal's first words can be filled, in every language.

    Raises: Malformed, naming the field (`summary_ms`) and the line.
    """
    for opening in template.openings:
        for locale, words in opening.words.items():
            _check_opening(words, f"{opening.section.value}_{locale}")


def _check_opening(text: str, field: str) -> None:
    parts = list(parts_of(text))
    if len(text) > LONGEST_OPENING:
        raise Malformed(f"A section begins with at most {LONGEST_OPENING:,} characters.", field)
    if odd := [part for part in parts if part.shape in (Shape.HEADING, Shape.BUTTON)]:
        raise Malformed(f"Line {odd[0].line}: a section has its own heading, and no button.", field)
    for part in parts:
        list(_names_in(part, PLACES.keys(), field))


def _check(wording: Wording, words: Words) -> None:
    known, parts = known_to(wording.kind).keys(), list(parts_of(words.body))
    if "\n" in words.subject.strip():
        raise Malformed("A subject is one line.", "subject")
    if len(words.body) > LONGEST:
        raise Malformed(f"A letter has at most {LONGEST:,} characters.", "body")
    in_subject = frozenset(_names_of(words.subject, known, "subject", 1))
    if len([name for part in parts for name in _names_in(part, known)]) > MOST_PLACES:
        raise Malformed(f"A letter has at most {MOST_PLACES} places to fill.", "body")
    must_say(wording.kind, in_subject, buttons=sum(part.shape is Shape.BUTTON for part in parts))


@lru_cache(maxsize=4096)
def names_of(text: str) -> frozenset[str]:
    """What has to be known to fill a subject or a body, but for the button's link. Raises: Malformed."""
    return frozenset(_names_of(text, None, None, 1)) - {"link"}


def fill(words: Words, values: Mapping[str, str], short: Mapping[str, str]) -> Written:
    """The words for one reader. `short` is how the values are said in a subject; "" is what is not known.

    Raises: Malformed when the words were never proofed.
    """
    said = " ".join((_filled(words.subject, short) or "").split())
    return Written(said, fill_opening(words.body, values))


def fill_opening(text: str, values: Mapping[str, str]) -> tuple[Part, ...]:
    """A section's first words; "" is what is not known. Raises: Malformed when they were never proofed."""
    return tuple(part for one in parts_of(text) if (part := _fill(one, values)))


def parts_of(body: str) -> Iterator[Part]:
    """The parts of a letter with the line each begins in."""
    lines = body.replace("\r\n", "\n").split("\n")
    begins = 0
    for number in range(len(lines) + 1):
        if number == len(lines) or not lines[number].strip():
            if number > begins:
                yield _part([line.strip() for line in lines[begins:number]], begins + 1)
            begins = number + 1


def _part(lines: list[str], line: int) -> Part:
    if len(lines) == 1 and (button := BUTTON.fullmatch(lines[0])):
        return Part(Shape.BUTTON, ((button["label"],),), line)
    if len(lines) == 1 and lines[0].startswith("# "):
        return Part(Shape.HEADING, ((lines[0][2:],),), line)
    if all(one.startswith("- ") for one in lines):
        return Part(Shape.LIST, tuple((one[2:],) for one in lines), line)
    if all(" | " in one for one in lines):
        return Part(Shape.FACTS, tuple(tuple(one.split(" | ", 1)) for one in lines), line)
    return Part(Shape.WORDS, (("\n".join(lines),),), line)


def _names_in(part: Part, known: Set[str], field: str = "body") -> Iterator[str]:
    for number, pieces in enumerate(part.lines):
        for piece in pieces:
            yield from _names_of(piece, known, field, part.line + number)


def _names_of(text: str, known: Set[str] | None, field: str | None, line: int) -> list[str]:
    """Raises: Malformed, naming the line."""
    try:
        tokens = list(SANDBOX.lex(text))
        names = [_name(token, inside) for token, inside in _places(tokens)]
    except TemplateSyntaxError as no:
        raise Malformed(f"Line {line + no.lineno - 1}: {no.message}", field) from no
    for name, at in names:
        if known is not None and name not in known:
            raise Malformed(f"Line {line + at - 1}: there is no {{{{ {name} }}}} in this letter.", field)
    return [name for name, _ in names]


Token = tuple[int, str, str]


def _places(tokens: list[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Each place with what stands in it. Raises: TemplateSyntaxError for anything else that is no text."""
    inside: list[Token] | None = None
    for token in tokens:
        line, kind, said = token
        if kind == "variable_begin":
            inside, begin = [], token
        elif kind == "variable_end" and inside is not None:
            yield begin, inside
            inside = None
        elif inside is not None:
            inside.append(token)
        elif kind != "data":
            raise TemplateSyntaxError(f"“{said.strip()}” can not stand in a letter; write only places such as "
                                      "{{ plan }}.", line)
    if inside is not None:
        raise TemplateSyntaxError("a place is not closed; write {{ plan }}.", begin[0])


def _name(begin: Token, inside: list[Token]) -> tuple[str, int]:
    """Raises: TemplateSyntaxError when a place holds anything but one name."""
    names = [said for _, kind, said in inside if kind != SPACE]
    if len(names) != 1 or NAME not in {kind for _, kind, _ in inside}:
        said = "".join(said for _, _, said in inside).strip()
        raise TemplateSyntaxError(f"“{said[:80]}” is not a name; a place holds one name and nothing else, such as "
                                  "{{ plan }}.", begin[0])
    return names[0], begin[0]


def _fill(part: Part, values: Mapping[str, str]) -> Part | None:
    """The part without the lines that name what is not known; None when nothing is left of it."""
    filled = (tuple(_filled(piece, values) for piece in line) for line in part.lines)
    lines = tuple(tuple(piece or "" for piece in line) for line in filled if None not in line)
    return Part(part.shape, lines, part.line) if lines else None


def _filled(text: str, values: Mapping[str, str]) -> str | None:
    """None when a value is not known."""
    given = {name: values[name].replace("\n", " ")[:LONGEST_VALUE] for name in names_of(text)}
    return _cut(text).render(given) if all(given.values()) else None


@lru_cache(maxsize=4096)
def _cut(text: str) -> Template:
    return SANDBOX.from_string(text)
