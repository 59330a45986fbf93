"""A small forge under GitHub's rules, for tests of the parts of the sandbox's GitHub."""

from datetime import UTC, datetime, timedelta

from afk_sandbox.forge.ci import Workflow
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import Issue
from afk_sandbox.github import ci
from afk_sandbox.github.ci import Suite
from afk_sandbox.github.routes import RULES

START = datetime(2026, 11, 23, 4, tzinfo=UTC)


class Bed:
    """A forge under GitHub's rules with one repository, a clock that moves when told."""

    def __init__(self, *workflows: Workflow) -> None:
        """Fill the forge."""
        self.time = START
        self.forge = ForgeModel(lambda: self.time)
        self.forge.rules = RULES
        self.owner = self.forge.add_account("owner")
        self.repo = self.forge.add_repository(self.owner, "shop", workflows=workflows)

    def issue(self, title: str = "broken") -> Issue:
        return self.forge.open_issue(self.repo, title, self.owner)

    def suites(self, sha: str, after: float) -> list[Suite]:
        self.time = START + timedelta(seconds=after)
        return ci.suites(self.forge, self.repo, sha)
