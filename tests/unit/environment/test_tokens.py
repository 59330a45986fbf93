"""Tokens: where they come from, what they may look like, and that nobody sees them."""

import io
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.adapters.bearer import check_token
from afk.adapters.runner.masking import Mask, MaskedStream
from afk.environment.tokens import forge_token, known_secrets, t3_token
from afk.errors import TokenError
from afk.variables import SECRETS

PRINTABLE = st.characters(min_codepoint=33, max_codepoint=126)


@given(st.text(PRINTABLE, min_size=1), st.text(" \t\r\n", max_size=3))
def test_check_token__printable_ascii__is_returned_without_white_space_around(
    token: str, around: str
) -> None:
    """T3's own command prints an empty line behind the token."""
    assert check_token(f"{around}{token}{around}", "T3", "AFK_T3_TOKEN") == token


@pytest.mark.parametrize("token", ["", " ", "\n\t"])
def test_check_token__nothing__is_missing_and_says_where_to_set_it(token: str) -> None:
    with pytest.raises(TokenError, match="there is no token for T3") as caught:
        check_token(token, "T3", "AFK_T3_TOKEN")
    assert "set AFK_T3_TOKEN" in caught.value.next_step


@given(st.text(PRINTABLE, min_size=1, max_size=6), st.characters(exclude_characters=""))
def test_check_token__any_other_character_inside__is_refused_without_being_shown(
    part: str, character: str
) -> None:
    """A newline or NUL in a header makes httpx raise an error that repeats the header."""
    token = f"Sicret{part}{character}{part}"
    if "!" <= character <= "~":
        assert check_token(token, "T3", "AFK_T3_TOKEN") == token
        return
    with pytest.raises(TokenError) as caught:
        check_token(token, "T3", "AFK_T3_TOKEN")
    assert "Sicret" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "token"),
    [
        ({"AFK_TOKEN": "a"}, "a"),
        ({"GITHUB_TOKEN": "g"}, "g"),
        ({"AFK_TOKEN": "a", "GITHUB_TOKEN": "g"}, "a"),
        ({"AFK_TOKEN": "", "GITHUB_TOKEN": "g"}, "g"),
        ({"AFK_TOKEN": " \n", "GITHUB_TOKEN": "g\n"}, "g"),
    ],
)
def test_forge_token__own_one_first__empty_counts_as_unset(
    environ: dict[str, str], token: str
) -> None:
    """A composite action passes an omitted input as an empty variable."""
    assert forge_token(environ, own_forge=True) == token


def test_forge_token__none__names_the_variable_to_set() -> None:
    with pytest.raises(TokenError, match="there is no token for the forge") as caught:
        forge_token({}, own_forge=True)
    assert "GITHUB_TOKEN" in caught.value.cause


def test_forge_token__of_the_job__is_for_no_other_forge() -> None:
    """It may write issues where the workflow runs; another host must not even see it."""
    environ = {"GITHUB_TOKEN": "the-jobs"}
    with pytest.raises(TokenError, match="there is no token for the forge") as caught:
        forge_token(environ, own_forge=False)
    assert "GITHUB_TOKEN" not in str(caught.value)
    assert forge_token(environ | {"AFK_TOKEN": "a"}, own_forge=False) == "a"


def test_t3_token__from_the_environment__is_checked_when_it_is_used() -> None:
    assert t3_token({"AFK_T3_TOKEN": "abc\n"})() == "abc"
    with pytest.raises(TokenError, match="white space"):
        t3_token({"AFK_T3_TOKEN": "a b"})()


def test_t3_token__none_or_empty__is_an_error_only_when_used() -> None:
    bearer = t3_token({"AFK_T3_TOKEN": "", "AFK_T3_TOKEN_FILE": " "})
    with pytest.raises(TokenError, match="there is no token for T3"):
        bearer()


def test_t3_token__two_sources__are_refused_by_name() -> None:
    with pytest.raises(TokenError, match="AFK_T3_TOKEN and AFK_T3_TOKEN_COMMAND"):
        t3_token({"AFK_T3_TOKEN": "abc", "AFK_T3_TOKEN_COMMAND": "print it"})


def test_t3_token__from_a_file__is_read_afresh_every_time(tmp_path: Path) -> None:
    """A rotated token is picked up within the tick."""
    file = tmp_path / "token"
    bearer = t3_token({"AFK_T3_TOKEN_FILE": f" {file} "})
    for token in ("one", "two"):
        file.write_text(f"{token}\n\n", encoding="utf-8")
        assert bearer() == token


def test_t3_token__file_that_cannot_be_read__says_so_without_its_content(tmp_path: Path) -> None:
    file = tmp_path / "token"
    with pytest.raises(TokenError, match="cannot be read") as missing:
        t3_token({"AFK_T3_TOKEN_FILE": str(file)})()
    assert missing.value.cause == "no such file or directory"
    file.write_bytes(b"sicret\xff")
    with pytest.raises(TokenError, match="cannot be read") as broken:
        t3_token({"AFK_T3_TOKEN_FILE": str(file)})()
    assert "sicret" not in str(broken.value)
    assert broken.value.__cause__ is None


def test_token_file__with_a_mark_in_front_or_in_utf_16__is_read_or_explained(
    tmp_path: Path,
) -> None:
    """What Windows' editors and shells make of a file."""
    file = tmp_path / "token"
    file.write_bytes(b"\xef\xbb\xbfsicret-1\r\n")
    assert t3_token({"AFK_T3_TOKEN_FILE": str(file)})() == "sicret-1"

    file.write_bytes("sicret-1\r\n".encode("utf-16"))
    with pytest.raises(TokenError, match="cannot be read") as caught:
        t3_token({"AFK_T3_TOKEN_FILE": str(file)})()
    assert "UTF-16" in caught.value.cause
    assert caught.value.next_step == "save it as UTF-8"
    assert "sicret" not in str(caught.value)


