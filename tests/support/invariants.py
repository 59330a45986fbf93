"""What must hold of a world whatever happened in it: during every tick, and once it is quiet.

The numbers are those of the design's list of invariants. All of it is read from the models
behind the servers, from what was printed and from what the doorbells took.
"""

from collections import Counter
from itertools import pairwise
from typing import Any

from support.loops import at_work, labels, records, said, threads
from support.overheard import Bell

from afk_sandbox.forge.ci import JobState
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World

FIRST = "You implement one issue, alone"
RINGS = ("done", "needs-human", "frozen")


def assert_always(here: World, issues: list[Issue]) -> None:
    """1, 2, 5, 6: at no moment two agents at once, a turn too many, or a close without green."""
    assert len(at_work(here)) <= len({issue.repo.id for issue in issues}), "1: two at work"
    for issue in issues:
        found = records(here, issue)
        assert max(Counter(one["run_id"] for one in found).values(), default=0) <= 2
        told = [thread for thread in threads(here, issue) if thread.messages]
        assert len(told) <= len(found) * 2, "1: more than one replacement"
        for thread in told:
            texts = [one.text for one in thread.messages.values() if one.role == "user"]
            assert sum(FIRST in text for text in texts) <= 1, "2: a second first turn"
            for before, after in pairwise(thread.turns.values()):
                ended = before.completed_at or after.requested_at
                assert before.state != "running", "1: a turn beside another"
                assert ended <= after.requested_at, "1: a turn beside another"
        corrective = [text for text in said(here, issue) if "CI is red on commit" in text]
        bound = here.settings.get("fix_forward_max_attempts", 5)
        assert len(corrective) <= bound, "5: a corrective turn too many"
        assert_closed_rightly(here, issue)


def assert_closed_rightly(here: World, issue: Issue) -> None:
    """6, 7: whatever afk closed has green CI on a commit that carries the run's trailer."""
    closes = [one for one in issue.events if one.kind is EventKind.CLOSED]
    if issue.closed_at is None or closes[-1].actor is not here.bot:
        return
    done = [one for one in records(here, issue) if one.get("verdict") == "done"]
    assert done, "6: closed without a verdict"
    sha = done[-1]["commits"]["pushed"][-1]
    assert f"AFK-Run: {done[-1]['run_id']}" in issue.repo.commits[sha].message
    runs = [run for run in issue.repo.runs if run.sha == sha]
    now = here.clock.now()
    assert runs, "6: closed on an empty set"
    assert all(run.state(now) is JobState.SUCCESS for run in runs), "6: closed without green"


def assert_locks(here: World, issues: list[Issue]) -> None:
    """3: two clean ticks later a lock stands for a run in flight, and every run has its lock."""
    for issue in issues:
        stages = {one["stage"] for one in records(here, issue)}
        in_flight = bool(stages & {"running", "ending"})
        assert (IN_PROGRESS in labels(issue)) == in_flight, f"3: {stages}, {labels(issue)}"


def assert_settled(here: World, issues: list[Issue], bell: Bell) -> None:
    """4: every run has ended in one verdict; record, labels, issue and doorbell agree with it."""
    assert at_work(here) == []
    rung = Counter(ring["id"] for ring in bell.rings)
    for issue in issues:
        found = records(here, issue)
        assert max(Counter(one["run_id"] for one in found).values()) == 1, "4: two records"
        for one in found:
            assert one["stage"] == "ended", f"4: {one}"
            wanted = one["verdict"] in RINGS
            assert (1 <= rung[f"{one['run_id']}:{one['verdict']}"] <= 2) is wanted, "4: notified"
        assert len(rung) <= len(found), "4: rung for something else"
        last = found[-1]["verdict"]
        handed_over = {HUMAN} if last in ("needs-human", "frozen") else set()
        assert labels(issue) - {READY} == handed_over, f"4: {last}, {labels(issue)}"
        assert READY not in labels(issue)
        if last in RINGS:
            assert (issue.closed_at is not None) == (last == "done"), f"4: {last}"


def assert_disarmed(here: World) -> None:
    """The kill switch stops everything at once, whatever state a run was left in."""
    before = here.requests()
    here.settings["kill_switch"] = True
    ticked = here.run("tick")
    here.settings["kill_switch"] = False
    assert (ticked.exit_code, here.requests()) == (0, before), "disarmed, and asked something"


def assert_no_secrets(here: World, outputs: list[str], bells: list[Bell]) -> None:
    """8: no token in anything that was printed, posted, rung or told to an agent."""
    names = ("AFK_TOKEN", "AFK_T3_TOKEN", "AFK_STATE_KEY", "AFK_WEBHOOK_URL", "AFK_SLACK_WEBHOOK")
    secrets = [here.environ[name] for name in names if name in here.environ]
    shown: list[Any] = [*outputs, *(bell.rings for bell in bells)]
    for repo in here.forge.repositories:
        for issue in repo.issues.values():
            shown += [text.text for one in issue.comments for text in one.history]
            shown += [one.body for one in issue.comments]
    for thread in here.t3.state.threads.values():
        shown += [message.text for message in thread.messages.values()]
    for text in map(str, shown):
        assert not [secret for secret in secrets if secret in text], "8: a secret"
