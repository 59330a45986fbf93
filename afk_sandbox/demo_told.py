"""The one story that `afk demo` tells: an issue, a label, an agent, red CI, a fix, closed.

What is told is looked up, not written down here: who did what is read from the forge and from T3
after each tick, and afk's comment is shown as it stands then.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from afk.record.codec import is_record
from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.page.checks import Check, checks
from afk_sandbox.paint import Paint
from afk_sandbox.world import IN_PROGRESS, READY, T3S, CommandLine, World, world

TITLE: Final = "Round prices correctly"
_BODY: Final = "Half a cent goes up. [[push=red,green]]"
_MINUTE: Final = 60
_MAX_TICKS: Final = 20
_SHOWN: Final = 3
"""Lines of afk's comment under a step: the first of those that are new."""
_TIDY: Final[Sequence[tuple[re.Pattern[str], str]]] = (
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"</?[a-z]+[^>]*>"), ""),
    (re.compile(r"\*\*|__|^#+ |^> ?(?:\[!\w+\])?|\\(?=[^\w\s])|[ \t]+$", re.MULTILINE), ""),
)

Mood = Literal["", "good", "bad", "busy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened: when, who did it, what.

    ``comment``: afk's comment as it stands after it, where it is another one than before;
    ``fresh``: the first lines of it that were not there before, as plain text.
    """

    at: datetime
    who: str
    words: str
    mood: Mood = ""
    comment: str = ""
    fresh: Sequence[str] = ()


def told(kind: Forge, run: CommandLine | None) -> Sequence[Step]:
    """Play the story on a forge of this kind, and return its steps."""
    with world(kind, t3_version=T3S[kind], run=run) as here:
        return list(_Tale(here).steps())


def lines(steps: Sequence[Step], paint: Paint) -> Iterator[str]:
    """Yield the story as it stands on a terminal."""
    width = max(len(one.who) for one in steps)
    shades: dict[Mood, Callable[[str], str]] = {
        "good": paint.good,
        "bad": paint.bad,
        "busy": paint.busy,
    }
    for step in steps:
        words = shades.get(step.mood, str)(step.words)
        yield f"{paint.dim(f'{step.at:%H:%M}')}  {paint.strong(step.who.ljust(width))}  {words}"
        for line in step.fresh:
            yield f"{'':{width + 9}}{paint.dim('|')} {line}"


def plain(markdown: str) -> Sequence[str]:
    """Return the lines of a comment as plain text, blank ones left out."""
    for pattern, instead in _TIDY:
        markdown = pattern.sub(instead, markdown)
    return [line for line in markdown.splitlines() if line.strip()]


@dataclass
class _Tale:
    """Watches one issue of a world."""

    here: World
    comment: str = ""
    pushes: int = 0
    turns: int = 0
    judged: int = 0
    open: bool = True
    shown: set[str] = field(default_factory=set)

    def steps(self) -> Iterator[Step]:
        here, forge = self.here, self.here.forge
        repo = here.repository("shop", ci={"reruns": 0})
        issue = forge.open_issue(repo, TITLE, here.owner, body=_BODY)
        yield self._step("you", f"open an issue in {repo.full_name}: {TITLE}")
        here.clock.sleep(_MINUTE)
        forge.add_label(issue, READY, here.owner)
        yield self._step("you", f"put the label {READY} on it, and walk away")
        for _ in range(_MAX_TICKS):
            here.clock.sleep(_MINUTE)
            here.t3.advance()
            forge.settle()
            yield from self._agent(issue)
            yield from self._ci(issue)
            here.run("tick")
            yield from self._afk(issue)
            if not issue.open and not _carries(issue, IN_PROGRESS):
                return

    def _agent(self, issue: Issue) -> Iterator[Step]:
        own = _commits(issue)
        if len(own) > self.pushes:
            again = "a fix" if self.pushes else "its work"
            self.pushes = len(own)
            branch = issue.repo.default_branch
            yield self._step("agent", f"pushes {again} to {branch}, commit {own[-1][:7]}", "busy")

    def _ci(self, issue: Issue) -> Iterator[Step]:
        own = _commits(issue)
        ran = checks(self.here.forge, issue.repo, own[-1]) if own else []
        if len(own) == self.judged or not ran or not all(_ended(one) for one in ran):
            return
        self.judged = len(own)
        failed = [one.name for one in ran if one.state == "failure"]
        if failed:
            yield self._step("CI", f"is red: {', '.join(failed)} failed", "bad")
        else:
            yield self._step("CI", f"is green: all {len(ran)} checks passed", "good")

    def _afk(self, issue: Issue) -> Iterator[Step]:
        former, turns = self.turns, _turns(self.here)
        comment = self._comment(issue)
        changed = comment != self.comment
        self.turns, self.comment = turns, comment
        if self.open and not issue.open:
            self.open = False
            words, mood = "closes the issue and takes its labels off", "good"
        elif turns > former:
            again = "sends the agent back with what failed, to fix it"
            words, mood = again if former else "comments on the issue and starts an agent", "busy"
        elif changed:
            words, mood = "brings its comment up to date", ""
        else:
            return
        lines = [line for line in plain(comment) if line not in self.shown]
        self.shown |= set(lines)
        at = self.here.clock.now()
        yield Step(
            at=at,
            who="afk",
            words=words,
            mood=mood,  # type: ignore[arg-type]  # one of the literals above
            comment=comment if changed else "",
            fresh=lines[:_SHOWN],
        )

    def _comment(self, issue: Issue) -> str:
        """Return what people see of afk's comment."""
        bodies = [one.body for one in issue.comments if one.author is self.here.bot]
        return next((one.partition("\n")[2].strip() for one in bodies if is_record(one)), "")

    def _step(self, who: str, words: str, mood: Mood = "") -> Step:
        return Step(at=self.here.clock.now(), who=who, words=words, mood=mood)


def _commits(issue: Issue) -> Sequence[str]:
    """Return the agent's commits, oldest first."""
    return [one.sha for one in issue.repo.commits.values() if one.author.login == "agent"]


def _turns(here: World) -> int:
    """Return how often the agent was told something."""
    threads = here.t3.state.threads.values()
    return sum(said.role == "user" for one in threads for said in one.messages.values())


def _carries(issue: Issue, name: str) -> bool:
    return any(label.name == name for label in issue.labels)


def _ended(check: Check) -> bool:
    return check.state in ("success", "failure", "cancelled", "skipped")
