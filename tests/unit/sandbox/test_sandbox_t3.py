"""The sandbox T3 server where no recording tells: its clock, and what it must never do."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.t3_sandbox import Bench

from afk_sandbox.t3.model import Invalid, Malformed, Rejected
from afk_sandbox.t3.schedule import RECORDED


def test_at_once__clock_stands_still__next_read_shows_the_outcome() -> None:
    bench = Bench()
    bench.create()
    bench.say("hello")
    assert bench.shown() == ("ready", "completed")


def test_times__clock_stands_still__still_tell_later_from_earlier() -> None:
    """A client that orders by time must be able to, however fast the test."""
    bench = Bench()
    bench.create()
    bench.say("one")
    bench.model.advance()
    bench.say("two")
    users = [m["createdAt"] for m in bench.bodies()["messages"] if m["role"] == "user"]
    assert users[0] < users[1] == bench.in_shell()["latestTurn"]["requestedAt"]
    assert users[1] < max(m["createdAt"] for m in bench.bodies()["messages"])


def test_recorded_pace__every_moment__can_be_seen() -> None:
    bench = Bench("0.0.28", RECORDED)
    bench.create()
    bench.say("hello")
    seen = [bench.shown()]
    while (moment := bench.model.next_change()) is not None:
        bench.moment = moment
        if bench.shown() != seen[-1]:
            seen.append(bench.shown())
    assert seen == [
        (None, None),
        ("starting", None),
        ("ready", None),
        ("running", "running"),
        ("ready", None),
        ("ready", "completed"),
    ]


def test_dispatch__rejected_id__stays_rejected_over_a_restart() -> None:
    bench = Bench()
    with pytest.raises(Rejected):
        bench.say("hello", "later", commandId="burnt")
    bench.model.restart()
    bench.create("later")
    with pytest.raises(Rejected):
        bench.say("hello", "later", commandId="burnt")
    assert bench.bodies("later")["messages"] == []


def test_wedge__interrupt_while_asked__nothing_starts_until_restart_and_is_not_made_up() -> None:
    bench = Bench()
    bench.create()
    bench.create("other")
    bench.say("[[ask]]")
    bench.model.advance()
    bench.send("thread.turn.interrupt", threadId="t")
    assert bench.model.wedged
    bench.say("hello", "other")
    bench.send("thread.session.stop", threadId="t")
    bench.pass_time(3600)
    assert (bench.shown("other"), bench.shown()) == ((None, None), ("running", "running"))
    bench.model.restart()
    bench.pass_time(3600)
    assert not bench.model.wedged
    assert bench.shown("other") == (None, None)
    bench.say("again", "other")
    assert bench.shown("other") == ("ready", "completed")


def test_restart__turn_running__is_a_zombie_that_never_pushes() -> None:
    bench = Bench()
    bench.job("[[slow=60]] [[push]]")
    bench.model.restart()
    bench.pass_time(3600)
    assert (bench.shown(), bench.pushes.taken) == (("running", "running"), [])
    bench.send("thread.session.stop", threadId="t")
    assert bench.shown() == ("stopped", "interrupted")


def test_stop__before_the_push__there_is_none() -> None:
    bench = Bench()
    bench.job("[[slow=60]] [[push]]")
    bench.send("thread.session.stop", threadId="t")
    bench.pass_time(3600)
    assert (bench.shown(), bench.pushes.taken) == (("stopped", "interrupted"), [])


def test_stop__right_behind_the_first_message__the_turn_does_not_run() -> None:
    bench = Bench(pace=RECORDED)
    bench.create()
    bench.say("hello")
    bench.send("thread.session.stop", threadId="t")
    bench.pass_time(60)
    assert (bench.shown(), bench.texts()) == (("stopped", None), [])


@pytest.mark.parametrize("kind", ["thread.session.stop", "thread.turn.interrupt"])
def test_archived__stop_or_interrupt__is_accepted_and_the_agent_goes_on(kind: str) -> None:
    """Nothing reaches an archived thread's agent: stop first, then archive."""
    bench = Bench()
    bench.job("[[slow=60]] [[push]]")
    bench.send("thread.archive", threadId="t")
    bench.send(kind, threadId="t")
    bench.pass_time(61)
    assert len(bench.pushes.taken) == 1
    bench.send("thread.unarchive", threadId="t")
    assert bench.shown() == ("running", "running")


def test_deleted__agent_at_work__ends_with_its_thread() -> None:
    bench = Bench()
    bench.job("[[slow=60]] [[push]]")
    bench.send("thread.delete", threadId="t")
    bench.pass_time(3600)
    assert bench.pushes.taken == []
    assert bench.model.thread("t") is None
    assert bench.model.snapshot()["threads"][0]["deletedAt"] is not None


