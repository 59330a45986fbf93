"""The search over each owner, asked and answered to order."""

import json
from typing import Any

from support.forgejo import API, Table, body_of, question, tracker

from afk.config import Config
from afk.model.forge import Listing

MAIN = "owner/api-main"
PRIVATE = "owner/api-priv"


def search(owner: str = "owner", **params: Any) -> str:
    config = Config()
    labels = f"{config.ready_label},{config.in_progress_label},{config.tracked_label}"
    fixed = {"labels": labels, "limit": 50, "owner": owner, "state": "all", "type": "issues"}
    return question("GET", f"{API}/repos/issues/search", **{**fixed, **params})


def repository(name: str) -> str:
    return question("GET", f"{API}/repos/{name}")


def listing(table: Table, *repos: str) -> Listing:
    return tracker(table).listing(repos)


def keys(found: Listing) -> list[str]:
    return [str(head.key) for head in found.heads]


def item(version: str, repo: str, number: int, **changes: Any) -> dict[str, Any]:
    """Return a recorded item under another repository, number, state or set of labels."""
    made = json.loads(json.dumps(body_of(version, "024-search-owner-ready")[0]))
    made["repository"]["full_name"] = repo
    names = changes.pop("labels", ("ready-for-agent",))
    made["labels"] = [{"id": 6 + place, "name": name} for place, name in enumerate(names)]
    return {**made, "number": number, **changes}
