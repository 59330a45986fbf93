"""Which issues to look at: one search per owner, folded into a `Listing`.

Owns the search request and what its items prove. Must not read single issues.

``GET /repos/issues/search`` ORs its labels, finds labels of repositories and organisations
alike and is immune to twins of one name (``forgejo/14.0.0/026-search-two-labels``,
``029-search-org``, ``032-search-duplicate-label-name``). A label name that exists nowhere on the
server is dropped from the filter, and when none is left every issue comes back
(``025-search-unknown-label``): so each item's labels are checked, and a page on which no item
carries any of the labels proves that none of them exists. ``state=all``: runs are followed on
closed issues too (source, routers/api/v1/repo/issue.go, SearchIssues, alike in 11.0.15 and 14.0.0).

Anybody can open issues that carry the ready label. Where the labels together have too many, each
is searched for by itself, so that such a crowd hides no run; of what is still too many the newest
are listed, and the owner's repositories are in trouble.

Owners are asked apart, and what refuses one (a firewall, a suspended organisation, a server that
fails over one that is large) is the trouble of its repositories alone. That goes for a limit too:
Forgejo has none of its own (`afk.adapters.forgejo.errors`), so it is a proxy's for that question.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from httpx import codes

from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.moved import moved
from afk.adapters.forgejo.pages import MAX_ITEMS, Pages, Query, rest
from afk.adapters.forgejo.wire import WireIssue
from afk.config import Config
from afk.errors import AfkError, NoRepository, Refused, RepositoryMoved
from afk.model.forge import IssueHead, Listing, RepositoryTrouble, Trouble
from afk.parallel import gather
from afk.types import IssueKey, Repository

_MANY: Final = 350
"""Items from which on it takes fewer requests to ask for what moved than for all pages."""

TroubleOf = Callable[[str], Trouble | None]


@dataclass(frozen=True, slots=True)
class _Searched:
    """What the search over one owner's repositories found.

    ``seen``: repositories with an item that carries one of the labels. ``unknown``: there is no
    such owner. ``unlabelled``: neither label exists. ``spelt``: repositories with an item that
    carries the ready label in another case, and that label. ``too_many``: what was not read whole.
    ``error``: what came in place of an answer. ``at``: when the first page was answered.
    ``left_out``: how many issues that wait and have not moved were not listed.
    """

    repos: tuple[str, ...]
    heads: dict[IssueKey, IssueHead] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    further: tuple[tuple[Query, int], ...] = ()
    unknown: bool = False
    unlabelled: bool = False
    spelt: dict[str, str] = field(default_factory=dict)
    too_many: str = ""
    error: AfkError | None = None
    at: datetime | None = None
    left_out: int = 0

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the repositories that the search may not have found under their name."""
        if self.unknown:
            return self.repos
        if self.seen.difference(self.repos):
            return tuple(name for name in self.repos if name not in self.seen)
        return ()


