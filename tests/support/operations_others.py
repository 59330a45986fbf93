"""Every request that afk can send to T3 Code, to doorbells, and to a deployed page."""

from collections.abc import Mapping
from typing import Final

from support.operations import Operation, Proof, Server

_NONE: Final[Mapping[int, str]] = {}
_NO_REASONS: Final[Mapping[Proof, str]] = {}

# T3 Code

_NO_SCHEMA: Final = "it publishes no description; recorded 400s show what it refuses"
_OVERVIEW: Final = "t3.reading.Reading.overview"
_ROUTES_MISSING: Final = {404: "of a release without the route; none could be had"}


def _t3(
    request: str,
    *senders: str,
    told: tuple[int, ...] = (),
    unseen: Mapping[int, str] = _NONE,
    reasons: Mapping[Proof, str] = _NO_REASONS,
) -> Operation:
    return Operation(
        server=Server.T3,
        request=request,
        senders=tuple(one if "." in one else f"t3_client.T3Client.{one}" for one in senders),
        told=told,
        unseen=unseen,
        reasons={Proof.SCHEMA: _NO_SCHEMA, **reasons},
    )


def _command(kind: str, method: str, *told: int) -> Operation:
    return _t3(f"POST /api/orchestration/dispatch + {kind}", method, told=told)


T3: Final = (
    _t3("GET /.well-known/t3/environment", "_environment_id"),
    _t3("GET /api/orchestration/shell", _OVERVIEW, told=(404,), unseen=_ROUTES_MISSING),
    _t3("GET /api/orchestration/snapshot", _OVERVIEW, "_snapshot"),
    _t3("GET /api/orchestration/threads/{thread}", _OVERVIEW, "detail", told=(404,)),
    _command("project.create", "create_project"),
    _command("thread.create", "create_thread", 500),
    _command("thread.turn.start", "start_turn", 500),
    _command("thread.session.stop", "stop"),
    _command("thread.archive", "set_archived"),
    _command("thread.unarchive", "set_archived"),
    _command("thread.approval.respond", "answer"),
    _command("thread.user-input.respond", "answer"),
    _command("thread.delete", "delete_thread"),
)

# The rest

_OUTSIDE: Final = "no double of it: tests/adapters/test_notifier*.py ask with what it documents"
_ANYBODY: Final = "anybody's server: only whether it took it is read"

OTHERS: Final = (
    Operation(
        server=Server.SLACK,
        request="POST {address}",
        senders=("doorbells.bell.Doorbell.ring",),
        reasons={
            Proof.CASSETTE: "needs a workspace of one's own",
            Proof.CONFORMANCE: _OUTSIDE,
            Proof.CONTRACT: "one message, no answer but a status",
            Proof.SCHEMA: "described in words only; linked in afk/adapters/doorbells/",
        },
    ),
    Operation(
        server=Server.NTFY,
        request="POST {folder}",
        senders=("doorbells.bell.Doorbell.ring",),
        reasons={
            Proof.CONFORMANCE: _OUTSIDE,
            Proof.CONTRACT: "one message, no answer but a status",
            Proof.SCHEMA: "described in words only; linked in afk/adapters/doorbells/",
        },
    ),
    Operation(
        server=Server.WEBHOOK,
        request="POST {address}",
        senders=("doorbells.bell.Doorbell.ring",),
        reasons={
            Proof.CASSETTE: _ANYBODY,
            Proof.CONFORMANCE: _ANYBODY,
            Proof.CONTRACT: "one message, no answer but a status",
            Proof.SCHEMA: "afk's own form",
        },
    ),
    Operation(
        server=Server.PROBE,
        request="GET {address}",
        senders=("ci_watcher.HttpProbe.__call__",),
        reasons={
            Proof.CASSETTE: "anybody's page: only the proof in it is looked for",
            Proof.CONFORMANCE: "anybody's page",
            Proof.CONTRACT: "tests/loops and the demo ask one on loopback",
            Proof.SCHEMA: "anybody's page",
        },
    ),
)
