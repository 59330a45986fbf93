"""Which of several approved issues goes first, and that a repository gets one start a tick."""

from support.poll_rig import (
    BODY,
    STARTED,
    held,
    labels,
    on_both_forges,
    polled,
    ready,
    threads,
)

from afk.types import Forge
from afk_sandbox.forge.records import Issue, Repository
from afk_sandbox.world import READY, World, world


def labelled(here: World, issue: Issue, *names: str) -> Issue:
    """Put labels on an issue, created where they are missing."""
    for name in names:
        if not here.forge.labels_named(issue.repo, [name]):
            here.forge.define_label(issue.repo, name)
        here.forge.add_label(issue, name, here.owner)
    return issue


def order_of_starts(here: World, repo: Repository, count: int) -> list[int]:
    """Tick until everything has run, one run after the other; returns the issues' numbers."""
    seen: list[int] = []
    for _ in range(3 * count):
        if not any(READY in labels(issue) for issue in repo.issues.values()):
            break
        polled(here)
        for issue in repo.issues.values():
            if threads(here, issue) and issue.number not in seen:
                seen.append(issue.number)
    return seen


@on_both_forges
def test_order__priority_label_then_oldest_approval(kind: Forge) -> None:
    """Lower first, unlabelled last; what a label cannot be read as counts for nothing."""
    with world(kind) as here:
        repo = here.repository("shop")
        issues = [here.issue(repo, f"Do {n}", "[[idle]]", ready=False) for n in range(6)]
        for issue, names in zip(
            issues,
            [(), ("priority:10",), ("priority:2",), ("priority:high",), ("priority:2",), ()],
            strict=True,
        ):
            labelled(here, issue, *names)
        for index in (5, 4, 3, 2, 1, 0):
            ready(here, issues[index])
        numbers = [issue.number for issue in issues]
        by_rule = [numbers[index] for index in (4, 2, 1, 5, 3, 0)]
        assert order_of_starts(here, repo, len(issues)) == by_rule
        assert not any(READY in labels(issue) for issue in issues)


@on_both_forges
def test_order__same_second__the_lower_number_first(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        issues = [here.issue(repo, f"Do {n}", "[[idle]]", ready=False) for n in range(3)]
        here.clock.sleep(60)
        for issue in reversed(issues):
            here.forge.add_label(issue, READY, here.owner)
        assert order_of_starts(here, repo, 3) == [issue.number for issue in issues]


@on_both_forges
def test_order__the_first_of_the_order_is_held__the_next_takes_its_place(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        waiting = here.issue(repo, "Do it first", f"Blocked by #99. {BODY}")
        labelled(here, waiting, "priority:1")
        issue = here.issue(repo, "Do it then", BODY)
        ticked = polled(here)
        assert held(ticked, waiting).gate == "no-open-blocker"
        assert held(ticked, issue) == STARTED


@on_both_forges
def test_tick__several_ready_in_one_repository__starts_one(kind: Forge) -> None:
    """And one in every other repository."""
    with world(kind) as here:
        shop, site = here.repository("shop"), here.repository("site")
        issues = [here.issue(repo, "Do it", BODY) for repo in (shop, shop, shop, site, site)]
        ticked = polled(here)
        started = [issue for issue in issues if held(ticked, issue) == STARTED]
        assert started == [issues[0], issues[3]]
        assert [len(threads(here, issue)) for issue in issues] == [1, 0, 0, 1, 0]
        busy = {held(ticked, issue).gate for issue in issues if issue not in started}
        assert busy == {"repository-free"}


@on_both_forges
def test_tick__pointed_at_an_issue__starts_that_one_alone(kind: Forge) -> None:
    """Whatever the order says; and nothing is written about the others."""
    with world(kind) as here:
        repo = here.repository("shop")
        first = labelled(here, here.issue(repo, "Do it first", BODY), "priority:1")
        second = here.issue(repo, "Do it then", BODY)
        elsewhere = here.issue(here.repository("site"), "Do that", BODY)
        ticked = polled(here, "--repo", "owner/shop", "--issue", str(second.number))
        assert [one["issue"] for one in ticked.document["decisions"]] == [second.ref]
        assert [len(threads(here, one)) for one in (first, second, elsewhere)] == [0, 1, 0]
        assert first.comments == elsewhere.comments == []
