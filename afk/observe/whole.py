"""Whole issues behind listed ones, read so that what fails of one spoils no other."""

from collections.abc import Mapping, Sequence
from functools import partial

from afk.deps import Deps
from afk.errors import AfkError, RateLimited, TokenError, answer_or_error, one_of_many
from afk.model.forge import IssueHead, RepositoryTrouble, Trouble
from afk.observe.forge_view import ForgeView
from afk.observe.ledger import Ledger
from afk.parallel import at_once
from afk.text.troubles import trouble_error
from afk.types import Issue, IssueKey


def read_whole(
    deps: Deps,
    ledger: Ledger,
    forge: ForgeView,
    heads: Sequence[IssueHead],
    branches: Mapping[IssueKey, str],
) -> dict[IssueKey, Issue]:
    """Return the issues; nothing starts in a repository of which something could not be read.

    ``branches``: those that are asked for next, as `afk.ports.Tracker.read` has it. Who afk is,
    which whoever looks at a run has to know, is asked beside it.
    """

    def read() -> dict[IssueKey, Issue]:
        return _issues(deps, ledger, heads, branches)

    at_work = any(head.in_progress for head in heads)
    found = at_once(read, forge.ask_who)[0] if at_work else read()
    return _as_seen(deps, ledger, forge, found)


def _as_seen(
    deps: Deps, ledger: Ledger, forge: ForgeView, issues: Mapping[IssueKey, Issue]
) -> dict[IssueKey, Issue]:
    """Return issues with what `/afk retry` asked for shown as its approval."""
    found: dict[IssueKey, Issue] = {}
    for key, issue in issues.items():
        if issue.is_pull:  # somebody commented on one; its label is nobody's approval
            continue
        with one_of_many(deps.report, key) as looking:
            found[key] = forge.seen(issue)
        if not looking.done:
            ledger.hold(key.repo, f"{key} could not be told")
    return found


def _issues(
    deps: Deps, ledger: Ledger, heads: Sequence[IssueHead], branches: Mapping[IssueKey, str]
) -> dict[IssueKey, Issue]:
    """Read whole issues in one go; if that fails, one by one, so that one spoils no other.

    A token that is refused is asked with once more for each repository, since one alone may have
    shut it out; if all have, nothing is left to do.
    """
    try:
        return dict(deps.tracker.read(heads, branches=branches))
    except RateLimited:
        raise  # asking again, one by one, would only make it worse
    except TokenError as error:
        return _by_repository(deps, ledger, heads, error)
    except AfkError:
        found: dict[IssueKey, Issue] = {}
    for head in heads:
        with one_of_many(deps.report, head.key) as reading:
            found |= deps.tracker.read([head])
        if not reading.done:
            ledger.hold(head.key.repo, f"{head.key} could not be read")
    return found


def _by_repository(
    deps: Deps, ledger: Ledger, heads: Sequence[IssueHead], refused: TokenError
) -> dict[IssueKey, Issue]:
    """Read whole issues, repository by repository; raises what refused them all."""
    homes: dict[str, list[IssueHead]] = {}
    for head in heads:
        homes.setdefault(head.key.repo, []).append(head)
    if len(homes) == 1:
        raise refused
    found: dict[IssueKey, Issue] = {}
    errors: dict[str, AfkError] = {}
    for repo, some in homes.items():
        answer = answer_or_error(partial(deps.tracker.read, some))
        if isinstance(answer, AfkError):
            errors[repo] = answer
        else:
            found |= answer
    if len(errors) == len(homes):
        raise refused
    kind = RepositoryTrouble.UNREADABLE
    for repo, error in errors.items():
        ledger.hold(repo, kind.value)
        deps.report.error(trouble_error(Trouble(repo, kind, error=error), deps.config))
    return found
