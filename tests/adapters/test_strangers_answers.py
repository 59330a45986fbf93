"""Whatever a server sends, an adapter answers or raises an `AfkError`: nothing else comes out.

Every read of every adapter is asked against answers made of the shapes they expect, of anything
else, and of what broke them once: depth, numbers, dates, addresses, halves of characters.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.factories import issue

from afk.adapters.ci_watcher import HttpProbe
from afk.adapters.doorbells.bell import Line
from afk.adapters.doorbells.ntfy import ntfy
from afk.adapters.doorbells.slack import slack
from afk.adapters.doorbells.webhook import webhook
from afk.adapters.forgejo.checks import ForgejoChecks
from afk.adapters.forgejo.tracker import ForgejoTracker
from afk.adapters.github.api import GitHubApi
from afk.adapters.github.checks import GitHubChecks
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.tracker import GitHubTracker
from afk.adapters.http import Http
from afk.adapters.t3_client import T3Client
from afk.config import Config, RepositoryConfig, StageConfig
from afk.errors import AfkError
from afk.model.forge import IssueHead
from afk.ports import BranchQuery, Loudness, Ring, ThreadSpec, Tracker
from afk.types import Account, IssueKey

NOW = datetime(2026, 11, 22, tzinfo=UTC)
REPO = "acme/app"
KEY = IssueKey(REPO, 7)
SHA = "a" * 40
CONFIG = Config(
    allowlist=(REPO,),
    repositories={
        REPO: RepositoryConfig(workspace="/srv/app", deploy=StageConfig(environment="x"))
    },
)
ISSUE = issue()
HEAD = IssueHead(KEY, ready=True, in_progress=False)
RING = Ring(id="1", title="t", text="t", link="", loudness=Loudness.LOUD)
PERSON = Account(3, "ann")


def http(client: httpx.Client) -> Http:
    return Http(
        client=client,
        base_url="http://server.test/api/v1",
        name="it",
        authorize=dict,
        sleep=lambda _: None,
        max_body=100_000,
    )


def tracking(tracker: Tracker) -> dict[str, Callable[[], object]]:
    return {
        "me": tracker.me,
        "listing": lambda: tracker.listing([REPO]),
        "read": lambda: tracker.read([HEAD], branches={KEY: "main"}),
        "reread": lambda: tracker.reread(KEY),
        "repository": lambda: tracker.repository(REPO),
        "permission": lambda: tracker.permission(REPO, PERSON),
        "body_edits": lambda: tracker.body_edits(ISSUE),
        "head": lambda: tracker.head(REPO, "main"),
        "branches": lambda: tracker.branches([BranchQuery(REPO, SHA, "main")]),
        "ensure_labels": lambda: tracker.ensure_labels(REPO, ["a"]),
        "comment": lambda: tracker.create_comment(ISSUE, "x"),
        "close": lambda: tracker.close(ISSUE),
        "label": lambda: tracker.label(ISSUE, add=["brand-new"]),
    }


def at_github(client: httpx.Client) -> dict[str, Callable[[], object]]:
    api = GitHubApi(http=http(client), graphql_url="http://server.test/graphql")
    prefetched = Prefetched()
    tracker = GitHubTracker(
        api=api, web="http://server.test", host="server.test", config=CONFIG, prefetched=prefetched
    )
    checks = GitHubChecks(api=api, config=CONFIG, prefetched=prefetched)
    return {**tracking(tracker), "checks": lambda: checks.read(REPO, [SHA])}


def at_forgejo(client: httpx.Client) -> dict[str, Callable[[], object]]:
    tracker = ForgejoTracker(
        http=http(client), web="http://server.test", host="server.test", config=CONFIG
    )
    checks = ForgejoChecks(http=http(client), web="http://server.test")
    return {**tracking(tracker), "checks": lambda: checks.read(REPO, [SHA])}


def at_t3(client: httpx.Client) -> dict[str, Callable[[], object]]:
    t3 = T3Client(http=http(client), now=lambda: NOW)
    spec = ThreadSpec(id="t", project_id="p", title="t", instance="i", model="m")
    return {
        "read": t3.read,
        "whole": lambda: t3.whole("t"),
        "detail": lambda: t3.detail("t"),
        "create_thread": lambda: t3.create_thread(spec, "c"),
        "start_turn": lambda: t3.start_turn("t", "m", "text", "c"),
        "delete_thread": lambda: t3.delete_thread("t", "c"),
    }


def at_others(client: httpx.Client) -> dict[str, Callable[[], object]]:
    probe = HttpProbe(client, lambda _: None)
    line = Line(address="https://bell.test/topic", setting="S", client=client, sleep=lambda _: None)
    return {
        "probe": lambda: probe(StageConfig(probe="https://app.test/", probe_json="a.b"), SHA),
        **{
            build.__name__: lambda build=build: build(line).ring(RING)  # type: ignore[misc]
            for build in (slack, ntfy, webhook)
        },
    }


ADAPTERS = {"github": at_github, "forgejo": at_forgejo, "t3": at_t3, "others": at_others}

# ---- answers

DATES = st.sampled_from(
    [
        "2026-11-22T17:57:58Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-11-22T17:57:58",
        10**400,
    ]
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([5, "", "x", "\ud800", SHA, "OPEN", "success", -1, 10**30, 1e300])
    | DATES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "message", "path", "type"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
FIELDS = re.findall(
    r"\w+",
    """
    data errors viewer r0 i0 t0 c0 b0 add remove labelable node nodes object ref target
    issueOrPullRequest labels message id number title body user login state created_at updated_at
    repository full_name name permission sha commit commits statuses workflow_runs results type
    path threads projects snapshotSequence environmentId thread messages activities createdAt
    updatedAt projectId session latestTurn sequence code total_commits databaseId nameWithOwner
    isArchived readyLabel ready progress pageInfo issue annotations statusCheckRollup contexts
    """,
)
SHAPED: st.SearchStrategy[Any] = st.recursive(
    ANYTHING,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=8)
    ),
    max_leaves=12,
)
WORST = [
    b"[" * 20_000 + b"]" * 20_000,
    b'{"data":' * 5_000,
    b"1" * 5_000,
    b'{"id": ' + b"7" * 5_000 + b"}",
    b"\xff\xfe",
    b'"\xed\xa0\x80"',
    b"",
    b"null",
    b'{"errors": 5}',
    b'{"data": {}, "errors": [{"path": 5, "type": [], "message": {}}]}',
    b'{"data": {"r0": 5, "i0": [], "c0": "x", "t0": {"ref": 5}}, "errors": [{"path": [{}]}]}',
]
BODIES = SHAPED.map(lambda value: json.dumps(value).encode()) | st.sampled_from(WORST)
HEADERS = st.fixed_dictionaries(
    {
        "content-type": st.sampled_from(
            ["application/json", "application/json; charset=utf-16", "text/html", ""]
        )
    },
    optional={
        "date": st.sampled_from(["Fri, 31 Dec 9999 23:59:59 GMT", "x", "Mon, 01 Jan 0001 0:0:0"]),
        "retry-after": st.sampled_from(["9" * 5_000, "-1", "Fri, 31 Dec 9999 23:59:59 GMT", "x"]),
        "location": st.sampled_from(
            ["http://[::1", "/repositories/" + "9" * 5_000, "/repos/a/%ff", "//", "\x80"]
        ),
        "x-total-count": st.sampled_from(["9" * 5_000, "-3", "\u0667", "7"]),
        "x-ratelimit-limit": st.sampled_from(["9" * 5_000, "5"]),
        "x-ratelimit-remaining": st.sampled_from(["9" * 5_000, "0"]),
        "x-ratelimit-reset": st.sampled_from(["9" * 5_000, "9" * 11, "253402300799", "-9" * 8]),
        "link": st.sampled_from(['<http://[::1>; rel="next"', "<"]),
    },
)
STATUSES = st.sampled_from([200, 200, 200, 201, 204, 301, 307, 400, 403, 404, 410, 412, 422, 429])


HEADERS_OF_THE_END = {
    "content-type": "application/json",
    "date": "Fri, 31 Dec 9999 23:59:59 GMT",
    "retry-after": "9" * 5_000,
    "location": "http://[::1",
    "x-total-count": "9" * 5_000,
    "x-ratelimit-limit": "9" * 5_000,
    "x-ratelimit-remaining": "9" * 5_000,
    "x-ratelimit-reset": "9" * 11,
}


@pytest.mark.parametrize("body", WORST)
@pytest.mark.parametrize("status", [200, 301, 403, 422, 429])
@pytest.mark.parametrize("adapter", ADAPTERS)
def test_adapter__answers_that_once_broke_one__only_an_afk_error_comes_out(
    adapter: str, status: int, body: bytes
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=HEADERS_OF_THE_END, content=body)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        for ask in ADAPTERS[adapter](client).values():
            with suppress(AfkError):
                ask()


@pytest.mark.parametrize("adapter", ADAPTERS)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    answers=st.lists(st.tuples(STATUSES | st.just(500), HEADERS, BODIES), min_size=1, max_size=4)
)
def test_adapter__any_answers__only_an_afk_error_comes_out(
    adapter: str, answers: list[tuple[int, dict[str, str], bytes]]
) -> None:
    given_so_far = [0]

    def answer(_: httpx.Request) -> httpx.Response:
        status, headers, body = answers[given_so_far[0] % len(answers)]
        given_so_far[0] += 1
        raw = {
            name.encode(): value.encode("utf-8", "surrogatepass") for name, value in headers.items()
        }
        return httpx.Response(status, headers=httpx.Headers(raw), content=body)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        for ask in ADAPTERS[adapter](client).values():
            with suppress(AfkError):
                ask()
