"""What `T3Client` reads, against recordings of two versions of T3 Code."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

import httpx
import pytest
from support.cassettes import load, replay
from support.t3_rig import (
    DESCRIPTOR,
    ENVIRONMENT,
    NOW,
    SHELL,
    SNAPSHOT,
    TOKEN,
    VERSIONS,
    WELL_KNOWN,
    Rig,
    answered,
    changed,
    page,
    read_thread,
    replaying,
    scripted,
)

from afk.errors import (
    AfkError,
    NotFound,
    Refused,
    ServerFault,
    TokenError,
    TooLarge,
    Unreachable,
)
from afk.model.agent import AgentProject, PendingRequest, Presence, RequestKind, Session, Speaker
from afk.types import ThreadStatus


@pytest.fixture
def rig() -> Iterator[Rig]:
    with replaying() as made:
        yield made


@pytest.mark.parametrize("version", VERSIONS)
def test_read__first__two_requests_and_the_shell(rig: Rig, version: str) -> None:
    with replay(DESCRIPTOR, f"t3/{version}/22-shell-fresh") as cassette:
        found = rig.client.read()

        assert cassette.all_played
        assert cassette.play_count == 2
    date = load(f"t3/{version}/22-shell-fresh")[0]["response"]["headers"]["Date"]
    assert found.environment_id == ENVIRONMENT
    assert found.server_now.strftime("%a, %d %b %Y %H:%M:%S GMT") == date
    assert found.server_now.tzinfo is UTC
    assert found.sequence == 6
    assert found.projects[1] == AgentProject("proj-m", "/srv/data/made")
    assert [thread.instance for thread in found.threads] == ["codex", "codex", "nope", "codex"]
    assert all(thread.presence is Presence.PRESENT for thread in found.threads)


def test_read__later__one_request(rig: Rig) -> None:
    """The descriptor is asked for once per client."""
    with replay(DESCRIPTOR, "t3/0.0.28/22-shell-fresh", again=True):
        rig.client.read()
        rig.client.read()

    assert rig.http.requests == 3


def test_read__descriptor__asked_without_the_token() -> None:
    steps = (
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        (SHELL, answered("0.0.28/04-shell-empty")),
    )
    with scripted(*steps) as (rig, script):
        found = rig.client.read()

    assert script.tokens == [None, f"Bearer {TOKEN}"]
    assert (found.projects, found.threads) == ((), ())


@pytest.mark.parametrize("name", ["08-readonly-shell", "71-rw-token-shell", "76-token-fresh"])
def test_read__other_recorded_shells__every_thread(rig: Rig, name: str) -> None:
    with replay(DESCRIPTOR, f"t3/0.0.28/{name}"):
        found = rig.client.read()

    body = load(f"t3/0.0.28/{name}")[0]["response"]["body"]
    assert [thread.id for thread in found.threads] == [thread["id"] for thread in body["threads"]]


@pytest.mark.parametrize("date", [None, "yesterday", "Sun, 22 Nov 2026 17:57:58 -0000"])
def test_read__no_usable_date__own_clock(date: str | None) -> None:
    shell = httpx.Response(
        200,
        json=load("t3/0.0.28/22-shell-fresh")[0]["response"]["body"],
        headers={"date": date} if date else {},
    )
    with scripted((WELL_KNOWN, answered("0.0.28/01-well-known")), (SHELL, shell)) as (rig, _):
        assert rig.client.read().server_now == NOW


@pytest.mark.parametrize("name", ["76-token-revoked", "77-token-expired"])
def test_read__token_refused__token_error_with_the_command_that_mends_it(
    rig: Rig, name: str
) -> None:
    with replay(DESCRIPTOR, f"t3/0.0.28/{name}", again=True), pytest.raises(TokenError) as caught:
        rig.client.read()

    assert "invalid_credential" in str(caught.value)
    assert "t3 auth session issue" in caught.value.next_step
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("name", ["03-snapshot-no-token", "03-snapshot-bad-token"])
def test_whole__token_refused__token_error(rig: Rig, name: str) -> None:
    with replay(f"t3/0.0.28/{name}", again=True), pytest.raises(TokenError, match="credential"):
        rig.client.whole("t")


def test_read__protocol_1_named__accepted() -> None:
    named = changed(
        "0.0.28/01-well-known", lambda body: body.update(orchestrationProtocolVersion=1)
    )
    with scripted((WELL_KNOWN, named), (SHELL, answered("0.0.28/04-shell-empty"))) as (rig, _):
        assert rig.client.read().environment_id == ENVIRONMENT


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (page(), ServerFault, "instead of JSON"),
        (page(404), NotFound, "answered 404"),
        (httpx.Response(302, headers={"location": "https://login.test"}), ServerFault, "302"),
        (httpx.Response(200, json={"label": "vm"}), ServerFault, "environmentId: missing"),
        (httpx.Response(200, json=[]), ServerFault, "descriptor cannot be read"),
        (httpx.Response(403, text="no"), Refused, "refused with 403"),
        (httpx.Response(429, text="later"), ServerFault, "answered 429"),
        (httpx.Response(403, json=["no"]), Refused, "refused with 403"),
        (httpx.Response(401), TokenError, "without a reason"),
    ],
)
def test_read__no_t3_at_the_address__says_so(
    answer: httpx.Response, error: type[AfkError], text: str
) -> None:
    with scripted((WELL_KNOWN, answer)) as (rig, _), pytest.raises(error, match=text):
        rig.client.read()


def test_read__server_broken__server_fault_after_repeats() -> None:
    with (
        scripted(
            (WELL_KNOWN, answered("0.0.28/01-well-known")),
            *[(SHELL, httpx.Response(500)) for _ in range(3)],
        ) as (rig, _),
        pytest.raises(ServerFault, match="answered 500 \\(nothing\\)"),
    ):
        rig.client.read()
    assert rig.pauses == [0.3, 1.0]


def test_read__gateway_503__no_missing_shell() -> None:
    """Only T3's own 503 text means that the address is unknown to it."""
    with (
        scripted(
            (WELL_KNOWN, answered("0.0.28/01-well-known")),
            *[(SHELL, page(503)) for _ in range(3)],
        ) as (rig, _),
        pytest.raises(ServerFault, match="503"),
    ):
        rig.client.read()


