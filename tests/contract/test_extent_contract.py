"""What a tracker has to do with much, with nothing, and with odd names: pages, empty, slashes."""

import time
from functools import partial

import pytest
from support.benches import ForgeBench
from support.contract import event_words, read_one
from support.people import HUMAN, IN_PROGRESS, READY, People

from afk.model.ci import CheckState, CommitChecks
from afk.ports import BranchQuery
from afk.types import Forge, IssueKey

# --- more than a page


def labelled(repo: str, number: int, people: People) -> int:
    """Open an issue that is ready."""
    made = people.issue(repo, f"one of many: {number}")
    people.label(repo, made, READY)
    return made


def test_listing__more_than_a_page__all_are_heads(bench: ForgeBench) -> None:
    """An owner of its own: nobody else's listing on a live server is to have these pages too."""
    org = bench.given("org", lambda people: people.organisation("crowd-org"))
    repo = bench.given("repo", lambda people: people.repository("crowd", owner=org))
    numbers = {
        bench.given(f"issue {number}", partial(labelled, repo, number)) for number in range(53)
    }

    listing = bench.tracker().listing([repo])

    assert {head.key.number for head in listing.heads} == numbers
    assert all(head.ready for head in listing.heads)


def closed_blocker(repo: str, waits: int, number: int, people: People) -> None:
    """Open an issue, let another wait for it, and close it."""
    made = people.issue(repo, f"done before: {number}")
    people.block(repo, waits, made)
    people.edit(repo, made, state="closed")


def test_read__blockers_past_the_first_page__the_open_one_is_found(bench: ForgeBench) -> None:
    """Those of the first page are closed: an issue that only looks free is not.

    On GitHub, which has 50 at most, afk reads one page and takes a second one for open.
    """
    repo = bench.given("repo", lambda people: people.repository("patience"))
    number = bench.given("issue", lambda people: people.issue(repo, "waits for many"))
    for one in range(51):
        bench.given(f"blocker {one}", partial(closed_blocker, repo, number, one))
    last = bench.given("last", lambda people: people.issue(repo, "still open"))
    bench.given("block", lambda people: people.block(repo, number, last))

    issue = read_one(bench, repo, number)

    open_ones = [one.ref for one in issue.blockers if not one.closed]
    assert open_ones
    if bench.kind is Forge.FORGEJO:
        assert open_ones == [f"{repo}#{last}"]


def define(where: str, name: str, people: People) -> None:
    """Define a label."""
    people.define_label(where, name)


def test_ensure_labels__more_than_a_page__none_is_made_twice(bench: ForgeBench) -> None:
    """Afk's own come last in the alphabet and by age."""
    repo = bench.given("repo", lambda people: people.repository("labelled", labels=False))
    number = bench.given("issue", lambda people: people.issue(repo, "labelled"))
    for one in range(101):
        bench.given(f"label {one}", partial(define, repo, f"label-{one:03}"))
    for name in (READY, HUMAN):
        bench.given(name, partial(define, repo, name))
    tracker = bench.tracker()

    tracker.ensure_labels(repo, [READY, HUMAN])

    tracker.label(read_one(bench, repo, number), add=[READY, HUMAN])
    assert sorted(one.name for one in read_one(bench, repo, number).labels) == [READY, HUMAN]


HUGE = "words without end " * 450


@pytest.mark.forge("forgejo")
def test_read__timeline_past_the_bound__all_but_the_huge_is_found(bench: ForgeBench) -> None:
    """Anybody can post a comment that is too large to read, beside what afk has to find.

    An issue that mentions this one stands in its timeline with its whole text.
    """
    repo = bench.given("repo", lambda people: people.repository("flooded"))
    number = bench.given("issue", lambda people: people.issue(repo, "flooded"))
    bench.given("label", lambda people: people.label(repo, number, READY))
    for name, body, by in (
        ("record", "ours", "bot"),
        ("huge", HUGE, "stranger"),
        ("later", "theirs", "stranger"),
    ):
        said = partial(say, repo, number, body, by)
        bench.given(name, said)
    mention = f"About #{number}: {HUGE}"
    bench.given("mention", lambda people: people.issue(repo, "mention", mention, by="stranger"))
    bench.given("human", lambda people: people.label(repo, number, HUMAN))
    bench.max_body = 16_000

    issue = read_one(bench, repo, number)

    assert issue.oversized
    assert [one.body for one in issue.comments] == ["ours", "theirs"]
    assert event_words(issue) == [("labeled", READY), ("labeled", HUMAN)]


def say(repo: str, number: int, body: str, by: str, people: People) -> int:
    """Comment."""
    return people.comment(repo, number, body, by)


# --- nothing


def test_branches__nothing_pushed__no_head(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("empty", commits=False))
    query = BranchQuery(repo, "", "main")

    found = bench.tracker().branches([query])[query]

    assert (found.head, found.commits, found.complete) == ("", (), False)


