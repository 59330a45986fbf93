"""A forge with one repository, for tests of the sandbox's pull requests: people, clock, short ways.

It follows Forgejo's rules, or GitHub's when told so.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from afk_sandbox.forge.ci import CI, Workflow
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.merging import MergeRefused
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.protection import Obstacle
from afk_sandbox.forge.pull_records import Pull, Wish
from afk_sandbox.forge.records import Account, Issue, Repository
from afk_sandbox.forge.rules import GITHUB, Rules
from afk_sandbox.forge.trees import Change

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class PullBed:
    """``owner`` owns the repository, ``bot`` and ``writer`` may write, ``stranger`` may read."""

    github: bool = False
    workflows: tuple[Workflow, ...] = ()
    moment: list[datetime] = field(default_factory=lambda: [START])

    def __post_init__(self) -> None:
        """Set it all up, with one commit on main."""
        self.forge = ForgeModel(lambda: self.moment[0])
        if self.github:
            self.forge.rules = Rules(blockers_hold=False, commits_reopen=False, pulls=GITHUB)
        names = ("owner", "bot", "writer", "stranger")
        self.owner, self.bot, self.writer, self.stranger = map(self.forge.add_account, names)
        self.repo: Repository = self.forge.add_repository(
            self.owner, "shop", workflows=self.workflows
        )
        for one in (self.bot, self.writer):
            self.forge.set_access(self.repo, one, "write")
        self.push("main", "begin", text="app.py:1=a", actor=self.owner)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.moment[0] += timedelta(seconds=seconds)

    def push(
        self, branch: str, message: str = "work", *, text: str = "", actor: Account | None = None
    ) -> str:
        """Push a commit that writes lines ``app.py:3=new,b.py:1=x``."""
        changes = [changed(word) for word in text.split(",") if word] or None
        return self.forge.push(self.repo, branch, message, actor or self.bot, changes=changes)

    def open(self, branch: str = "side", *, text: str = "app.py:2=b", body: str = "") -> Pull:
        """Push to a new branch and open a pull request from it, by the bot."""
        self.push(branch, text=text)
        pull = self.forge.open_pull(self.repo, self.bot, branch, title="Side", body=body)
        self.known(pull)
        return pull

    def open_two(self) -> Pull:
        """Open one of two commits, by the bot and by the writer, to a base that has moved."""
        pull = self.open(text="app.py:2=b")
        self.push("side", "second\n\nReviewed-by: me", text="app.py:3=c", actor=self.writer)
        self.push("main", text="c.py:1=1", actor=self.owner)
        self.known(pull)
        return pull

    def refused(self, pull: Pull, wish: Wish) -> Obstacle:
        """Return what stands in the way of the bot's merge first; it must change nothing."""
        before = dict(self.repo.branches)
        with pytest.raises(MergeRefused) as refusal:
            self.forge.merge(pull, self.bot, wish)
        assert self.repo.branches == before
        assert pull.merge is None
        return refusal.value.obstacle

    def known(self, pull: Pull) -> None:
        """Let the forge find out whether it merges."""
        self.forge.mergeability(pull)
        self.wait(5)

    def kinds(self, issue: Issue) -> list[EventKind]:
        """Return the kinds of an issue's events."""
        return [event.kind for event in issue.events]


def changed(word: str) -> Change:
    """Return the change that ``app.py:3=new`` names."""
    place, _, text = word.partition("=")
    file, _, line = place.partition(":")
    return Change(file, int(line), text)


BEDS = pytest.mark.parametrize("bed", [False, True], ids=["forgejo", "github"], indirect=True)
"""For tests that hold for both forges."""

ON_PULLS = (
    Workflow(
        name="ci",
        file="ci.yml",
        jobs=CI.jobs,
        on=("push", "pull_request", "merge_group"),
    ),
)
