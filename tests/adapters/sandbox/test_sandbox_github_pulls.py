"""The sandbox's GitHub on pull requests: what no recording shows, as its sources say it.

Through afk's own adapter where it asks for it, so that both are held to the same words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.pulls import GitHubPulls
from afk.adapters.http import Http
from afk.errors import Refused
from afk.model.pull import Merged, MergeResult, Pull, PullState, QueueState, UpdateResult
from afk.ports.landing import PullQuery, PullSpec
from afk_sandbox.forge.ci import Job, Workflow
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.pull_records import Pull as Proposed
from afk_sandbox.forge.pull_records import Verdict
from afk_sandbox.forge.reviews import Note
from afk_sandbox.forge.rules_of_branches import Method, Queue
from afk_sandbox.forge.trees import Change
from afk_sandbox.github.routes import RULES, github_app
from afk_sandbox.serving import serve

NAME = "owner/shop"
BRANCH = "afk/7-abcd1234"
OLDER = (
    "PullRequest.mergeStateStatus",
    "PullRequest.mergeQueueEntry",
    "PullRequest.isMergeQueueEnabled",
    "PullRequestReview.isMinimized",
    "closedByPullRequestsReferences",
    "Ref.compare",
)
GROUP = Workflow(name="group", file="group.yml", jobs=(Job("build"),), on=("merge_group",))


@dataclass
class Bed:
    """A repository with a pull request, afk's adapter on it, and a clock that moves when told."""

    clock: list[datetime]
    forge: ForgeModel
    pull: Proposed
    client: httpx.Client
    url: str = ""
    login: str = "bot"

    @property
    def asked(self) -> GitHubPulls:
        """Return what a tick of its own would ask with."""
        account = self.forge.account(self.login)
        assert account is not None
        token = self.forge.token_for(account)
        http = Http(
            client=self.client,
            base_url=f"{self.url}/api/v3",
            name="GitHub",
            authorize=lambda: {"authorization": f"token {token}"},
            sleep=self.sleep,
        )
        api = GitHubApi(http=http, graphql_url=f"{self.url}/api/graphql")
        return GitHubPulls(api=api, prefetched=Prefetched())

    def sleep(self, seconds: float) -> None:
        self.clock[0] += timedelta(seconds=seconds)

    def seen(self) -> Pull:
        query = PullQuery(NAME, self.pull.head_ref, self.pull.number)
        (found,) = self.asked.read([query])[query]
        return found

    def merged(self) -> Merged:
        return self.asked.merge(self.seen(), "squash", title="Land", message="Afk-Run: 1")


@pytest.fixture
def bed(request: pytest.FixtureRequest) -> Iterator[Bed]:
    """Return a bed; a parameter: fields that the server lacks."""
    clock = [datetime(2026, 5, 1, 9, tzinfo=UTC)]
    forge = ForgeModel(lambda: clock[0])
    forge.rules = RULES
    owner, bot = forge.add_account("owner"), forge.add_account("bot")
    repo = forge.add_repository(owner, "shop", workflows=())
    forge.set_access(repo, bot, "write")
    forge.push(repo, "main", "begin", owner, changes=[Change("till.py", 1, "till = 0")])
    forge.push(repo, BRANCH, "work", bot, changes=[Change("till.py", 1, "till = 1")])
    pull = forge.open_pull(repo, bot, BRANCH, title="Broken", body="Closes #7")
    lacks = getattr(request, "param", ())
    with serve(github_app(forge, lacks=lacks)) as url, httpx.Client() as client:
        yield Bed(clock, forge, pull, client, url)


def protect(bed: Bed, **demands: Any) -> None:
    bed.forge.protect(bed.pull.repo, "main", **demands)


def account(bed: Bed, login: str) -> Any:
    return bed.forge.account(login)


