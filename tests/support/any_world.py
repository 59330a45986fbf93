"""Worlds in whatever state: repositories, issues and people's acts drawn by a seed."""

import random
from collections.abc import Callable
from typing import Final

from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World

BODIES: Final = (
    "[[push]]",
    "[[push=red,green]]",
    "[[ci=red,red,red]]",
    "[[slow=600]] [[push]]",
    "[[slow=300]] [[idle]]",
    "[[ask]] [[push]]",
    "[[limit=900]] [[push]]",
    "[[die]]",
    "[[hang]]",
    "Blocked by #1. [[push]]",
    "Blocked by owner/elsewhere#9. [[push]]",
    "<!-- never ends [[push]]",
)
_SETTINGS: Final[tuple[dict[str, int], ...]] = (
    {},
    {"max_in_flight": 1},
    {"max_dispatch_per_tick": 1},
    {"runs_per_day": 1},
    {"runs_per_issue": 1},
    {"approval_max_age": 600},
)


def _edit(here: World, issue: Issue) -> None:
    here.forge.edit_body(issue, here.owner, "Something else altogether. [[push]]")


def _stale_lock(here: World, issue: Issue) -> None:
    here.forge.add_label(issue, IN_PROGRESS, here.owner)


def _hand_back(here: World, issue: Issue) -> None:
    here.forge.add_label(issue, HUMAN, here.owner)


def _unlabel(here: World, issue: Issue) -> None:
    here.forge.remove_label(issue, READY, here.owner)


def _label_again(here: World, issue: Issue) -> None:
    _unlabel(here, issue)
    here.clock.sleep(5)
    here.forge.add_label(issue, READY, here.owner)


def _close(here: World, issue: Issue) -> None:
    here.forge.close(issue, here.owner)


def _spoil_record(here: World, issue: Issue) -> None:
    for comment in issue.comments[:1]:
        here.forge.edit_comment(comment, here.owner, comment.body[:60])


def _archive(here: World, issue: Issue) -> None:
    here.forge.archive(issue.repo)


_ACTS: Final[tuple[Callable[[World, Issue], None], ...]] = (
    *(_edit, _stale_lock, _hand_back, _unlabel, _label_again, _close, _spoil_record, _archive),
)


def any_world(here: World, seed: int) -> list[Issue]:
    """Fill a world and let some ticks pass; returns its issues, the owner's and a stranger's."""
    chance = random.Random(f"{here.kind} {seed}")
    here.settings |= chance.choice(_SETTINGS)
    landing = {"landing": "pull-request", "runs_per_repository": 2}
    repos = [
        here.repository(name, **(landing if chance.random() < 0.3 else {}))
        for name in ("shop", "site")
    ]
    issues: list[Issue] = []
    for number in range(4):
        body = chance.choice(BODIES)
        repo = chance.choice(repos)
        if chance.random() < 0.15:
            issues.append(here.forge.web_form_issue(repo, here.stranger, [READY], body=body))
        else:
            asked = chance.random() < 0.9
            issues.append(here.issue(repo, f"Do {number}", body, ready=asked))
        for _ in range(chance.choice((0, 0, 1, 3))):
            here.tick(after=chance.choice((30, 120, 400)))
    for _ in range(chance.choice((0, 1, 1, 2))):
        chance.choice(_ACTS)(here, chance.choice(issues))
    here.clock.sleep(chance.choice((30, 120, 400)))
    here.t3.advance()
    return issues
