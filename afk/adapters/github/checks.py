"""What GitHub says of commits: check runs, statuses, deployments, and whether more may come.

Owns `Checks` on GitHub: the reading. What the words mean is `afk.adapters.github.ci_mapping`'s
business, what follows from them the CI watcher's. Must not write.

Requests: none for commits that `GitHubTracker.read` fetched along; else 1 GraphQL request per 25
commits, of any repositories where they were announced (`GitHubChecks.expect`), 1 per further page
of a list (10 pages at most, then the commit has a check of unknown state), and 1 more (for all that
were announced) while a workflow's check that can count is failed: only annotations tell a job that
never ran from red code (`afk.adapters.github.runner_faults`).

Permissions: ``checks: read``, ``statuses: read``, ``actions: read`` (a check run's workflow) and,
where the configuration names an environment, ``deployments: read``. A fine-grained personal
access token cannot have the first on a private repository
(https://github.com/cli/cli/issues/12597): the `TokenError` says so.

No recording shows a ``statusCheckRollup``; the shapes are the schema's.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.batches import chunks, in_parts
from afk.adapters.github.ci_mapping import Lists, commit_checks, failed, never_ran
from afk.adapters.github.ci_queries import (
    ANNOTATIONS,
    MORE_CONTEXTS,
    MORE_DEPLOYMENTS,
    MORE_SUITES,
    checks,
)
from afk.adapters.github.ci_wire import (
    WireAnnotated,
    WireChecked,
    WireContext,
    WireDeployment,
    WireSuite,
)
from afk.adapters.github.graphql_reply import Reply
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.query_builder import Query
from afk.adapters.github.wire import Page, parse
from afk.config import Config, RepositoryConfig
from afk.errors import answer_or_error
from afk.model.ci import CommitChecks
from afk.parallel import gather

COMMITS: Final = 25
_ANNOTATED: Final = 50
_TOGETHER: Final = 2
"""One commit alone costs whoever reads it the same request."""

Take = Callable[[Reply, str, str, str], WireChecked | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubChecks:
    """Implements `afk.ports.Checks`. ``prefetched`` is the one the tracker fills."""

    api: GitHubApi
    config: Config
    prefetched: Prefetched
    _never_ran: dict[str, bool] = field(default_factory=dict)
    """What was told ahead of failed check runs, by their ids."""

    def expect(self, commits: Sequence[tuple[str, str]]) -> None:
        """Fetch what did not come along with the issues, and why check runs have failed.

        A problem is left for who reads it.
        """
        missing = [one for one in commits if self.prefetched.shown_checks(*one) is None]
        if len(missing) >= _TOGETHER:
            found = self._asked(missing, self._perhaps)
            for (repo, _), commit in zip(missing, found, strict=True):
                if commit is not None:
                    self.prefetched.put_checks(repo, commit)
        red = [ids for one in commits if (ids := self._failed(*one))]
        if len(red) >= _TOGETHER:
            self._never_ran.update(self._annotated([one for ids in red for one in ids]))

    def _failed(self, repo: str, sha: str) -> list[str]:
        """Return the failed check runs of a commit that is here, as far as they came along."""
        shown = self.prefetched.shown_checks(repo, sha)
        rollup = shown.status_check_rollup if shown is not None else None
        settings = self.config.repositories.get(repo)
        return failed(rollup.contexts.nodes, settings) if rollup is not None else []

    def read(self, repo: str, shas: Sequence[str]) -> Mapping[str, CommitChecks]:
        """Return every check, status and deployment; a commit out of sight has none."""
        found = {sha: self._taken(repo, sha) for sha in shas}
        missing = [sha for sha, commit in found.items() if commit is None]
        asked = self._asked([(repo, sha) for sha in missing], self._shown)
        found.update(zip(missing, asked, strict=True))
        lists = gather(self._lists, [one for one in found.values() if one])
        settings = self.config.repositories.get(repo)
        lost = self._lost(lists, settings)
        ignore = settings.ci.ignore if settings else ()
        known = {one.sha: commit_checks(one, ignore=ignore, lost=lost) for one in lists}
        return {sha: known.get(sha) or CommitChecks(sha) for sha in found}

    def _taken(self, repo: str, sha: str) -> WireChecked | None:
        taken = self.prefetched.take_checks(repo, sha)
        hidden = taken is not None and taken.deployments is None
        return None if hidden and not self._dispensable(repo) else taken

    def _dispensable(self, repo: str) -> Collection[str]:
        """Return what nobody will miss: deployments, unless the configuration names one."""
        settings = self.config.repositories.get(repo)
        stages = (settings.deploy, settings.rollout) if settings else ()
        return () if any(one and one.environment for one in stages) else ("deployments",)

    def _asked(self, commits: Sequence[tuple[str, str]], take: Take) -> list[WireChecked | None]:
        """Return the CI of each commit, None for one that is not there."""

        def ask(some: Sequence[tuple[str, str]], _: int) -> list[WireChecked | None]:
            reply = self.api.query(checks(some))
            return [take(reply, f"c{number}", *one) for number, one in enumerate(some)]

        parts = gather(lambda chunk: in_parts(ask, chunk, (COMMITS,)), chunks(commits, COMMITS))
        return [one for part in parts for one in part]

    def _perhaps(self, reply: Reply, alias: str, repo: str, sha: str) -> WireChecked | None:
        """Return a commit's CI, nothing where there is any problem with it."""
        if reply.data.get(alias) is None:
            return None
        found = answer_or_error(lambda: self._shown(reply, alias, repo, sha))
        return found if isinstance(found, WireChecked) else None

    def _shown(self, reply: Reply, alias: str, repo: str, sha: str) -> WireChecked | None:
        data = reply.get(alias, without=self._dispensable(repo))
        if data is None:
            raise self.api.unseen(repo)
        commit = parse(dict[str, Any], data, f"reading CI of {sha}").get("object")
        return parse(WireChecked, commit, f"reading CI of {sha}") if commit else None

    def _lists(self, shown: WireChecked) -> Lists:
        """Add the later pages."""
        rollup = shown.status_check_rollup
        contexts, all_contexts = self.api.drain(
            rollup.contexts if rollup else None,
            MORE_CONTEXTS,
            Page[WireContext],
            shown.id,
        )
        suites, all_suites = self.api.drain(
            shown.check_suites,
            MORE_SUITES,
            Page[WireSuite],
            shown.id,
        )
        deployments, all_deployments = self.api.drain(
            shown.deployments,
            MORE_DEPLOYMENTS,
            Page[WireDeployment],
            shown.id,
        )
        whole = all_contexts and all_suites and all_deployments
        return Lists(shown.oid, contexts, suites, deployments, whole)

    def _lost(self, lists: Iterable[Lists], settings: RepositoryConfig | None) -> Collection[str]:
        """Return which failed check runs never ran."""
        ids = [one for found in lists for one in failed(found.contexts, settings)]
        rest = [one for one in ids if one not in self._never_ran]
        told = {**self._never_ran, **self._annotated(rest)}
        return frozenset(one for one in ids if told.get(one))

    def _annotated(self, ids: Sequence[str]) -> dict[str, bool]:
        """Return of failed check runs whether their annotations say that they never ran."""
        found: dict[str, bool] = {}
        for chunk in chunks(ids, _ANNOTATED):
            reply = self.api.query(Query(ANNOTATIONS, {"ids": list(chunk)}))
            nodes = parse(list[Any], reply.data.get("nodes") or [], "reading annotations")
            for one, shown in zip(chunk, nodes, strict=False):
                if isinstance(shown, dict) and shown.get("annotations"):
                    annotated = parse(WireAnnotated, shown, "reading annotations")
                    found[one] = never_ran(annotated)
        return found
