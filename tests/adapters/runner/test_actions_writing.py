"""Writing to a runner: summary, log commands, masks; and text that must stay text."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.adapters.runner.actions import MAX_SUMMARY, Runner, RunnerIO, inert_line
from afk.types import Forge

GITHUB = Runner(is_actions=True, forge=Forge.GITHUB)
FORGEJO = Runner(is_actions=True, forge=Forge.FORGEJO)
SHELL = Runner()


def writing(runner: Runner) -> tuple[RunnerIO, io.StringIO]:
    """Return the writer and its log."""
    stream = io.StringIO()
    return RunnerIO(runner=runner, stream=stream), stream


# ---- the summary


def test_append_summary__twice__both_are_there(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    writer, _ = writing(Runner(summary_path=str(path)))

    writer.append_summary("# One")
    writer.append_summary("Two ✓")

    assert path.read_text(encoding="utf-8") == "# One\nTwo ✓\n"


def test_append_summary__too_large__cut_and_said(tmp_path: Path) -> None:
    """GitHub shows nothing at all of a summary above 1 MiB."""
    path = tmp_path / "summary"
    writer, _ = writing(Runner(summary_path=str(path)))

    writer.append_summary("漢" * MAX_SUMMARY)

    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) <= 1024 * 1024
    assert text.endswith("\n\n(cut here: a runner shows at most 1 MiB)\n")
    assert text.startswith("漢" * 300_000)


def test_files__none_or_not_writable__said_once_and_not_raised(tmp_path: Path) -> None:
    writer, stream = writing(SHELL)
    writer.append_summary("text")
    assert stream.getvalue() == ""

    writer, stream = writing(Runner(summary_path=str(tmp_path)))
    writer.append_summary("text")
    assert stream.getvalue() == "warning: cannot write to the runner's file: Is a directory\n"


# ---- the log


@pytest.mark.parametrize(
    ("runner", "expected"),
    [
        (GITHUB, "::error::50%25 off%0A::set-env name=A::b%0A##[add-path]x\n"),
        (FORGEJO, "error: 50% off\nerror: : :set-env name=A::b\nerror: ## [add-path]x\n"),
        (SHELL, "error: 50% off\nerror: : :set-env name=A::b\nerror: ## [add-path]x\n"),
    ],
)
def test_error__several_lines__one_annotation_or_plain_lines(runner: Runner, expected: str) -> None:
    """Forgejo shows ``::error::`` as it is; there and in a shell an error is a line."""
    writer, stream = writing(runner)

    writer.error("50% off\r\n::set-env name=A::b\n##[add-path]x")

    assert stream.getvalue() == expected


def test_warning__both_forges__likewise() -> None:
    for runner, expected in ((GITHUB, "::warning::slow\n"), (FORGEJO, "warning: slow\n")):
        writer, stream = writing(runner)
        writer.warning("slow")
        assert stream.getvalue() == expected


def test_line__hostile_title__stays_one_line_of_text() -> None:
    """Forgejo's runner still obeys ``::set-env`` and ``::add-path`` found in a log."""
    writer, stream = writing(FORGEJO)

    writer.line("::set-env name=LD_PRELOAD::/tmp/x\n::add-path::/tmp")

    assert stream.getvalue() == ": :set-env name=LD_PRELOAD::/tmp/x ::add-path::/tmp\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("o/r#7 starts", "o/r#7 starts"),
        ("  ::error::x", ": :error::x"),
        ("\u200b::error::x", ": :error::x"),
        ("\x1b[1m::add-mask::x", ": :add-mask::x"),
        (":::x", ": ::x"),
        ("see ##[stop-commands]t ##[x]", "see ## [stop-commands]t ## [x]"),
        ("#\u200b#[x]", "## [x]"),
        ("a::b", "a::b"),
        ("", ""),
        ("x" * 3000, "x" * 1999 + "…"),
    ],
)
def test_inert_line__text__no_runner_obeys_it(text: str, line: str) -> None:
    assert inert_line(text) == line


@given(st.text(st.sampled_from("#[:] \n\r\u200b\x1bx"), max_size=12))
def test_inert_line__any_text__starts_no_command(text: str) -> None:
    line = inert_line(text)

    assert not line.lstrip().startswith("::")
    assert "##[" not in line
    assert len(line.splitlines()) <= 1


# ---- masks


@pytest.mark.parametrize(
    ("secret", "github", "forgejo"),
    [
        ("hunter2", ["hunter2"], ["hunter2"]),
        (" hunter2\n", [" hunter2", "hunter2"], [" hunter2", "hunter2"]),
        ("50%25off", ["50%2525off"], ["50%25off"]),
        ("line one\r\nline two\nabc", ["line one", "line two"], ["line one", "line two"]),
        ("same\nsame", ["same"], ["same"]),
        ("abcd", ["abcd"], ["abcd"]),
        ("abc", [], []),
        ("  abc  ", [], []),
        ("", [], []),
    ],
)
def test_mask__on_a_runner__line_by_line(
    secret: str, github: list[str], forgejo: list[str]
) -> None:
    """Forgejo's runner masks the text behind ``::add-mask::`` as it stands, not unescaped."""
    for runner, expected in ((GITHUB, github), (FORGEJO, forgejo)):
        writer, stream = writing(runner)

        writer.mask(secret)

        assert stream.getvalue() == "".join(f"::add-mask::{line}\n" for line in expected)


def test_mask__in_a_shell__prints_nothing() -> None:
    """Nobody would hide the line there."""
    writer, stream = writing(SHELL)

    writer.mask("hunter2")

    assert stream.getvalue() == ""


def test_log__lone_surrogate__printed_as_a_question_mark() -> None:
    writer, stream = writing(GITHUB)

    writer.mask("hunter\udcff2")

    assert stream.getvalue() == "::add-mask::hunter?2\n"
