"""What GitHub's listing answers, made to order; the shapes rest on the schema."""

from typing import Any

from support.github import REPO, Data, data, home, page

VIEWER = {"login": "github-actions[bot]", "databaseId": 41898282}
READY = {"id": "LA_r", "name": "ready-for-agent"}
PROGRESS = {"id": "LA_p", "name": "agent-in-progress"}
HUMAN = {"id": "LA_h", "name": "ready-for-human"}
TRACKED = {"id": "LA_t", "name": "agent-tracked"}


def listed(number: int, **changes: Any) -> Data:
    times = {"createdAt": "2026-11-20T08:00:00Z", "updatedAt": "2026-11-20T09:00:00Z"}
    return {"number": number, "state": "OPEN", "title": "A till", "body": "", **times, **changes}


def listed_repo(name: str = REPO, **changes: Any) -> Data:
    shown = {
        **home(name),
        "readyLabel": READY,
        "progressLabel": PROGRESS,
        "humanLabel": HUMAN,
        "trackedLabel": TRACKED,
        "ready": page(),
        "progress": page(),
        "tracked": page(),
        "handedBack": {"nodes": []},
    }
    return {**shown, **changes}


def answered(*repos: Data | None, **extra: Any) -> Data:
    aliases = {f"r{number}": repo for number, repo in enumerate(repos)}
    return {**data(viewer=VIEWER, **aliases), **extra}
