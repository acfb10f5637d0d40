"""What the documents promise is there."""

from __future__ import annotations

import re
from pathlib import Path

from typer.main import get_command

from app.cli.main import app
from core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_is_documented_as_it_is():
    rows = dict(re.findall(r"^\| `KACHI_(\w+)` \| (.+) \|$", (ROOT / "docs" / "configuration.md").read_text(), re.MULTILINE))
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default, described = re.fullmatch(r"`([^`]*)` \| (.+)", rows[name.upper()]).groups()
        assert described == field.description, name
        if name != "home":
            spoken = {True: "true", False: "false", "": "(empty)", None: "(empty)"}
            plain = field.default if type(field.default) in (int, float) else spoken.get(field.default, field.default)
            assert default == str(plain), name


def test_every_command_is_documented():
    text = (ROOT / "docs" / "operations.md").read_text()
    for name, command in get_command(app).commands.items():
        assert f"`kachi {name}" in text, name
        for inner in getattr(command, "commands", {}):
            assert re.search(rf"`kachi {name} [a-z\\|]*\b{inner}\b", text), f"{name} {inner}"


def test_the_makefile_has_what_people_are_told_to_run():
    makefile = (ROOT / "Makefile").read_text()
    for target in ("setup", "demo", "up", "test", "test-all", "lint", "types", "bench", "bench-setup", "docs", "clean"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
