"""The shapes of what GitHub says of pull requests, GraphQL and REST; pure.

Owns what is read of them. What the words mean is `afk.adapters.github.pull_mapping`'s business.
Tolerance and sources as in `afk.adapters.github.wire`; REST shapes name the recordings in
``github/`` that show them, or the description they stand in (npm ``@octokit/openapi``).
"""

from pydantic import BaseModel, ConfigDict

from afk.adapters.github.wire import Graph, Page, RestUser, WireActor, WireName
from afk.adapters.wire import Instant


class WireOid(Graph):
    """A commit, by its sha."""

    oid: str


class WireId(Graph):
    """Something that is there."""

    id: str


class WireNumbered(Graph):
    """A repository by its number."""

    database_id: int


class WireBehind(Graph):
    """How many commits of the base the head lacks."""

    behind_by: int


class WireBase(Graph):
    """The base's branch, null when it is gone; null in it what cannot be compared."""

    compare: WireBehind | None = None


class WireEntry(Graph):
    """A place in a merge queue."""

    state: str


class WireClosing(Graph):
    """The newest closing event; empty for any other."""

    actor: WireActor | None = None


class WireClosings(Graph):
    """The newest closing event, if any."""

    nodes: tuple[WireClosing, ...]


class WireReview(Graph):
    """A review; ``submittedAt`` is null as long as it is pending."""

    id: str
    state: str
    body: str
    submitted_at: Instant | None = None
    last_edited_at: Instant | None = None
    editor: WireActor | None = None
    author: WireActor | None = None
    commit: WireOid | None = None
    is_minimized: bool = False


class WireRemark(Graph):
    """A comment of a review; ``fullDatabaseId`` is REST's id, as a string (BigInt)."""

    full_database_id: int
    state: str
    body: str
    created_at: Instant
    last_edited_at: Instant | None = None
    is_minimized: bool = False
    editor: WireActor | None = None
    author: WireActor | None = None
    original_commit: WireOid | None = None
    pull_request_review: WireId | None = None


class WireThread(Graph):
    """Comments that answer each other; ``line`` is null on a file, and when outdated."""

    id: str
    is_resolved: bool
    is_outdated: bool
    path: str
    line: int | None = None
    original_line: int | None = None
    diff_side: str
    subject_type: str
    comments: Page[WireRemark]


class WireStanding(Graph):
    """What decides about merging; ``mergeStateStatus`` is about this very token."""

    id: str
    head_ref_oid: str
    mergeable: str
    merge_state_status: str | None = None
    review_decision: str | None = None


class WirePull(WireStanding):
    """A pull request; without reviews and threads where none were asked for."""

    number: int
    url: str
    title: str
    body: str
    state: str
    is_draft: bool
    created_at: Instant
    updated_at: Instant
    closed_at: Instant | None = None
    is_merge_queue_enabled: bool = False
    merge_queue_entry: WireEntry | None = None
    head_ref_name: str
    head_ref: WireId | None = None
    head_repository: WireNumbered | None = None
    base_ref_name: str
    base_ref: WireBase | None = None
    author: WireActor | None = None
    merged_by: WireActor | None = None
    merge_commit: WireOid | None = None
    timeline_items: WireClosings
    reviews: Page[WireReview] | None = None
    review_threads: Page[WireThread] | None = None


class WirePulls(Graph):
    """A repository with the pull requests of one query: the one of a number, or a branch's."""

    database_id: int
    name_with_owner: str
    pull_request: WirePull | None = None
    open: Page[WirePull] | None = None
    past: Page[WirePull] | None = None

    @property
    def crowded(self) -> bool:
        """Say whether the branch's name has more pull requests than were asked for."""
        return any(one.rest for one in (self.open, self.past) if one)

    @property
    def of_this_repository(self) -> list[WirePull]:
        """Return those whose branch lies in this repository: a fork's has the same name."""
        if self.open is None and self.past is None:
            return [self.pull_request] if self.pull_request else []
        listed = [one for page in (self.open, self.past) if page for one in page.nodes]
        return [
            one
            for one in listed
            if one.head_repository and one.head_repository.database_id == self.database_id
        ]


class WireLinked(Graph):
    """A pull request that says it closes an issue."""

    number: int
    url: str
    head_ref_name: str
    author: WireActor | None = None
    repository: WireName


class _Rest(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


class RestHome(_Rest):
    """The repository of a branch."""

    id: int


class RestEnd(_Rest):
    """Head or base of a pull request; the repository is null when it is gone."""

    ref: str
    sha: str
    repo: RestHome | None = None


class RestPull(_Rest):
    """A pull request (098, 100)."""

    number: int
    node_id: str
    html_url: str
    title: str
    body: str | None = None
    draft: bool = False
    user: RestUser | None = None
    created_at: Instant
    updated_at: Instant
    head: RestEnd
    base: RestEnd


class RestMerged(_Rest):
    """A merge that was done (105)."""

    sha: str
    merged: bool


class RestContext(_Rest):
    """A status check that a rule asks for."""

    context: str


class RestRuleParameters(_Rest):
    """What a rule asks for, of the kinds that decide (``repos/get-branch-rules``)."""

    required_status_checks: tuple[RestContext, ...] = ()
    strict_required_status_checks_policy: bool = False
    required_approving_review_count: int = 0
    allowed_merge_methods: tuple[str, ...] | None = None


class RestRule(_Rest):
    """An active rule of a ruleset, as it applies to one branch."""

    type: str
    parameters: RestRuleParameters | None = None


class RestRequired(_Rest):
    """The status checks that classic protection asks for; ``off``: of nobody."""

    enforcement_level: str = "off"
    contexts: tuple[str, ...] = ()


class RestProtection(_Rest):
    """Classic protection, as far as everybody may see it."""

    enabled: bool = False
    required_status_checks: RestRequired | None = None


class RestProtected(_Rest):
    """A branch, and how it is protected (138)."""

    protected: bool = False
    protection: RestProtection | None = None


class RestSettings(_Rest):
    """How a repository merges; told to whoever may write its contents (124, 135)."""

    allow_merge_commit: bool | None = None
    allow_squash_merge: bool | None = None
    allow_rebase_merge: bool | None = None


class RestRun(_Rest):
    """A workflow run (087)."""

    id: int
    name: str | None = None
    workflow_id: int
    run_number: int
    event: str
    status: str
    conclusion: str | None = None


class RestRuns(_Rest):
    """A page of workflow runs."""

    workflow_runs: tuple[RestRun, ...]
