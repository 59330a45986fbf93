"""``afk status`` and what a tick shows of every issue: titles, links, all that holds them."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.poll_rig import BODY, changed, forget, polled, said, writes

from afk.types import Forge
from afk_sandbox.faults import Fault, FaultHook
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import READY, Ticked, World, world

HOSTILE = "`|` <b>@everyone</b> ::error::x\u202e ![](https://evil.test/x.png)"


def broken(part: str) -> FaultHook:
    """Let no read whose path has this part through."""
    gateway = Fault("before", 502, b"<html>Bad gateway</html>", "text/html")
    return lambda method, path: gateway if part in path and method == "GET" else None


def groups(ticked: Ticked) -> dict[str, str]:
    return {one["issue"]: one["group"] for one in ticked.document["issues"]}


def row(ticked: Ticked, issue: Issue) -> dict[str, Any]:
    (found,) = [one for one in ticked.document["issues"] if one["issue"] == issue.ref]
    return dict(found)


def landed(here: World, name: str) -> Issue:
    issue = here.issue(here.repository(name), f"Land {name}", "[[push]]")
    for _ in range(6):
        if issue.open:
            here.tick(after=120)
    assert not issue.open
    return issue


@pytest.mark.parametrize("kind", list(Forge))
def test_status__of_a_busy_house__tells_of_all_and_writes_nothing(kind: Forge) -> None:
    with world(kind) as here:
        over = landed(here, "done")
        failed = here.issue(here.repository("back"), "Fail", "[[die]]")
        for _ in range(2):
            here.tick(after=120)
        run = here.issue(here.repository("shop"), HOSTILE, BODY)
        here.tick(after=60)
        waiting = here.issue(run.repo, "Add a sink", f"Blocked by #99. {BODY}")
        nxt = here.issue(here.repository("site"), "Add a page", BODY)
        here.clock.sleep(60)
        forget(here)

        ticked = here.run("status", "--json")

        assert writes(here) == []
        assert groups(ticked) == {
            over.ref: "landed",
            failed.ref: "handed-back",
            run.ref: "working",
            waiting.ref: "waiting",
            nxt.ref: "next",
        }
        assert ticked.document["headline"] == (
            "1 starts in the next tick, 1 at work, 1 waiting, 1 handed back to you, 1 landed "
            "(ended in the last 7 days)."
        )
        assert row(ticked, waiting)["holds"] == [
            "waiting for owner/shop#99",
            f"another run is in flight in owner/shop: that of {run.ref}",
        ]
        (step,) = row(ticked, run)["holds"]
        assert step.startswith("the next tick waits: ")
        address = urlsplit(here.settings["forge_url"])
        assert row(ticked, run)["url"] == (
            f"{address.scheme}://{address.netloc}/owner/shop/issues/{run.number}"
        )
        told = here.run("status").output
        assert "\u202e" not in told
        assert f"  {over.ref}  Land done" in told
        assert not any(line.startswith("::") for line in told.splitlines())


@pytest.mark.parametrize("kind", list(Forge))
def test_status__while_a_dry_run_holds__starts_nothing_next(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.clock.sleep(60)
        changed(here, AFK_DRY_RUN="true")
        ticked = here.run("status", "--json")
        assert groups(ticked) == {issue.ref: "waiting"}
        assert row(ticked, issue)["holds"] == [
            "AFK_DRY_RUN is true, so a tick only says what it would do"
        ]
        assert ticked.document["headline"] == "1 waiting."


def test_status__of_a_run_that_cannot_be_looked_at__tells_of_it_all_the_same() -> None:
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        polled(here)
        here.clock.sleep(60)
        here.faults["forge"] = broken("/compare/")
        for arguments in (("status",), ("explain", issue.ref)):
            ticked = here.run(*arguments, "--json")
            assert ticked.exit_code == 1
            assert "502" in said(ticked, "error")
        assert "The next tick waits: what the forge or T3 shows" in ticked.document["verdict"]
        (then,) = ticked.document["next"]
        assert (then["action"], then["rule"]) == ("wait", "unread")
        ticked = here.run("status", "--json")
        assert groups(ticked) == {issue.ref: "working"}
        (hold,) = row(ticked, issue)["holds"]
        assert "could not be told" in hold


def test_explain__permission_that_cannot_be_asked__lets_nothing_through() -> None:
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.faults["forge"] = broken("/permission")
        ticked = here.run("explain", issue.ref, "--json")
        assert not ticked.document["starts"]
        assert writes(here) == []


@pytest.mark.parametrize("kind", list(Forge))
def test_explain__of_a_run_that_is_ending__says_what_goes_on(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        polled(here)
        here.faults["t3"] = lambda _method, _path: Fault("before")
        here.run("stop", issue.ref)
        here.faults.clear()
        here.clock.sleep(60)
        ticked = here.run("explain", issue.ref, "--json")
        assert ": ending: stopped. The next tick goes on with its end" in ticked.document["verdict"]
        assert not ticked.document["starts"]
        assert groups(here.run("status", "--json")) == {issue.ref: "ending"}


@pytest.mark.parametrize("kind", list(Forge))
def test_status__threads_that_name_no_issue_of_ours__are_not_asked_for(kind: Forge) -> None:
    """Somebody's own thread, one of a repository that is not enrolled, one whose issue is gone."""
    with world(kind) as here:
        gone = here.issue(here.repository("shop"), "Add a till", "[[die]]")
        other = here.issue(here.repository("bank"), "Add a till", "[[die]]")
        polled(here)
        here.tick(after=120)
        here.forge.delete_issue(gone)
        here.settings["allowlist"].remove("owner/bank")
        forget(here)
        ticked = here.run("status", "--json")
        assert ticked.document["issues"] == []
        assert (ticked.exit_code, writes(here)) == (0, [])
        assert other.ref not in said(ticked)