@pytest.mark.parametrize(
    ("demands", "may", "says", "refusal"),
    [
        ({}, True, "", ""),
        (
            {"required": ("ci",)},
            False,
            "blocked",
            'Required status check "ci" is expected.',
        ),
        (
            {"required": ("ci", "lint")},
            False,
            "blocked",
            "2 of 2 required status checks are expected.",
        ),
        (
            {"approvals": 1},
            False,
            "blocked, review required",
            "At least 1 approving review is required by reviewers with write access.",
        ),
        (
            {"approvals": 2, "ruleset": True},
            False,
            "blocked, review required",
            "At least 2 approving reviews are required by reviewers with write access.",
        ),
        ({"files": ("till.py",)}, False, "blocked", "Repository rule violations found"),
    ],
)
def test_rules__of_a_base__block_by_their_words(
    bed: Bed, demands: dict[str, Any], may: bool, says: str, refusal: str
) -> None:
    protect(bed, **demands)
    seen = bed.seen()
    assert (seen.can_merge, seen.blocked_by) == (may, says)
    found = bed.merged()
    assert found.says == refusal
    assert (found.result is MergeResult.MERGED) is may
    assert bed.seen().state is (PullState.MERGED if may else PullState.OPEN)


def test_merged__is_what_landed_with_the_words_it_was_given(bed: Bed) -> None:
    found = bed.merged()
    repo = bed.pull.repo
    assert repo.commits[found.commit].message == "Land\n\nAfk-Run: 1"
    seen = bed.seen()
    assert (seen.merge_commit, seen.merged_by.login) == (found.commit, "bot")
    assert repo.branches["main"] == found.commit


def test_base__moved_at_that_moment__is_tried_again(bed: Bed) -> None:
    bed.forge.base_races = 1
    assert bed.merged().result is MergeResult.TRY_AGAIN
    assert bed.merged().result is MergeResult.MERGED


def test_method__switched_off__is_named_as_one(bed: Bed) -> None:
    bed.pull.repo.merging.methods = frozenset({Method.MERGE})
    assert bed.merged().result is MergeResult.METHOD
    assert bed.asked.rules(NAME, "main").methods == ("merge",)


def test_conflict__is_told_everywhere(bed: Bed) -> None:
    owner = account(bed, "owner")
    change = [Change("till.py", 1, "till = 2")]
    bed.forge.push(bed.pull.repo, "main", "meanwhile", owner, changes=change)
    seen = bed.seen()
    assert (seen.behind, seen.blocked_by) == (1, "dirty")
    assert bed.merged().result is MergeResult.CONFLICT
    assert bed.asked.update(bed.seen()) is UpdateResult.CONFLICT


def test_update__happens_a_moment_later(bed: Bed) -> None:
    owner = account(bed, "owner")
    bed.forge.push(bed.pull.repo, "main", "meanwhile", owner)
    protect(bed, up_to_date=True, required=("ci",))
    bed.forge.post_status(bed.pull.repo, bed.pull.head_sha, "success", owner, context="ci")
    before = bed.seen()
    assert (before.blocked_by, before.behind) == ("behind", 1)
    assert bed.asked.update(before) is UpdateResult.STARTED
    assert bed.seen().head_sha == before.head_sha
    bed.sleep(5)
    assert (bed.seen().behind, bed.seen().head_sha == before.head_sha) == (0, False)
    assert bed.asked.update(before) is UpdateResult.HEAD_MOVED
    assert bed.asked.update(bed.seen()) is UpdateResult.UP_TO_DATE


