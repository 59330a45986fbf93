"""Plays the demo's scenarios: on one forge, side by side, until all of them are settled."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from afk.record.codec import is_record
from afk.record.names import parse_title
from afk.types import Forge, IssueKey
from afk_sandbox.demo_scenarios import CLOSED, MERGED, Scenario
from afk_sandbox.forge.records import Account, Issue, Repository
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, T3S, CommandLine, World, world

TICK_SECONDS: Final = 120
MAX_TICKS: Final = 40
NEVER: Final = "never started"
_QUIET: Final = ("waits:", "held:")
_COUNTS: Final = ("requests:", "quota left:")


@dataclass
class Story:
    """A scenario that is being played on an issue."""

    scenario: Scenario
    issue: Issue
    world: World
    over: bool = False
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def key(self) -> IssueKey:
        """Return the issue's name."""
        return IssueKey(self.issue.repo.full_name, self.issue.number)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return afk's labels on the issue."""
        names = {label.name for label in self.issue.labels}
        return tuple(name for name in (READY, IN_PROGRESS, HUMAN) if name in names)

    def act(self) -> None:
        """Let people do what they do next."""
        if self.scenario.later is not None and not self.over:
            self.over = self.scenario.later(self.world, self.issue)

    def read(self) -> None:
        """Read what afk wrote so far."""
        bodies = [one.body for one in self.issue.comments if one.author is self.world.bot]
        found = [_record(body) for body in bodies if is_record(body)]
        self.records = {str(one["run_id"]): one for one in found}

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Return how the issue's runs ended so far."""
        ended = [one for one in self.records.values() if one.get("stage") == "ended"]
        return tuple(str(one.get("verdict", "?")) for one in ended)

    @property
    def turns(self) -> tuple[int, ...]:
        """Return how many turns each run took."""
        return tuple(len(one.get("dialogue", {}).get("turns", ())) for one in self.records.values())

    @property
    def pulls(self) -> tuple[str, ...]:
        """Return what became of the issue's pull requests so far."""
        every = self.world.forge.pulls(self.issue.repo)
        found = [one for one in every if self.issue in self.world.forge.closes(one)]
        shut = (MERGED if one.merge else CLOSED for one in found if not one.open)
        return (*shut, *("open" for one in found if one.open))

    @property
    def settled(self) -> bool:
        """Say whether nothing more is expected to happen."""
        if self.scenario.later is not None and not self.over:
            return False
        enough = len(self.verdicts) >= len(self.scenario.verdicts)
        return enough and READY not in self.labels and IN_PROGRESS not in self.labels

    @property
    def as_expected(self) -> bool:
        """Say whether it ended as the scenario says."""
        wanted = self.scenario
        return (
            self.verdicts == wanted.verdicts
            and self.turns == wanted.turns * bool(wanted.verdicts)
            and self.labels == wanted.labels
            and (self.issue.closed_at is not None) == wanted.closed
            and self.pulls == wanted.pulls
            and (self.over or wanted.later is None)
        )

    def requests(self) -> int:
        """Return how many requests named this issue, a comment on it, or a thread of it."""
        path = f"/repos/{self.key.repo}/issues/{self.key.number}"
        comments = [f"/issues/comments/{one.id}" for one in self.issue.comments]
        exchanges = self.world.log.exchanges
        forge = sum(
            (one.path + "/").find(path + "/") >= 0
            or any(one.path.endswith(comment) for comment in comments)
            or (self.world.node(self.issue) or "?") in one.body
            for one in exchanges
        )
        threads = [
            thread["id"]
            for thread in self.world.t3.snapshot()["threads"]
            if (named := parse_title(thread["title"])) and named[1] == self.key
        ]
        t3 = sum(
            any(thread in one.path or thread in one.body for thread in threads)
            for one in self.world.t3_log.exchanges
        )
        return forge + t3


def _record(body: str) -> dict[str, Any]:
    """Return a record's JSON as it stands; the demo shows what is there, edited or not."""
    line = body.split("\n", 1)[0]
    data: dict[str, Any] = json.loads(line[line.index("{") : line.rindex("}") + 1])
    return data


def _begin(here: World, scenarios: Sequence[Scenario]) -> list[Story]:
    """Create the repositories and issues, each labelled by whom its scenario says."""
    people = {"owner": here.owner, "stranger": here.stranger}
    repos: dict[str, Repository] = {}
    stories = []
    for scenario in scenarios:
        repo = repos.get(scenario.repo) or here.repository(scenario.repo, **scenario.settings)
        repos[scenario.repo] = repo
        stories.append(Story(scenario, _open(here, repo, scenario, people), here))
    return stories


def _open(here: World, repo: Repository, scenario: Scenario, people: dict[str, Account]) -> Issue:
    body = scenario.body
    if "{blocker}" in body:
        blocker = here.forge.open_issue(repo, "Choose a printer", here.owner, body="By hand.")
        body = body.replace("{blocker}", f"#{blocker.number}")
    author = people[scenario.author]
    here.clock.sleep(5)
    if scenario.labelled_by == "stranger":
        return here.forge.web_form_issue(repo, author, [READY], title=scenario.title, body=body)
    issue = here.forge.open_issue(repo, scenario.title, author, body=body)
    here.clock.sleep(5)
    here.forge.add_label(issue, READY, people[scenario.labelled_by])
    return issue


def play(
    kind: Forge,
    scenarios: Sequence[Scenario],
    run: CommandLine | None,
    say: Callable[[str], object],
) -> tuple[list[dict[str, Any]], str]:
    """Tick until every story is settled; returns the table's rows and the totals.

    ``say`` is told every event, as one line.
    """
    with world(kind, t3_version=T3S[kind], run=run) as here:
        stories = _begin(here, [one for one in scenarios if kind in one.kinds])
        said: set[str] = set()
        ticks = 0
        while ticks < MAX_TICKS and not (ticks and all(story.settled for story in stories)):
            ticks += 1
            for story in stories:
                story.act()
            for line in here.tick(after=TICK_SECONDS).output.splitlines():
                _say(say, here, line, said)
            for story in stories:
                story.read()
        forge, t3 = here.requests()
        totals = f"{kind.value}: {ticks} ticks, {forge} requests to the forge, {t3} to T3"
        totals += f" (protocol {here.t3.protocol})"
        return [_row(story) for story in stories], totals


def _say(say: Callable[[str], object], here: World, line: str, said: set[str]) -> None:
    """Tell an event; what is merely still waiting is told once, what is counted never."""
    if line.startswith(_COUNTS):
        return
    if any(word in line for word in _QUIET):
        if line in said:
            return
        said.add(line)
    moment = here.clock.now().strftime("%H:%M:%S")
    say(f"{here.kind.value:<8} {moment} {line}")


def _row(story: Story) -> dict[str, Any]:
    runs = [run_id[:8] for run_id in story.records]
    return {
        "forge": story.world.kind.value,
        "issue": str(story.key),
        "title": story.scenario.title,
        "story": story.scenario.shows,
        "run": " ".join(runs) or "-",
        "turns": " ".join(str(count) for count in story.turns) or "-",
        "verdict": " ".join(story.verdicts) or NEVER,
        "pull": " ".join(story.pulls) or "-",
        "labels": " ".join(story.labels) or "-",
        "state": "closed" if story.issue.closed_at else "open",
        "requests": story.requests(),
        "as_expected": story.as_expected,
    }
