"""A person acts on a pull request while afk is about to merge it: at every request of that tick.

What a person did before afk's last look at it is obeyed; what comes after is either refused by
the forge or overlooked, and then the run still ends in one way. Another head than the one that was
green is never merged. ``AFK_SIM_ALL=1`` plays every act at every request on both forges.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import httpx
import pytest
from support.landing import begin, ended, go_on, how, purposes, the_pull, to_the_end
from support.landing_oracle import assert_landing, assert_over, pulls_of
from support.loops import tick
from support.overheard import doorbell
from support.poll_rig import Between
from support.sampling import ALL

from afk.types import Forge
from afk_sandbox.forge.branching import NoBranch
from afk_sandbox.forge.merging import MergeRefused
from afk_sandbox.forge.pull_records import Pull, Verdict
from afk_sandbox.forge.pulls import NotPossible
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import READY, World, world

MOST_REQUESTS = 30
"""At least as many as the tick has that merges."""


@dataclass(frozen=True)
class Act:
    """What a person does, what they do later so that the run can go on, how it has to end.

    ``on_issue``: it is the issue that they act on, which is looked at before the pull request.
    """

    does: Callable[[World, Pull], object]
    verdict: str
    later: Callable[[World, Pull], object] = lambda _here, _pull: None
    on_issue: bool = False


def retarget(here: World, pull: Pull) -> None:
    here.people.retarget(pull, here.owner, "release")


def approve_and_merge(here: World, pull: Pull) -> None:
    here.people.approve(pull, here.owner)
    here.people.merge(pull, here.owner)


def dismiss(here: World, pull: Pull) -> None:
    [review] = [one for one in pull.reviews if one.verdict is Verdict.APPROVED]
    here.forge.dismiss(review, here.owner)


def undraft(here: World, pull: Pull) -> None:
    here.forge.set_draft(pull, here.owner, draft=False)


def reviewer_approves(here: World, pull: Pull) -> None:
    here.people.approve(pull, here.people.reviewer(pull.repo))


ACTS = {
    "merges": Act(lambda here, pull: here.people.merge(pull, here.owner), "done"),
    "closes": Act(lambda here, pull: here.people.close(pull, here.owner), "stopped"),
    "pushes": Act(
        lambda here, pull: here.people.push(pull.repo, pull.head_ref, here.owner, "mine"),
        "done",
        approve_and_merge,
    ),
    "force-pushes": Act(
        lambda here, pull: here.people.force_push(pull.repo, pull.head_ref, here.owner),
        "done",
        approve_and_merge,
    ),
    "pushes-to-base": Act(
        lambda here, pull: here.people.push(pull.repo, "main", here.owner, "theirs"),
        "done",
        reviewer_approves,
    ),
    "deletes-branch": Act(
        lambda here, pull: here.people.delete_branch(pull, here.owner), "stopped"
    ),
    "retargets": Act(
        retarget,
        "done",
        lambda here, pull: here.people.retarget(pull, here.owner, "main"),
    ),
    "drafts": Act(lambda here, pull: here.people.draft(pull, here.owner), "done", undraft),
    "approves": Act(lambda here, pull: here.people.approve(pull, here.owner), "done"),
    "dismisses": Act(dismiss, "done", reviewer_approves),
    "asks-for-changes": Act(
        lambda here, pull: here.people.request_changes(
            pull, here.people.reviewer(pull.repo), "No."
        ),
        "done",
        reviewer_approves,
    ),
    "calls-off": Act(
        lambda here, pull: here.forge.remove_label(pull.repo.issues[1], READY, here.owner),
        "stopped",
        on_issue=True,
    ),
}
EVERY = [(kind, act, nth) for kind in Forge for act in ACTS for nth in range(1, MOST_REQUESTS)]
SAMPLE = [
    (list(Forge)[place % 2], act, 1 + 5 * place % (MOST_REQUESTS - 1))
    for place, act in enumerate(ACTS)
]


class Meddling:
    """Does the act before the tick's n-th request, and notes which requests matter."""

    def __init__(self, here: World, pull: Pull, act: Act, nth: int) -> None:
        self._here, self._pull, self._act, self._nth = here, pull, act, nth
        self.sent = 0
        self.looked = 0
        self.done = False

    def __call__(self, request: httpx.Request) -> None:
        self.sent += 1
        if self.sent == self._nth:
            with suppress(NotPossible, MergeRefused, NoBranch):
                self._act.does(self._here, self._pull)
                self.done = True
        if self._looks(request) and self._pull.merge is None:
            self.looked = self.sent

    def _looks(self, request: httpx.Request) -> bool:
        path = request.url.path
        if self._here.kind is Forge.FORGEJO:
            last = f"/issues/{self._pull.repo.issues[1].number}" if self._act.on_issue else ""
            last = last or f"/pulls/{self._pull.number}"
            return request.method == "GET" and path.endswith(last)
        of_pull = b"reviewThreads" in request.read()
        return path.endswith("/graphql") and of_pull is not self._act.on_issue


def about_to_merge(here: World) -> tuple[Issue, Pull]:
    """A green pull request, ready and approved; the next tick merges it."""
    issue = begin(here, "[[ci=green*]]", merge="approved")
    here.forge.push(issue.repo, "release", "begin", here.owner)
    go_on(here, lambda: here.people.pull_for(issue))
    pull = the_pull(here, issue)
    reviewer_approves(here, pull)
    go_on(here, lambda: not here.forge.is_draft(pull))
    assert pull.open
    here.clock.sleep(120)
    here.t3.advance()
    return issue, pull


@pytest.mark.parametrize(("kind", "name", "nth"), EVERY if ALL else SAMPLE)
def test_person_acts__while_afk_merges__is_obeyed_or_was_too_late(
    kind: Forge, name: str, nth: int
) -> None:
    act = ACTS[name]
    with world(kind) as here, doorbell(here) as bell:
        issue, pull = about_to_merge(here)
        green = pull.head_sha
        meddling = Meddling(here, pull, act, nth)
        ticked = here.run("tick", transport=Between(meddling))
        assert ticked.exit_code == 0, ticked.output

        ours = pull.merge is not None and pull.merge.by is here.bot
        overlooked = ours and meddling.done
        if ours and pull.merge is not None:
            assert meddling.sent < MOST_REQUESTS
            assert pull.merge.head == green
            obeyed = act.verdict == "done" and name in ("approves", "pushes-to-base")
            assert not overlooked or obeyed or meddling.looked < nth, "done before the last look"
        assert_landing(here, [issue], overlooked=overlooked)

        for _ in range(3):
            tick(here, after=200)
            assert_landing(here, [issue], overlooked=overlooked)
        if not ended(here, issue) and pull.open:
            act.later(here, pull)
        to_the_end(here, issue)

        assert_landing(here, [issue], overlooked=overlooked)
        assert how(here, issue)[0] in ({act.verdict, "done"} if ours else {act.verdict})
        assert len(pulls_of(here, issue)) == 1
        assert purposes(here, issue) in (["first"], ["first", "review"])
        assert_over(here, issue, bell)
