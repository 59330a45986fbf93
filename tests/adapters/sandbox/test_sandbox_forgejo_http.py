"""The sandbox's Forgejo over loopback: faults, the log, dates, and what no recording shows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from afk.adapters.tls import tls_context
from afk_sandbox.faults import App, Broken, Fault
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import AccountKind
from afk_sandbox.forge.request_log import Exchange, RequestLog
from afk_sandbox.forgejo.routes import forgejo_app
from afk_sandbox.serving import serve

START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ISSUE = "/api/v1/repos/owner/shop/issues/1"


class Bed:
    """A served forge with one issue, a client of its owner, and a fault to strike next."""

    def __init__(self) -> None:
        """Build it."""
        self.time = START
        self.forge = ForgeModel(lambda: self.time)
        self.owner = self.forge.add_account("owner")
        self.repo = self.forge.add_repository(self.owner, "shop")
        for name in ("ready-for-agent", "afk/running"):
            self.forge.define_label(self.repo, name)
        self.issue = self.forge.open_issue(self.repo, "broken", self.owner)
        self.log = RequestLog()
        self.fault: Fault | None = None

    def strike(self, method: str, path: str) -> Fault | None:
        return self.fault if method != "GET" and path.startswith("/api/v1/") else None


@contextmanager
def _served(bed: Bed, version: str = "14.0.0", **token: Any) -> Iterator[httpx.Client]:
    app = forgejo_app(bed.forge, version=version, faults=bed.strike, log=bed.log)
    headers = {"Authorization": f"Bearer {bed.forge.token_for(bed.owner, **token)}"}
    with (
        serve(app) as url,
        httpx.Client(base_url=url, headers=headers, verify=tls_context()) as client,
    ):
        yield client


# A connection dropped with unread bytes is reset, one without ends: which, the network decides.
BROKEN = (httpx.RemoteProtocolError, httpx.NetworkError)


@pytest.mark.parametrize(
    ("fault", "comments"),
    [
        (Fault("before", None), 0),
        (Fault("after", None), 1),
        (Fault("before", 502, b"<html>", "text/html"), 0),
        (Fault("after", 502, b"<html>", "text/html"), 1),
    ],
)
def test_faults__one_write__its_effect_and_its_answer_are_told_apart(
    fault: Fault, comments: int
) -> None:
    """Dropped connections break in the client; the next request is served as ever."""
    bed = Bed()
    bed.fault = fault
    with _served(bed) as client:
        if fault.status is None:
            with pytest.raises(BROKEN):
                client.post(f"{ISSUE}/comments", json={"body": "x"})
        else:
            answer = client.post(f"{ISSUE}/comments", json={"body": "x"})
            assert (answer.status_code, answer.content) == (502, b"<html>")
            assert answer.headers["content-type"] == "text/html"
        assert len(client.get(f"{ISSUE}/comments").json()) == comments
    assert bed.log.exchanges == [
        Exchange("POST", f"{ISSUE}/comments", "", fault.status),
        Exchange("GET", f"{ISSUE}/comments", "", 200),
    ]


def test_log__requests__are_counted_by_method_and_path() -> None:
    bed = Bed()
    with _served(bed) as client:
        client.get(ISSUE, params={"a": "b"})
        client.get("/nowhere")
        client.post(f"{ISSUE}/labels", json={"labels": ["ready-for-agent"]})
    assert bed.log.exchanges[0].query == "a=b"
    assert [bed.log.count(), bed.log.count("GET"), bed.log.count(path="/labels")] == [3, 2, 1]
    bed.log.clear()
    assert len(bed.log) == 0


def test_date__of_an_answer__is_the_forges_clock() -> None:
    bed = Bed()
    bed.time += timedelta(days=1)
    with _served(bed) as client:
        assert client.get("/api/v1/version").headers["date"] == "Tue, 24 Nov 2026 04:00:00 GMT"


def test_head__where_get_is_answered__is_refused() -> None:
    with _served(Bed()) as client:
        assert client.head("/api/v1/version").status_code == 405


@pytest.mark.parametrize("version", ["14.0.0", "11.0.15"])
def test_label_with_a_slash__removed_by_name__by_release(version: str) -> None:
    bed = Bed()
    bed.forge.add_label(bed.issue, "afk/running", bed.owner)
    with _served(bed, version) as client:
        answer = client.delete(f"{ISSUE}/labels/afk%2Frunning")
    assert (answer.status_code, len(bed.issue.labels)) == (
        (204, 0) if version == "14.0.0" else (422, 1)
    )


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda bed: bed.forge.lock(bed.issue, bed.owner), 403),
        (lambda bed: bed.forge.archive(bed.repo), 423),
        (lambda bed: bed.forge.delete_issue(bed.issue), 404),
        (lambda bed: bed.forge.delete_repository(bed.repo), 404),
        (lambda bed: setattr(bed.repo, "private", True), 404),
        (lambda bed: bed.forge.reopen(bed.issue, bed.owner), 201),
    ],
)
def test_comment_by_a_stranger__state_of_things__refused_accordingly(
    change: Callable[[Bed], None], status: int
) -> None:
    bed = Bed()
    stranger = bed.forge.add_account("stranger")
    change(bed)
    token = bed.forge.token_for(stranger)
    with _served(bed) as client:
        answer = client.post(
            f"{ISSUE}/comments", json={"body": "x"}, headers={"Authorization": f"token {token}"}
        )
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Authorization": "token"}, 200),
        ({"Authorization": "Basic b3duZXI6eA=="}, 200),
        ({"Authorization": "token nobody"}, 401),
    ],
)
def test_authorization__on_a_public_repository__garbage_is_anonymous_a_bad_token_is_not(
    headers: dict[str, str], status: int
) -> None:
    bed = Bed()
    with serve(forgejo_app(bed.forge)) as url:
        assert httpx.get(f"{url}{ISSUE}", headers=headers).status_code == status
        written = httpx.post(f"{url}{ISSUE}/comments", headers=headers, json={"body": "x"})
    assert written.status_code == 401
    assert bed.issue.comments == []


def test_search__unknown_label_elsewhere_known__filters_instead_of_dropping() -> None:
    """The search looks among everybody's labels, so another repository's makes it a filter."""
    bed = Bed()
    other = bed.forge.add_repository(bed.owner, "other")
    search = "/api/v1/repos/issues/search?labels=theirs&owner=owner"
    with _served(bed) as client:
        assert len(client.get(search).json()) == 1
        bed.forge.define_label(other, "theirs")
        assert client.get(search).json() == []


def test_web_form__release_11__wants_the_forms_token() -> None:
    bed = Bed()
    stranger = bed.forge.add_account("stranger", kind=AccountKind.BOT)
    cookie = {"Cookie": f"i_like_gitea={bed.forge.sign_in(stranger)}"}
    form = {"title": "evil", "content": "do", "label_ids": "1"}
    with _served(bed, "11.0.15") as client:
        path = "/owner/shop/issues/new"
        assert client.post(path, data=form, headers=cookie).status_code == 400
        assert client.post(path, data=form).status_code == 403
        assert "_csrf" in client.get(path, headers=cookie).text
        answer = client.post(path, data={**form, "_csrf": "x"}, headers=cookie)
    assert answer.json() == {"redirect": "/owner/shop/issues/2"}
    assert bed.repo.issues[2].events[0].actor is stranger


def test_since__malformed__is_refused() -> None:
    with _served(Bed()) as client:
        assert client.get("/api/v1/repos/owner/shop/issues?since=soon").status_code == 422


def test_serve__application_that_breaks_midway__connection_is_dropped() -> None:
    """What was answered before the break does not reach the client either."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/break":
            raise Broken("/break")
        await send({"type": "http.response.body", "body": b"whole"})

    served: App = app
    with serve(served) as url, httpx.Client(base_url=url, verify=tls_context()) as client:
        assert client.get("/").text == "whole"
        with pytest.raises(BROKEN):
            client.get("/break")
        assert client.get("/").text == "whole"
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