def test_read__failed_once__descriptor_asked_again_next_time() -> None:
    with scripted(
        *[(WELL_KNOWN, httpx.ConnectTimeout("")) for _ in range(3)],
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        (SHELL, answered("0.0.28/04-shell-empty")),
    ) as (rig, _):
        with pytest.raises(Unreachable):
            rig.client.read()
        assert rig.client.read().environment_id == ENVIRONMENT


def test_meet__is_who_is_read_from__and_asked_once() -> None:
    with scripted(
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        (SHELL, answered("0.0.28/04-shell-empty")),
    ) as (rig, _):
        rig.client.meet()
        assert rig.client.read().environment_id == ENVIRONMENT


@pytest.mark.parametrize("late", [False, True])
def test_meet__nobody_there__is_told_to_who_reads_next_and_to_nobody_else(*, late: bool) -> None:
    with scripted(
        *[(WELL_KNOWN, httpx.ConnectTimeout("")) for _ in range(3)],
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        (SHELL, answered("0.0.28/04-shell-empty")),
    ) as (rig, _):
        if not late:
            rig.client.meet()
        with pytest.raises(Unreachable):
            rig.client.read()
        if late:  # who needed it has asked already
            rig.client.meet()
        assert rig.pauses == [0.3, 1.0]
        assert rig.client.read().environment_id == ENVIRONMENT


def test_read__answer_past_the_bound__too_large() -> None:
    with scripted(
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        (SHELL, answered("0.0.28/22-shell-fresh")),
    ) as (rig, _):
        rig.http.max_body = 1000
        with pytest.raises(TooLarge):
            rig.client.read()


@pytest.mark.parametrize("version", VERSIONS)
def test_whole__nothing_archived__all_present(rig: Rig, version: str) -> None:
    with replay(f"t3/{version}/30-2-running-snapshot") as cassette:
        shown = rig.client.whole("t").threads
        assert {one.presence for one in shown} == {Presence.PRESENT}
        assert cassette.play_count == 1


def test_whole__archived_and_deleted__which() -> None:
    def remove(body: Any) -> None:
        body["threads"][0]["archivedAt"] = "2026-11-22T18:00:12.000Z"
        body["threads"][1]["deletedAt"] = "2026-11-22T18:00:12.000Z"

    with scripted((SNAPSHOT, changed("0.0.32/30-2-running-snapshot", remove))) as (rig, _):
        found = rig.client.whole("t").threads

    assert [one.presence for one in found[:2]] == [Presence.ARCHIVED, Presence.DELETED]
    assert found[0].title == "Thread one"


def test_whole__snapshot_gone__server_fault() -> None:
    """As protocol 2 answers (t3/v2-0.0.33, 05-v1-snapshot-gone)."""
    steps = [(SNAPSHOT, answered("0.0.28/06-unknown-route")) for _ in range(3)]
    with scripted(*steps) as (rig, _), pytest.raises(ServerFault, match="No static directory"):
        rig.client.whole("t")


@pytest.mark.parametrize("version", VERSIONS)
def test_detail__recorded_thread__bodies(rig: Rig, version: str) -> None:
    body = load(f"t3/{version}/34-2-pending-user-input-thread")[0]["response"]["body"]["thread"]
    with replay(f"t3/{version}/34-2-pending-user-input-thread") as cassette:
        found = rig.client.detail(body["id"])

        assert cassette.play_count == 1
    assert found is not None
    assert (found.thread.session, found.status) == (Session.LIVE, ThreadStatus.NEEDS_HUMAN)
    assert [message.speaker for message in found.messages] == [Speaker.ASKING, Speaker.AGENT]
    request = body["activities"][0]["payload"]["requestId"]
    assert found.pending == (PendingRequest(request, RequestKind.QUESTION, ("color",)),)


@pytest.mark.parametrize(
    "name",
    [
        "0.0.28/05-thread-not-found",
        "0.0.28/43-3-archived-thread",
        "0.0.32/43-3-archived-thread",
        "0.0.28/43-8-get-deleted",
        "0.0.32/43-8-get-deleted",
        "0.0.28/52-5-get-archived-thread",
        "0.0.28/24-bootstrap-thread-lookup",
    ],
)
def test_detail__unknown_archived_deleted__none(rig: Rig, name: str) -> None:
    path: str = load(f"t3/{name}")[0]["request"]["path"]
    with replay(f"t3/{name}") as cassette:
        assert rig.client.detail(path.rpartition("/")[2]) is None
        assert cassette.play_count == 1


def test_detail__slash_in_the_id__percent_encoded(rig: Rig) -> None:
    with replay("t3/0.0.28/75-thread-id-urlencoded") as cassette:
        assert rig.client.detail("thr/x") is None
        assert cassette.play_count == 1


def test_detail__refused__error() -> None:
    with (
        scripted((read_thread("t"), httpx.Response(400, json={}))) as (rig, _),
        pytest.raises(Refused, match="reading a thread: T3 Code refused with 400"),
    ):
        rig.client.detail("t")
