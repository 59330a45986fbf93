"""What a process is given, and where the configuration's text comes from."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.factories import NOW

from afk.adapters.runner.actions import Runner
from afk.environment.process import Outside, config_text, real_outside, reporter
from afk.errors import ConfigError
from afk.types import Forge


def outside(folder: Path, **environ: str) -> Outside:
    """Return an outside in this folder, with these variables."""
    return Outside(
        environ=environ, stdout=io.StringIO(), now=lambda: NOW, sleep=lambda _: None, folder=folder
    )


def test_config_text__nothing_anywhere__is_empty(tmp_path: Path) -> None:
    assert config_text(outside(tmp_path), "") == ""
    assert config_text(outside(tmp_path, AFK_CONFIG=" ", AFK_CONFIG_FILE=" "), "") == ""


@pytest.mark.parametrize(
    ("files", "text"),
    [
        (["afk.yml"], "afk.yml"),
        ([".afk.yml"], ".afk.yml"),
        (["afk.yml", ".afk.yml"], "afk.yml"),
    ],
)
def test_config_text__a_file_by_its_usual_name__is_found(
    tmp_path: Path, files: list[str], text: str
) -> None:
    for name in files:
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert config_text(outside(tmp_path), "") == text


def test_config_text__each_place__is_read(tmp_path: Path) -> None:
    for name in ("afk.yml", "option.yml", "named.yml"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert config_text(outside(tmp_path), "option.yml") == "option.yml"
    assert config_text(outside(tmp_path, AFK_CONFIG_FILE="named.yml "), "") == "named.yml"
    assert config_text(outside(tmp_path, AFK_CONFIG="inline: ä"), "") == "inline: ä"
    assert config_text(outside(tmp_path / "elsewhere"), str(tmp_path / "afk.yml")) == "afk.yml"


@pytest.mark.parametrize(
    ("option", "named", "inline"),
    [("a.yml", "b.yml", ""), ("a.yml", "", "x: 1"), ("", "b.yml", "x: 1"), ("a", "b", "x: 1")],
)
def test_config_text__two_places__are_refused(
    tmp_path: Path, option: str, named: str, inline: str
) -> None:
    """The one that is ignored might say that the kill switch is on."""
    given = outside(tmp_path, AFK_CONFIG_FILE=named, AFK_CONFIG=inline)
    with pytest.raises(ConfigError, match="more than once"):
        config_text(given, option)


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("missing.yml", "FileNotFoundError"),
        ("folder", "IsADirectoryError"),
        ("latin.yml", "UnicodeDecodeError"),
    ],
)
def test_config_text__named_file_that_cannot_be_read__is_an_error_a_person_can_mend(
    tmp_path: Path, name: str, cause: str
) -> None:
    """A named file that is not there must not mean the default configuration."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.yml").write_bytes(b"trusted: [m\xe4ra]")
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        config_text(outside(tmp_path, AFK_CONFIG_FILE=name), "")
    assert caught.value.cause == cause
    assert name in caught.value.what
    assert "AFK_CONFIG_FILE" in caught.value.next_step


def test_config_text__folder_with_the_usual_name__is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "afk.yml").mkdir()
    assert config_text(outside(tmp_path), "") == ""


def test_reporter__on_a_runner__masks_every_secret_first_and_in_every_line(tmp_path: Path) -> None:
    given = outside(tmp_path, AFK_TOKEN="sicret", AFK_STATE_KEY="longer-key\nshorter")
    stream = io.StringIO()
    report = reporter(given, Runner(is_actions=True, forge=Forge.GITHUB), stream)
    report.event("sent sicret and longer-key shorter")
    report.error(ConfigError("bad sicret"))
    assert stream.getvalue().splitlines() == [
        "::add-mask::longer-key",
        "::add-mask::shorter",
        "::add-mask::sicret",
        "sent *** and *** ***",
        "::error::bad ***.",
    ]


def test_reporter__in_a_shell__hides_secrets_without_a_command(tmp_path: Path) -> None:
    stream = io.StringIO()
    report = reporter(outside(tmp_path, AFK_TOKEN="sicret"), Runner(), stream)
    report.event("sent sicret")
    assert stream.getvalue() == "sent ***\n"


def test_real_outside__of_a_process__has_its_clock_sleep_and_a_copy_of_its_variables() -> None:
    environ = {"A": "1"}
    real = real_outside(environ, io.StringIO())
    environ["A"] = "2"
    assert real.environ == {"A": "1"}
    before = datetime.now(UTC)
    assert real.now().tzinfo is UTC
    assert timedelta() <= real.now() - before < timedelta(minutes=1)
    real.sleep(0)
    assert real.folder == Path()