def test_status__what_ended_and_cannot_be_read__is_an_error_and_no_row() -> None:
    with world(Forge.FORGEJO) as here:
        over = landed(here, "shop")
        for _ in range(3):
            here.tick(after=400)
        assert groups(here.run("status", "--json")) == {over.ref: "landed"}

        here.faults["forge"] = broken(f"/shop/issues/{over.number}")
        ticked = here.run("status", "--json")
        assert (ticked.exit_code, ticked.document["issues"]) == (1, [])
        here.faults.clear()

        here.faults["t3"] = broken("/orchestration")
        assert here.run("status", "--json").document["issues"] == []
        here.faults.clear()

        # A thread that works in another folder is of another installation's repository.
        here.settings["repositories"]["owner/shop"]["workspace"] = "/srv/else"
        assert here.run("status", "--json").document["issues"] == []


@pytest.mark.parametrize("kind", list(Forge))
def test_status__very_many_ended__asks_for_the_newest_and_says_so(kind: Forge) -> None:
    with world(kind) as here:
        here.settings |= {"max_dispatch_per_tick": 20, "max_in_flight": 20}
        for number in range(14):
            here.issue(here.repository(f"r{number}"), "Fail", "[[die]]")
        for _ in range(4):
            here.tick(after=400)
        here.clock.sleep(2 * 86_400)  # for a day they are read: afk may be talked to there
        ticked = here.run("status", "--json")
        assert len(ticked.document["issues"]) == 12
        assert "2 more issues whose threads moved lately" in said(ticked)


@pytest.mark.parametrize("kind", list(Forge))
def test_tick__whatever_it_does__is_told_with_title_and_all_that_holds(
    kind: Forge, tmp_path: Path
) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        edited = here.issue(repo, "Edited", BODY)
        here.clock.sleep(60)
        here.forge.edit_body(edited, here.owner, "Else")
        theirs = here.forge.web_form_issue(repo, here.stranger, [READY], body=BODY)
        held = here.issue(repo, HOSTILE, f"Blocked by #99. {BODY}")
        first = here.issue(here.repository("site"), "First", BODY)
        file = tmp_path / "summary"
        api = here.settings["forge_url"]
        here.environ |= {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(file)}
        here.environ |= {"GITHUB_API_URL": api}
        ticked = here.tick()
        told = file.read_text() if kind is Forge.GITHUB else ticked.output
        for one in (edited, theirs, held, first):
            assert one.ref in told
        assert "1 started, 1 waiting, 1 needs its label again, 1 handed back to you" in told
        assert "waiting for" in told
        assert "\u202e" not in told
        if kind is Forge.GITHUB:
            (line,) = [one for one in told.splitlines() if f"`{held.ref}`" in one]
            assert line.count("|") == 5
        else:
            assert not file.exists()


@pytest.mark.parametrize("kind", list(Forge))
def test_tick__dry__says_what_would_start_and_that_nothing_was_written(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.clock.sleep(60)
        forget(here)
        ticked = here.run("tick", "--dry-run", "--json")
        assert groups(ticked) == {issue.ref: "would-start"}
        assert ticked.document["headline"] == "Dry run, nothing was written: 1 would start."
        assert writes(here) == []


@pytest.mark.parametrize("kind", list(Forge))
def test_tick__a_run_ends_in_it__is_told_as_ended(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[push]]")
        told = []
        for _ in range(6):
            ticked = here.tick("--json", after=120)
            told.append(groups(ticked).get(issue.ref, ""))
        assert told[0] == "started"
        assert told.count("landed") == 1
        assert told[-1] == ""
        assert not issue.open


@pytest.mark.parametrize("edited", [True, False])
def test_explain__of_a_turn_that_the_gate_holds__says_what_a_dry_run_says(edited: bool) -> None:
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[push=red,green]]")
        here.tick(after=60)
        here.tick(after=2)  # sees the push, and CI has not spoken
        here.clock.sleep(300)
        here.t3.advance()
        if edited:
            here.forge.edit_body(issue, here.owner, "Else")
        forget(here)
        (then,) = here.run("explain", issue.ref, "--json").document["next"]
        dry = here.run("tick", "--dry-run", "--json")
        action = ("park", "turn-gate") if edited else ("fix-forward", "table")
        assert (then["action"], then["rule"]) == action
        assert f"would {action[0]} by rule {action[1]}" in said(dry)
        assert writes(here) == []
