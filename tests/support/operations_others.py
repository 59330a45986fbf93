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
        senders=senders,
        told=told,
        unseen=unseen,
        reasons={Proof.SCHEMA: _NO_SCHEMA, **reasons},
    )


def _command(kind: str, method: str, *told: int) -> Operation:
    sender = f"t3.protocol1.Protocol1.{method}"
    return _t3(f"POST /api/orchestration/dispatch + {kind}", sender, told=told)


def _call(kind: str, *methods: str, reasons: Mapping[Proof, str] = _NO_REASONS) -> Operation:
    senders = tuple(f"t3.protocol2.Protocol2.{method}" for method in methods)
    return _t3(f"POST /ws + {kind}", *senders, reasons=reasons)


_OF_DOCTOR: Final = "asked by `afk doctor` alone: a recording holds adapter and sandbox to it"
_CLIENT: Final = "t3_client.T3Client"
_ONE: Final = "t3.protocol1.Protocol1"
_TWO: Final = "t3.protocol2.Protocol2"
_QUEUED: Final = {
    Proof.CASSETTE: "afk queues no run: only what a person queued is cancelled",
    Proof.CONTRACT: "afk queues no run",
    Proof.CONFORMANCE: "afk queues no run; the sandbox's own tests do",
}

T3: Final = (
    _t3("GET /.well-known/t3/environment", f"{_CLIENT}._ask_who"),
    _t3(
        "GET /api/auth/session",
        f"{_CLIENT}.session",
        reasons=dict.fromkeys((Proof.CASSETTE, Proof.CONTRACT), _OF_DOCTOR),
    ),
    _t3(
        "GET /api/orchestration/shell",
        _OVERVIEW,
        f"{_CLIENT}._other",
        f"{_TWO}.read",
        f"{_TWO}.whole",
        told=(404,),
        unseen=_ROUTES_MISSING,
    ),
    _t3("GET /api/orchestration/snapshot", _OVERVIEW, f"{_ONE}._snapshot"),
    _t3(
        "GET /api/orchestration/threads/{thread}",
        _OVERVIEW,
        f"{_ONE}.detail",
        f"{_TWO}._thread",
        told=(404,),
    ),
    _command("project.create", "create_project"),
    _command("thread.create", "create_thread", 500),
    _command("thread.turn.start", "start_turn", 500),
    _command("thread.session.stop", "stop"),
    _command("thread.archive", "set_archived"),
    _command("thread.unarchive", "set_archived"),
    _command("thread.approval.respond", "answer"),
    _command("thread.user-input.respond", "answer"),
    _command("thread.delete", "delete_thread"),
    _t3("POST /api/auth/websocket-ticket", "t3.rpc.Rpc._connection"),
    _call("server.getConfig", "config"),
    _call("project.create", "create_project"),
    _call("thread.create", "create_thread"),
    _call("message.dispatch", "start_turn"),
    _call("run.interrupt", "stop"),
    _call("queued-run.cancel", "stop", reasons=_QUEUED),
    _call("thread.archive", "set_archived"),
    _call("thread.unarchive", "set_archived"),
    _call("runtime-request.respond", "answer", "_without_requests"),
    _call("thread.delete", "delete_thread"),
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
        server=Server.DISCORD,
        request="POST {address}?wait=true",
        senders=("doorbells.bell.Doorbell.ring",),
        reasons={
            Proof.CASSETTE: "needs a channel of one's own",
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
