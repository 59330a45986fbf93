"""What every tick opens with: T3 and the listing side by side, T3's bodies, then whole issues.

T3 before issues, branches and CI, always: else a push between the two reads looks like an agent
that ended with nothing.
"""

from collections.abc import Collection, Sequence

from afk.config import Config
from afk.deps import Deps
from afk.errors import AfkError, one_of_many
from afk.model.agent import AgentThread
from afk.model.forge import IssueHead, Listing
from afk.observe.agent_view import AgentView
from afk.observe.first_reads import FirstReads, first_reads
from afk.observe.forge_view import ForgeView
from afk.observe.ledger import Ledger
from afk.observe.listed import tell_troubles, waiting_quietly, without_dashboard
from afk.observe.tick import Focus, Tick
from afk.observe.whole import read_whole
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
    first: FirstReads | None = None,
) -> Tick:
    """Read what a tick rests on, in the orders that must hold.

    ``commented``: an issue to look at as well, since somebody may have said something there.
    Issues that wait quietly are left unread, until their turn may come (`read_in_turn`), and where
    there are very many not even listed, unless somebody is to be shown them all (`list_on`);
    ``everything``: they are read, too.
    ``follows``: runs are looked at beyond their records; else what that needs is not read.
    ``first``: what was read already.
    T3 failing leaves it without a snapshot: runs are then watched without it and nothing starts.
    Raises what a person must fix, and whatever the forge's listing fails with.
    """
    config, ledger = deps.config, Ledger()
    first = first or first_reads(deps, everything=everything)
    t3 = AgentView(agent=deps.agent, config=config, report=deps.report)
    if isinstance(first.snapshot, AfkError):
        deps.report.error(first.snapshot)
    else:
        t3.begin_with(first.snapshot)
    if isinstance(first.listing, AfkError):
        raise first.listing
    listing, now = first.listing, first.now
    tell_troubles(deps, ledger, listing)
    spoken_on = _spoken_on(deps, first, listing, commented)
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
    deps: Deps, first: FirstReads, listing: Listing, commented: IssueKey | None
) -> list[IssueHead]:
    """Return issues that no label of a run's names, and on which somebody may talk to afk.

    Those handed back lately, and the one that an event names: it proves nothing, and is read as
    any other. What cannot be read of them keeps nothing else from being done. What failed may have
    failed because of repositories that have troubles, and are told of: then it is asked for once
    more without them.
    """
    asked, listed = first.handed, {head.key for head in listing.heads}
    silent = {trouble.repo for trouble in listing.troubles}
    handed: Sequence[IssueHead] = ()
    with one_of_many(deps.report):
        if isinstance(asked, AfkError) and not silent:
            raise asked
        if asked is None or isinstance(asked, AfkError):
            open_to_us = [repo for repo in deps.config.watched if repo not in silent]
            handed = deps.talk.handed_back(open_to_us, first.since)
        else:
            handed = asked
    new = [one for one in handed if one.key not in listed and one.key.repo not in silent]
    found = {head.key: head for head in new}
    if commented is not None and commented not in listed and commented.repo in deps.config.watched:
        found.setdefault(commented, IssueHead(commented, ready=False, in_progress=False))
    return list(found.values())


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
