"""Forgejo issues and labels made to order for the label tests, from recorded ones."""

from support.forgejo import API, Reply, body_of, question, reply

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.wire import ISSUE, WireIssue
from afk.types import Issue

MAIN = "owner/api-main"
REPO = f"{API}/repos/{MAIN}"
LIST = question("GET", f"{REPO}/labels", limit=50)
CREATE = f"POST {REPO}/labels"
ORG = f"GET {API}/orgs/owner/labels"
OURS = ("ready-for-agent", "agent-in-progress", "ready-for-human")


def label_item(number: int, *labels: tuple[str, int], repo: str = MAIN) -> WireIssue:
    """Return an issue as a server shows it, with these labels (name, id) on."""
    body = {
        **body_of("14.0.0", "103-issue-locked"),
        "number": number,
        "labels": [{"id": identifier, "name": name} for name, identifier in labels],
        "repository": {"id": 2, "full_name": repo},
    }
    return ISSUE.validate_python(body)


def unread_issue(number: int, *labels: tuple[str, int], repo: str = MAIN) -> Issue:
    """Return an issue that nobody has read in this tick."""
    return mapping.issue(label_item(number, *labels, repo=repo))


def named_labels(*names: str) -> Reply:
    """Return the answer to a list of labels, numbered from 0."""
    return reply([{"id": place, "name": name} for place, name in enumerate(names)])
