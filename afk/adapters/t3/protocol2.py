"""T3 Code's orchestration protocol 2, as `afk.adapters.t3_client` uses it.

Profile
-------
Endpoints: ``GET /api/orchestration/shell`` and ``/threads/:id`` with the header
``x-t3-orchestration-protocol: 2`` (scope ``orchestration:read``); commands over one socket,
``/ws`` (`afk.adapters.t3.rpc`): ``orchestration.dispatchCommand`` and ``projects.mutate``
(``orchestration:operate``), ``server.getConfig`` (``orchestration:read``).

Requests: `read` costs one, `detail` one, `whole` two, a command one and, where T3 would do what
must not be done, one read before it. The first command of a tick costs two more, ticket and socket.

What T3 does not refuse and afk does:

- A message to a deleted or archived thread runs, unseen (``43-4``, ``43-9-message-to-deleted``);
  one to a thread at work is queued and starts by itself (``34-*``). So the thread is read first.
- ``thread.create`` on an id that exists writes over it, and brings back a deleted one (``43-9-*``).
  Command ids follow from the run, so that the same command comes again and does nothing.
- To interrupt or delete a thread while a request is open wedges the provider for every thread
  (``51-*``, ``54-*``, ``55-*``): the request is answered first, and looked for again.

There is no session to stop: what is stopped are runs, the queued ones first, since they start when
the one before them ends (``34-interrupt-with-queue-timeline``).

Errors: a refusal carries T3's reason and is `Refused` with the status that protocol 1 would have
answered; ``stored`` refusals hold for that command id for ever.

Sources: recordings ``t3/v2-0.0.33``; https://github.com/pingdotgg/t3code,
packages/contracts/src/orchestrationV2.ts and apps/server/src/orchestration-v2.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import httpx

from afk.adapters.http import Answer, Http
from afk.adapters.t3 import providers, runs
from afk.adapters.t3.errors import failure, protocol_closed, protocol_refused, server_time
from afk.adapters.t3.exits import Done, Failed, over_by_now, refusal_of
from afk.adapters.t3.mapping import selection
from afk.adapters.t3.projection import Detail, Dispatched, Projection, RuntimeRequest, Shell
from afk.adapters.t3.reading import SHELL, THREADS
from afk.adapters.t3.rpc import Rpc
from afk.adapters.t3.runtime_requests import open_requests, questions
from afk.adapters.t3.wire import parse
from afk.errors import OutsideFailure, Refused
from afk.model.agent import AgentSnapshot, PendingRequest, Presence, RequestKind, ThreadDetail
from afk.ports import ThreadSpec

HEADER: Final = "x-t3-orchestration-protocol"
_DISPATCH: Final = "orchestration.dispatchCommand"
_READING: Final = "reading a thread"
_NOBODY: Final = "Nobody is there to answer, and this run is over. Stop here."
_BY: Final = {"createdBy": "user", "creationSource": "web"}
_SETTLES: Final = 0.3
_REFUSED: Final = 500
_NO_FOLDER: Final = "WorkspaceRoot"


@dataclass(kw_only=True)
class Protocol2:
    """One T3 Code server; safe to use from several threads at once, one thread of T3's by one.

    ``http`` carries the header of the protocol; ``now`` stands in for T3's clock where an answer
    carries no Date.
    """

    http: Http
    now: Callable[[], datetime]
    environment: str
    rpc: Rpc

    def read(self) -> AgentSnapshot:
        """Return projects and threads, archived and deleted ones left out."""
        return self.shown(self.http.get(SHELL))

    def shown(self, answer: Answer) -> AgentSnapshot:
        """Return what an answer of the shell shows, archived threads left out."""
        whole = self._snapshot(answer)
        present = (one for one in whole.threads if one.presence is Presence.PRESENT)
        return replace(whole, threads=tuple(present))

    def whole(self, thread_id: str) -> AgentSnapshot:
        """Return the shell with archived threads, and the one asked for wherever it stands.

        A thread is asked for by itself, then the shell again: T3 answers for a deleted one too,
        and 404 for one that never was.
        """
        found, _ = self._thread(thread_id)
        shell = self._snapshot(self.http.get(SHELL))
        if found is None or shell.thread(thread_id) is not None:
            return replace(shell, only=thread_id)
        alone = runs.whole_thread(found, shell.server_now)
        return replace(shell, threads=(*shell.threads, alone), only=thread_id)

    def detail(self, thread_id: str) -> ThreadDetail | None:
        """Return a thread with its messages and state; None when unknown, archived or deleted."""
        found, clock = self._thread(thread_id)
        return runs.detail(found, clock, self.http.mask) if found is not None else None

    def check_provider(self, instance: str, model: str) -> None:
        """Raise `UserMustFix` where T3 shows that it cannot run this agent."""
        providers.check(self.config(), instance, model)

    def config(self) -> providers.ServerConfig:
        """Return what T3 says of its providers."""
        doing = "ask for T3's providers"
        ended = self.rpc.call("server.getConfig", {}, doing)
        if isinstance(ended, Failed):
            raise refusal_of(ended, doing)
        return parse(providers.ServerConfig, ended.value, "config")

    def create_project(self, project_id: str, title: str, workspace: str, command: str) -> None:
        """Create a project for a folder that exists on T3's host.

        Over the socket, where T3 says why it refuses (``20-ws-project-create-conflict``).
        """
        body = {
            "type": "project.create",
            "commandId": command,
            "projectId": project_id,
            "title": title,
            "workspaceRoot": workspace,
        }
        ended = self.rpc.call("projects.mutate", body, "project.create")
        if isinstance(ended, Failed):
            missing = any(name.startswith(_NO_FOLDER) for name in ended.names)
            raise refusal_of(ended, "project.create", wrong=missing)

    def create_thread(self, spec: ThreadSpec, command: str) -> int:
        """Create a thread; returns the sequence a snapshot must reach to show it."""
        fields = {
            "projectId": spec.project_id,
            "title": spec.title,
            "modelSelection": selection(spec),
            "runtimeMode": "full-access",
            "interactionMode": "default",
            "branch": None,
            "worktreePath": None,
        }
        return self._command("thread.create", spec.id, command, {**_BY, **fields})

    def start_turn(self, thread_id: str, message_id: str, text: str, command: str) -> None:
        """Send a user message, which starts a run, unless the thread has it already.

        Raises `OutsideFailure` while an agent is at work in the thread.
        """
        if self._has(thread_id, message_id):
            return
        fields = {
            "messageId": message_id,
            "text": text,
            "attachments": [],
            "dispatchMode": {"type": "start_immediately"},
        }
        refusal = self._dispatched("message.dispatch", thread_id, command, {**_BY, **fields})
        if isinstance(refusal, Failed) and refusal.stored and not self._has(thread_id, message_id):
            # A fault of T3's own is not remembered; a refusal is, and says so again.
            again = self._dispatched("message.dispatch", thread_id, command, {**_BY, **fields})
            if isinstance(again, Failed):
                raise refusal_of(refusal, "message.dispatch")
        elif isinstance(refusal, Failed) and not refusal.stored:
            raise refusal_of(refusal, "message.dispatch")

    def stop(self, thread_id: str, command: str) -> None:
        """End every run of the thread; that they ended is seen by reading."""
        found = self._known(thread_id, "stop")
        found = self._without_requests(thread_id, found, command)
        # Newest first: a queued run would begin as soon as the one before it ended.
        for run in reversed(runs.active_runs(found)):
            kind = "queued-run.cancel" if run.status == "queued" else "run.interrupt"
            own = f"{command}:{run.ordinal}"
            ended = self._dispatched(kind, thread_id, own, {"runId": run.id})
            if isinstance(ended, Failed) and not over_by_now(ended):
                raise refusal_of(ended, kind)

    def set_archived(self, thread_id: str, command: str, *, archived: bool) -> None:
        """Archive a thread or take it back; as it is already: refused (``43-3-archive-again``)."""
        self._command("thread.archive" if archived else "thread.unarchive", thread_id, command, {})

    def decline(self, thread_id: str, request: PendingRequest, command: str) -> None:
        """Say no to an approval; tell a question that nobody is there."""
        self.answer(thread_id, request, _NOBODY, command)

    def answer(self, thread_id: str, request: PendingRequest, text: str, command: str) -> None:
        """Answer every question of a request with the text; an approval is declined.

        One that nobody waits for any more is no error: nothing is to be done about it.
        """
        fields: dict[str, Any] = {"requestId": request.id}
        if request.kind is RequestKind.APPROVAL:
            fields["decision"] = "decline"
        else:
            fields["answers"] = dict.fromkeys(request.questions, text)
        self._respond(thread_id, command, fields)

    def delete_thread(self, thread_id: str, command: str) -> None:
        """Delete a thread and end its runs; one already gone is no error."""
        found, _ = self._thread(thread_id)
        if found is None:
            return
        self._without_requests(thread_id, found, command)
        self._command("thread.delete", thread_id, command, {})

    def close(self) -> None:
        """Close the socket."""
        self.rpc.close()

    def _snapshot(self, answer: Answer) -> AgentSnapshot:
        data = self._json(answer, "reading the threads")
        clock = server_time(answer.headers, self.now())
        return runs.snapshot(parse(Shell, data, "shell"), self.environment, clock)

    def _thread(self, thread_id: str) -> tuple[Projection | None, datetime]:
        """Return a thread's projection, wherever it stands, and T3's clock."""
        answer = self.http.get(THREADS + quote(thread_id, safe=""))
        clock = server_time(answer.headers, self.now())
        if answer.status == httpx.codes.NOT_FOUND and answer.is_json:
            return None, clock
        data = self._json(answer, _READING)
        return parse(Detail, data, "thread").projection, clock

    def _json(self, answer: Answer, what: str) -> Any:
        if protocol_closed(answer):
            raise protocol_refused(self.http.name, answer)
        if not answer.ok:
            raise failure(answer, what)
        return answer.masked

    def _known(self, thread_id: str, doing: str) -> Projection:
        found, _ = self._thread(thread_id)
        if found is None:
            raise Refused(f"{doing}: T3 Code knows no such thread", status=_REFUSED)
        return found

    def _has(self, thread_id: str, message_id: str) -> bool:
        """Say whether the message is there; refuse where it must not be sent."""
        found = self._known(thread_id, "message.dispatch")
        if any(one.id == message_id for one in found.messages):
            return True
        if found.thread.presence is not Presence.PRESENT:
            where = found.thread.presence.value
            raise Refused(f"message.dispatch: the thread is {where}", status=_REFUSED)
        if any(run.status != runs.WAITING for run in runs.active_runs(found)):
            raise OutsideFailure(
                "an agent is at work in the thread, and no turn is sent beside another",
                cause="somebody wrote in it, or T3 has not finished its last turn",
                next_step="nothing to do: a later tick looks again",
            )
        return False

    def _without_requests(self, thread_id: str, found: Projection, command: str) -> Projection:
        """Answer whatever is open in a thread, and see it gone, before anything is ended there."""
        waiting = open_requests(found)
        for number, request in enumerate(waiting, start=1):
            fields = {"requestId": request.id, **_no(request, found)}
            self._respond(thread_id, f"{command}:request-{number}", fields)
        if not waiting:
            return found
        self.http.sleep(_SETTLES)
        found = self._known(thread_id, "stop")
        if open_requests(found):
            raise OutsideFailure(
                "T3 still shows a request as open that was answered",
                cause="it has not passed the answer on yet",
                next_step="nothing to do: a later tick stops the agent",
            )
        return found

    def _respond(self, thread_id: str, command: str, fields: Mapping[str, Any]) -> None:
        ended = self._dispatched("runtime-request.respond", thread_id, command, fields)
        if isinstance(ended, Failed) and not ended.stored:
            raise refusal_of(ended, "runtime-request.respond")

    def _command(self, kind: str, thread_id: str, command: str, fields: Mapping[str, Any]) -> int:
        ended = self._dispatched(kind, thread_id, command, fields)
        if isinstance(ended, Failed):
            raise refusal_of(ended, kind)
        return parse(Dispatched, ended.value, f"answer to {kind}").sequence

    def _dispatched(
        self, kind: str, thread_id: str, command: str, fields: Mapping[str, Any]
    ) -> Done | Failed:
        body = {"type": kind, "commandId": command, "threadId": thread_id, **fields}
        return self.rpc.call(_DISPATCH, body, kind)


def _no(request: RuntimeRequest, found: Projection) -> dict[str, Any]:
    """Return what says no to a request, of whatever kind."""
    if request.kind == "user_input":
        return {"answers": dict.fromkeys(questions(request, found.turn_items), _NOBODY)}
    return {"decision": "decline"}
