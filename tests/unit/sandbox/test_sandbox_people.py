"""People around pull requests in a world, and agents that work on branches."""

import pytest
from support.t3_sandbox import PROMPT, RUN, Bench

from afk.types import Forge
from afk_sandbox.agents.directives import read_job
from afk_sandbox.agents.hands import Push, PushRefused, Rebase, asked_rebase
from afk_sandbox.forge.merging import MergeRefused
from afk_sandbox.forge.protection import Obstacle
from afk_sandbox.forge.pull_records import Verdict
from afk_sandbox.forge.reviews import Note
from afk_sandbox.forge.trees import Change
from afk_sandbox.working_copies import WorkingCopies
from afk_sandbox.world import World, world

BRANCH = "afk/1-abcd1234"
ONTO, LEASE = "a" * 40, "b" * 40
REBASE = (
    f"Fetch, rebase the branch {BRANCH} onto commit {ONTO} of main, and resolve.\n"
    f"git push --force-with-lease={BRANCH}:{LEASE} origin HEAD:{BRANCH}"
)


@pytest.fixture(params=list(Forge))
def here(request: pytest.FixtureRequest) -> World:
    """A world with one repository, whose servers are gone again: people need none."""
    with world(request.param) as built:
        built.repository("shop")
        return built


def test_people__round_a_pull__each_act_does_what_it_says(here: World) -> None:
    people, forge, repo = here.people, here.forge, here.forge.repositories[0]
    issue = here.issue(repo, "broken", "it is")
    assert people.pull_for(issue) is None
    people.push(repo, BRANCH, here.bot, "work", "app.py:1=x", "app.py:2=y")
    pull = forge.open_pull(repo, here.bot, BRANCH, title="x", body=f"Closes #{issue.number}")
    assert people.pull_for(issue) is pull
    reviewer = people.reviewer(repo)
    assert people.reviewer(repo) is reviewer
    review = people.request_changes(pull, reviewer, "no", Note("app.py", 1, "why?"))
    thread = people.comment_on(pull, reviewer, "here", line=2)
    assert (review.verdict, thread.line, len(pull.threads)) == (Verdict.CHANGES_REQUESTED, 2, 2)
    assert not forge.counts(people.approve(pull, here.stranger))
    approval = people.approve(pull, reviewer, "yes")
    people.leave(repo, reviewer)
    assert forge.counts(approval) is (here.kind is Forge.FORGEJO)
    sha = people.force_push(repo, BRANCH, here.owner)
    assert (pull.head_sha, pull.issue.events[-1].forced) == (sha, True)
    people.draft(pull, here.owner)
    assert forge.is_draft(pull)
    people.push(repo, "dev", here.owner)
    people.retarget(pull, here.owner, "dev")
    people.close(pull, here.owner)
    people.reopen(pull, here.owner)
    assert (pull.open, pull.base_ref) == (True, "dev")
    people.delete_branch(pull, here.owner)
    assert (pull.open, pull.closed_by) == (False, here.owner)
    pull.head_repo = None
    people.delete_branch(pull, here.owner)


def test_people__merge_by_the_button__at_any_head_and_closes_the_issue(here: World) -> None:
    repo = here.forge.repositories[0]
    issue = here.issue(repo, "broken", "it is")
    here.people.push(repo, BRANCH, here.bot)
    body = f"Closes #{issue.number}"
    pull = here.forge.open_pull(repo, here.bot, BRANCH, title="x", body=body)
    here.people.merge(pull, here.owner)
    assert (pull.open, issue.open, BRANCH in repo.branches) == (False, False, True)


def test_people__stranger__opens_from_the_runs_branch_and_from_a_fork(here: World) -> None:
    repo = here.forge.repositories[0]
    here.people.push(repo, BRANCH, here.bot)
    assert here.people.intrude(repo, BRANCH).author is here.stranger
    pull = here.people.from_fork(repo, "patch", ["app.py:1=evil"])
    assert (pull.from_fork, pull.author) == (True, here.stranger)
    assert repo.commits[pull.head_sha].changes == (Change("app.py", 1, "evil"),)