def script(tmp_path: Path, text: str) -> str:
    """Return a command that runs this Python text and leaves a line per run in ``ran``."""
    file = tmp_path / "command.py"
    file.write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write('x')\n{text}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return f"{sys.executable} '{file}'"


def test_t3_token__from_a_command__runs_it_once_per_process(tmp_path: Path) -> None:
    bearer = t3_token({"AFK_T3_TOKEN_COMMAND": script(tmp_path, "print('abc\\n')")})
    assert not (tmp_path / "ran").exists()
    assert [bearer(), bearer()] == ["abc", "abc"]
    assert (tmp_path / "ran").read_text(encoding="utf-8") == "x"


def test_t3_token__from_a_command__which_sees_no_other_secret(tmp_path: Path) -> None:
    environ = {
        "AFK_T3_TOKEN_COMMAND": script(
            tmp_path, "import os, sys; print(*sorted(os.environ), sep='-'); sys.stdin.read()"
        ),
        "AFK_STATE_KEY": "hush",
        "GITHUB_TOKEN": "hush",
        "HOME": "kept",
    }
    assert "HOME" in t3_token(environ)()
    assert "AFK_STATE_KEY" not in t3_token(environ)()
    assert "GITHUB_TOKEN" not in t3_token(environ)()


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("print('sicret'); raise SystemExit(3)", "CalledProcessError"),
        ("import sys; sys.stdout.buffer.write(b'sicret\\xff')", "UnicodeDecodeError"),
    ],
)
def test_t3_token__command_that_fails__says_so_without_what_it_printed(
    tmp_path: Path, text: str, cause: str
) -> None:
    with pytest.raises(TokenError, match="did not print a token") as caught:
        t3_token({"AFK_T3_TOKEN_COMMAND": script(tmp_path, text)})()
    assert caught.value.cause == cause
    assert "sicret" not in str(caught.value)


@pytest.mark.parametrize("command", ["/no/such/command", "an 'unclosed quote"])
def test_t3_token__command_that_cannot_be_run__says_so(command: str) -> None:
    with pytest.raises(TokenError, match="did not print a token"):
        t3_token({"AFK_T3_TOKEN_COMMAND": command})()


def test_t3_token__command__meets_no_shell(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    command = script(tmp_path, "import sys; print(sys.argv[1].strip(';'))")
    assert t3_token({"AFK_T3_TOKEN_COMMAND": f"{command} abc; touch {victim}"})() == "abc"
    assert not victim.exists()


def test_known_secrets__of_an_environment__are_all_there_longest_first() -> None:
    environ = {name: f" {'x' * (10 + index)}\n" for index, name in enumerate(SECRETS)}
    found = known_secrets({**environ, "PATH": "/bin", "AFK_ALLOWLIST": "a/b"})
    assert found == tuple("x" * length for length in range(9 + len(SECRETS), 9, -1))
    assert known_secrets({"AFK_TOKEN": "", "GITHUB_TOKEN": " "}) == ()
    assert known_secrets({"AFK_TOKEN": "same", "GITHUB_TOKEN": "same"}) == ("same",)


def test_known_secrets__secret_of_several_lines__is_known_line_by_line() -> None:
    """A log shows lines, so a key of three would slip through as a whole."""
    assert known_secrets({"AFK_STATE_KEY": "first line\r\n\n second\n"}) == ("first line", "second")


def written(text: str, *secrets: str) -> str:
    stream = io.StringIO()
    masked = MaskedStream(stream, Mask(secrets))
    assert masked.write(text) == len(stream.getvalue())
    masked.flush()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("text", "secrets", "shown"),
    [
        ("token abcd!", ("abcd",), "token ***!"),
        ("abcdabcd", ("abcd",), "******"),
        ("abcdef abcd", ("abcdef", "abcd"), "*** ***"),
        ("an abc stays", ("abc",), "an abc stays"),
        ("nothing", (), "nothing"),
        ("::add-mask::abcd", ("abcd",), "::add-mask::abcd"),
        (" ::add-mask::abcd", ("abcd",), " ::add-mask::***"),
    ],
)
def test_masked_stream__known_secrets__never_come_through(
    text: str, secrets: tuple[str, ...], shown: str
) -> None:
    """But for the command that has the runner mask it; too short ones would star everything."""
    assert written(text, *secrets) == shown


@given(st.lists(st.text(PRINTABLE, min_size=4, max_size=8), min_size=1, max_size=4), st.data())
def test_masked_stream__any_text_around__no_secret_is_left(
    secrets: list[str], data: st.DataObject
) -> None:
    environ = dict(zip(SECRETS, secrets, strict=False))
    parts = data.draw(st.lists(st.sampled_from(secrets) | st.text(PRINTABLE, max_size=4)))
    shown = written("".join(parts), *known_secrets(environ))
    assert not any(secret in shown for secret in secrets if "*" not in secret)


def test_mask__secret_added_later__is_hidden_from_then_on_and_once() -> None:
    mask = Mask(["first-secret"])
    assert mask.apply("second-secret") == "second-secret"
    assert mask.add("second-secret")
    assert not mask.add("second-secret")
    assert not mask.add("abc")
    assert mask.apply("first-secret second-secret abc") == "*** *** abc"
