"""What a process is given, and where the configuration's text comes from."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.factories import NOW

from afk.adapters.runner.actions import Runner
from afk.config import Config
from afk.environment.process import Outside, config_text, configuration, real_outside, reporter
from afk.errors import ConfigError
from afk.types import Forge


def outside(folder: Path, **environ: str) -> Outside:
    """Return an outside in this folder, with these variables."""
    return Outside(
        environ=environ, stdout=io.StringIO(), now=lambda: NOW, sleep=lambda _: None, folder=folder
    )


def test_config_text__nothing_anywhere__is_empty(tmp_path: Path) -> None:
    assert config_text(outside(tmp_path), "")[0] == ""
    assert config_text(outside(tmp_path, AFK_CONFIG=" ", AFK_CONFIG_FILE=" "), "")[0] == ""


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
    assert config_text(outside(tmp_path), "") == (text, text)


def test_config_text__each_place__is_read(tmp_path: Path) -> None:
    for name in ("afk.yml", "option.yml", "named.yml"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert config_text(outside(tmp_path), "option.yml") == ("option.yml",) * 2
    assert config_text(outside(tmp_path, AFK_CONFIG_FILE="named.yml "), "") == ("named.yml",) * 2
    inline = config_text(outside(tmp_path, AFK_CONFIG="inline: ä"), "")
    assert inline == ("inline: ä", "AFK_CONFIG")
    whole = str(tmp_path / "afk.yml")
    assert config_text(outside(tmp_path / "elsewhere"), whole) == ("afk.yml", whole)


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
        ("missing.yml", "no such file or directory"),
        ("folder", "is a directory"),
        ("latin.yml", "line 2 is not UTF-8: save it as UTF-8"),
        ("utf16.yml", "it is UTF-16, as some editors save: save it as UTF-8"),
        ("big-endian.yml", "it is UTF-16, as some editors save: save it as UTF-8"),
        ("unmarked.yml", "it is UTF-16, as some editors save: save it as UTF-8"),
        ("endless.yml", "it has more than 1048576 bytes"),
    ],
)
def test_config_text__named_file_that_cannot_be_read__is_an_error_a_person_can_mend(
    tmp_path: Path, name: str, cause: str
) -> None:
    """A named file that is not there must not mean the default configuration."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.yml").write_bytes(b"kill_switch: true\ntrusted: [m\xe4ra]")
    (tmp_path / "utf16.yml").write_bytes("kill_switch: true".encode("utf-16"))
    (tmp_path / "big-endian.yml").write_bytes(b"\xfe\xff" + "a: 1".encode("utf-16-be"))
    (tmp_path / "unmarked.yml").write_bytes("a: 1".encode("utf-16-le"))
    (tmp_path / "endless.yml").write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        config_text(outside(tmp_path, AFK_CONFIG_FILE=name), "")
    assert caught.value.cause == cause
    assert name in caught.value.what
    assert "AFK_CONFIG_FILE" in caught.value.next_step


def test_config_text__mark_of_an_editor__is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "afk.yml").write_bytes(b"\xef\xbb\xbfkill_switch: true\r\n")
    assert config_text(outside(tmp_path), "")[0] == "kill_switch: true\r\n"
    assert configuration(outside(tmp_path), "") == Config()


def test_configuration__line_that_is_wrong__is_named_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "afk.yml").write_text("kill_switch: true\nready_label: ' '\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"^afk\.yml:2: ready_label is"):
        configuration(outside(tmp_path), "")


@pytest.mark.parametrize("text", ["kill_switch: [", "a: &x [*x]", "\x00", "kil_switch: false"])
@pytest.mark.parametrize("said", ["true", " TRUE\n"])
def test_configuration__kill_switch_thrown__reads_nothing(
    tmp_path: Path, text: str, said: str
) -> None:
    """Stopping everything works whatever else is broken, unknown, missing or given twice."""
    thrown = outside(tmp_path, AFK_KILL_SWITCH=said, AFK_CONFIG=text, AFK_NONSENSE="x")
    assert configuration(thrown, "no/such/file.yml") == Config()
    assert configuration(thrown, "").disabled == "the kill switch is on"


def test_configuration__kill_switch_that_is_neither__is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="AFK_KILL_SWITCH"):
        configuration(outside(tmp_path, AFK_KILL_SWITCH="flase"), "")


def test_config_text__folder_with_the_usual_name__is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "afk.yml").mkdir()
    assert config_text(outside(tmp_path), "")[0] == ""


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