def test_project_delete__forced__ends_its_threads_and_frees_the_folder() -> None:
    bench = Bench()
    bench.job("[[slow=60]] [[push]]")
    with pytest.raises(Rejected):
        bench.send("project.delete", projectId="p")
    bench.send("project.delete", projectId="p", force=True)
    bench.pass_time(3600)
    assert (bench.model.shell()["projects"], bench.model.shell()["threads"]) == ([], [])
    assert bench.pushes.taken == []
    bench.send("project.create", projectId="q", title="P", workspaceRoot="/repo")


def test_respond__after_the_session_stopped__fails_and_stays_pending() -> None:
    bench = Bench()
    bench.create()
    bench.say("[[approval]]")
    bench.model.advance()
    bench.send("thread.session.stop", threadId="t")
    answer = {"requestId": bench.request(), "decision": "accept"}
    bench.send("thread.approval.respond", threadId="t", **answer)
    assert bench.in_shell()["hasPendingApprovals"]
    assert bench.bodies()["activities"][-1]["kind"] == "provider.approval.respond.failed"


def test_auto_runtime_mode__before_0_0_32__is_malformed() -> None:
    Bench("0.0.32").create(runtimeMode="auto")
    with pytest.raises(Malformed):
        Bench("0.0.28").create(runtimeMode="auto")


def test_interrupt__thread_without_a_session__is_noted_as_failed() -> None:
    bench = Bench()
    bench.create()
    bench.send("thread.turn.interrupt", threadId="t")
    bench.model.advance()
    assert [a["kind"] for a in bench.bodies()["activities"]] == ["provider.turn.interrupt.failed"]


def test_steering__the_earlier_turn_ends_first__the_later_one_stays_the_latest() -> None:
    bench = Bench()
    bench.create()
    bench.say("one [[sleep=10]]")
    bench.model.advance()
    bench.say("two [[sleep=60]]")
    bench.pass_time(11)
    assert bench.shown() == ("running", "running")
    assert "All done: one [[sleep=10]]" in bench.texts()
    bench.pass_time(60)
    assert bench.shown() == ("ready", "completed")


def test_project_update__given_fields__change_and_others_stay() -> None:
    bench = Bench()
    model = {"instanceId": "codex", "model": "m"}
    bench.send("project.meta.update", projectId="p", defaultModelSelection=model)
    bench.send("project.meta.update", projectId="p", title="New")
    found = bench.model.shell()["projects"][0]
    assert (found["title"], found["defaultModelSelection"]) == ("New", model)
    assert found["workspaceRoot"] == "/repo"


STEPS = st.sampled_from(
    [
        ("thread.create", {}),
        ("say", {"text": "[[push]] hello"}),
        ("say", {"text": "[[ask]]"}),
        ("say", {"text": "[[crash]]"}),
        ("say", {"text": "[[sleep=5]]"}),
        ("thread.turn.interrupt", {}),
        ("thread.session.stop", {}),
        ("thread.archive", {}),
        ("thread.unarchive", {}),
        ("thread.delete", {}),
        ("thread.approval.respond", {"requestId": "r", "decision": "cancel"}),
        ("restart", {}),
        ("wait", {}),
    ]
)


@given(
    steps=st.lists(st.tuples(STEPS, st.sampled_from("tu"), st.integers(1, 8)), max_size=25),
    version=st.sampled_from(["0.0.28", "0.0.32"]),
)
def test_any_commands__in_any_order__one_effect_an_id_and_a_sequence_that_never_falls(
    steps: Any, version: Any
) -> None:
    bench = Bench(version)
    given_out: dict[str, int | None] = {}
    last = 0
    for (kind, fields), thread, number in steps:
        if kind == "restart":
            bench.model.restart()
        elif kind == "wait":
            bench.pass_time(3)
        else:
            command = f"k{number}"
            try:
                sent = {"thread": thread, "commandId": command, **fields}
                if kind == "say":
                    sequence = bench.say(**sent)
                elif kind == "thread.create":
                    sequence = bench.create(thread, commandId=command)
                else:
                    sequence = bench.send(kind, threadId=thread, commandId=command, **fields)
            except Rejected:
                sequence = None
            assert given_out.setdefault(command, sequence) == sequence
        shell = bench.model.shell()
        assert shell["snapshotSequence"] >= last
        last = shell["snapshotSequence"]
        json.dumps([shell, bench.model.snapshot(), bench.model.thread(thread)])


def test_invalid__attachment_or_folder__leaves_no_receipt() -> None:
    bench = Bench()
    with pytest.raises(Invalid):
        bench.send(
            "project.create", projectId="q", title="Q", workspaceRoot="/new", commandId="again"
        )
    bench.model.folders["/new"] = True
    again = {"projectId": "q", "title": "Q", "workspaceRoot": "/new", "commandId": "again"}
    assert bench.send("project.create", **again) == bench.model.shell()["snapshotSequence"]
