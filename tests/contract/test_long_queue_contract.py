"""What a long queue is left unread by: searches for what moved, totals, and blockers asked for."""

from functools import partial

import pytest
from support.benches import ForgeBench
from support.contract import read_one
from support.people import IN_PROGRESS, READY, People

from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.moved import moved
from afk.adapters.forgejo.pages import Pages
from afk.config import Config
from afk.types import IssueKey

TRACKED = Config().tracked_label


def labelled(repo: str, title: str, labels: tuple[str, ...], people: People) -> int:
    """Open an issue and put labels on."""
    number = people.issue(repo, title)
    for label in labels:
        people.label(repo, number, label)
    return number


@pytest.mark.forge("forgejo")
def test_moved__of_a_queue__is_all_but_what_waits_unmoved(bench: ForgeBench) -> None:
    """Of an organisation of its own: others' issues would be part of the totals."""
    org = bench.given("org", lambda people: people.organisation("queue-org"))
    repo = bench.given("repo", lambda people: people.repository("queue", owner=org))
    bench.given("tracked", lambda people: people.define_label(repo, TRACKED))

    def issue(title: str, *labels: str) -> int:
        return bench.given(title, partial(labelled, repo, title, labels))

    waits = issue("waits", READY, TRACKED)
    busy = issue("in progress", READY, TRACKED, IN_PROGRESS)
    over = issue("over", TRACKED)
    bench.given("shut", lambda people: people.edit(repo, over, state="closed"))
    bench.given("passed", lambda people: people.wait(2))
    again = issue("waits, moved", READY, TRACKED)
    new = issue("new", READY)
    since = read_one(bench, repo, again).updated_at
    pages = Pages(ForgejoApi(bench.server("bot")))

    found = moved(pages, org, Config(), since)

    assert found is not None
    shown = {one.number for one in found.items}
    assert (shown, found.left_out) == ({busy, over, again, new}, 1)
    assert waits not in shown


@pytest.mark.forge("forgejo")
def test_moved__one_that_nobody_has_seen_to_stands_still__is_no_proof(bench: ForgeBench) -> None:
    """It is ready, not tracked, and older than what moved: it must be listed."""
    org = bench.given("org", lambda people: people.organisation("unseen-org"))
    repo = bench.given("repo", lambda people: people.repository("unseen", owner=org))
    bench.given("tracked", lambda people: people.define_label(repo, TRACKED))
    bench.given("unseen", partial(labelled, repo, "unseen", (READY,)))
    bench.given("passed", lambda people: people.wait(2))
    again = bench.given("waits", partial(labelled, repo, "waits", (READY, TRACKED)))
    since = read_one(bench, repo, again).updated_at

    assert moved(Pages(ForgejoApi(bench.server("bot"))), org, Config(), since) is None


def test_closed__only_what_is_readable_and_closed_is(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("blockers"))
    still = bench.given("open", lambda people: people.issue(repo, "open"))
    over = bench.given("over", lambda people: people.issue(repo, "over"))
    bench.given("shut", lambda people: people.edit(repo, over, state="closed"))
    keys = [IssueKey(repo, still), IssueKey(repo, over), IssueKey(repo, over + 7)]

    found = bench.tracker().closed([*keys, IssueKey(f"{repo}-not-there", 1)])

    assert [key for key, closed in found.items() if closed] == [IssueKey(repo, over)]