@dataclass(frozen=True, slots=True)
class Search:
    """Searches for issues that carry the ready, the in-progress or the tracked label."""

    api: ForgejoApi
    config: Config

    @property
    def _pages(self) -> Pages:
        return Pages(self.api)

    def listing(
        self, repos: Sequence[str], trouble_of: TroubleOf, quiet: timedelta | None = None
    ) -> Listing:
        """Return heads and troubles; ``trouble_of`` asks for one repository by its name.

        ``quiet``: of a long queue those may be left out that wait and have not moved for so long.

        One request per owner, and one per further 50 items. Where an item lies in a repository
        that is not wanted, the wanted ones without an item are asked for by name: one of them
        may have been renamed. Past 2,000 items of one owner: `_apart`. Raises what an answer
        stands for only where no owner was answered for.
        """
        owners: dict[str, list[str]] = {}
        for repo in dict.fromkeys(repos):
            owners.setdefault(repo.split("/")[0], []).append(repo)
        found = gather(lambda owner: self._whole(owner, owners[owner], quiet), tuple(owners))
        errors = [one.error for one in found if one.error is not None]
        if errors and len(errors) == len(found):
            raise errors[0]
        troubles = [
            Trouble(name, RepositoryTrouble.UNREADABLE, error=one.error)
            for one in found
            if one.error is not None
            for name in one.repos
        ]
        troubles += [
            Trouble(
                name,
                RepositoryTrouble.NO_LABEL,
                self.config.ready_label,
                one.spelt.get(name, ""),
            )
            for one in found
            if one.unlabelled
            for name in one.repos
        ]
        troubles += [
            Trouble(name, RepositoryTrouble.TOO_MANY, one.too_many)
            for one in found
            if one.too_many
            for name in one.repos
        ]
        asked = [name for one in found for name in one.asked]
        troubles += [one for one in gather(trouble_of, asked) if one is not None]
        heads = [head for one in found for head in one.heads.values()]
        times = [one.at for one in found if one.heads]
        told = [at for at in times if at is not None]
        at = min(told) if told and len(told) == len(times) else None
        short = [one for one in found if one.left_out]
        return Listing(
            heads=tuple(heads),
            troubles=tuple(troubles),
            at=at,
            left_out=sum(one.left_out for one in short),
            short=frozenset(name for one in short for name in one.repos),
        )

    def _whole(self, owner: str, repos: Sequence[str], quiet: timedelta | None) -> _Searched:
        """Read all of an owner's pages; what could not be read goes with what was."""
        found = _Searched(tuple(repos))
        try:
            found = self._first(owner, repos, quiet)
            pages = gather(lambda job: self._pages.page(*job), found.further)
        except AfkError as error:
            return replace(found, error=error)
        for page in pages:
            self._fold(found, page.items)
        return found

    def _first(self, owner: str, repos: Sequence[str], quiet: timedelta | None) -> _Searched:
        """Read an owner's first page and decide about the further ones."""
        found = _Searched(tuple(repos))
        config = self.config
        labels = (config.ready_label, config.in_progress_label, config.tracked_label)
        every = Query(owner, labels)
        try:
            first = self._pages.page(every, 1)
        except Refused as refused:
            if refused.status != codes.BAD_REQUEST:
                raise
            return replace(found, unknown=True)  # 028-search-unknown-owner
        found = replace(found, at=first.at)
        self._fold(found, first.items)
        if first.items and not found.seen:
            return replace(found, unlabelled=True, spelt=self._spelt(first.items))
        if quiet is not None and first.at is not None and first.total > _MANY:
            lately = moved(self._pages, owner, config, first.at - quiet)
            if lately is not None:
                self._fold(found, lately.items)
                return replace(found, left_out=lately.left_out)
        if first.total > MAX_ITEMS:
            return self._apart(owner, found)
        return replace(found, further=rest(every, first))

    def _spelt(self, items: Iterable[WireIssue]) -> dict[str, str]:
        """Return what is on issues in place of the ready label, by repository."""
        wanted = self.config.ready_label.casefold()
        return {
            item.repository.full_name: name
            for item in items
            for name in item.label_names
            if name.casefold() == wanted
        }

    def _apart(self, owner: str, found: _Searched) -> _Searched:
        """Search for each label by itself: all in progress, and of the ready ones the open."""
        further: list[tuple[Query, int]] = []
        too_many: list[str] = []
        for label, state in (
            (self.config.in_progress_label, "all"),
            (self.config.tracked_label, "all"),
            (self.config.ready_label, "open"),
        ):
            query = Query(owner, (label,), state)
            first = self._pages.page(query, 1)
            if first.items and not any(label in item.label_names for item in first.items):
                continue  # there is no such label, so these are all issues
            self._fold(found, first.items)
            further += rest(query, first)
            if first.total > MAX_ITEMS:
                too_many.append(f"{owner} has {first.total} issues labelled {label}")
        return replace(found, further=tuple(further), too_many=" and ".join(too_many))

    def _fold(self, found: _Searched, items: Iterable[WireIssue]) -> None:
        """Keep what is wanted of a page: issues, exact labels, exact repository names."""
        for item in items:
            ready = self.config.ready_label in item.label_names
            in_progress = self.config.in_progress_label in item.label_names
            tracked = self.config.tracked_label in item.label_names
            if not (ready or in_progress or tracked):
                continue
            found.seen.add(item.repository.full_name)
            is_open = item.state == "open"
            wanted = item.repository.full_name in found.repos and item.pull_request is None
            if wanted and (is_open or in_progress or tracked):
                found.heads[item.key] = IssueHead(
                    key=item.key,
                    ready=ready and is_open,
                    in_progress=in_progress,
                    open=is_open,
                    tracked=tracked,
                    created_at=item.created_at,
                    updated_at=item.updated_at,
                    title=item.title,
                    body=item.body or "",
                    labels=item.label_names,
                    handle=item,
                )


def trouble_of(name: str, ask: Callable[[str], Repository]) -> Trouble | None:
    """Return what is wrong with a repository, judged by asking for it; None: nothing."""
    try:
        repository = ask(name)
    except RepositoryMoved as moved:
        return Trouble(name, RepositoryTrouble.RENAMED, moved.new)
    except NoRepository as missing:
        return Trouble(name, RepositoryTrouble.MISSING, like=missing.like)
    except AfkError as error:
        return Trouble(name, RepositoryTrouble.UNREADABLE, error=error)
    return Trouble(name, RepositoryTrouble.ARCHIVED) if repository.archived else None
