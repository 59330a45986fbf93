"""Issues that have waited for hours, and what was asked about them."""

import json

from support.poll_rig import BODY, forget, polled, record

from afk_sandbox.forge.records import Issue, Repository
from afk_sandbox.forge.request_log import Exchange
from afk_sandbox.world import IN_PROGRESS, World

HOURS = 3 * 3600


def lock(here: World, repo: Repository) -> Issue:
    """A person's own work, which keeps the repository busy for as long as its label is on."""
    theirs = here.forge.open_issue(repo, "Repaint", here.owner)
    here.forge.add_label(theirs, IN_PROGRESS, here.owner)
    return theirs


def unlock(here: World, theirs: Issue) -> None:
    here.forge.remove_label(theirs, IN_PROGRESS, here.owner)


def waiting(here: World, repo: Repository, *titles: str, body: str = BODY) -> list[Issue]:
    """Issues that were approved and written down hours ago, and wait."""
    issues = [here.issue(repo, title, body) for title in titles]
    polled(here)
    polled(here, after=HOURS)
    assert all(record(here, issue)["stage"] == "approved" for issue in issues)
    forget(here)
    return issues


def read(here: World, *issues: Issue) -> list[Issue]:
    """Return those of the issues of which anything was asked by itself, beyond listings."""
    return [issue for issue in issues if any(_asks(one, issue) for one in here.log.exchanges)]


def _asks(exchange: Exchange, issue: Issue) -> bool:
    if exchange.path.startswith(f"/api/v1/repos/{issue.repo.full_name}/issues/{issue.number}"):
        return True
    if not (exchange.path.endswith("/graphql") and exchange.body):
        return False
    asked = json.loads(exchange.body)
    values, owner = [*asked["variables"].values()], issue.repo.owner.login
    named = [*zip(values, values[1:], values[2:], strict=False)]
    return "issue(number:" in asked["query"] and (issue.number, owner, issue.repo.name) in named