def test_reviews__are_read_with_all_that_decides(bed: Bed) -> None:
    owner = account(bed, "owner")
    protect(bed, approvals=1)
    note = Note("till.py", 1, "why one?")
    review = bed.forge.review(
        bed.pull, owner, Verdict.CHANGES_REQUESTED, "no", notes=[note, Note("till.py", 0, "all")]
    )
    bed.forge.review(bed.pull, account(bed, "owner"), Verdict.PENDING, "thinking")
    bed.forge.edit_review_comment(review.comments[0], account(bed, "bot"), "why 1?")
    bed.forge.resolve_thread(review.comments[1].thread, owner)
    seen = bed.seen()
    (shown,) = seen.reviews
    line, file = seen.comments
    assert seen.blocked_by == "blocked, changes requested"
    assert (shown.author.login, shown.commit) == ("owner", bed.pull.head_sha)
    assert (line.body, line.line, line.edited, line.resolved) == ("why 1?", 1, True, False)
    assert line.edited_by is not None
    assert line.edited_by.login == "bot"
    assert (file.line, file.resolved, file.review) == (0, True, shown.id)


def test_queue__merges_by_itself_once_its_own_checks_pass(bed: Bed) -> None:
    bed.pull.repo.workflows = (GROUP,)
    protect(bed, ruleset=True, required=("build",), queue=Queue(method=Method.SQUASH))
    owner = account(bed, "owner")
    assert bed.asked.rules(NAME, "main").queue
    refused = bed.merged()
    assert (refused.result, bed.seen().queue) == (MergeResult.REFUSED, None)
    bed.forge.post_status(bed.pull.repo, bed.pull.head_sha, "success", owner, context="build")
    assert bed.merged().result is MergeResult.QUEUED
    assert bed.seen().queue is QueueState.WAITING
    bed.sleep(60)
    assert bed.seen().state is PullState.MERGED


def test_forks__branch_of_the_same_name__is_no_pull_of_ours(bed: Bed) -> None:
    """However many there are."""
    for number in range(4):
        other = bed.forge.add_account(f"eve{number}")
        fork = bed.forge.fork(bed.pull.repo, other)
        bed.forge.open_pull(bed.pull.repo, other, BRANCH, title="mine", head_repo=fork)
    query = PullQuery(NAME, BRANCH)
    found = bed.asked.read([query])[query]
    assert [one.number for one in found] == [bed.pull.number]


def test_opened__by_a_job_without_leave__names_the_setting(bed: Bed) -> None:
    repo = bed.pull.repo
    account(bed, "bot").job_token = True
    repo.merging.job_token_opens = False
    bed.forge.push(repo, "other", "more", account(bed, "owner"))
    spec = PullSpec(repo=NAME, head="other", base="main", title="x", body="", draft=True)
    with pytest.raises(Refused, match="Allow GitHub Actions"):
        bed.asked.open(spec)
    assert len(bed.forge.pulls(repo)) == 1


def test_reader__may_read_and_nothing_else(bed: Bed) -> None:
    bed.forge.add_account("reader")
    bed.login = "reader"
    seen = bed.seen()
    assert seen.can_merge is False
    assert bed.merged().result is MergeResult.REFUSED
    assert bed.asked.rules(NAME, "main").may_merge is False
    assert bed.asked.update(seen) is UpdateResult.REFUSED


def test_deleted__only_unless_another_builds_on_it(bed: Bed) -> None:
    repo, bot = bed.pull.repo, account(bed, "bot")
    bed.forge.push(repo, "child", "on top", bot, base=bed.pull.head_sha)
    child = bed.forge.open_pull(repo, bot, "child", title="child", base=BRANCH)
    assert bed.merged().result is MergeResult.MERGED
    bed.asked.delete_branch(bed.seen())
    assert BRANCH in repo.branches
    bed.forge.close(child.issue, bot)
    bed.asked.delete_branch(bed.seen())
    assert BRANCH not in repo.branches


@pytest.mark.parametrize("bed", [OLDER], indirect=True, ids=["older server"])
def test_older_server__is_asked_for_what_it_has(bed: Bed) -> None:
    bed.forge.review(bed.pull, account(bed, "owner"), Verdict.APPROVED, "yes")
    seen = bed.seen()
    assert (seen.can_merge, seen.behind, seen.queue) == (None, None, None)
    assert [one.hidden for one in seen.reviews] == [False]
    assert bed.merged().result is MergeResult.MERGED
