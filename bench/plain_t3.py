"""T3 Code as the plain script uses it: the shell read, a thread made, a turn started."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from websockets.sync.client import ClientConnection, connect

_MODES: Final = {"runtimeMode": "full-access", "interactionMode": "default"}
_BY: Final = {"createdBy": "user", "creationSource": "web"}
_NOWHERE: Final = {"branch": None, "worktreePath": None}
_BUSY: Final = ("starting", "running", "preparing", "queued", "waiting")


@dataclass(kw_only=True)
class PlainT3:
    """One server; ``protocol`` is 1 (commands are posted) or 2 (commands go through a socket)."""

    client: httpx.Client
    url: str
    protocol: int
    model: str
    _socket: ClientConnection | None = None
    _projects: dict[str, str] = field(default_factory=dict)
    _busy: dict[str, bool] = field(default_factory=dict)

    def read(self) -> None:
        """Read projects and threads once."""
        headers = {"x-t3-orchestration-protocol": "2"} if self.protocol > 1 else {}
        answer = self.client.get(f"{self.url}/api/orchestration/shell", headers=headers)
        shell = answer.raise_for_status().json()
        self._projects = {one["workspaceRoot"]: one["id"] for one in shell["projects"]}
        for one in shell["threads"]:
            state = one["status"] if self.protocol > 1 else (one["session"] or {}).get("status")
            self._busy[one["id"]] = state in _BUSY

    def at_work(self, thread: str) -> bool:
        """Say whether an agent was at work in the thread when it was read."""
        return self._busy.get(thread, False)

    def new_thread(self, workspace: str, title: str) -> str:
        """Make a thread in the folder's project, which is made first where there is none."""
        if workspace not in self._projects:
            self._projects[workspace] = str(uuid.uuid4())
            body = {"projectId": self._projects[workspace], "title": title}
            self._send("project.create", body | {"workspaceRoot": workspace})
        thread = str(uuid.uuid4())
        fields = {
            "threadId": thread,
            "projectId": self._projects[workspace],
            "title": title,
            "modelSelection": {"instanceId": "codex", "model": self.model},
            **_MODES,
            **_NOWHERE,
        }
        self._send("thread.create", fields)
        return thread

    def say(self, thread: str, text: str) -> None:
        """Send a message, which starts a turn."""
        name = str(uuid.uuid4())
        if self.protocol > 1:
            more = {"dispatchMode": {"type": "start_immediately"}, "attachments": []}
            fields = {"threadId": thread, "messageId": name, "text": text, **more}
            self._send("message.dispatch", fields)
            return
        message = {"messageId": name, "role": "user", "text": text, "attachments": []}
        self._send("thread.turn.start", {"threadId": thread, "message": message, **_MODES})

    def close(self) -> None:
        """Close the socket if there is one."""
        if self._socket is not None:
            self._socket.close()

    def _send(self, kind: str, fields: dict[str, Any]) -> None:
        command = {"type": kind, "commandId": str(uuid.uuid4()), **fields}
        if self.protocol == 1:
            command["createdAt"] = datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
            address = f"{self.url}/api/orchestration/dispatch"
            self.client.post(address, json=command).raise_for_status()
            return
        if self._socket is None:
            answer = self.client.post(f"{self.url}/api/auth/websocket-ticket").raise_for_status()
            query = f"orchestrationProtocol=2&wsTicket={answer.json()['ticket']}"
            self._socket = connect(f"{self.url.replace('http', 'ws', 1)}/ws?{query}", proxy=None)
        projects = kind == "project.create"
        tag = "projects.mutate" if projects else "orchestration.dispatchCommand"
        payload = command if projects else command | _BY
        call = {"_tag": "Request", "id": command["commandId"], "tag": tag, "headers": []}
        self._socket.send(json.dumps(call | {"payload": payload}))
        answered = self._socket.recv()
        if '"Success"' not in str(answered):
            raise SystemExit(f"{kind}: {answered!r:.500}")
