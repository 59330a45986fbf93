"""Logs of jobs: read from where they lie, never with the token, never all of it."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cassettes import HOST
from support.github import REPO, TOKEN, Hub, api, recorded, reply

from afk.adapters.github import blobs
from afk.adapters.github.evidence import GitHubEvidence, ending
from afk.config import CIConfig, Config, RepositoryConfig
from afk.errors import RateLimited, RepositoryMoved, ServerFault, Unreachable
from afk.model.ci import Check, CheckState

SHA = "a" * 40
RUNS = f"GET /repos/{REPO}/actions/runs?head_sha={SHA}&per_page=100"
BLOB = "https://productionresultssa0.blob.core.windows.net/logs/5?sig=secret-key"
CHECK = Check(
    "test", CheckState.FAILURE, "ci", f"https://recorded.test/{REPO}/actions/runs/3/job/44"
)
LOGS = f"GET /repos/{REPO}/actions/jobs/44/logs"


def evidence(hub: httpx.BaseTransport, *ignored: str) -> GitHubEvidence:
    settings = RepositoryConfig(workspace="/w", ci=CIConfig(ignore=ignored)) if ignored else None
    config = Config(repositories={REPO: settings} if settings else {})
    return GitHubEvidence(api=api(hub), config=config)


class Elsewhere(httpx.BaseTransport):
    """A hub, and a blob store on a host of its own."""

    def __init__(
        self, *logs: httpx.Response | Exception, led: httpx.Response | None = None
    ) -> None:
        """``logs``: what the store answers, one after the other."""
        self.hub = Hub(rest={LOGS: led or httpx.Response(302, headers={"location": BLOB})})
        self.logs = list(logs)
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == httpx.URL(HOST).host:
            return self.hub.handle_request(request)
        self.asked.append(request)
        answer = self.logs.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_log__is_read_where_it_lies_without_the_token() -> None:
    log = (
        "\ufeff2026-05-01T10:00:00.1234567Z ##[group]Run tests\n"
        "2026-05-01T10:00:01.1234567Z FAILED till_test.py\n"
        "2026-05-01T10:00:01.1234567Z ##[error]Process completed with exit code 1.\n"
    )
    store = Elsewhere(httpx.Response(200, content=log.encode()))
    found = evidence(store).log_tail(REPO, CHECK, 1000)
    assert found == (
        "##[group]Run tests\nFAILED till_test.py\n##[error]Process completed with exit code 1.\n"
    )
    (asked,) = store.asked
    assert str(asked.url) == BLOB
    assert "authorization" not in asked.headers
    assert TOKEN not in str(asked.headers)


def test_log__longer_than_wanted__is_its_last_whole_lines() -> None:
    lines = [f"2026-05-01T10:00:00.0000000Z line {number}\n" for number in range(10_000)]
    store = Elsewhere(httpx.Response(200, content="".join(lines).encode()))
    found = evidence(store).log_tail(REPO, CHECK, 100)
    assert len(found.encode()) <= 100
    assert found.startswith("line ")
    assert found.endswith("line 9999\n")


@pytest.mark.parametrize(
    "refusal",
    [
        httpx.Response(403, content=b"<Error/>"),
        httpx.Response(404),
        httpx.Response(302, headers={"location": "https://else.where.example.com/x"}),
        httpx.ConnectError("no route"),
        httpx.Response(200, headers={"content-encoding": "br"}, content=b""),
    ],
    ids=["refused", "gone", "sent on", "out of reach", "packed"],
)
def test_log__not_to_be_had__is_none_and_says_nothing(refusal: Any) -> None:
    store = Elsewhere(refusal)
    assert evidence(store).log_tail(REPO, CHECK, 1000) == ""
    assert len(store.asked) == 1


@pytest.mark.parametrize("status", [403, 404, 410])
def test_log__over_or_not_for_this_token__is_none(status: int) -> None:
    store = Elsewhere(led=reply({"message": "Not Found"}, status))
    assert evidence(store).log_tail(REPO, CHECK, 1000) == ""
    assert store.asked == []


@pytest.mark.parametrize(
    ("led", "kind"),
    [
        (recorded("131-html-503"), ServerFault),
        (recorded("116-limit-secondary-403-retry-after"), RateLimited),
    ],
)
def test_log__trouble_of_github__is_raised(led: httpx.Response, kind: type[Exception]) -> None:
    hub = Hub(rest={LOGS: [led] * 3})
    with pytest.raises(kind):
        evidence(hub).log_tail(REPO, CHECK, 1000)


def test_log__renamed_repository__is_no_log() -> None:
    """A redirect, too; it leads to an id."""
    moved = recorded("123-repo-renamed-301")
    there = moved.headers["location"].partition("/repositories/")[2].partition("/")[0]
    named = {f"GET /repositories/{there}": reply({"id": int(there), "full_name": "acme/new"})}
    hub = Hub(rest={LOGS: moved, **named})
    with pytest.raises(RepositoryMoved):
        evidence(hub).log_tail(REPO, CHECK, 1000)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://ci.example.com/build/7",
        f"https://recorded.test/{REPO}/actions/runs/3",
        "https://recorded.test/other/app/actions/runs/3/job/44",
    ],
)
def test_log__of_a_check_that_is_no_job_of_the_repository__costs_nothing(url: str) -> None:
    hub = Hub()
    assert evidence(hub).log_tail(REPO, Check("x", CheckState.FAILURE, "", url), 1000) == ""
    assert hub.requests == 0


def test_log__secrets_in_it__are_masked() -> None:
    store = Elsewhere(httpx.Response(200, content=f"token {TOKEN} here\n".encode()))
    spoken = api(store)
    spoken.http.mask = lambda text: text.replace(TOKEN, "***")
    found = GitHubEvidence(api=spoken, config=Config()).log_tail(REPO, CHECK, 1000)
    assert found == "token *** here\n"


def test_log__recorded_redirect__leads_to_another_host_over_https() -> None:
    there = recorded("092-workflow-job-logs-302").headers["location"]
    assert blobs.may_ask(there, "https://api.github.com")


@pytest.mark.parametrize(
    ("address", "may"),
    [
        (BLOB, True),
        ("https://github.example.com/_services/logs/1", True),
        ("http://productionresultssa0.blob.core.windows.net/logs/5", False),
        ("http://github.example.com/logs", False),
        ("https://user:word@logs.example.com/5", False),
        ("https://127.0.0.1/5", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("https://10.0.0.7/5", False),
        ("https://localhost/5", False),
        ("https://[::1]/5", False),
        ("file:///etc/passwd", False),
        ("ftp://logs.example.com/5", False),
        ("/relative", False),
        ("https://", False),
        ("https://[broken", False),
        ("https://xn--a/logs/5", False),
        ("https://xn--a.blob.core.windows.net/logs/5", False),
    ],
)
def test_may_ask__addresses__only_https_names(address: str, may: bool) -> None:
    assert blobs.may_ask(address, "https://github.example.com/api/v3") is may


def test_may_ask__the_servers_own_address__whatever_it_is() -> None:
    assert blobs.may_ask("http://127.0.0.1:3000/logs/5", "http://127.0.0.1:3000/api/v3")
    assert not blobs.may_ask("http://127.0.0.1:3001/logs/5", "http://127.0.0.1:3000/api/v3")


def test_tail__file_beyond_all_bounds__is_none() -> None:
    store = Elsewhere(httpx.Response(200, headers={"content-length": str(blobs.MOST + 1)}))
    assert blobs.tail(api(store).http, BLOB, 100) == b""


def test_tail__of_an_http_that_fails__tells_no_address() -> None:
    """The address is a key."""
    store = Elsewhere(httpx.ConnectError(f"cannot reach {BLOB}"))
    with pytest.raises(Unreachable) as failure:
        api(store).http.tail(BLOB, keep=10, most=100)
    assert "secret-key" not in str(failure.value)
    assert "blob.core" not in str(failure.value)


@given(st.text(max_size=300), st.integers(min_value=0, max_value=200))
def test_ending__of_any_log__is_whole_lines_within_the_limit(log: str, limit: int) -> None:
    found = ending(log, limit)
    assert len(found.encode()) <= limit
    bare = ending(log, 10_000)
    assert bare.endswith(found)
    assert "".join(bare.splitlines(keepends=True)) == bare
