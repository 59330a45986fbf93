"""What a command found, where somebody reads it."""

import io
from pathlib import Path

import pytest
from support.rows import row

from afk.adapters.runner.actions import Runner, RunnerIO, inert_row
from afk.adapters.runner.masking import Mask
from afk.adapters.runner.page import Page, show
from afk.adapters.runner.reporter import ConsoleReporter
from afk.errors import Refused
from afk.types import Forge

SECRET = "sicret-0123456789"


def reporter(path: Path, forge: Forge | None) -> tuple[ConsoleReporter, io.StringIO]:
    stream = io.StringIO()
    runner = Runner(is_actions=forge is not None, forge=forge, summary_path=str(path))
    io_ = RunnerIO(runner=runner, stream=stream)
    return ConsoleReporter(io=io_, mask=Mask([SECRET])), stream


@pytest.mark.parametrize("forge", [Forge.GITHUB, Forge.FORGEJO])
def test_show__of_a_tick__stands_where_the_forge_shows_it(tmp_path: Path, forge: Forge) -> None:
    file = tmp_path / "summary"
    report, stream = reporter(file, forge)
    report.error(Refused("no", status=403, next_step="ask again"))
    stream.truncate(0)
    stream.seek(0)
    page = Page(title="afk tick", rows=[row(holds=["a blocker"])])
    assert show(page, report, in_log=True) == "1 waiting; 1 thing needs a look."
    told = stream.getvalue().splitlines()
    assert told[0] == "1 waiting; 1 thing needs a look."
    if forge is Forge.GITHUB:
        assert told[1:] == []
        text = file.read_text()
        assert text.startswith("### afk tick\n\n1 waiting; 1 thing needs a look.\n")
        assert "  - **Next step**: ask again.\n" in text
    else:
        assert told[1:] == [
            "Waiting",
            "  acme/app#7  Add a till",
            "    https://forge.test/acme/app/issues/7",
            "    - a blocker",
            "",
            "Needs a look",
            "  - no. Likely cause: the server is in trouble. Next step: ask again.",
        ]
        assert not file.exists()


def test_show__with_json__leaves_the_log_alone(tmp_path: Path) -> None:
    report, stream = reporter(tmp_path / "summary", None)
    assert show(Page(title="t", rows=[row()]), report, in_log=False) == "1 waiting."
    assert stream.getvalue() == ""


def test_show__of_a_command_without_issues__lists_what_was_said(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    report, stream = reporter(file, Forge.GITHUB)
    report.event("stopped", key=None)
    report.warn("unsigned")
    before = stream.getvalue()
    assert show(Page(title="afk stop"), report, in_log=True) == ""
    assert stream.getvalue() == before
    assert "- stopped\n" in file.read_text()
    assert "- **warning**: unsigned\n" in file.read_text()


@pytest.mark.parametrize("forge", [Forge.GITHUB, None])
def test_show__a_secret_in_a_title__is_hidden_before_anything_is_cut(
    tmp_path: Path, forge: Forge | None
) -> None:
    file = tmp_path / "summary"
    report, stream = reporter(file, forge)
    title = "x" * 50 + SECRET
    show(Page(title="t", rows=[row(title=title, holds=[title])]), report, in_log=True)
    told = stream.getvalue() + (file.read_text() if file.exists() else "")
    assert "sicret" not in told
    assert "***" in told


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  a    b", "  a    b"),
        ("  ::error::x", "  : ::error::x"),
        ("##[error]x", "## [error]x"),
        ("a\nb\x1b[31m\u202ec", "a bc"),
    ],
)
def test_inert_row__any_text__keeps_its_columns_and_is_no_command(text: str, line: str) -> None:
    assert inert_row(text) == line
