"""What a listing leaves out of a long queue waits, is tracked, and has not moved: on both forges.

Played against the sandbox's forges, whatever is on their issues.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest
from support.sampling import seeds

from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.moved import moved as moved_on_forgejo
from afk.adapters.forgejo.pages import Pages
from afk.adapters.github.api import GitHubApi
from afk.adapters.github.connect import graphql_url
from afk.adapters.github.moved import moved as moved_on_github
from afk.adapters.http import Http
from afk.config import Config
from afk.errors import AfkError
from afk.types import Forge
from afk_sandbox.forge.records import Issue, Repository
from afk_sandbox.github import ids
from afk_sandbox.in_process import NETWORK, InProcess
from afk_sandbox.world import IN_PROGRESS, READY, TRACKED, World, world

CONFIG = Config()


@dataclass
class Shown:
    """The issues that a listing shows, and how many more it says there are."""

    numbers: set[int]
    left_out: int


def ask(here: World, repo: Repository, since: datetime) -> Shown | None:
    """Ask for what moved; None where the forge's answers prove nothing."""
    token = here.environ["AFK_TOKEN"]
    http = Http(
        client=httpx.Client(transport=here.network),
        base_url=here.settings["forge_url"],
        name="forge",
        authorize=lambda: {"authorization": f"token {token}"},
        sleep=here.clock.sleep,
    )
    if here.kind is Forge.FORGEJO:
        found = moved_on_forgejo(Pages(ForgejoApi(http)), "owner", CONFIG, since)
        shown = {one.number for one in found.items} if found else set()
        return Shown(shown, found.left_out) if found else None
    api = GitHubApi(http=http, graphql_url=graphql_url(http.base_url))
    (seen,) = moved_on_github(api, [ids.repository(repo)], CONFIG, since)
    assert not isinstance(seen, AfkError)
    shown = {one.number for one in (*seen.ready, *seen.tracked)} if seen else set()
    return Shown(shown, seen.left_out) if seen else None


def drawn(here: World, repo: Repository, chance: random.Random) -> list[Issue]:
    """Issues with any of the labels, open or closed, that moved at any time."""
    issues = []
    queue = [({READY, TRACKED}, True)] * 8
    odd = [({READY}, True), ({TRACKED}, True), ({TRACKED}, False), (set(), True), ({READY}, False)]
    for labels, is_open in [*queue, *chance.sample(odd, chance.randint(0, 3))]:
        issue = here.forge.open_issue(repo, "Wish", here.owner)
        for name in sorted(labels):
            here.forge.add_label(issue, name, here.owner)
        if not is_open:
            here.forge.close(issue, here.owner)
        issues.append(issue)
        here.clock.sleep(chance.choice((0, 60, 3600)))
    return issues


def names(issue: Issue) -> set[str]:
    return {label.name for label in issue.labels} & {READY, TRACKED, IN_PROGRESS}


@pytest.mark.parametrize("seed", seeds(16, 300))
def test_long_queue__what_is_left_out__waits_and_has_not_moved(seed: int) -> None:
    """And what is not left out, though it could be, is so only for want of a proof."""
    chance = random.Random(seed)
    token = NETWORK.set(InProcess())
    try:
        with world(list(Forge)[seed % 2]) as here:
            here.threads = False
            repo = here.repository("shop")
            issues = drawn(here, repo, chance)
            since = here.clock.now() - timedelta(hours=2)
            shown = ask(here, repo, since)
            quiet = [one for one in issues if one.updated_at < since]
            waits = [one for one in quiet if one.open and names(one) == {READY, TRACKED}]
            hidden = [one for one in quiet if one.open and len(names(one)) == 1]
            assert (shown is None) == bool(hidden)
            if shown is not None:
                assert shown.left_out == len(waits)
                listed = [one for one in issues if names(one) and one.number not in shown.numbers]
                closed = [one for one in listed if not one.open and names(one) == {READY}]
                assert [one for one in listed if one not in closed] == waits
    finally:
        NETWORK.reset(token)


@pytest.mark.parametrize("kind", list(Forge))
def test_long_queue__a_label_that_does_not_exist__proves_nothing(kind: Forge) -> None:
    """On Forgejo the filter without it finds every issue, as if all were tracked."""
    token = NETWORK.set(InProcess())
    try:
        with world(kind) as here:
            here.threads = False
            repo = here.repository("shop")
            for _ in range(3):
                issue = here.forge.open_issue(repo, "Wish", here.owner)
                here.forge.add_label(issue, READY, here.owner)
            repo.labels[:] = [label for label in repo.labels if label.name != TRACKED]
            here.clock.sleep(3 * 3600)
            assert ask(here, repo, here.clock.now() - timedelta(hours=2)) is None
    finally:
        NETWORK.reset(token)
