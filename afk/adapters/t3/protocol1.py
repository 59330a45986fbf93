"""T3 Code's orchestration protocol 1, as `afk.adapters.t3_client` uses it.

Profile
-------
Endpoints: ``GET /api/orchestration/shell``, ``/snapshot`` and ``/threads/:id`` (scope
``orchestration:read``), ``POST .../dispatch`` (``orchestration:operate``).

Requests: every method costs one. A server without ``/shell`` (0.0.26, 0.0.27, some 0.0.28)
has no ``/threads/:id`` either: it is asked for ``/snapshot`` instead, which carries all bodies
there (`afk.adapters.t3.reading`; four requests until that is proven and remembered).

Commands: a bare envelope, answered with ``{"sequence": n}``. The command id is the key of
idempotency: repeated, it is answered with the first sequence and does nothing. Therefore the
same command is sent again, up to twice, when its effect is unknown (no answer, or a gateway's
502 to 504). Every broken rule ("exists already", "unknown thread") is the same 500
``orchestration_dispatch_failed``: what became of the command is read from T3's state.
``createdAt`` is required and the server puts its own time in its place. ``thread.turn.start``
does not set the runtime mode: the thread's own holds (``53-*``), set by ``thread.create``.

Never sent: ``thread.turn.interrupt``. While an approval or a question is open it deadlocks the
server, and no turn on any thread starts until it is restarted (``52-*``, ``81-*``).

Another protocol is noticed by what only it has, and told as `OtherProtocol`: the shape of shell
and thread, no snapshot, no address for commands, a read that is refused with nothing.

Errors: `afk.adapters.t3.errors`. Limits: a message of more than 120,000 characters is accepted
and its turn fails to start (cassettes ``test_agent_turn__text_past_the_limit``).

Sources: recordings ``t3/0.0.28`` and ``t3/0.0.32``; https://github.com/pingdotgg/t3code,
packages/contracts/src/orchestration.ts and apps/server/src/orchestration.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import httpx

from afk.adapters.http import Answer, Http
from afk.adapters.t3.errors import (
    OtherProtocol,
    failure,
    protocol_closed,
    refused,
    route_missing,
    server_time,
)
from afk.adapters.t3.mapping import detail, selection, snapshot
from afk.adapters.t3.projection import is_protocol_2
from afk.adapters.t3.reading import SNAPSHOT, THREADS, Reading
from afk.adapters.t3.wire import Accepted, Detail, Overview, parse
from afk.errors import Refused, Unreachable
from afk.model.agent import (
    AgentSnapshot,
    PendingRequest,
    Presence,
    RequestKind,
    ThreadDetail,
)
from afk.ports import ThreadSpec

_DISPATCH: Final = "/api/orchestration/dispatch"
_PAUSES: Final = (0.3, 1.0)
_GATEWAY: Final = frozenset({502, 503, 504})
_MODES: Final = {"runtimeMode": "full-access", "interactionMode": "default"}
_READING: Final = "reading a thread"
_NOBODY: Final = "Nobody is there to answer, and this run is over. Stop here."


@dataclass(kw_only=True)
class Protocol1:
    """One T3 Code server; safe to use from several threads at once, one thread of T3's by one.

    ``now`` returns aware UTC datetimes; it stamps commands, and stands in for T3's clock where an
    answer carries no Date. ``environment`` says which server it is; it may have to ask.
    """

    http: Http
    now: Callable[[], datetime]
    environment: Callable[[], str]
    _environment: str = ""
    _reading: Reading = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Nothing is known of the server yet."""
        self._reading = Reading(http=self.http)

    def read(self) -> AgentSnapshot:
        """Return projects and threads, archived and deleted ones left out."""
        self._environment = self.environment()
        answer = self._reading.overview()
        if protocol_closed(answer):
            raise OtherProtocol
        data = _json(answer, "reading the threads")
        if is_protocol_2(data):
            raise OtherProtocol(answer)
        clock = server_time(answer.headers, self.now())
        overview = parse(Overview, data, "shell")
        self._reading.check(overview.threads)
        shown = snapshot(overview, self._environment, clock)
        present = (one for one in shown.threads if one.presence is Presence.PRESENT)
        return replace(shown, threads=tuple(present))

    def whole(self) -> AgentSnapshot:
        """Return the snapshot, which shows archived and deleted threads, too.

        What is derived from bodies (open requests, the newest user message) is missing in it from
        0.0.29 or a little later on. Which server it is was asked by `read`.
        """
        overview, clock = self._snapshot()
        return snapshot(overview, self._environment, clock)

    def detail(self, thread_id: str) -> ThreadDetail | None:
        """Return a thread with its messages and state; None when unknown, archived or deleted."""
        if not self._reading.shell_missing:
            answer = self.http.get(THREADS + quote(thread_id, safe=""))
            if not route_missing(answer):
                if answer.status == httpx.codes.NOT_FOUND:
                    return None
                if protocol_closed(answer):
                    raise OtherProtocol
                clock, data = server_time(answer.headers, self.now()), _json(answer, _READING)
                if isinstance(data, dict) and "projection" in data:
                    raise OtherProtocol
                return detail(parse(Detail, data, "thread").thread, clock, self.http.mask)
            self._reading.overview()
            if not self._reading.shell_missing:
                raise failure(answer, _READING)
        whole, clock = self._snapshot()
        self._reading.check(whole.threads)
        mask = self.http.mask
        return next(
            (detail(one, clock, mask) for one in whole.threads if one.id == thread_id), None
        )

    def create_project(self, project_id: str, title: str, workspace: str, command: str) -> None:
        """Create a project for a folder that exists on T3's host.

        Raises `Refused` with status 400 when the folder does not exist
        (``20-project-create-missing-dir``), 500 when the id or the folder is taken.
        """
        fields = {"projectId": project_id, "title": title, "workspaceRoot": workspace}
        self._command(self._envelope("project.create", command, fields))

    def create_thread(self, spec: ThreadSpec, command: str) -> int:
        """Create a thread; returns the sequence a snapshot must reach to show it.

        A 500 is resolved by looking for the thread; `Refused` only if it is not there.
        """

        def shown() -> int | None:
            seen = self.read()
            return seen.sequence if seen.thread(spec.id) else None

        fields = {
            "threadId": spec.id,
            "projectId": spec.project_id,
            "title": spec.title,
            "modelSelection": selection(spec),
            **_MODES,
            "branch": None,
            "worktreePath": None,
        }
        return self._settle(self._envelope("thread.create", command, fields), shown)

    def start_turn(self, thread_id: str, message_id: str, text: str, command: str) -> None:
        """Send a user message, which starts a turn.

        A 500 is resolved by looking for the message in the thread, then sending the same
        command once more; `Refused` with status 500 if it is still not there.
        """

        def shown() -> int | None:
            seen = self.detail(thread_id)
            ids = {message.id for message in seen.messages} if seen else set()
            return 0 if message_id in ids else None

        message = {"messageId": message_id, "role": "user", "text": text, "attachments": []}
        fields = {"threadId": thread_id, "message": message, **_MODES}
        self._settle(self._envelope("thread.turn.start", command, fields), shown)

    def stop(self, thread_id: str, command: str) -> None:
        """Stop the thread's session; that it stopped is seen by reading."""
        self._command(self._envelope("thread.session.stop", command, {"threadId": thread_id}))

    def set_archived(self, thread_id: str, command: str, *, archived: bool) -> None:
        """Archive a thread or take it back (``43-2``, ``43-6``); as it is already: 500."""
        kind = "thread.archive" if archived else "thread.unarchive"
        self._command({"type": kind, "commandId": command, "threadId": thread_id})

    def decline(self, thread_id: str, request: PendingRequest, command: str) -> None:
        """Say no to an approval; tell a question that nobody is there.

        A question gets words rather than no answers, since only those were seen to end it
        (``34-3-user-input-respond``).
        """
        self.answer(thread_id, request, _NOBODY, command)

    def answer(self, thread_id: str, request: PendingRequest, text: str, command: str) -> None:
        """Answer every question of a request with the text; an approval is declined."""
        fields: dict[str, Any] = {"threadId": thread_id, "requestId": request.id}
        if request.kind is RequestKind.APPROVAL:
            kind, fields["decision"] = "thread.approval.respond", "decline"
        else:
            kind = "thread.user-input.respond"
            fields["answers"] = dict.fromkeys(request.questions, text)
        self._command(self._envelope(kind, command, fields))

    def delete_thread(self, thread_id: str, command: str) -> None:
        """Delete a thread; one already gone is no error (``43-9-delete-again`` is a 200)."""
        # The one command without createdAt (``43-7-delete``).
        body = {"type": "thread.delete", "commandId": command, "threadId": thread_id}
        outcome = self._dispatch(body)
        if isinstance(outcome, Refused) and self.read().thread(thread_id):
            raise outcome

    def _snapshot(self) -> tuple[Overview, datetime]:
        """Return all threads, archived and deleted ones too, and T3's clock."""
        answer = self.http.get(SNAPSHOT)
        if protocol_closed(answer):
            raise OtherProtocol
        data = _json(answer, "reading the snapshot")
        return parse(Overview, data, "snapshot"), server_time(answer.headers, self.now())

    def _envelope(self, kind: str, command: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        created = self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"type": kind, "commandId": command, **fields, "createdAt": created}

    def _command(self, body: Mapping[str, Any]) -> None:
        outcome = self._dispatch(body)
        if isinstance(outcome, Refused):
            raise outcome

    def _settle(self, body: Mapping[str, Any], shown: Callable[[], int | None]) -> int:
        """Send a command, after a 500 once more, unless T3 shows its effect by then.

        A 500 that a broken rule caused is remembered under the command id; one of the database
        is not, and the same command may succeed (source, OrchestrationEngine.ts).
        """
        outcome, again = self._dispatch(body), True
        while isinstance(outcome, Refused):
            if (seen := shown()) is not None:
                return seen
            if not again:
                raise outcome
            outcome, again = self._dispatch(body), False
        return outcome

    def _dispatch(self, body: Mapping[str, Any]) -> int | Refused:
        """Return the sequence, or a 500 as a value: what it means is for the caller to find out."""
        kind = str(body["type"])
        answer = self._post(body)
        if answer.status == httpx.codes.INTERNAL_SERVER_ERROR:
            return refused(answer, kind)
        if answer.status == httpx.codes.NOT_FOUND:
            raise OtherProtocol
        return parse(Accepted, _json(answer, kind), f"answer to {kind}").sequence

    def _post(self, body: Mapping[str, Any]) -> Answer:
        """Post a command, the same one again while its effect is unknown."""
        for pause in _PAUSES:
            try:
                answer = self.http.send("POST", _DISPATCH, body=body)
            except Unreachable:
                self.http.sleep(pause)
                continue
            if answer.status not in _GATEWAY:
                return answer
            self.http.sleep(pause)
        return self.http.send("POST", _DISPATCH, body=body)


def _json(answer: Answer, what: str) -> Any:
    if not answer.ok:
        raise failure(answer, what)
    return answer.masked
