"""Translations read from gettext ``.po`` files, one file per area, merged into one catalogue per language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from babel.messages.pofile import read_po

Language = Literal["en", "ja"]
"""English (the source) or Japanese."""

LOCALE_FOLDER = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of one language.

    Attributes:
        language: which language this is.
        single: English message to its translation.
        plural: English singular to the translations, one per plural form of the language.
    """

    language: Language
    single: Mapping[str, str]
    plural: Mapping[str, tuple[str, ...]]


def read_area(path: Path) -> Catalogue:
    """Read one area's ``.po`` file; entries that are fuzzy or empty are left out.

    Args:
        path: a file ``locale/<language>/<area>.po``.

    Returns:
        The catalogue of this area alone.

    Raises:
        babel.messages.pofile.PoFileError: the file does not follow the gettext format.
    """
    language: Language = "ja" if path.parent.name == "ja" else "en"
    catalog = read_po(BytesIO(path.read_bytes()), locale=language, abort_invalid=True)
    single: dict[str, str] = {}
    plural: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, tuple | list):
            forms = tuple(str(form) for form in message.string or ())
            if forms and all(forms):
                plural[str(message.id[0])] = forms
        elif message.string:
            single[str(message.id)] = str(message.string)
    return Catalogue(language, MappingProxyType(single), MappingProxyType(plural))


@lru_cache(maxsize=4)
def load(language: Language) -> Catalogue:
    """Merge all areas of a language; done once per process.

    Two areas may hold the same message; the first area by name wins (a test keeps them equal).
    """
    single: dict[str, str] = {}
    plural: dict[str, tuple[str, ...]] = {}
    for path in sorted((LOCALE_FOLDER / language).glob("*.po")):
        area = read_area(path)
        single = {**area.single, **single}
        plural = {**area.plural, **plural}
    return Catalogue(language, MappingProxyType(single), MappingProxyType(plural))


@lru_cache(maxsize=4)
def load_samples(language: Language) -> Mapping[str, str]:
    """What the demo workspace was filled with (names of projects and data, notes, reasons), in another language.

    Apart from the portal's own words, since a company may well call its own things by the same names.
    """
    return read_area(LOCALE_FOLDER / language / "samples" / "demo.po").single if language != "en" else MappingProxyType({})
