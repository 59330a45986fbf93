"""What every tick reads first: T3 and the listing side by side, T3's bodies, then whole issues.

T3 before issues, branches and CI, always: else a push between the two reads looks like an agent
that ended with nothing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import cast

from afk.errors import AfkError, RateLimited, TokenError
from afk.model.agent import AgentSnapshot, ThreadDetail, Unread
from afk.model.forge import IssueHead, Listing
from afk.observe.tick import Focus, Tick
from afk.parallel import gather
from afk.ports import Deps
from afk.record.names import parse_title
from afk.text.messages import trouble_error
from afk.types import IssueKey


def open_tick(deps: Deps, focus: Focus | None = None) -> Tick:
    """Read T3 and the listing side by side, then T3's bodies, then whole issues.

    T3 failing leaves ``snapshot`` None: runs are then watched without it and nothing starts.
    Raises what a person must fix, and whatever the forge's listing fails with.
    """
    tick = Tick(deps=deps, now=deps.now(), focus=focus or Focus())
    repos = deps.config.watched
    tick.listing, agent = _first_reads(deps, repos)
    tick.snapshot = agent if isinstance(agent, AgentSnapshot) else None
    for trouble in tick.listing.troubles:
        tick.busy[trouble.repo] = trouble.kind.value
        deps.report.error(trouble_error(trouble, deps.config))
    heads = tick.listing.heads
    unlisted = _unlisted(tick, repos, {head.key for head in heads})
    _read_bodies(tick, [head.key for head in heads if head.in_progress] + unlisted)
    branches = {head.key: tick.branch_of(head.key.repo) for head in heads if head.in_progress}
    _read_issues(tick, heads, branches)
    for key in unlisted:
        _read_unlisted(tick, key)
    return tick


def _first_reads(deps: Deps, repos: Sequence[str]) -> tuple[Listing, AgentSnapshot | AfkError]:
    """Read both, whatever becomes of the other; T3's failure is reported, the forge's raised."""

    def caught(read: Callable[[], object]) -> object:
        try:
            return read()
        except AfkError as error:
            return error

    listing, agent = gather(caught, [lambda: deps.tracker.listing(repos), deps.agent.read])
    if isinstance(agent, AfkError):
        deps.report.error(agent)
    if isinstance(listing, AfkError):
        raise listing
    return cast("Listing", listing), cast("AgentSnapshot | AfkError", agent)


def _unlisted(tick: Tick, repos: Sequence[str], listed: Collection[IssueKey]) -> list[IssueKey]:
    """Return issues that only T3 knows of: a live or starting thread, no label, no ready issue."""
    if tick.snapshot is None:
        return []
    found: dict[IssueKey, None] = {}
    for thread in tick.snapshot.threads:
        named = parse_title(thread.title)
        if named is None or named[1] in listed or named[1].repo not in repos:
            continue
        works = tick.live(thread) or tick.unstarted(thread)
        if works and tick.at_home(thread, named[1]):
            found[named[1]] = None
    return list(found)


def _read_bodies(tick: Tick, keys: Iterable[IssueKey]) -> None:
    """Read the bodies of the threads that runs in flight may have, before their issues.

    A run's newest thread counts, and whatever is live; older ones belong to former runs.
    """
    wanted: dict[str, None] = {}
    for key in keys:
        threads = tick.titled(key)
        wanted |= {thread.id: None for thread in threads if tick.live(thread)}
        wanted |= {thread.id: None for thread in threads[-1:]}

    def read(thread_id: str) -> ThreadDetail | Unread | None:
        try:
            return tick.deps.agent.detail(thread_id)
        except AfkError as error:
            tick.deps.report.warn(f"T3 does not show the thread {thread_id}: {error}")
            return Unread(str(error))

    ids = list(wanted)
    tick.details |= dict(zip(ids, gather(read, ids), strict=True))


def _read_issues(tick: Tick, heads: Sequence[IssueHead], branches: Mapping[IssueKey, str]) -> None:
    """Read whole issues in one go; if that fails, one by one, so that one spoils no other."""
    tracker = tick.deps.tracker
    try:
        tick.issues |= tracker.read(heads, branches=branches)
    except (TokenError, RateLimited):
        raise  # asking again, one by one, would only make it worse
    except AfkError:
        for head in heads:
            try:
                tick.issues |= tracker.read([head])
            except RateLimited:
                raise
            except AfkError as error:
                tick.deps.report.error(error, key=head.key)
                tick.busy.setdefault(head.key.repo, f"{head.key} could not be read")


def _read_unlisted(tick: Tick, key: IssueKey) -> None:
    try:
        issue = tick.deps.tracker.reread(key)
    except RateLimited:
        raise
    except AfkError as error:
        tick.deps.report.error(error, key=key)
        tick.busy.setdefault(key.repo, "an issue with a live thread could not be read")
        return
    if issue is not None:
        tick.issues[key] = issue
    elif tick.focus.covers(key):
        tick.gone.append(key)
