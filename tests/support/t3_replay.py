"""Replays what was recorded of real T3 servers against the sandbox and says what differs.

Equal must be: status, content type, the set of keys at every depth, types, and every word that
means something. Ids the server minted are matched up (the same one recorded is the same one
here); times and counters are compared by form, times also by their order among each other.
A recorded moment must be reached by letting the sandbox's clock run to its own next change.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from support.asgi import ask
from support.cassettes import RECORDINGS
from support.no_hands import NoHands

from afk_sandbox.agents.scripted import ScriptedAgent
from afk_sandbox.t3.model import Host, T3Model, Token
from afk_sandbox.t3.routes import READ, t3_app
from afk_sandbox.t3.schedule import RECORDED
from afk_sandbox.t3.state import Version

START = datetime(2026, 11, 22, 17, 56, tzinfo=UTC)
FOLDERS = {"/srv/data/repo1": True, "/srv/data/wt1": True, "/srv/data/nongit": False}
TOKENS = {"08": "reader", "71": "worker", "76-token-revoked": "revoked", "77": "expired"}
ID_KEYS = {"turnId", "activeTurnId", "assistantMessageId", "requestId", "threadId", "id"}
FREE_KEYS = {"environmentId", "label", "traceId"}
FORK_KEYS = {"boardLabels", "boardStages"}
"""The recorded 0.0.32 is a fork with a kanban board; the project's own server has none."""
SHARED = {"71-rw-token-shell", "76-token-fresh"}
"""Shells that also show threads made through requests that were not recorded."""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ORDERS = (
    ("latestTurn.requestedAt", "latestUserMessageAt"),
    ("latestTurn.requestedAt", "latestTurn.startedAt"),
    ("latestTurn.completedAt", "latestTurn.requestedAt"),
    ("session.updatedAt", "latestUserMessageAt"),
)

State = tuple[object, ...]


