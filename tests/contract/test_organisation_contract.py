"""What a tracker has to do where an organisation owns the repository.

Forgejo alone: there a team's rights are given for each part of a repository, and labels may
belong to the organisation. On GitHub such a repository is like any other.
"""

from functools import partial

import pytest
from support.benches import ForgeBench
from support.contract import read_one
from support.people import HUMAN, IN_PROGRESS, READY, People

from afk.types import IssueKey, Permission

pytestmark = pytest.mark.forge("forgejo")

LABELS = (READY, IN_PROGRESS, HUMAN)


def repository(bench: ForgeBench, name: str, *, labels: bool = True) -> str:
    """Create a repository of a fresh organisation."""
    org = bench.given("org", lambda people: people.organisation(f"{name}-org"))
    repo: str = bench.given(
        "repo", lambda people: people.repository(name, owner=org, labels=labels)
    )
    return repo


def say(repo: str, number: int, login: str, people: People) -> int:
    """Have somebody say their own name."""
    return people.comment(repo, number, login, by=login)


def add_label(org: str, name: str, people: People) -> None:
    """Define a label."""
    people.define_label(org, name)


def define(bench: ForgeBench, org: str) -> None:
    """Give the organisation afk's labels."""
    for label in LABELS:
        bench.given(f"label {label}", partial(add_label, org, label))


def test_organisation_permission__of_the_cast(bench: ForgeBench) -> None:
    """Who has no write of any kind is known; a team's write cannot be told from write of a part."""
    repo = repository(bench, "teams")
    number = bench.given("issue", lambda people: people.issue(repo, "who may"))
    for name in ("owner", "writer", "reader", "stranger", "bot"):
        bench.given(f"said by {name}", partial(say, repo, number, name))
    speakers = {one.author.login: one.author for one in read_one(bench, repo, number).comments}
    tracker = bench.tracker()

    found = {name: tracker.permission(repo, account) for name, account in speakers.items()}

    assert found == {
        "owner": Permission.UNKNOWN,
        "writer": Permission.UNKNOWN,
        "bot": Permission.UNKNOWN,
        "reader": Permission.NO_WRITE,
        "stranger": Permission.NO_WRITE,
    }


def test_organisation_permission__asked_by_its_owner__write_of_a_part_is_not_believed(
    bench: ForgeBench,
) -> None:
    """An administrator is told "write" of an account that may write issues and no code."""
    repo = repository(bench, "asked")
    number = bench.given("issue", lambda people: people.issue(repo, "who may"))
    for name in ("owner", "writer"):
        bench.given(f"said by {name}", partial(say, repo, number, name))
    speakers = {one.author.login: one.author for one in read_one(bench, repo, number).comments}
    tracker = bench.tracker("owner")

    found = {name: tracker.permission(repo, account) for name, account in speakers.items()}

    assert found == {"owner": Permission.WRITE, "writer": Permission.UNKNOWN}


def test_organisation_labels__it_has_them__none_are_created(bench: ForgeBench) -> None:
    repo = repository(bench, "shared", labels=False)
    org = repo.partition("/")[0]
    define(bench, org)
    number = bench.given("issue", lambda people: people.issue(repo, "labelled"))
    bench.given("label", lambda people: people.label(repo, number, READY))

    bench.tracker().ensure_labels(repo, LABELS)

    tracker = bench.tracker()
    (head,) = tracker.listing([repo]).heads
    issue = tracker.read([head])[head.key]
    tracker.label(issue, add=[IN_PROGRESS], remove=[READY])
    (label,) = read_one(bench, repo, number).labels
    assert label.name == IN_PROGRESS
    assert head.ready
    assert all(
        line.partition(" ")[2] != "Forgejo: POST /repos/{owner}/{repo}/labels"
        for line in bench.sent.lines()
    )


def test_organisation_labels__token_may_not_see_them__created_again(bench: ForgeBench) -> None:
    """Without ``read:organization`` the repository gets its own; both go on and come off."""
    repo = repository(bench, "unseen", labels=False)
    define(bench, repo.partition("/")[0])
    number = bench.given("issue", lambda people: people.issue(repo, "labelled"))
    tracker = bench.tracker("bot.issues")

    tracker.ensure_labels(repo, [READY])
    issue = tracker.reread(IssueKey(repo, number))
    assert issue is not None
    tracker.label(issue, add=[READY])
    both = tracker.reread(IssueKey(repo, number))
    assert both is not None
    tracker.label(both, remove=[READY])

    assert [label.name for label in both.labels] == [READY, READY]
    assert read_one(bench, repo, number).labels == ()
