"""The shapes of GitHub's JSON, GraphQL and REST; pure.

Owns what is read of each answer and what happens when it does not fit. What the values mean is
`afk.adapters.github.mapping`'s business. Sends nothing.

Tolerated: unknown fields, null where the schema allows it (an account that was deleted, a commit
out of sight). Not tolerated: a used object without its id, number or times; that is a
`ServerFault`, because an event left out would look like one that never happened.

GraphQL shapes follow https://docs.github.com/public/fpt/schema.docs.graphql, REST shapes the
recordings named at each model, in ``github/``.
"""

from typing import Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

from afk.adapters import wire
from afk.adapters.wire import Instant, Parsed

Item = TypeVar("Item")

_UNREADABLE: Final = wire.Unreadable(
    told="{what} failed: GitHub's answer cannot be read",
    cause="this server's GitHub is older or newer than afk knows",
    next_step="on GitHub Enterprise Server, update it; else report this line",
)


class Graph(BaseModel):
    """What GraphQL answers, in camelCase."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel) | wire.LATER


class _Typed(Graph):
    typename: str = Field(alias="__typename")


class PageInfo(Graph):
    """Whether there is more, and where it begins."""

    has_next_page: bool = False
    end_cursor: str | None = None


class Page(Graph, Generic[Item]):
    """One page of a connection."""

    page_info: PageInfo
    nodes: tuple[Item, ...]

    @property
    def rest(self) -> str:
        """Return the cursor of the next page, empty when this is the last."""
        return (self.page_info.end_cursor or "") if self.page_info.has_next_page else ""


class WireActor(_Typed):
    """An account. A bot's login lacks the ``[bot]`` that REST and people see."""

    login: str
    database_id: int | None = None


class WireViewer(Graph):
    """The token's own account; a bot's login does carry ``[bot]`` here."""

    login: str
    database_id: int


class WireLabel(Graph):
    """A label; ``id`` is a node id, empty in an event."""

    id: str = ""
    name: str


class WireCommit(Graph):
    """A commit."""

    oid: str = ""
    message: str = ""


class WireCloser(Graph):
    """What closed an issue: a commit, or a pull request; a project shows nothing of either."""

    oid: str = ""
    head_ref_oid: str = ""
    merge_commit: WireCommit | None = None


class WireEvent(_Typed):
    """One timeline item of the kinds that are asked for."""

    created_at: Instant
    actor: WireActor | None = None
    label: WireLabel | None = None
    closer: WireCloser | None = None


class WireComment(Graph):
    """An issue comment. ``fullDatabaseId`` is REST's id, as a string (BigInt)."""

    id: str
    full_database_id: int
    author: WireActor | None = None
    editor: WireActor | None = None
    created_at: Instant
    last_edited_at: Instant | None = None
    body: str


class WireName(Graph):
    """A repository's present name."""

    name_with_owner: str


class WireBlocker(Graph):
    """An issue that blocks another."""

    number: int
    state: str
    repository: WireName


class WireSummary(Graph):
    """How many sub-issues there are and how many of them are closed."""

    total: int
    completed: int


class WireBranchName(Graph):
    """The default branch."""

    name: str


class WireRepository(Graph):
    """A repository."""

    id: str
    database_id: int
    name_with_owner: str
    is_archived: bool
    default_branch_ref: WireBranchName | None = None


class WireHome(Graph):
    """The repository that an issue says it is in."""

    database_id: int


class WireIssue(Graph):
    """An issue with the first page of everything that decides about it."""

    id: str
    number: int
    title: str
    body: str
    state: str
    locked: bool
    created_at: Instant
    updated_at: Instant
    last_edited_at: Instant | None = None
    author: WireActor | None = None
    repository: WireHome
    labels: Page[WireLabel]
    sub_issues_summary: WireSummary | None = None
    blocked_by: Page[WireBlocker | None] | None = None
    timeline_items: Page[WireEvent]
    comments: Page[WireComment]


class WireRead(WireRepository):
    """A repository with the one issue that was asked for."""

    issue: WireIssue | None = None


class WireChanged(Graph):
    """An issue, and when it changed last: any comment moves that."""

    number: int
    updated_at: Instant


class WireListed(WireChanged):
    """An issue in a listing."""

    state: str
    title: str
    body: str
    created_at: Instant


class WireNewest(Graph):
    """The first page of a list that is not read any further."""

    nodes: tuple[WireChanged, ...]


class WireListing(WireRepository):
    """A repository with its labelled issues; a label is null where it does not exist.

    ``viewerPermission`` is what the token's account may do there, whatever the token may.
    """

    viewer_permission: str | None = None
    ready_label: WireLabel | None = None
    progress_label: WireLabel | None = None
    human_label: WireLabel | None = None
    tracked_label: WireLabel | None = None
    ready: Page[WireListed]
    progress: Page[WireListed]
    tracked: Page[WireListed]
    handed_back: WireNewest


class _Rest(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


class RestUser(_Rest):
    """An account (009, 051); ``type`` is User, Bot, Organization or Mannequin."""

    id: int
    login: str
    type: str = "User"


class RestComment(_Rest):
    """An issue comment (050, 051, 052)."""

    id: int
    node_id: str = ""
    user: RestUser | None = None
    body: str | None = None
    created_at: Instant
    updated_at: Instant


class RestRepository(_Rest):
    """A repository (124, 135, 137)."""

    id: int
    full_name: str
    default_branch: str = ""
    archived: bool = False


class RestPermission(_Rest):
    """An account's right on a repository (055 to 060)."""

    permission: str
    user: RestUser | None = None


class RestLabel(_Rest):
    """A label (030, 040)."""

    name: str


class RestState(_Rest):
    """An issue after a change of its state (015, 017)."""

    state: str


class RestCommit(_Rest):
    """The commit of a branch."""

    sha: str


class RestBranch(_Rest):
    """A branch (138)."""

    commit: RestCommit


class RestBlocker(_Rest):
    """A blocking issue; its repository is read from its address, which every issue has (009)."""

    number: int
    state: str
    repository_url: str


def parse(shape: type[Parsed], data: object, what: str) -> Parsed:
    """Return the parsed answer; `ServerFault` naming the first field that does not fit."""
    adapter: TypeAdapter[Parsed] = wire.adapter_of(shape)
    return wire.parse(adapter, data, what, _UNREADABLE)
