"""The shipped workflow where it lives: a real Forgejo, a real runner, a real T3, an issue.

Opt-in (``-m live``); tests/README.md says what to start. The workflow is the shipped one but for
what needs the internet: checkout and setup-uv are dropped, the action comes from a repository of
the same server, and the cron line is every minute's.
"""

import os
import re
import time
from pathlib import Path

import httpx
import pytest
from support.live import Server, git, until

ROOT = Path(__file__).parent.parent.parent
NEEDED = (
    "AFK_LIVE_FORGEJO",
    "AFK_LIVE_FORGEJO_TOKENS",
    "AFK_LIVE_T3",
    "AFK_LIVE_T3_TOKEN_FILE",
    "AFK_LIVE_FOLDER",
)
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        any(name not in os.environ for name in NEEDED), reason=f"needs {', '.join(NEEDED)}"
    ),
]
CI = """\
name: ci
on: push
jobs:
  build:
    runs-on: docker
    steps:
      - run: |
          git clone -q "${{ github.server_url }}/${{ github.repository }}.git" .
          git checkout -q ${{ github.sha }}
          ! grep -q red ci.txt
"""


def shipped_workflow(server: Server, action: str) -> str:
    """Return the shipped workflow, without what needs the internet."""
    text = (ROOT / ".forgejo/workflows/afk.yml").read_text(encoding="utf-8")
    step = r"      - uses: https://(?:code\.forgejo\.org|github\.com)/.*\n(?:        .*\n)*"
    text, dropped = re.subn(step, "", text)
    assert dropped == 2
    text = text.replace("uses: ./", f"uses: {server.url}/{action}")
    return text.replace('"*/5 * * * *"', '"* * * * *"')


def test_action__label_schedule_dispatch__issue_ends_closed() -> None:
    """Somebody labels an issue and walks away."""
    with httpx.Client(timeout=30) as http:
        _walk_away(Server(http))


def _walk_away(server: Server) -> None:
    folder = Path(os.environ["AFK_LIVE_FOLDER"]) / server.suffix
    files = {
        path: (ROOT / path).read_text(encoding="utf-8")
        for path in git(
            ROOT, "ls-files", "afk", "action", "requirements", "action.yml", "pyproject.toml"
        ).splitlines()
    }
    action = server.repository("afk", files, folder / "afk")
    sha = git(folder / "afk", "rev-parse", "HEAD")
    workflow = shipped_workflow(server, f"{action}@{sha}")
    files = {".forgejo/workflows/afk.yml": workflow, ".forgejo/workflows/ci.yml": CI}
    repo = server.repository("app", {**files, "ci.txt": "green\n"}, folder / "app")
    server.send("PUT", f"/repos/{repo}/collaborators/bot", {"permission": "write"})
    for label in ("ready-for-agent", "agent-in-progress", "ready-for-human"):
        server.send("POST", f"/repos/{repo}/labels", {"name": label, "color": "#0e8a16"})
    t3_token = Path(os.environ["AFK_LIVE_T3_TOKEN_FILE"]).read_text(encoding="utf-8").strip()
    secrets = {
        "AFK_TOKEN": server.tokens["bot"],
        "AFK_T3_TOKEN": t3_token,
        "AFK_STATE_KEY": "live-test-key-0123456789abcdef",
    }
    config = f"t3: {{model: gpt-fake}}\nrepositories:\n  {repo}:\n    workspace: {folder / 'app'}\n"
    variables = {
        "AFK_ALLOWLIST": repo,
        "AFK_T3_URL": os.environ["AFK_LIVE_T3"],
        "AFK_CONFIG": config + "    ci: {grace_seconds: 5}\n",
    }
    for name, value in secrets.items():
        server.send("PUT", f"/repos/{repo}/actions/secrets/{name}", {"data": value})
    for name, value in variables.items():
        server.send("POST", f"/repos/{repo}/actions/variables/{name}", {"value": value})
    wish = {"title": "Add a till", "body": "Please. [[push]] [[ci=red,green]]"}
    number = server.send("POST", f"/repos/{repo}/issues", wish)["number"]
    issue = f"/repos/{repo}/issues/{number}"
    dispatch = f"/repos/{repo}/actions/workflows/afk.yml/dispatches"

    def names() -> set[str]:
        return {label["name"] for label in server.send("GET", issue)["labels"]}

    # The kill switch is still on: nothing may happen.
    server.send("POST", dispatch, {"ref": "main", "inputs": {"dry-run": "false"}})
    server.send("POST", f"{issue}/labels", {"labels": ["ready-for-agent"]})
    time.sleep(15)
    assert server.send("GET", f"{issue}/comments") == []
    server.send("POST", f"/repos/{repo}/actions/variables/AFK_KILL_SWITCH", {"value": "false"})

    # A label wakes a tick, which starts the run.
    server.send("POST", f"/repos/{repo}/labels", {"name": "bug", "color": "#ff0000"})
    server.send("POST", f"{issue}/labels", {"labels": ["bug"]})
    until(60, "in progress", lambda: "agent-in-progress" in names())
    # The schedule drives it on: red, corrected, green; nobody touches anything.
    until(600, "closed", lambda: server.send("GET", issue)["state"] == "closed")
    until(120, "labels off", lambda: names() == {"bug"})
    # A dispatch runs it by hand, harmlessly.
    server.send("POST", dispatch, {"ref": "main", "inputs": {"dry-run": "true"}})
    time.sleep(10)

    (record,) = server.send("GET", f"{issue}/comments")
    assert '"verdict":"done"' in record["body"]
    assert "Fixes tried: 1 of 5" in record["body"]
    assert not any(secret in record["body"] for secret in secrets.values())
    tasks = server.send("GET", f"/repos/{repo}/actions/tasks?page=1&limit=50")["workflow_runs"]
    ticks = [one for one in tasks if one["workflow_id"] == "afk.yml"]
    assert {"issues", "schedule", "workflow_dispatch"} <= {one["event"] for one in ticks}
    assert {one["status"] for one in ticks} <= {"success", "running", "waiting", "cancelled"}
