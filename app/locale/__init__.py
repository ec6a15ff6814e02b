"""The words of each language: English is the source itself, the others are `.po` files beside this one."""

from collections.abc import Mapping
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).resolve().parent
SOURCE = "en"
NAMES = {"en": "English", "ms": "Bahasa Melayu"}


class Catalogue:
    """Every language the portal speaks. Compiled at start; nothing compiled is kept in a file."""

    def __init__(self, words: Mapping[str, NullTranslations]) -> None:
        self._words = {SOURCE: NullTranslations(), **words}

    @classmethod
    def load(cls, folder: Path = HERE) -> "Catalogue":
        return cls({file.stem: _compiled(file) for file in sorted(folder.glob("*.po"))})

    @property
    def locales(self) -> tuple[str, ...]:
        return tuple(self._words)

    def words(self, locale: str) -> NullTranslations:
        """Raises: KeyError for a language nobody has written."""
        return self._words[locale]


def _compiled(file: Path) -> GNUTranslations:
    machine = BytesIO()
    with file.open("rb") as text:
        write_mo(machine, read_po(text, locale=file.stem))
    machine.seek(0)
    return GNUTranslations(machine)
