"""Every word that Kachi says is there in Japanese too, with the same places to fill."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.words.catalogue import LOCALE_FOLDER, load, read_area

ROOT = Path(__file__).resolve().parents[2]
AREAS = sorted((LOCALE_FOLDER / "ja").glob("*.po"))
PLACE = re.compile(r"\{(\w+)\}")
IN_TEMPLATE = re.compile(r"""\bt\((["'])(.+?)\1""")
IMPLIED = {"n"}


@dataclass(frozen=True, slots=True)
class Saying:
    """One message in the source, where it stands, and the fields that it is given (``None``: not known here)."""

    msgid: str
    plural: str | None
    where: str
    fields: frozenset[str] | None


def literal(node: ast.expr | None) -> str | None:
    """The text of a literal, also of literals written side by side."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def fields_of(node: ast.Call, *, fills_later: bool) -> frozenset[str] | None:
    if fills_later and not node.keywords:
        return None
    names = [keyword.arg for keyword in node.keywords]
    return None if None in names else frozenset(name for name in names if name)


def error_names() -> frozenset[str]:
    """The classes of core that are errors of Kachi, by name, children included."""
    bases: dict[str, set[str]] = {}
    for path in (ROOT / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {getattr(base, "id", getattr(base, "attr", "")) for base in node.bases}
    found = {"KachiError"}
    while grown := {name for name, parents in bases.items() if parents & found} - found:
        found |= grown
    return frozenset(found)


ERRORS = error_names()


def constants(tree: ast.Module) -> dict[str, str]:
    """The texts that a module names."""
    return {
        target.id: text
        for node in tree.body
        if isinstance(node, ast.Assign) and (text := literal(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def sayings(path: Path) -> Iterator[Saying]:
    """All messages of a source file: of ``t``, ``n``, ``mark``, and the templates of errors, literal or named."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = constants(tree)
    fills_later = any(isinstance(node, ast.alias) and node.name == "fill" for node in ast.walk(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        given = node.args[0]
        first = named.get(given.id) if isinstance(given, ast.Name) else literal(given)
        where, name = f"{path.relative_to(ROOT)}:{node.lineno}", called(node)
        of_an_error = name in ERRORS or (name == "__init__" and "core" in path.parts)
        if first is None:
            continue
        if name == "n" and len(node.args) >= 3 and literal(node.args[1]):
            yield Saying(first, literal(node.args[1]), where, fields_of(node, fills_later=fills_later))
        elif name in {"t", "mark"}:
            yield Saying(first, None, where, fields_of(node, fills_later=fills_later) if name == "t" else None)
        elif of_an_error and " " in first:
            yield Saying(first, None, where, None)


def source_files() -> list[Path]:
    return sorted(path for folder in ("app", "core", "pages") for path in (ROOT / folder).rglob("*.py"))


def template_sayings(path: Path) -> Iterator[Saying]:
    """All literal messages of an HTML template."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for found in IN_TEMPLATE.finditer(line):
            yield Saying(found[2], None, f"{path.relative_to(ROOT)}:{number}", None)


EVERYTHING = [saying for path in source_files() for saying in sayings(path)] + [
    saying for path in sorted((ROOT / "app" / "templates").rglob("*.html")) for saying in template_sayings(path)
]


@pytest.mark.parametrize("area", AREAS, ids=lambda path: path.name)
def test_an_area_parses_and_leaves_nothing_empty(area: Path) -> None:
    text = area.read_text(encoding="utf-8")
    catalogue = read_area(area)
    assert catalogue.single or catalogue.plural, "an area without a single message"
    assert not re.findall(r'^msgstr(?:\[\d\])? ""\n(?!")', text.split("\n\n", 1)[-1], re.MULTILINE), "a message without a translation"
    assert "#, fuzzy" not in text.split("\n\n", 1)[-1], "a translation that nobody has looked at"


@pytest.mark.parametrize("area", AREAS, ids=lambda path: path.name)
def test_a_translation_fills_the_same_places(area: Path) -> None:
    catalogue = read_area(area)
    wrong = {msgid: text for msgid, text in catalogue.single.items() if set(PLACE.findall(msgid)) != set(PLACE.findall(text))}
    assert wrong == {}
    for singular, forms in catalogue.plural.items():
        for form in forms:
            assert set(PLACE.findall(singular)) | IMPLIED == set(PLACE.findall(form)) | IMPLIED, singular


def test_two_areas_never_translate_one_message_differently() -> None:
    seen: dict[str, tuple[str, str]] = {}
    clashes = []
    for area in AREAS:
        for msgid, text in read_area(area).single.items():
            first = seen.setdefault(msgid, (text, area.name))
            if first[0] != text:
                clashes.append(f"{msgid!r}: {first[1]} says {first[0]}, {area.name} says {text}")
    assert clashes == []


def room(saying: Saying) -> str:
    """Where a message comes from: ``core/data``, ``pages/runs.py``, so that each owner sees his or her own."""
    return "/".join(saying.where.split(":")[0].split("/")[:2])


@pytest.mark.parametrize("name", sorted({room(saying) for saying in EVERYTHING}))
def test_every_message_is_translated(name: str) -> None:
    catalogue = load("ja")
    missing = [
        f"{saying.where}: {saying.msgid}"
        for saying in EVERYTHING
        if room(saying) == name
        and (saying.msgid not in catalogue.single if saying.plural is None else saying.msgid not in catalogue.plural)
    ]
    assert missing == [], f"{len(missing)} messages have no Japanese"


def test_every_place_of_a_message_is_filled() -> None:
    unfilled = [
        f"{saying.where}: {saying.msgid} needs {sorted(needed)}"
        for saying in EVERYTHING
        if saying.fields is not None
        and (needed := (set(PLACE.findall(saying.msgid + (saying.plural or ""))) - (IMPLIED if saying.plural else set())) - saying.fields)
    ]
    assert unfilled == []


def test_the_source_is_read_at_all() -> None:
    assert len(EVERYTHING) > 40
    assert any(saying.msgid == "Where these numbers come from" for saying in EVERYTHING)
