"""How the GitHub adapter sends: REST and GraphQL over one `Http`, redirects, pages, quota.

Owns the requests' mechanics. What they mean is the business of those who call; what refusals
mean is `afk.adapters.github.errors`'s and `afk.adapters.github.graphql_reply`'s.

Redirects are not followed: the token would go along. A renamed repository redirects to
``/repositories/<id>`` (recordings 123, 125, 126), and that id is asked for its name (124).
``Link`` is read for ``rel="next"`` only, an ordinary answer has others (013, 015).
"""

import re
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import quote

from httpx import codes

from afk.adapters.forge import Quota
from afk.adapters.github.errors import failure, moved_to_id, rate_limit
from afk.adapters.github.graphql_reply import Reply, read
from afk.adapters.github.query_builder import More, Query
from afk.adapters.github.wire import Page, RestRepository, parse
from afk.adapters.http import Answer, Http
from afk.adapters.parsing import whole_number
from afk.errors import (
    AfkError,
    NotFound,
    RateLimited,
    Refused,
    RepositoryMoved,
    ServerFault,
    TooLarge,
)

MAX_PAGES: Final = 10
"""Of one list of one issue or commit; 1,000 entries in pages of 100."""

_SMALL: Final = 10
"""Entries per page where a page of more was too large."""

_NO_VARIABLES: Final[Mapping[str, object]] = {}
_NO_PARAMS: Final[Mapping[str, str]] = {}
_NEXT = re.compile(r'<([^>]*)>;\s*rel="next"')
Item = TypeVar("Item")


