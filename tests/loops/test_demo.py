"""`afk demo`, whole: what it proves to whoever runs it first, and that it stays on loopback."""

import io
import json
import re
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import pytest

from afk.cli import main
from afk.environment.process import Outside
from afk.types import Forge
from afk_sandbox.demo import SCENARIOS, Shown, demo
from afk_sandbox.demo_page import page, show
from afk_sandbox.demo_scenarios import FROZEN
from afk_sandbox.demo_told import Step, plain, told
from afk_sandbox.page.markdown import to_html

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = 40
WATCHED: Final = """
import sys
places = set()
def hook(event, arguments):
    if event == "socket.connect":
        places.add(str(arguments[1][0]))
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        places.add(str(arguments[0]))
sys.addaudithook(hook)
from afk.cli import main
from afk.environment.process import real_outside
code = main(["demo"], real_outside({}, sys.stdout))
print(*sorted(places), file=sys.stderr)
sys.exit(code)
"""


def processor_time() -> float:
    """Return what ended children used, in seconds: a busy machine must not fail a test."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.long
def test_demo__run_as_anybody_would__ends_every_run_as_expected_and_stays_on_loopback() -> None:
    """In a process without any setting or secret; who is connected to is heard by the system."""
    began = processor_time()
    done = subprocess.run(  # noqa: S603  this Python, with the text above
        [sys.executable, "-c", WATCHED],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    took = processor_time() - began

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert 20 <= lines.index("") + lines[lines.index("") + 1 :].index("") <= 45, "one story"
    assert "\x1b" not in done.stdout, "it is no terminal"
    runs = sum(len(one.kinds) for one in SCENARIOS)
    assert runs >= 18
    assert lines[-1] == f"demo: {runs} of {runs} runs ended as expected"
    rows = [line for line in lines if line.endswith("  yes")]
    assert len(rows) == runs
    assert {line.split()[0] for line in rows} == {"github", "forgejo"}
    assert done.stderr.split() == ["127.0.0.1"]
    assert took < SECONDS


def no_browser(address: str) -> bool:
    raise AssertionError(address)


@pytest.fixture(scope="module", params=list(Forge), ids=lambda kind: str(kind.value))
def steps(request: pytest.FixtureRequest) -> Sequence[Step]:
    return told(request.param, main)


def test_story__on_either_forge__has_all_that_a_newcomer_should_see(steps: Sequence[Step]) -> None:
    """Issue, label, the comment as it grows, the agent, red, fixed, closed: in this order."""
    happened = [(one.who, one.words.split(",")[0].split(":")[0]) for one in steps]

    assert [one for one in happened if one[0] == "you"] == [
        ("you", "open an issue in owner/shop"),
        ("you", "put the label ready-for-agent on it"),
    ]
    order = [
        ("you", "put the label ready-for-agent on it"),
        ("afk", "comments on the issue and starts an agent"),
        ("agent", "pushes its work to main"),
        ("CI", "is red"),
        ("afk", "sends the agent back with what failed"),
        ("agent", "pushes a fix to main"),
        ("CI", "is green"),
        ("afk", "closes the issue and takes its labels off"),
    ]
    places = [happened.index(one) for one in order]
    assert places == sorted(places)
    assert places[-1] == len(steps) - 1
    comments = [one.comment for one in steps if one.comment]
    assert len(comments) == len(set(comments)) >= 3
    assert all(one.who == "afk" for one in steps if one.comment or one.fresh)
    assert not any("{" in line or "<!--" in line for one in steps for line in one.fresh)


def test_story__as_a_page__needs_nothing_else_and_shows_each_comment(
    steps: Sequence[Step],
) -> None:
    text = page(steps, Forge.FORGEJO)

    assert "Forgejo" in text
    assert not re.search(r"<(?:script|link|img|iframe)|url\(|@import", text)
    heads = [to_html(one.comment).partition("\n")[0] for one in steps if one.comment]
    places = [text.index(head) for head in dict.fromkeys(heads)]
    assert places == sorted(places)
    assert text.count('<article class="comment afk"') == sum(bool(one.comment) for one in steps)
    assert "<!-- afk" not in text
    assert "127.0.0.1" not in text, "its servers are gone when it is read"


def test_demo__open__writes_the_page_and_opens_it_where_there_is_a_screen() -> None:
    """On a screen a coloured story; the page's place is printed either way."""
    opened: list[str] = []

    def browser(address: str) -> bool:
        opened.append(address)
        return True

    out = io.StringIO()
    code = demo(
        out,
        environ={"DISPLAY": ":0", "FORCE_COLOR": "1"},
        shown=Shown(page=True, story_on=Forge.FORGEJO),
        kinds=[Forge.GITHUB],
        scenarios=SCENARIOS[:1],
        browse=browser,
    )
    (address,) = opened
    file = Path(unquote(urlsplit(address).path))
    text = file.read_text(encoding="utf-8")
    file.unlink()
    file.parent.rmdir()

    assert code == 0
    assert f"It is open in your browser: \x1b[4;36m{file}\x1b[0m\n" in out.getvalue()
    assert "One story, on a Forgejo inside this process" in out.getvalue()
    assert "1 run on GitHub, about" in out.getvalue()
    assert "Round prices correctly" in text
    assert "\x1b[31mis red" in out.getvalue()


