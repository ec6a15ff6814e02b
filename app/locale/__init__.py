"""The words of each language: English is the source itself, the others are `.po` files beside this one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).resolve().parent
SOURCE = "en"
NAMES = {"en": "English", "ms": "Bahasa Melayu"}
HOUSE = "house"
"""The context in a `.po` file of what the house says when it refuses."""
FIELD = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class HouseWords:
    """The house's own sentences in one language.

    The house speaks English and knows of no other language. A sentence is looked up as it stands; one that holds a
    name or a figure is known by its shape, the words around it.
    """

    known: Mapping[str, str]

    def say(self, sentence: str) -> str:
        """In this language; as it is when nobody has translated it."""
        if sentence in self.known:
            return self.known[sentence]
        for shape, said in self._shapes:
            if match := shape.fullmatch(sentence):
                return said % match.groupdict()
        return sentence

    @cached_property
    def _shapes(self) -> list[tuple[re.Pattern[str], str]]:
        return [(_shape(text), said) for text, said in self.known.items() if FIELD.search(text)]


def _shape(text: str) -> re.Pattern[str]:
    """The words as they stand, with anything where a field is."""
    parts = enumerate(FIELD.split(text))
    return re.compile("".join(f"(?P<{part}>.+)" if n % 2 else re.escape(part) for n, part in parts), re.DOTALL)


class Catalogue:
    """Every language the portal speaks. Compiled at start; nothing compiled is kept in a file."""

    def __init__(self, files: Mapping[str, Catalog]) -> None:
        self._words = {SOURCE: NullTranslations(), **{locale: _compiled(file) for locale, file in files.items()}}
        self._house = {SOURCE: HouseWords({}), **{locale: _of_the_house(file) for locale, file in files.items()}}

    @classmethod
    def load(cls, folder: Path = HERE) -> "Catalogue":
        return cls({file.stem: _read(file) for file in sorted(folder.glob("*.po"))})

    @property
    def locales(self) -> tuple[str, ...]:
        return tuple(self._words)

    def words(self, locale: str) -> NullTranslations:
        """Raises: KeyError for a language nobody has written."""
        return self._words[locale]

    def house(self, locale: str) -> HouseWords:
        """Raises: KeyError for a language nobody has written."""
        return self._house[locale]


def _read(file: Path) -> Catalog:
    with file.open("rb") as text:
        return read_po(text, locale=file.stem)


def _compiled(written: Catalog) -> GNUTranslations:
    machine = BytesIO()
    write_mo(machine, written)
    machine.seek(0)
    return GNUTranslations(machine)


def _of_the_house(written: Catalog) -> HouseWords:
    return HouseWords({str(one.id): str(one.string) for one in written if one.context == HOUSE})
