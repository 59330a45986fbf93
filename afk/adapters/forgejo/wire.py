"""The shapes of Forgejo's JSON; pure.

Owns what is read of each answer and what happens when it does not fit. What the words mean is
`afk.adapters.forgejo.mapping`'s business. Must do no I/O and know no clock.

Tolerated: unknown fields, ``null`` for an empty list inside an object. Not tolerated: a used
object without its id, number or times; it is a `ServerFault`, because an event left out would
look like one that never happened.

``dependent_issue`` of a dependency event is a whole foreign issue, private ones included
(``113-timeline-dependencies``): no model here has it, so it goes nowhere. Shapes: the recordings
named at each model, below ``forgejo/14.0.0`` and alike in ``forgejo/11.0.15``; source
https://codeberg.org/forgejo/forgejo, modules/structs.
"""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from afk.adapters import wire
from afk.adapters.wire import LATER, Instant, Parsed
from afk.types import IssueKey

COMMENT: Final = "comment"
MAX_TEXT: Final = 256 * 1024
"""Characters of an issue's text that are kept: anybody can open many issues of many megabytes."""


class _Wire(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


class WireUser(_Wire):
    """An account (``003-user-self``); there is no field that tells a bot from a person."""

    id: int
    login: str = ""


class WireLabel(_Wire):
    """A label of a repository or an organisation (``056-labels-list``, ``057-org-labels-list``)."""

    id: int
    name: str
    description: str = ""
    url: str = ""
    exclusive: bool = False

    @property
    def scope(self) -> str:
        """Return what stands before the last slash of an exclusive label, else ""."""
        scope, slash, name = self.name.rpartition("/")
        return scope if self.exclusive and slash and name else ""

    @property
    def of_organisation(self) -> bool:
        """Say whether it is an organisation's, which only the owners there can rename."""
        return "/orgs/" in self.url


class WireRepositoryName(_Wire):
    """The short form inside an issue; it does not say whether the repository is archived."""

    id: int
    full_name: str


class WireIssue(_Wire):
    """An issue or pull request (``024-search-owner-ready``, ``103-issue-locked``).

    ``body_cut``: there is a text, longer than `MAX_TEXT`, of which nothing was kept.
    """

    number: int
    title: str
    body: str | None = None
    user: WireUser | None = None
    labels: tuple[WireLabel, ...] | None = None
    state: str
    is_locked: bool = False
    created_at: Instant
    updated_at: Instant
    pull_request: Any = None
    repository: WireRepositoryName
    body_cut: bool = False

    @model_validator(mode="before")
    @classmethod
    def _cut(cls, data: Any) -> Any:
        body = data.get("body") if isinstance(data, dict) else None
        too_long = isinstance(body, str) and len(body) > MAX_TEXT
        return {**data, "body": "", "body_cut": True} if too_long else data

    @property
    def key(self) -> IssueKey:
        """Return the repository's present name and the number."""
        return IssueKey(self.repository.full_name, self.number)

    @property
    def label_names(self) -> frozenset[str]:
        """Return the names of the labels that are on now, exactly as written."""
        return frozenset(label.name for label in self.labels or ())


class WireBlocker(_Wire):
    """A blocker; hidden ones have number 0 and no repository.

    ``111-dependencies-hidden-blocker`` (without write: title HIDDEN, state open whatever it
    is) and ``112-dependencies-hidden-blocker-writer`` (title and state empty).
    """

    number: int = 0
    state: str = ""
    repository: WireRepositoryName | None = None


class WireMerge(_Wire):
    """What an issue shows of the pull request that it is (``170-timeline-closed-by-merge``)."""

    merged: bool = False
    merged_at: Instant | None = None


class WireReference(_Wire):
    """The issue or pull request that an entry of a timeline comes from."""

    number: int = 0
    pull_request: WireMerge | None = None
    repository: WireRepositoryName | None = None


class WireItem(_Wire):
    """A comment, or one entry of a timeline (``047-timeline-full``)."""

    id: int
    type: str = COMMENT
    user: WireUser | None = None
    body: str | None = None
    created_at: Instant
    updated_at: Instant
    label: WireLabel | None = None
    ref_commit_sha: str | None = None
    ref_action: str | None = None
    ref_issue: WireReference | None = None


class WirePermissions(_Wire):
    """What the asking token may do."""

    admin: bool = False
    push: bool = False


class WireRepository(_Wire):
    """A repository in full (``013-repo``, ``132-archived-repo``)."""

    id: int
    full_name: str
    default_branch: str = ""
    archived: bool = False
    permissions: WirePermissions | None = None


class WirePermission(_Wire):
    """``079-permission-owner-asks-writer``."""

    permission: str
    user: WireUser


class WireTip(_Wire):
    """The commit of a branch."""

    id: str


class WireBranch(_Wire):
    """``147-branch``."""

    commit: WireTip


class WireMessage(_Wire):
    """The inner commit; the message is verbatim."""

    message: str = ""


class WireParent(_Wire):
    """What a commit stands on."""

    sha: str


class WireCommit(_Wire):
    """A commit of a list (``141-commits-not-base``); ``parents`` None: it does not say."""

    sha: str
    commit: WireMessage
    parents: tuple[WireParent, ...] | None = None


class WireCompare(_Wire):
    """``138-compare-slim``: newest first, unpaged."""

    total_commits: int = 0
    commits: tuple[WireCommit, ...] | None = None


class WireHead(_Wire):
    """The tip of a pull request's branch, kept when the branch is deleted."""

    sha: str


class WirePull(_Wire):
    """A pull request (``165-pull-get``)."""

    merge_commit_sha: str | None = None
    head: WireHead


class WireRow(_Wire):
    """A revision as a fragment of HTML (``070-content-history-list-anonymous``)."""

    name: str = ""


class WireHistory(_Wire):
    """``results`` is null for a body that was never edited.

    Cassettes ``test_body_edits__never_edited_and_edited``. Left out it proves nothing: a gateway
    in front of the server answers anonymous requests, too.
    """

    results: tuple[WireRow, ...] | None


USER: Final = TypeAdapter(WireUser)
USERS: Final = TypeAdapter(tuple[WireUser, ...], config=LATER)
LABEL: Final = TypeAdapter(WireLabel)
LABELS: Final = TypeAdapter(tuple[WireLabel, ...], config=LATER)
ISSUE: Final = TypeAdapter(WireIssue)
ISSUES: Final = TypeAdapter(tuple[WireIssue, ...], config=LATER)
BLOCKERS: Final = TypeAdapter(tuple[WireBlocker, ...], config=LATER)
ITEM: Final = TypeAdapter(WireItem)
ENTRIES: Final = TypeAdapter(tuple[dict[str, Any], ...] | None, config=LATER)
ITEMS: Final = TypeAdapter(tuple[WireItem, ...], config=LATER)
REPOSITORY: Final = TypeAdapter(WireRepository)
PERMISSION: Final = TypeAdapter(WirePermission)
BRANCH: Final = TypeAdapter(WireBranch)
COMPARE: Final = TypeAdapter(WireCompare)
COMMITS: Final = TypeAdapter(tuple[WireCommit, ...], config=LATER)
HISTORY: Final = TypeAdapter(WireHistory)
PULL: Final = TypeAdapter(WirePull)

_UNREADABLE: Final = wire.Unreadable(
    told="{what} failed: Forgejo's answer cannot be read",
    cause="this server is not Forgejo 11 or later",
    next_step="compare its version (at the foot of its pages) with those the README names",
)


def parse(adapter: TypeAdapter[Parsed], data: object, what: str) -> Parsed:
    """Return the parsed answer; `ServerFault` naming the first field that does not fit."""
    return wire.parse(adapter, data, what, _UNREADABLE)
