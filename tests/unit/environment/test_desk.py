"""The terminal and the folder that `afk init` works at."""

import io
import stat
from pathlib import Path

import pytest

from afk.environment.desk import Terminal, git
from afk.errors import ConfigError


def desk(folder: Path, *answers: str) -> tuple[Terminal, io.StringIO, list[str]]:
    """Return a terminal at which the answers are typed, what it shows, and what it asked."""
    shown, asked, left = io.StringIO(), [], list(answers)

    def line(prompt: str) -> str:
        asked.append(prompt)
        return left.pop(0)

    return Terminal(folder=folder, shown=shown, talks=True, line=line, hidden=line), shown, asked


def test_ask__nothing_typed__is_the_proposal(tmp_path: Path) -> None:
    here, _, asked = desk(tmp_path, "\n", " mine \n", "\n", " s3cret \n")
    assert here.ask("Which?", "this") == "this"
    assert here.ask("Which?", "this") == "mine"
    assert here.ask("Which?", "") == ""
    assert here.ask_hidden("Token:") == "s3cret"
    assert asked == ["Which? [this] ", "Which? [this] ", "Which? ", "Token: "]


def test_say__what_a_server_said__cannot_steer_the_terminal(tmp_path: Path) -> None:
    here, shown, _ = desk(tmp_path)
    here.say("  \x1b[2Jgone\u202e")
    assert shown.getvalue() == "  gone\n"


def test_write__makes_folders_and_keeps_secrets_to_their_owner(tmp_path: Path) -> None:
    here, _, _ = desk(tmp_path)
    for _again in range(2):
        here.write("a/b/secret.env", "A=1\n", private=True)
        here.write("a/open.yml", "a: 1\n", private=False)
    assert stat.S_IMODE((tmp_path / "a/b/secret.env").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "a/open.yml").stat().st_mode) & 0o400
    assert here.read("a/open.yml") == "a: 1\n"
    assert (here.exists("a/open.yml"), here.exists("other")) == (True, False)
    assert here.read("other") is None
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "open.yml",
        "secret.env",
    ]


def test_write__over_a_file_that_others_could_read__they_cannot_any_more(tmp_path: Path) -> None:
    (tmp_path / "secret.env").write_text("A=0\n", encoding="utf-8")
    (tmp_path / "secret.env").chmod(0o644)
    here, _, _ = desk(tmp_path)
    here.write("secret.env", "A=1\n", private=True)
    assert stat.S_IMODE((tmp_path / "secret.env").stat().st_mode) == 0o600


@pytest.mark.parametrize("path", ["afk.yml", ".github/workflows/afk.yml"])
def test_write__through_a_link_that_came_with_a_clone__is_refused(
    tmp_path: Path, path: str
) -> None:
    clone, home = tmp_path / "clone", tmp_path / "home"
    clone.mkdir()
    home.mkdir()
    (home / "afk.yml").write_text("mine")
    top = path.partition("/")[0]
    (clone / top).symlink_to(home if top != path else home / path)
    here, _, _ = desk(clone)

    with pytest.raises(ConfigError, match="leads elsewhere"):
        here.write(path, "theirs", private=False)

    assert [one.name for one in home.iterdir()] == ["afk.yml"]
    assert (home / "afk.yml").read_text() == "mine"


def test_write__into_a_home_that_is_a_link__is_done(tmp_path: Path) -> None:
    """People keep their settings elsewhere and link them there."""
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / ".config").symlink_to(tmp_path / "dotfiles")
    here, _, _ = desk(tmp_path / "clone")
    here.write(str(tmp_path / ".config/afk/afk.env"), "A=b\n", private=True)
    assert (tmp_path / "dotfiles/afk/afk.env").read_text() == "A=b\n"


def test_files__that_cannot_be_read_or_written__are_errors_with_their_name(tmp_path: Path) -> None:
    here, _, _ = desk(tmp_path)
    (tmp_path / "afk.yml").mkdir()
    (tmp_path / "file").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"afk\.yml cannot be read"):
        here.read("afk.yml")
    with pytest.raises(ConfigError, match="file cannot be read"):
        here.read("file")
    with pytest.raises(ConfigError, match="file/x cannot be written"):
        here.write("file/x", "", private=False)


def test_remote__of_a_folder_that_is_no_clone__is_none(tmp_path: Path) -> None:
    here, _, _ = desk(tmp_path)
    assert here.remote() == ""
    assert git(tmp_path / "nowhere", "status") == ""
