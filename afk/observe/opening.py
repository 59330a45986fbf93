"""What every tick reads first: T3 and the listing side by side, T3's bodies, then whole issues.

T3 before issues, branches and CI, always: else a push between the two reads looks like an agent
that ended with nothing.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from afk.config import Config
from afk.decide.asks import WITHIN
from afk.decide.quiet import QUIET
from afk.deps import Deps
from afk.errors import AfkError, Answer, one_of_many
from afk.model.agent import AgentThread
from afk.model.forge import IssueHead, Listing
from afk.observe.agent_view import AgentView
from afk.observe.forge_view import ForgeView
from afk.observe.ledger import Ledger
from afk.observe.listed import tell_troubles, waiting_quietly, without_dashboard
from afk.observe.tick import Focus, Tick
from afk.observe.whole import read_whole
from afk.parallel import at_once
from afk.ports.landing import PullQuery
from afk.record.names import branch, parse_title
from afk.types import IssueKey


def open_tick(
    deps: Deps,
    focus: Focus | None = None,
    *,
    commented: IssueKey | None = None,
    everything: bool = False,
    follows: bool = True,
) -> Tick:
    """Read what a tick rests on, in the orders that must hold.

    ``commented``: an issue to look at as well, since somebody may have said something there.
    Issues that wait quietly are left unread, until their turn may come (`read_in_turn`), and where
    there are very many not even listed, unless somebody is to be shown them all (`list_on`);
    ``everything``: they are read, too.
    ``follows``: runs are looked at beyond their records; else what that needs is not read.
    T3 failing leaves it without a snapshot: runs are then watched without it and nothing starts.
    Raises what a person must fix, and whatever the forge's listing fails with.
    """
    config, now = deps.config, deps.now()
    ledger = Ledger()
    t3 = AgentView(agent=deps.agent, config=config, report=deps.report)
    shows_all = everything or deps.reads_only or config.dashboard_key is not None
    listing, handed = _first_reads(deps, t3, None if shows_all else QUIET, now - WITHIN)
    tell_troubles(deps, ledger, listing)
    spoken_on = _spoken_on(deps, now - WITHIN, listing, handed, commented)
    heads = without_dashboard(deps, [*listing.heads, *spoken_on])
    focus = focus or Focus()
    named = {commented, IssueKey(focus.repo, focus.issue)}
    # A proxy's clock may be ahead of the forge's: then what moved just now would seem old.
    at = min(listing.at, now) if listing.at is not None else None
    waiting = {} if everything else waiting_quietly(t3, at, heads, named)
    unlisted = _unlisted(t3, config.watched, {head.key for head in heads})
    in_progress = [head.key for head in heads if head.in_progress and follows]
    t3.read_early(_bodies_of_runs(t3, [*in_progress, *(unlisted if follows else [])]))
    branches = {key: config.repository(key.repo).branch for key in in_progress}
    deps.pulls.expect(_pulls_of_runs(t3, config, in_progress))
    read = [head for head in heads if head.key not in waiting]
    forge = ForgeView(tracker=deps.tracker, pulls=deps.pulls, config=config, keys=deps.keys)
    issues = read_whole(deps, ledger, forge, read, branches)
    gone = []
    for key in unlisted:
        with one_of_many(deps.report, key) as reading:
            issue = forge.reread(key)
            if issue is not None:
                issues[key] = issue
            else:
                gone.append(key)
        if not reading.done:
            ledger.hold(key.repo, "an issue with a live thread could not be read")
            ledger.unread.add(key)
    return Tick(
        deps=deps,
        now=now,
        focus=focus,
        issues=issues,
        gone=gone,
        t3=t3,
        forge=forge,
        ledger=ledger,
        waiting=waiting,
        closed={head.key: not head.open for head in heads},
        left_out=listing.left_out,
        short=listing.short,
    )


def _spoken_on(
    deps: Deps,
    since: datetime,
    listing: Listing,
    asked: Sequence[IssueHead] | AfkError | None,
    commented: IssueKey | None,
) -> list[IssueHead]:
    """Return issues that no label of a run's names, and on which somebody may talk to afk.

    Those handed back lately, and the one that an event names: it proves nothing, and is read as
    any other. What cannot be read of them keeps nothing else from being done. ``asked``: what was
    handed back, as far as it is known. What failed may have failed because of repositories that
    have troubles, and are told of: then it is asked for once more without them.
    """
    listed = {head.key for head in listing.heads}
    silent = {trouble.repo for trouble in listing.troubles}
    handed: Sequence[IssueHead] = ()
    with one_of_many(deps.report):
        if isinstance(asked, AfkError) and not silent:
            raise asked
        if asked is None or isinstance(asked, AfkError):
            open_to_us = [repo for repo in deps.config.watched if repo not in silent]
            handed = deps.talk.handed_back(open_to_us, since)
        else:
            handed = asked
    new = [one for one in handed if one.key not in listed and one.key.repo not in silent]
    found = {head.key: head for head in new}
    if commented is not None and commented not in listed and commented.repo in deps.config.watched:
        found.setdefault(commented, IssueHead(commented, ready=False, in_progress=False))
    return list(found.values())


def _first_reads(
    deps: Deps, t3: AgentView, quiet: timedelta | None, since: datetime
) -> tuple[Listing, Sequence[IssueHead] | AfkError | None]:
    """Read T3 and the listing, whatever becomes of the other; the forge's failure is raised.

    T3's is reported. Beside them is asked what was handed back, where that is a request (None:
    it is none); a failure of that is returned.
    """
    watched = deps.config.watched

    def read_t3() -> None:
        try:
            t3.read_again()
        except AfkError as error:
            deps.report.error(error)

    def read_listing() -> Listing | AfkError:
        return _or_error(lambda: deps.tracker.listing(watched, quiet=quiet))

    def read_handed() -> Sequence[IssueHead] | AfkError | None:
        return _or_error(lambda: deps.talk.handed_back(watched, since)) if deps.talk.asks else None

    (listing, handed), _ = at_once(lambda: at_once(read_listing, read_handed), read_t3)
    if isinstance(listing, AfkError):
        raise listing
    return listing, handed


def _or_error(read: Callable[[], Answer]) -> Answer | AfkError:
    """Return what was read, or the failure as a value, a rate limit like any other."""
    try:
        return read()
    except AfkError as error:
        return error


def _unlisted(
    t3: AgentView, repos: Collection[str], listed: Collection[IssueKey]
) -> list[IssueKey]:
    """Return issues that only T3 knows of: a live or starting thread, no label, no ready issue."""
    if t3.snapshot is None:
        return []
    found: dict[IssueKey, None] = {}
    for thread in t3.snapshot.threads:
        key = t3.issue_of(thread)
        if key is None or key in listed or key.repo not in repos:
            continue
        if t3.live(thread) or t3.unstarted(thread):
            found[key] = None
    return list(found)


def _bodies_of_runs(t3: AgentView, keys: Sequence[IssueKey]) -> list[str]:
    """Return the threads that runs in flight may have, whose bodies are read before the issues.

    A run's newest thread counts, and whatever is live; older ones belong to former runs. What has
    stood still for a while can be read later, if the record does not know it already.
    """
    wanted: dict[str, AgentThread] = {}
    for key in keys:
        threads = t3.titled(key)
        wanted |= {thread.id: thread for thread in threads if t3.live(thread)}
        wanted |= {thread.id: thread for thread in threads[-1:]}
    return [one for one, thread in wanted.items() if t3.moved_lately(thread)]


def _pulls_of_runs(t3: AgentView, config: Config, keys: Sequence[IssueKey]) -> list[PullQuery]:
    """Return where the pull requests of runs in flight are, as far as titles of threads tell.

    Only a hint, which saves requests: what a run's own record says is asked for in the end.
    """
    return [
        PullQuery(key.repo, branch(named[0], key.number))
        for key in keys
        if config.lands_by_pull(key.repo)
        for thread in t3.titled(key)[-1:]
        if (named := parse_title(thread.title)) is not None
    ]
