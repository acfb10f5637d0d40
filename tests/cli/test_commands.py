"""The command line without a portal, on a home of its own."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from app.cli import runfiles
from app.cli.main import app, main
from app.cli.output import say_table
from core.settings import Settings

PASSWORD = "correct horse battery\n"


@pytest.fixture
def kachi(tmp_path, monkeypatch):
    monkeypatch.setenv("KACHI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KACHI_GATEWAY_PORT", "1")

    def run(*args: str, given: str = "", home: str | None = None):
        if home:
            monkeypatch.setenv("KACHI_HOME", home)
        return CliRunner().invoke(app, list(args), input=given)

    return run


def test_people_tokens_backup_and_restore(kachi, tmp_path):
    made = kachi(
        "user", "add", "ada@example.com", "--name", "Ada 森", "--role", "admin", "--role", "viewer", "--password-stdin", given=PASSWORD
    )
    assert made.exit_code == 0, made.output
    listed = json.loads(kachi("user", "list", "--json").output)
    assert [(user["email"], user["roles"]) for user in listed] == [("ada@example.com", ["admin", "viewer"])]
    issued = kachi("token", "issue", "ada@example.com", "--name", "ci", "--role", "viewer", "--days", "3")
    assert issued.output.startswith("kachi_")
    assert issued.output.count("\n") == 1
    token = json.loads(kachi("token", "list", "--json").output)[0]
    assert "ended" in kachi("token", "revoke", token["id"]).output
    assert "whole: 3 events" in kachi("audit", "verify").output
    assert kachi("doctor").exit_code == 0
    assert kachi("backup", "--to", str(tmp_path / "safe")).exit_code == 0
    archive = next((tmp_path / "safe").glob("*.tar.gz"))
    assert "Every file's hash holds" in kachi("restore", str(archive), home=str(tmp_path / "home2")).output
    assert "ada@example.com" in kachi("user", "list").output


def test_a_refusal_is_one_sentence_and_status_one(kachi, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["kachi", "user", "disable", "nobody@example.com"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("kachi: There is no user 'nobody@example.com'")
    assert said.count("\n") == 1


def test_a_bad_setting_is_named(kachi, capsys, monkeypatch):
    monkeypatch.setenv("KACHI_PORT", "door")
    monkeypatch.setattr("sys.argv", ["kachi", "doctor"])
    with pytest.raises(SystemExit):
        main()
    assert "KACHI_PORT can't be 'door'" in capsys.readouterr().err


def test_run_files_tell_a_live_portal_from_a_dead_one(tmp_path):
    settings = Settings(home=tmp_path)
    assert runfiles.read(settings) is None
    runfiles.write(settings, "http://127.0.0.1:1", "key")
    assert runfiles.read(settings).url == "http://127.0.0.1:1"
    assert (tmp_path / "run" / "cli.token").stat().st_mode & 0o077 == 0
    body = json.loads((tmp_path / "run" / "portal.json").read_text())
    (tmp_path / "run" / "portal.json").write_text(json.dumps(body | {"started": body["started"] - 60}))
    assert runfiles.read(settings) is None
    runfiles.remove(settings)
    assert list((tmp_path / "run").iterdir()) == []


def test_wide_characters_count_double(capsys):
    say_table(("Name", "Role"), [("森", "a"), ("Ada", "b")])
    assert capsys.readouterr().out == "Name  Role\n森    a\nAda   b\n"