def test_branches__unknown_branch__no_head(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("trunk"))
    base = bench.given("base", lambda people: people.push(repo, "base"))
    query = BranchQuery(repo, base, "afk/no-such-branch")

    found = bench.tracker().branches([query])[query]

    assert (found.head, found.commits, found.complete) == ("", (), False)


@pytest.mark.forge("forgejo")
def test_read__dependencies_switched_off__nothing_blocks(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("independent"))
    blocker = bench.given("blocker", lambda people: people.issue(repo, "first this"))
    number = bench.given("issue", lambda people: people.issue(repo, "then that"))
    bench.given("block", lambda people: people.block(repo, number, blocker))
    bench.given("off", lambda people: people.forbid_dependencies(repo))

    assert read_one(bench, repo, number).blockers == ()


@pytest.mark.forge("forgejo")
def test_label__unknown_name__is_told_though_forgejo_says_200(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("unlabelled", labels=False))
    number = bench.given("issue", lambda people: people.issue(repo, "unlabelled"))
    issue = read_one(bench, repo, number)

    with pytest.raises(Exception, match=f"did not put {READY} on"):
        bench.tracker().label(issue, add=[READY])


# --- odd names


def test_branch__slashes_and_signs_in_its_name__is_read(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("twigs"))
    base = bench.given("base", lambda people: people.push(repo, "base"))
    branch = "afk/7-größe+1%2F#x"
    sha = bench.given("sha", lambda people: people.push(repo, "there", branch=branch))
    query = BranchQuery(repo, base, branch)
    tracker = bench.tracker()

    found = tracker.branches([query])[query]

    assert tracker.head(repo, branch) == sha
    assert (found.head, [one.sha for one in found.commits]) == (sha, [sha])


def test_text__any_characters__come_back_as_written(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("letters"))
    body = '<!-- a --> \U0001f600 \u202eabc\u202c &amp; `x` \\ "q"\n\n| a | b |\n\tend'
    number = bench.given("issue", lambda people: people.issue(repo, "größer & <besser>", body))
    tracker = bench.tracker()
    issue = tracker.reread(IssueKey(repo, number))
    assert issue is not None

    made = tracker.create_comment(issue, body)

    again = read_one(bench, repo, number)
    assert (again.title, again.body) == ("größer & <besser>", body)
    assert [one.body for one in again.comments] == [made.body] == [body]


# --- workflow runs


def ended(bench: ForgeBench, repo: str, sha: str, jobs: int) -> CommitChecks:
    """Look at a commit until all of its jobs have ended."""
    for _ in range(120):
        found = bench.both()[1].read(repo, [sha])[sha]
        pending = any(one.state is CheckState.PENDING for one in found.checks)
        if len(found.checks) == jobs and not pending and found.all_runs_ended is not False:
            return found
        time.sleep(bench.pause)
    raise AssertionError(f"CI of {sha} never ended: {found}")


def test_run__all_good__every_check_and_the_end_are_seen(bench: ForgeBench) -> None:
    """Forgejo 11 cannot tell that a run has ended; nobody says that it has not."""
    repo = bench.given("repo", lambda people: people.repository("green"))
    ends = {"build": "success", "lint": "success"}
    sha = bench.given("sha", lambda people: people.run(repo, ends))

    found = ended(bench, repo, sha, 2)

    assert {one.state for one in found.checks} == {CheckState.SUCCESS}
    assert {one.workflow for one in found.checks} == {"ci"}
    assert all(one.url.startswith("http") for one in found.checks)


def test_run__failed_and_skipped_jobs__are_told_apart(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("red"))
    ends = {"build": "success", "lint": "failure", "test": "skipped"}
    sha = bench.given("sha", lambda people: people.run(repo, ends))

    found = ended(bench, repo, sha, 3)

    states = {one.name.split(" / ")[-1].split(" ")[0]: one.state for one in found.checks}
    assert states == {
        "build": CheckState.SUCCESS,
        "lint": CheckState.FAILURE,
        "test": CheckState.SKIPPED,
    }


def test_run__two_files_of_one_name__both_are_seen(bench: ForgeBench) -> None:
    """Their jobs have one name too: the later one's success must not stand for both."""
    repo = bench.given("repo", lambda people: people.repository("twins"))
    bench.given("first", lambda people: people.run(repo, {"build": "failure"}))
    sha = bench.given("sha", lambda people: people.run(repo, {"build": "success"}, "other.yml"))

    found = ended(bench, repo, sha, 2)

    assert {one.state for one in found.checks} == {CheckState.FAILURE, CheckState.SUCCESS}
    assert len({one.url for one in found.checks}) == 2
    assert len({(one.name, one.workflow, one.event) for one in found.checks}) == 1


def put_on(repo: str, number: int, name: str, people: People) -> None:
    """Put a label on."""
    people.label(repo, number, name)


def test_listing__both_labels__is_ready_and_in_progress(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("both"))
    number = bench.given("issue", lambda people: people.issue(repo, "both"))
    for name in (READY, IN_PROGRESS):
        bench.given(name, partial(put_on, repo, number, name))

    (head,) = bench.tracker().listing([repo]).heads

    assert (head.ready, head.in_progress, head.open) == (True, True, True)
