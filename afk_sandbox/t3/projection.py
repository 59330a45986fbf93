"""How what a provider reports becomes what T3 shows: sessions, turns, messages, activities.

The two versions differ in one rule, from which every difference in the recorded timelines
follows: setting a session without an active turn erases ``latestTurn`` on 0.0.28 until the git
checkpoint brings it back (30b, 31, 50); 0.0.32 keeps it. Nothing is shown for a thread that is
archived or deleted; its agent goes on unseen (43-*).
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from afk_sandbox.t3.state import Json, Message, Session, State, Thread, Turn, Version, iso

_SETTLED = {"ready": "completed", "error": "error", "stopped": "interrupted"}


@dataclass(frozen=True, slots=True)
class Driver:
    """Which provider a session runs on: kind and configured instance."""

    provider: str | None
    instance: str | None


@dataclass(slots=True)
class Projection:
    """Applies reports to the state, each at its own moment; ``ids`` mints server-side ids."""

    state: State
    version: Version
    ids: Callable[[], str]

    def session(
        self,
        thread: Thread,
        at: datetime,
        status: str,
        *,
        active: str | None = None,
        error: str | None = None,
        driver: Driver | None = None,
    ) -> None:
        """Set the thread's session, settle or open its turns, and move ``latestTurn``."""
        if not thread.visible:
            return
        old = thread.session
        known = driver or (Driver(old.provider, old.instance) if old else Driver(None, None))
        thread.session = Session(
            status=status,
            provider=known.provider,
            instance=known.instance,
            runtime_mode=thread.runtime_mode,
            active_turn=active,
            last_error=error,
            updated_at=at,
        )
        if status == "running" and active:
            self._open(thread, active, at)
        elif status in _SETTLED:
            for turn in _running(thread):
                turn.state, turn.completed_at = _SETTLED[status], at
        keep = thread.latest_turn if self.version == "0.0.32" else None
        thread.latest_turn = active or keep
        self.state.event(at, thread)

    def _open(self, thread: Thread, turn_id: str, at: datetime) -> None:
        for other in _running(thread):  # steering supersedes the turn before it (41-*)
            if other.id != turn_id:
                other.state, other.completed_at = "completed", at
        if turn_id not in thread.turns:
            thread.turns[turn_id] = Turn(turn_id, thread.pending_start or at)
        thread.pending_start = None

    def message(self, thread: Thread, turn_id: str, text: str, at: datetime) -> str:
        """Add an assistant's message, still streaming; returns its id."""
        name = f"assistant:msg-{self.ids()}"
        if thread.visible:
            self.say(thread, name, turn_id, text, at)
        return name

    def say(self, thread: Thread, name: str, turn_id: str, text: str, at: datetime) -> None:
        """Store an assistant's message under a name."""
        thread.messages[name] = Message(
            id=name,
            role="assistant",
            text=text,
            turn_id=turn_id,
            created_at=at,
            updated_at=at,
            streaming=True,
        )
        thread.turns[turn_id].assistant_message = name
        self.state.event(at, thread)

    def message_done(self, thread: Thread, name: str, at: datetime) -> None:
        """Mark an assistant's message as whole."""
        if thread.visible and name in thread.messages:
            thread.messages[name].streaming = False
            self.state.event(at, thread)

    def activity(
        self,
        thread: Thread,
        at: datetime,
        kind: tuple[str, str, str],
        payload: Json,
        *,
        turn: str | None = None,
    ) -> None:
        """Add an activity; ``kind`` is (tone, kind, summary)."""
        if not thread.visible:
            return
        tone, name, summary = kind
        thread.activities.append(
            {
                "id": self.ids(),
                "tone": tone,
                "kind": name,
                "summary": summary,
                "payload": payload,
                "turnId": turn,
                "createdAt": iso(at),
            }
        )
        self.state.event(at, thread)

    def checkpoint(
        self,
        thread: Thread,
        turn_id: str,
        at: datetime,
        *,
        ended: datetime,
        files: Sequence[str],
        placeholder: bool,
    ) -> None:
        """Record the git checkpoint after a turn's end; it is what 0.0.28 waits for.

        ``placeholder``: an interrupted turn shows a missing checkpoint first (32-4).
        """
        turn = thread.turns.get(turn_id)
        if not thread.visible or turn is None:
            return
        turn.checkpoint = 1 + max((t.checkpoint or 0 for t in thread.turns.values()), default=0)
        session = thread.session
        running = session is not None and session.active_turn == turn_id
        status = "error" if turn.state == "error" else "ready"
        if not running:
            turn.state = "error" if status == "error" else "completed"
        turn.completed_at = ended
        thread.latest_turn = turn_id
        ref = base64.urlsafe_b64encode(thread.id.encode()).decode().rstrip("=")
        thread.checkpoints.append(
            {
                "turnId": turn_id,
                "checkpointTurnCount": turn.checkpoint,
                "checkpointRef": f"refs/t3/checkpoints/{ref}/turn/{turn.checkpoint}",
                "status": status,
                "files": [
                    {"path": path, "kind": "modified", "additions": 1, "deletions": 0}
                    for path in files
                ],
                "assistantMessageId": turn.assistant_message,
                "completedAt": iso(ended),
            }
        )
        self.state.event(at, thread)
        kind = ("info", "checkpoint.captured", "Checkpoint captured")
        for shown in ("missing", status) if placeholder else (status,):
            payload = {"turnCount": turn.checkpoint, "status": shown}
            self.activity(thread, ended, kind, payload, turn=turn_id)


def _running(thread: Thread) -> list[Turn]:
    return [turn for turn in thread.turns.values() if turn.state == "running"]