class Terminal(io.StringIO):
    """A stream that is one."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "coloured", "passing"),
    [({}, True, True), ({"NO_COLOR": "1"}, False, True), ({"TERM": "dumb"}, False, False)],
)
def test_demo__on_a_terminal__shows_events_as_they_pass(
    environ: dict[str, str], coloured: bool, passing: bool
) -> None:
    """On one line that is written over, and wiped at the end; not where that is not understood."""
    out = Terminal()
    demo(out, environ=environ, kinds=[Forge.FORGEJO], scenarios=SCENARIOS[:1])
    text = out.getvalue()

    assert ("\x1b[32myes\x1b[0m" in text) is coloured
    assert ("\r\x1b[Kforgejo  09:02" in text) is passing
    assert ("\r\x1b[K\n" in text) is passing
    assert ("\x1b" in text) is (coloured or passing)


@pytest.mark.parametrize("environ", [{}, {"TERM": "xterm", "HOME": "/"}])
@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="there is always a screen")
def test_show__without_a_screen__opens_nothing(environ: dict[str, str]) -> None:
    """A browser in the terminal would take it over, in the middle of the demo."""
    assert not show(Path("/tmp/story.html"), environ, no_browser)  # noqa: S108  opened by nobody


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("**afk: At work** (run `1`)", ["afk: At work (run `1`)"]),
        ("Thread: [open](https://t3.test/1)  \n\n\nNext", ["Thread: open", "Next"]),
        ("<details><summary>More</summary>\n\nit\n</details>", ["More", "it"]),
        ("<!-- afk\nquestions -->## Head\n> [!NOTE]\n> said", ["Head", "said"]),
    ],
)
def test_plain__is_a_comment_without_its_marks(markdown: str, lines: list[str]) -> None:
    assert [line.strip() for line in plain(markdown)] == lines


def test_demo__a_run_that_ends_otherwise__is_marked_and_fails() -> None:
    out = io.StringIO()
    wrong = replace(SCENARIOS[0], verdicts=(FROZEN,))
    scenarios = [wrong, SCENARIOS[0]]
    code = demo(
        out,
        environ={"FORCE_COLOR": "1"},
        shown=Shown(everything=True),
        kinds=[Forge.FORGEJO],
        scenarios=scenarios,
    )
    lines = out.getvalue().splitlines()
    assert code == 1
    assert lines[-1] == "demo: 1 of 2 runs ended as expected"
    rows = [line for line in lines if line.startswith("forgejo  owner/shop#")]
    assert [line.split()[-1] for line in rows] == ["\x1b[31mNO\x1b[0m", "\x1b[32myes\x1b[0m"]
    assert "forgejo  09:02:20 owner/shop#1 claimed" in out.getvalue(), "every event"
    assert "One story" not in out.getvalue()


def test_demo__json__is_one_document() -> None:
    """And every command went through the command line that was handed over."""
    out, ran = io.StringIO(), list[Sequence[str]]()

    def counted(arguments: Sequence[str], outside: Outside) -> int:
        ran.append(arguments)
        return main(arguments, outside)

    code = demo(
        out,
        environ={},
        shown=Shown(as_json=True, page=True),
        run=counted,
        kinds=[Forge.GITHUB],
        scenarios=SCENARIOS[:1],
        browse=no_browser,
    )
    document = json.loads(out.getvalue())
    assert code == 0
    (run,) = document["runs"]
    assert (run["verdict"], run["as_expected"]) == ("done", True)
    (totals,) = document["totals"]
    assert set(ran) == {("tick",)}
    assert totals.startswith(f"github: {len(ran)} ticks, ")