class Replay:
    """One sandbox server that goes through the recordings of one version, in order."""

    def __init__(self, version: Version) -> None:
        """Start a server that knows the recordings' folders and tokens."""
        self.moment = START
        self.names: dict[str, str] = {}
        self.before: State = ()
        self.current = ""
        self.missed: dict[str, list[State]] = {}
        self.model = T3Model(
            version=version,
            now=lambda: self.moment,
            agent=ScriptedAgent(NoHands()),
            tokens={
                "<TOKEN>": Token(),
                "reader": Token((READ,)),
                "worker": Token((READ, "orchestration:operate")),
                "expired": Token(expires_at=START),
            },
            host=Host(FOLDERS),
            pace=RECORDED,
        )
        self.app = t3_app(self.model)

    def play(self, name: str, recorded: Any) -> list[str]:
        """Return what differs from one recording; empty if nothing does."""
        if name.endswith("-timeline"):
            return self._timeline(name, recorded)
        if name.endswith("-shell-thread"):
            thread = recorded["id"] if recorded else self.current
            return self._reach(lambda: self._compare(recorded, self._in_shell(thread)))
        request = recorded["request"]
        if request["method"] == "POST":
            body = request["body"] if isinstance(request["body"], dict) else {}
            self.current = body.get("threadId", "")
            self._learn_request(body.get("requestId", ""))
            self.before = _seen(self._in_shell(self.current))
            return self._exchange(name, recorded)
        if name in SHARED:
            recorded = self._common(recorded)
        return self._reach(lambda: self._exchange(name, recorded))

    def run_out(self) -> None:
        """Let the clock run until nothing happens any more."""
        while self._step():
            pass

    def _step(self) -> bool:
        moment = self.model.next_change()
        if moment is None:
            return False
        self.moment = max(self.moment, moment)
        self.model.advance()
        return True

    def _reach(self, differences: Callable[[], list[str]]) -> list[str]:
        names = dict(self.names)
        first = found = differences()
        while found and self._step():
            self.names = dict(names)
            found = differences()
        return first if found else []

    def _in_shell(self, thread_id: str) -> Any:
        threads = self.model.shell()["threads"]
        return next((thread for thread in threads if thread["id"] == thread_id), None)

    def _exchange(self, name: str, recorded: Any) -> list[str]:
        request, response = recorded["request"], recorded["response"]
        headers = dict(request["headers"])
        token = next((t for prefix, t in TOKENS.items() if name.startswith(prefix)), "<TOKEN>")
        if headers.get("authorization") == "Bearer <TOKEN>":
            headers["authorization"] = f"Bearer {token}"
        body = request["body"]
        if isinstance(body, dict):
            body = self._renamed(json.dumps(body))
        answer = ask(
            self.app,
            request["method"],
            request["path"],
            headers=headers,
            body=(body or "").encode(),
        )
        found = []
        if answer.status != response["status"]:
            found.append(f"status {answer.status}, recorded {response['status']}")
        kind = answer.headers.get("content-type")
        if kind != response["headers"].get("content-type"):
            found.append(f"content type {kind}, recorded {response['headers']}")
        ours = answer.json() if kind == "application/json" else answer.body.decode()
        return found + self._compare(response["body"], ours)

    def _learn_request(self, recorded: str) -> None:
        """Match up a request id that no recorded read has shown (59-3)."""
        thread = self.model.state.threads.get(self.current)
        if thread and thread.waiting and recorded not in {"", "nope"}:
            self.names.setdefault(recorded, next(iter(thread.waiting)))

    def _common(self, recorded: Any) -> Any:
        """Keep of a recorded shell what recorded requests made."""
        body = recorded["response"]["body"]
        mine = [thread for thread in body["threads"] if self._in_shell(thread["id"])]
        response = recorded["response"] | {"body": body | {"threads": mine}}
        return recorded | {"response": response}

    def _renamed(self, text: str) -> str:
        for recorded, ours in self.names.items():
            text = text.replace(recorded, ours)
        return text

    def _compare(self, recorded: Any, ours: Any) -> list[str]:
        if isinstance(recorded, dict):
            recorded = {key: value for key, value in recorded.items() if key not in FORK_KEYS}
        return [*self._differences(recorded, ours, ""), *_order_differences(recorded, ours)]

    def _differences(self, recorded: Any, ours: Any, path: str) -> Iterator[str]:
        if isinstance(recorded, dict) and isinstance(ours, dict):
            if recorded.keys() != ours.keys():
                yield f"{path}: keys {sorted(recorded.keys() ^ ours.keys())}"
            for key in recorded.keys() & ours.keys():
                yield from self._differences(recorded[key], ours[key], f"{path}.{key}")
        elif isinstance(recorded, list) and isinstance(ours, list):
            if len(recorded) != len(ours):
                yield f"{path}: {len(ours)} items, recorded {len(recorded)}"
            if path.endswith(".activities"):
                recorded, ours = sorted(recorded, key=_rank), sorted(ours, key=_rank)
            for number, pair in enumerate(zip(recorded, ours, strict=False)):
                yield from self._differences(*pair, f"{path}[{number}]")
        elif not self._same(recorded, ours, path.rpartition(".")[2]):
            yield f"{path}: {ours!r}, recorded {recorded!r}"

    def _same(self, recorded: Any, ours: Any, key: str) -> bool:
        if type(recorded) is not type(ours):
            return False
        if isinstance(recorded, str):
            if TIME.fullmatch(recorded):
                return bool(TIME.fullmatch(ours))
            if key in ID_KEYS:
                return bool(self.names.setdefault(recorded, ours) == ours)
            first = self._renamed(recorded).split("\n")[0].rstrip()
            return key in FREE_KEYS or first == str(ours).split("\n")[0].rstrip()
        return recorded is ours if isinstance(recorded, bool) else True

    def _timeline(self, name: str, recorded: list[Any]) -> list[str]:
        """Compare the distinct states seen while a turn went on, in order.

        The recorder polled every 40 to 100 ms: the state before the command may be missing in
        what it saw, and states between are noted in ``missed`` (the test knows which are allowed).
        """
        wanted = [_seen(entry["shell"]) for entry in recorded]
        thread = recorded[0]["shell"]["id"]
        states = [_seen(self._in_shell(thread))]
        while states[-1] != wanted[-1] or _beyond(wanted, states) is None:
            if not self._step():
                return [f"states {states}, recorded {wanted}"]
            state = _seen(self._in_shell(thread))
            if state != states[-1]:
                states.append(state)
        if states[0] == self.before and wanted[0] != self.before:
            states = states[1:]
        ours, theirs = self._in_shell(thread), recorded[-1]["shell"]
        if ours["latestTurn"] and theirs["latestTurn"]:
            self.names[theirs["latestTurn"]["turnId"]] = ours["latestTurn"]["turnId"]
        self.missed[name] = _beyond(wanted, states) or []
        return []


def _beyond(wanted: list[State], states: list[State]) -> list[State] | None:
    """Return the states besides the wanted ones; None if those do not all come, in order."""
    left, beyond = list(wanted), []
    for state in states:
        if left and state == left[0]:
            del left[0]
        else:
            beyond.append(state)
    return None if left else beyond


def _seen(shell: Any) -> State:
    """Return what a client decides on: session, turn, waiting for a person, error."""
    if shell is None:
        return ()
    session, turn = shell["session"] or {}, shell["latestTurn"] or {}
    return (
        session.get("status"),
        session.get("activeTurnId") is not None,
        (session.get("lastError") or "").split("\n")[0],
        turn.get("state"),
        shell["hasPendingApprovals"],
        shell["hasPendingUserInput"],
    )


def _rank(activity: Any) -> tuple[str, ...]:
    payload = activity["payload"]
    detail = str(payload.get("detail", ""))[:80]
    return (activity["kind"], str(payload.get("turnCount")), str(payload.get("status")), detail)


def _order_differences(recorded: Any, ours: Any) -> list[str]:
    if not isinstance(recorded, dict) or not isinstance(ours, dict):
        return []
    recorded, ours = recorded.get("thread", recorded), ours.get("thread", ours)
    return [
        f"{first} and {second} are in another order"
        for first, second in ORDERS
        if _order(recorded, first, second) != _order(ours, first, second)
    ]


def _order(thread: Any, first: str, second: str) -> int | None:
    one, other = _at(thread, first), _at(thread, second)
    if one is None or other is None:
        return None
    return (str(one) > str(other)) - (str(one) < str(other))


def _at(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


@cache
def recordings(version: Version) -> dict[str, Any]:
    """Return every recording of a version by its name."""
    folder = RECORDINGS / "t3" / version
    return {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