def test_people__protect_and_queue__hold_for_the_default_branch(here: World) -> None:
    repo = here.forge.repositories[0]
    rule = here.people.protect(repo, approvals=1)
    queue = here.people.merge_queue(repo, "test", seconds=60)
    assert here.forge.protections(repo, "main") == [rule, queue]
    assert queue.queue is here.forge.queue(repo, "main")
    here.people.push(repo, BRANCH, here.bot)
    pull = here.forge.open_pull(repo, here.bot, BRANCH, title="x")
    with pytest.raises(MergeRefused) as refused:
        here.people.merge(pull, here.owner)
    assert [one.obstacle for one in refused.value.blocks] == [
        Obstacle.CHECKS,
        Obstacle.APPROVALS,
        Obstacle.QUEUE,
    ]


def test_view__asked_anything__lets_the_forge_do_what_is_due() -> None:
    done: list[str] = []
    with world(Forge.GITHUB) as here:
        here.forge.later(0, lambda: done.append("now"))
        here.forge.later(60, lambda: done.append("second"))
        here.forge.later(30, lambda: done.append("first"))
        here.repository("shop")
        here.run("tick")
        assert done == ["now"]
        here.clock.sleep(90)
        here.run("tick")
        assert done == ["now", "first", "second"]


# The agent's way in


def test_push__new_branch__starts_at_the_commit_it_is_given(here: World) -> None:
    repo, hands = here.forge.repositories[0], WorkingCopies(here.forge)
    start = repo.branches["main"]
    here.people.push(repo, "main", here.owner, "later\n\nCI: none")
    push = Push(
        repo="owner/shop",
        branch=BRANCH,
        message="Do it\n",
        actor="agent",
        base=start,
        touch="app.py:3",
    )
    first = repo.commits[hands.push(push)]
    assert (first.parent, first.changes) == (start, (Change("app.py", 3, "Do it"),))
    second = repo.commits[hands.push(push)]
    assert second.parent == first.sha
    amended = Push(repo="owner/shop", branch=BRANCH, message="x", actor="agent", amend=True)
    assert repo.commits[hands.push(amended)].parent == first.sha
    unknown = Push(repo="owner/shop", branch="b", message="x", actor="agent", base="f" * 40)
    assert repo.commits[hands.push(unknown)].parent == repo.branches["main"]
    with pytest.raises(LookupError):
        hands.push(Push(repo="owner/none", branch="b", message="x", actor="agent"))


def test_push__branch_renamed_since__goes_to_it_under_its_new_name(here: World) -> None:
    repo, hands = here.forge.repositories[0], WorkingCopies(here.forge)
    here.forge.rename_branch(repo, "main", "trunk", here.owner)
    sha = hands.push(Push(repo="owner/shop", branch="main", message="x", actor="agent"))
    assert repo.branches == {"trunk": sha}


def test_push__protected__is_refused_and_nothing_moves(here: World) -> None:
    repo, hands = here.forge.repositories[0], WorkingCopies(here.forge)
    here.people.protect(repo, push=frozenset())
    tip = repo.branches["main"]
    with pytest.raises(PushRefused, match="protected branch main"):
        hands.push(Push(repo="owner/shop", branch="main", message="x", actor="agent"))
    with pytest.raises(PushRefused, match="protected"):
        hands.rebase(Rebase(repo="owner/shop", branch="main", onto=tip, lease="", actor="agent"))
    assert repo.branches["main"] == tip


def test_rebase__conflicting_branch__lands_on_the_commit_with_its_own_text(here: World) -> None:
    repo, hands = here.forge.repositories[0], WorkingCopies(here.forge)
    here.people.push(repo, BRANCH, here.bot, "work\n\nAFK-Run: 1", "app.py:1=mine")
    onto = here.people.push(repo, "main", here.owner, "CI: none", "app.py:1=theirs")
    tip = repo.branches[BRANCH]

    def rebase(branch: str = BRANCH, onto: str = onto, lease: str = tip[:12]) -> str:
        return hands.rebase(
            Rebase(repo="owner/shop", branch=branch, onto=onto, lease=lease, actor="agent")
        )

    for wrong in ({"branch": "none"}, {"onto": "f" * 40}, {"lease": "f" * 40}):
        with pytest.raises(PushRefused):
            rebase(**wrong)
    assert repo.branches[BRANCH] == tip
    fresh = repo.commits[rebase(onto=onto[:12])]
    assert (fresh.parent, fresh.message) == (onto, "work\n\nAFK-Run: 1")
    assert here.forge.tree(repo, fresh.sha)["app.py", 1] == "mine"


