"""What a tick says of itself: lines and the exit code."""

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import issue

from afk.adapters.runner.actions import Runner, RunnerIO
from afk.adapters.runner.reporter import ConsoleReporter, Said
from afk.errors import AfkError, ConfigError, RateLimited, Refused
from afk.types import Forge

KEY = issue().key
SHELL = Runner()
GITHUB = Runner(is_actions=True, forge=Forge.GITHUB)


def reporter(runner: Runner = SHELL) -> tuple[ConsoleReporter, io.StringIO]:
    """Return a reporter and what it prints to."""
    stream = io.StringIO()
    return ConsoleReporter(io=RunnerIO(runner=runner, stream=stream)), stream


def test_event__with_and_without_an_issue__is_a_line_and_no_failure() -> None:
    report, stream = reporter()
    report.event("started", key=KEY)
    report.event("nothing to do")
    assert stream.getvalue() == "acme/app#7 started\nnothing to do\n"
    assert report.exit_code == 0
    assert report.as_json() == [
        {"kind": "event", "issue": "acme/app#7", "text": "started"},
        {"kind": "event", "issue": "", "text": "nothing to do"},
    ]


def test_warn__on_github__is_an_annotation_and_no_failure() -> None:
    report, stream = reporter(GITHUB)
    report.warn("unsigned", key=KEY)
    assert stream.getvalue() == "::warning::acme/app#7 unsigned\n"
    assert report.exit_code == 0
    assert report.lines == [Said("warning", "unsigned", "acme/app#7")]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused("no", status=403), 1),
        (ConfigError("no"), 2),
        (AfkError("no"), 1),
        (ValueError("no"), 3),
    ],
)
def test_error__each_kind__sets_its_exit_code(error: Exception, code: int) -> None:
    report, stream = reporter()
    report.error(error, key=KEY)
    assert report.exit_code == code
    assert report.lines == [Said("error", str(error), "acme/app#7")]
    assert stream.getvalue() == f"error: acme/app#7 {error}\n"


def test_error__several__the_worst_decides_in_any_order() -> None:
    report, _ = reporter()
    for error in (Refused("a", status=500), ConfigError("b"), Refused("c", status=500)):
        report.error(error)
    assert report.exit_code == 2


def test_error__rate_limit__is_a_warning_and_no_failure() -> None:
    """A later tick resumes; nobody has to do anything."""
    report, stream = reporter()
    report.error(RateLimited("GitHub: budget spent"), key=KEY)
    assert report.exit_code == 0
    assert [line.kind for line in report.lines] == ["warning"]
    assert "resumes next tick" in stream.getvalue()


@given(st.text(), st.sampled_from([SHELL, GITHUB, replace(GITHUB, forge=Forge.FORGEJO)]))
def test_event__a_stranger_s_text__is_one_line_and_no_command(text: str, runner: Runner) -> None:
    report, stream = reporter(runner)
    report.event(text)
    report.event(text, key=KEY)
    lines = stream.getvalue().removesuffix("\n").split("\n")
    assert len(lines) == 2
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in lines)
    assert report.exit_code == 0
