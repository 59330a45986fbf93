"""What a workflow may do and where it starts: rights, mirrors, the clock."""

import json
import re
from pathlib import Path

import pytest
from support.workflow_files import FORGEJO, GITHUB, ROOT, WORKFLOWS, load, short

EVENTS_OF_FORGEJO = ROOT / "tests" / "recordings" / "forgejo-actions"
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=short)
each_loop = pytest.mark.parametrize("path", [GITHUB / "afk.yml", FORGEJO / "afk.yml"], ids=short)


@pytest.mark.parametrize("path", sorted(GITHUB.glob("*.yml")), ids=short)
def test_permissions__are_none_at_the_top_and_given_per_job(path: Path) -> None:
    workflow = load(path)

    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", sorted(FORGEJO.glob("*.yml")), ids=short)
def test_permissions__on_forgejo__are_not_named(path: Path) -> None:
    """Every job has the same rights there; 16 warns of the key on every run.

    Forgejo v16 options/locale_next/locale_en-US.json, ``actions.workflow.permissions_warning``.
    """
    workflow = load(path)

    assert "permissions" not in workflow
    assert not [job for job in workflow["jobs"].values() if "permissions" in job]


def test_permissions__of_the_loop__write_issues_only() -> None:
    given = load(GITHUB / "afk.yml")["jobs"]["tick"]["permissions"]

    assert [name for name, level in given.items() if level != "read"] == ["issues"]
    assert given["issues"] == "write"


def test_permissions__of_the_loop__say_what_landing_by_pull_request_needs_more() -> None:
    """Least is the default; the table in docs/landing.md and these comments say the same."""
    text = (GITHUB / "afk.yml").read_text(encoding="utf-8")
    more = re.findall(r"^      ([a-z-]+): read # .*; write: ", text, re.MULTILINE)

    assert sorted(more) == ["actions", "contents", "pull-requests"]
    told = (ROOT / "docs" / "landing.md").read_text(encoding="utf-8")
    assert all(f"`{name}: write`" in told for name in more)


@each_workflow
def test_jobs__in_a_mirror_of_afk__do_not_start(path: Path) -> None:
    """A scheduled event names no repository on Forgejo (``event-schedule.json``)."""
    for job in load(path)["jobs"].values():
        follows = "needs" in job and "if" not in job  # skipped with what it needs
        assert follows or "!github.event.repository.mirror" in job["if"]
    scheduled = EVENTS_OF_FORGEJO.glob("*/event-schedule.json")
    pushed = EVENTS_OF_FORGEJO.glob("*/event-push.json")
    assert not ["repository" for one in scheduled if "repository" in json.loads(one.read_text())]
    assert [json.loads(one.read_text())["repository"]["mirror"] for one in pushed] == [False]


@each_loop
def test_loop__by_the_clock__starts_nowhere_without_its_variable(path: Path) -> None:
    """A mirror or fork has the workflow and none of its variables: no runner is taken for it."""
    condition = load(path)["jobs"]["tick"]["if"]

    assert "github.event_name != 'schedule' || vars.AFK_KILL_SWITCH != ''" in condition