def test_open_pull__of_its_own__or_why_there_is_none(here: World) -> None:
    repo, hands = here.forge.repositories[0], WorkingCopies(here.forge)
    here.people.push(repo, BRANCH, here.bot)

    def opened(branch: str) -> str:
        return hands.open_pull("owner/shop", branch, "t", "b", "agent")

    assert [opened(BRANCH), opened(BRANCH), opened("none"), opened("main")] == [
        "#1",
        "there is #1 already",
        "there is nothing to merge",
        "there is nothing to merge",
    ]
    assert [pull.author.login for pull in here.forge.pulls(repo)] == ["agent"]


# The scripted agent


def test_job__base_commit__is_read_where_it_is_named() -> None:
    assert read_job(PROMPT + f"Base commit: {ONTO}\nBase commit: {LEASE}\n") is not None
    job = read_job(PROMPT + f"Base commit: {ONTO}\nBase commit: {LEASE}\n")
    assert job is not None
    assert job.base == ONTO


def test_asked_rebase__turn__commit_and_lease() -> None:
    assert asked_rebase(REBASE) == (ONTO, LEASE)
    assert asked_rebase(REBASE.partition("\n")[0]) == (ONTO, "")
    assert asked_rebase(f"merge commit {ONTO}") is None


def test_agent__touch_amend_and_pushto__go_into_the_push() -> None:
    bench = Bench()
    bench.job("[[touch=app.py:3=x]] [[amend@2]] [[pushto@3=main2]]")
    for _ in range(2):
        bench.say("again")
        bench.model.advance()
    pushes = bench.pushes.taken
    assert [push.touch for push in pushes] == ["app.py:3=x"] * 3
    assert [push.amend for push in pushes] == [False, True, False]
    assert [push.branch for push in pushes] == ["main", "main", "main2"]


def test_agent__scripts_of_ci__stand_in_the_message_before_the_trailer() -> None:
    bench = Bench()
    bench.job("[[ci=red]] [[merged=red]] [[queue=red]] [[log=no good]]")
    assert bench.pushes.messages[0].split("\n\n")[1:] == [
        "CI: red",
        "CI-Merged: red",
        "CI-Queue: red",
        "CI-Log: no good",
        f"AFK-Run: {RUN}\n",
    ]


def test_agent__openpull__opens_one_after_the_push() -> None:
    bench = Bench()
    bench.job("[[openpull]]")
    assert len(bench.pushes.taken) == 1
    assert bench.pushes.opened == [
        ("acme/shop", "main", "My work on issue 12", "Closes #12", "robot")
    ]
    assert "Pull request of my own: #1." in bench.texts()


@pytest.mark.parametrize(
    ("directives", "rebased", "pushed"),
    [("[[push]]", 1, 1), ("[[push]] [[norebase]]", 0, 1), ("[[push]] [[norebase@3]]", 1, 1)],
)
def test_agent__asked_to_rebase__does_unless_it_ignores_it(
    directives: str, rebased: int, pushed: int
) -> None:
    bench = Bench()
    bench.job(directives)
    bench.say(REBASE)
    bench.model.advance()
    assert (len(bench.pushes.rebased), len(bench.pushes.taken)) == (rebased, pushed)
    for one in bench.pushes.rebased:
        assert (one.onto, one.lease, one.actor) == (ONTO, LEASE, "robot")


def test_agent__rebase_in_the_first_message__is_no_order() -> None:
    """An issue that speaks of one orders nothing."""
    bench = Bench()
    bench.job(f"[[push]] {REBASE}")
    assert (bench.pushes.rebased, len(bench.pushes.taken)) == ([], 1)


def test_agent__rebase_refused__is_said() -> None:
    bench = Bench()
    bench.job("[[push]]")
    bench.pushes.refuse = "stale info"
    bench.say(REBASE)
    bench.model.advance()
    assert "The push to main was refused: stale info" in bench.texts()


def test_agent__review__is_answered_with_a_commit() -> None:
    bench = Bench()
    bench.job("[[push]]")
    bench.say("Pull request #1 was reviewed. This is review turn 1 of 3.")
    bench.model.advance()
    assert len(bench.pushes.taken) == 2
