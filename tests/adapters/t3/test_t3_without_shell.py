"""`T3Client` and a server of 0.0.27, which has neither shell nor threads/:id."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from support.cassettes import load
from support.t3_rig import (
    SHELL,
    SNAPSHOT,
    THREAD,
    WELL_KNOWN,
    answered,
    changed,
    page,
    read_thread,
    scripted,
)

from afk.adapters.t3.wire import instant
from afk.errors import (
    ServerFault,
)
from afk.model.agent import RequestKind
from afk.types import ThreadStatus

MISSING: Mapping[str, tuple[int, Callable[[], httpx.Response]]] = {
    "packaged build": (1, page),
    "no web build": (3, lambda: answered("0.0.28/06-unknown-route")),
    "bare 404": (1, lambda: httpx.Response(404)),
}
NOBODY = read_thread("afk-asks-whether-this-address-is-known")


def without(path: str, kind: str) -> list[tuple[str, httpx.Response]]:
    """Return how a server without this address answers; a 503 is asked for again by `Http`."""
    times, answer = MISSING[kind]
    return [(path, answer()) for _ in range(times)]


@pytest.mark.parametrize("kind", MISSING)
def test_read__no_shell__snapshot_and_remembered(kind: str) -> None:
    """The time only a shell has comes from the messages."""
    pending = load("t3/0.0.28/33-2-pending-approval-thread")[0]["response"]["body"]["thread"]

    def add(body: Any) -> None:
        body["threads"].append(pending)
        body["threads"][0]["archivedAt"] = "2026-11-22T17:59:00.000Z"
        body["threads"][1]["deletedAt"] = "2026-11-22T17:59:00.000Z"

    with scripted(
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        *without(SHELL, kind),
        (SNAPSHOT, changed("0.0.28/30-2-running-snapshot", add)),
        *without(SHELL, kind),
        *without(NOBODY, kind),
        (SNAPSHOT, changed("0.0.28/30-2-running-snapshot", add)),
    ) as (rig, _):
        found = rig.client.read()
        again = rig.client.read()

    assert again.threads == found.threads
    assert len(found.threads) == 4
    assert found.thread(THREAD) is None
    thread = found.thread(pending["id"])
    assert thread is not None
    assert thread.asked_at == instant(pending["latestTurn"]["requestedAt"])


def test_read__shell_back_at_the_second_look__used_and_nothing_remembered() -> None:
    """A newer server's snapshot has empty bodies: a restarting gateway must not lead there."""
    with scripted(
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        (SHELL, page()),
        (SNAPSHOT, answered("0.0.32/30-2-running-snapshot")),
        (SHELL, answered("0.0.32/22-shell-fresh")),
        (SHELL, answered("0.0.32/22-shell-fresh")),
    ) as (rig, _):
        assert len(rig.client.read().threads) == 4
        assert len(rig.client.read().threads) == 4


def test_read__page_for_the_shell_alone__is_t3_s_trouble_and_not_remembered() -> None:
    """Its snapshot has no bodies: an agent at work would look like one that never started."""
    with scripted(
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        (SHELL, page()),
        (SNAPSHOT, answered("0.0.32/30-2-running-snapshot")),
        (SHELL, page()),
        (NOBODY, answered("0.0.28/05-thread-not-found")),
        (SHELL, answered("0.0.32/22-shell-fresh")),
    ) as (rig, _):
        with pytest.raises(ServerFault, match="a page of HTML"):
            rig.client.read()
        assert len(rig.client.read().threads) == 4


def test_read__pages_for_all_but_a_snapshot_without_bodies__is_t3_s_trouble() -> None:
    """A gateway in front of a newer server, whatever it lets through."""
    with scripted(
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        (SHELL, page()),
        (SNAPSHOT, answered("0.0.32/30-2-running-snapshot")),
        (SHELL, page()),
        (NOBODY, page()),
        (SHELL, answered("0.0.32/22-shell-fresh")),
    ) as (rig, _):
        with pytest.raises(ServerFault, match="without messages"):
            rig.client.read()
        assert len(rig.client.read().threads) == 4


def test_detail__page_for_its_address_and_a_snapshot_without_bodies__is_t3_s_trouble() -> None:
    running = load("t3/0.0.32/30-2-running-thread")[0]["response"]["body"]["thread"]["id"]
    snapshot = "0.0.32/30-2-running-snapshot"
    with (
        scripted(
            (read_thread(running), page()),
            (SHELL, page()),
            (SNAPSHOT, answered(snapshot)),
            (SHELL, page()),
            (NOBODY, page()),
            (SNAPSHOT, answered(snapshot)),
        ) as (rig, _),
        pytest.raises(ServerFault, match="without messages"),
    ):
        rig.client.detail(running)


@pytest.mark.parametrize(
    "snapshot", [page(), page(404), httpx.Response(404, json={"code": "not_found"})]
)
def test_read__neither_shell_nor_snapshot__error(snapshot: httpx.Response) -> None:
    with (
        scripted(
            (WELL_KNOWN, answered("0.0.28/01-well-known")),
            (SHELL, page()),
            (SNAPSHOT, snapshot),
            (SHELL, page()),
        ) as (rig, _),
        pytest.raises(ServerFault, match="instead of JSON"),
    ):
        rig.client.read()


def test_detail__no_shell__from_the_snapshot() -> None:
    """Asked for before any read, the client finds out by itself."""
    running = load("t3/0.0.28/30-2-running-thread")[0]["response"]["body"]["thread"]
    snapshot = "0.0.28/30-2-running-snapshot"
    with scripted(
        (read_thread(running["id"]), page()),
        (SHELL, page()),
        (SNAPSHOT, answered(snapshot)),
        (SHELL, page()),
        (NOBODY, page()),
        (SNAPSHOT, answered(snapshot)),
        (SNAPSHOT, answered(snapshot)),
    ) as (rig, _):
        found = rig.client.detail(running["id"])
        nobody = rig.client.detail("thr-nobody")

    assert found is not None
    assert found.messages[0].id == running["messages"][0]["id"]
    assert nobody is None


def test_detail__no_shell_and_archived__none() -> None:
    def archive(body: Any) -> None:
        body["threads"][0]["archivedAt"] = "2026-11-22T17:59:00.000Z"

    with scripted((SNAPSHOT, changed("0.0.28/30-2-running-snapshot", archive))) as (rig, _):
        rig.first._reading.shell_missing = True

        assert rig.client.detail(THREAD) is None


def test_detail__no_shell_and_an_open_request__waits_as_the_bodies_say() -> None:
    """The flags that only a shell has come from activities."""
    pending = load("t3/0.0.28/33-2-pending-approval-thread")[0]["response"]["body"]["thread"]

    def add(body: Any) -> None:
        body["threads"].append(pending)

    with scripted((SNAPSHOT, changed("0.0.28/30-2-running-snapshot", add))) as (rig, _):
        rig.first._reading.shell_missing = True
        found = rig.client.detail(pending["id"])

    assert found is not None
    assert [one.kind for one in found.pending] == [RequestKind.APPROVAL]
    assert found.status is ThreadStatus.NEEDS_HUMAN


def test_detail__page_though_there_is_a_shell__server_fault() -> None:
    with (
        scripted((read_thread("t"), page()), (SHELL, answered("0.0.28/22-shell-fresh"))) as (
            rig,
            _,
        ),
        pytest.raises(ServerFault, match="a page of HTML"),
    ):
        rig.client.detail("t")
