"""One run that meets everything on its way: a conflict, red CI, a review; then it is merged.

Red at first; a person pushes a commit to the base that writes the same line; a reviewer asks for
changes. After that whoever the policy names merges. People act when they see fit, once.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import httpx
from support.landing import purposes, waits
from support.landing_oracle import assert_landing, assert_over, pulls_of
from support.loops import CI_GRACE, record, records, said
from support.overheard import Bell

from afk_sandbox.forge.merging import MergeRefused
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.pull_records import Pull, Verdict
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World

POLICIES: Final = ("human", "green", "approved")
BODY: Final = "[[ci=red,green*]] [[touch=app.py:3]]"
WISH: Final = "Greet louder, please."
TURNS: Final = {"first": 1, "rebase": 1, "fix-forward": 1, "review": 1}
MOST_TICKS: Final = 40
QUIET: Final = 200


@dataclass
class Story:
    """The run and its people; ``acts`` are those that happened."""

    here: World
    policy: str
    issue: Issue = field(init=False)
    acts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Open the issue."""
        here = self.here
        here.settings |= {"landing": "pull-request", "merge": self.policy}
        repo = here.repository("shop", **CI_GRACE)
        self.reviewer = here.people.reviewer(repo)
        self.issue = here.issue(repo, "Add a till", BODY)

    @property
    def forge(self) -> ForgeModel:
        """Return the model behind the forge."""
        return self.here.forge

    @property
    def pull(self) -> Pull | None:
        """Return the run's pull request."""
        return next(iter(pulls_of(self.here, self.issue)), None)

    def people(self) -> None:
        """Let people do what they do at this point, if anything."""
        pull, people = self.pull, self.here.people
        if pull is None or not pull.open:
            return
        if not self.acts["pushed"]:
            self.acts["pushed"] += 1
            people.push(self.issue.repo, "main", self.here.owner, "theirs", "app.py:3=theirs")
            people.request_changes(pull, self.reviewer, WISH)
            people.comment_on(pull, self.reviewer, "This line, too.", line=3)
            return
        reviewed = len([text for text in said(self.here, self.issue) if WISH in text]) > 0
        if not reviewed or self.forge.is_draft(pull):
            return
        opinions = [one for one in pull.reviews if one.verdict is Verdict.APPROVED]
        if pull.head_sha not in {one.commit for one in opinions} and self._at_rest():
            people.approve(pull, self.reviewer)
        elif self.policy == "human" and waits(self.here, self.issue):
            with suppress(MergeRefused):  # of a conflict that is only found later
                people.merge(pull, self.here.owner)

    def _at_rest(self) -> bool:
        threads = self.here.t3.state.threads.values()
        return not any(turn.state == "running" for one in threads for turn in one.turns.values())

    def tick(self, transport: httpx.BaseTransport | None = None) -> tuple[int, str]:
        """Let time pass and people act, then tick; what must always hold is looked at."""
        self.here.clock.sleep(QUIET)
        self.here.t3.advance()
        self.people()
        ticked = self.here.run("tick", transport=transport)
        self.look()
        return ticked.exit_code, ticked.output

    def look(self) -> None:
        """Assert what holds at every moment."""
        assert_landing(self.here, [self.issue])

    @property
    def over(self) -> bool:
        """Say whether the run has ended."""
        found = records(self.here, self.issue)
        return bool(found) and all(one["stage"] == "ended" for one in found)

    def to_the_end(self) -> None:
        """Tick cleanly until it is over."""
        for _ in range(MOST_TICKS):
            if self.over:
                return
            code, output = self.tick()
            assert code == 0, output
        assert self.over, record(self.here, self.issue)

    def assert_told_once(self, bell: Bell, *, rings: int = 1) -> None:
        """One pull request, one merge, one turn for each occasion, one word to each person."""
        here, issue = self.here, self.issue
        assert (record(here, issue)["verdict"], record(here, issue)["reason"]) == ("done", "landed")
        assert Counter(purposes(here, issue)) == TURNS
        [pull] = pulls_of(here, issue)
        assert pull.merge is not None
        assert pull.issue.comments == []
        assert pull.head_ref not in issue.repo.branches
        assert sum(WISH in text for text in said(here, issue)) == 1
        assert len(said(here, issue)) == len(TURNS)
        kinds = Counter(ring["id"].split(":")[1] for ring in bell.rings)
        assert kinds["review"] <= 3 * rings
        assert_over(here, issue, bell, rings=rings)