@dataclass(slots=True, kw_only=True)
class GitHubApi:
    """One GitHub; safe to use from several threads, as `Http` is.

    ``http.base_url`` is REST's (``https://api.github.com``, ``https://<host>/api/v3``);
    ``graphql_url`` the whole address (``.../graphql``, ``https://<host>/api/graphql``).
    ``quotas`` keeps the last seen quota of the primary limit by resource, for the report:
    requests (core), points (graphql). ``lacks``: fields that this server's schema was found not
    to have, as in `ask`.
    """

    http: Http
    graphql_url: str
    quotas: dict[str, Quota] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def web(self) -> str:
        """Return the server's address for people, as issues' addresses begin."""
        scheme, _, host = self.http.base_url.partition("://")
        return f"{scheme}://{host.removesuffix('/api/v3').removeprefix('api.')}"

    def query(self, query: Query) -> Reply:
        """Send a GraphQL query, again after a broken connection or a 5xx."""
        return self._reply(self._graphql(query, repeat=True))

    def headed(self, query: Query) -> Answer:
        """Send a query and return the answer as it came: its headers tell of the token."""
        return self._graphql(query, repeat=True)

    def ask(self, build: Callable[[Collection[str]], Query], optional: Collection[str]) -> Reply:
        """Send a query without those ``optional`` fields that this server's schema does not have.

        ``build`` makes it without some of them. A field's name may carry its type's before a dot.
        What is missing is found out by being refused, once for a server.
        """
        while True:
            asked = self.lacks
            try:
                return self.query(build(asked))
            except Refused as error:
                unknown = {name for name in optional if _refused(name, error.body)} - asked
                if error.status != codes.OK or not unknown:
                    raise
                self.lacks = self.lacks | unknown

    def mutate(self, query: Query) -> Reply:
        """Send a GraphQL mutation, once, when a write is due."""
        self.http.pace.take()
        return self._reply(self._graphql(query, repeat=False))

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Send a REST request and return whatever was answered; reads are repeated."""
        reads = method == "GET"
        if not reads:
            self.http.pace.take()
        return self._seen(self.http.send(method, path, body=body, params=params, repeat=reads))

    def rest(
        self,
        method: str,
        path: str,
        *,
        repo: str,
        repo_id: int = 0,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Send a REST request below a repository and return its answer if it is a 2xx.

        ``repo_id``, where known, tells a renamed repository from an issue transferred away.
        """
        answer = self.send(method, f"/repos/{quote(repo)}{path}", body=body, params=params)
        if not answer.ok:
            raise self.problem(answer, repo=repo, repo_id=repo_id)
        return answer

    def problem(self, answer: Answer, *, repo: str, repo_id: int = 0) -> AfkError:
        """Return what a refusal means, a redirect with the repository's new name."""
        moved = moved_to_id(answer)
        if moved is None:
            return failure(answer, repo=repo)
        if repo_id not in (0, moved):
            return NotFound(f"{answer.url} was transferred to another repository")
        named = self.send("GET", f"/repositories/{moved}")
        if not named.ok:
            return RepositoryMoved(repo, "")
        shown = parse(RestRepository, named.json, f"reading the new name of {repo}")
        return RepositoryMoved(repo, shown.full_name)

    def repository(self, repo: str) -> RestRepository:
        """Return a repository; raises `RepositoryMoved` for another name, or `NotFound`."""
        answer = self.rest("GET", "", repo=repo)
        found = parse(RestRepository, answer.json, f"reading {repo}")
        if found.full_name != repo:
            raise RepositoryMoved(repo, found.full_name)
        return found

    def unseen(self, repo: str) -> AfkError:
        """Return why GraphQL does not show a repository, which REST tells better."""
        try:
            self.repository(repo)
        except AfkError as error:
            return error
        return ServerFault(
            f"GraphQL does not show {repo}, REST does",
            cause="GitHub is in trouble, or the token may use only one of them",
        )

    def rest_list(
        self, path: str, *, repo: str, params: Mapping[str, str] = _NO_PARAMS
    ) -> list[Any]:
        """Return all pages of a REST list, `MAX_PAGES` at most."""
        items: list[Any] = []
        for number in range(1, MAX_PAGES + 1):
            given = {**params, "per_page": 100, "page": number}
            answer = self.rest("GET", path, repo=repo, params=given)
            items += parse(list[Any], answer.json, f"listing {path} of {repo}")
            if not _NEXT.search(answer.headers.get("link", "")):
                break
        return items

    def drain(
        self,
        first: Page[Item] | None,
        more: More,
        shape: type[Page[Item]],
        node: str,
        *,
        size: int = 0,
        pages: int = MAX_PAGES,
        variables: Mapping[str, object] = _NO_VARIABLES,
    ) -> tuple[tuple[Item, ...], bool]:
        """Return a list's first page and all others, and whether that is everything.

        A list that does not exist is empty. Not everything: more than so many ``pages``, or one
        past the bound on an answer's size even with `_SMALL` entries. ``size``: entries per
        page, for queries that leave it open. Raises `NotFound` when the node is gone meanwhile.
        """
        nodes, after = (list(first.nodes), first.rest) if first else ([], "")
        for _ in range(pages - 1):
            if not after:
                break
            try:
                given = {**variables, "page": size} if size else variables
                page = self.page(more, shape, node, after, given)
            except TooLarge:
                if size <= _SMALL:
                    break
                size = _SMALL
                continue
            nodes += page.nodes
            after = page.rest
        return tuple(nodes), not after

    def page(
        self,
        more: More,
        shape: type[Page[Item]],
        node: str,
        after: str,
        variables: Mapping[str, object] = _NO_VARIABLES,
    ) -> Page[Item]:
        """Return one more page of a node's list; raises `NotFound` when the node is gone."""
        found = self.query(more.of(node, after, variables)).get("node")
        for part in more.path:
            found = found.get(part) if isinstance(found, dict) else None
        if found is None:
            raise NotFound(f"reading {more.path[-1]} of {node}: it is gone")
        return parse(shape, found, f"reading {more.path[-1]}")

    def _graphql(self, query: Query, *, repeat: bool) -> Answer:
        body = {"query": query.text, "variables": dict(query.variables)}
        return self._seen(self.http.send("POST", self.graphql_url, body=body, repeat=repeat))

    def _reply(self, answer: Answer) -> Reply:
        try:
            return read(answer)
        except RateLimited as limit:
            self.http.pace.shut(limit)
            raise

    def _seen(self, answer: Answer) -> Answer:
        headers = answer.headers
        limit_met = rate_limit(answer)
        if limit_met is not None:
            self.http.pace.shut(limit_met)
        limit = whole_number(headers.get("x-ratelimit-limit", ""))
        remaining = whole_number(headers.get("x-ratelimit-remaining", ""))
        if limit is not None and remaining is not None:
            with self._lock:
                resource = headers.get("x-ratelimit-resource", "core")
                self.quotas[resource] = Quota(limit, remaining)
        return answer


def _refused(name: str, text: str) -> bool:
    """Say whether a refused query was refused over a field."""
    kind, _, field_name = name.rpartition(".")
    return (f"'{field_name}' doesn't exist on type '{kind}'" if kind else f"'{name}'") in text
