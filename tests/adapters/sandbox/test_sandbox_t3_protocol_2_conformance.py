"""The sandbox answers as the recorded T3 of protocol 2 did, in the order of its recordings."""

from functools import cache

import pytest
from support.t3_replay2 import FOLDER, Replay2

ORDER = """
01-well-known 02-session-anon 02-session-bearer 03-shell-bad-token 03-shell-no-token
04-shell-empty 05-v1-dispatch-gone-no-token 05-v1-dispatch-gone 05-v1-snapshot-gone
06-method-not-allowed 06-thread-not-found 06-unknown-route 77-token-expired
08-readonly-dispatch-denied 08-websocket-ticket-no-token 08-websocket-ticket
09-probe 09-ws-bearer-header 09-ws-probe-ping 09-ws-ticket-reuse 22-ws-not-json 22-unknown-rpc
!projects 21-thread-create 21-thread-create-same-commandId 21-thread-idle-new
21-thread-create-same-commandId-different-body 21-thread-create-same-threadId-new-commandId
21-thread-create-unknown-project 21-thread-create-unknown-instance
21-thread-create-missing-branch 21-thread-create-missing-createdBy 21-thread-create-c
21-thread-create-same-commandId-other-thread
21-thread-create-rejected 21-thread-create-rejected-commandId-reused-valid
21-thread-create-extra-field 21-shell-after-creates 22-v1-turn-start-over-ws
23-message-unknown-thread 30-1-message-dispatch 30-ok-timeline 30-3-completed-shell
30-3-completed-thread 30-5-same-commandId-same-body 30-5-same-commandId-different-body
30-5-same-commandId-other-thread 30-6-same-messageId-new-commandId
30-6-same-messageId-timeline 21-thread-create-over-thread-with-runs
31-rejected-1-unknown-thread !late
31-rejected-2-same-commandId-now-valid 31-rejected-3-new-commandId !wait
35-fail-1-dispatch 35-fail-timeline 35-fail-shell-thread 35-fail-thread
38-starterror-1-dispatch 38-starterror-timeline 38-starterror-shell-thread 38-starterror-thread
39-nostart-1-dispatch 39-nostart-timeline 39-nostart-shell-thread 39-nostart-thread
!wait
40-unknown-instance-1-dispatch
40-unknown-instance-shell-thread 40-unknown-instance-thread
58-message-thread-of-unknown-project 41-nongit-1-dispatch 41-nongit-timeline
41-nongit-shell-thread 41-nongit-thread
42-sleep-1-dispatch 42-sleep-timeline 42-sleep-shell-thread 42-sleep-thread
45-claude-missing-cli-1-dispatch !wait
50-1-approval-dispatch 50-2-pending-approval-shell-thread 50-2-pending-approval-thread
50-3-respond-unknown-request 50-4-respond-accept 50-5-respond-again !wait
31-rejected-4-after-restart
!say:thr-ask2:msg-ask:[[ask]] 52-2-pending-question-shell-thread 52-2-pending-question-thread
52-3-respond-answers
!say:thr-appr-cancel:msg-1:[[approval]] !asked:thr-appr-cancel 53-respond-cancel
!say:thr-appr-decline:msg-1:[[approval]] !asked:thr-appr-decline 53-respond-decline
!wait
!hang 32-2-running-shell-thread 32-2-running-thread 32-3-interrupt
32-4-interrupted-shell-thread 32-4-interrupted-thread 32-5-interrupt-when-idle
32-6-interrupt-unknown-run
33-1-followup-idle 33-followup-idle-timeline !wait
43-1-archive 43-2-get-archived 43-3-archive-again 43-5-unarchive 43-7-delete 43-8-get-deleted
43-9-delete-again 20-ws-project-create-conflict 10-getConfig-providers
!say:thr-appr-fa:msg-a38cdb503f:[[approval]] 51-interrupt-while-approval-pending-timeline
51-1-interrupt-while-approval-pending 51-2-respond-cancel-after-wedge
!restart !say:thr-appr-del:msg-1:[[approval]] !asked:thr-appr-del 55-delete-while-pending
"""
"""Recordings in the order of their making. ``!projects``: what the recorder made by another way;
``!late``: the thread that was unknown is made; ``!hang``, ``!say``: a thread is told what was not
taken down; ``!asked``: time passes until its agent asks; ``!restart``: T3 is restarted, for an open
question that nobody answers stops an instance; ``!wait``: everything comes to rest."""

NOT_SERVED = {
    "07": "tokens and lists of projects: afk does not ask",
    "08-readonly-project": "projects over HTTP: afk makes them over the socket",
    "09-ws": "who gets in: asked of a socket by the contract suite",
    "11": "streams: afk polls",
    "12": "windows of threads: afk reads whole ones",
    "20": "projects over HTTP: afk makes them over the socket",
    "21-thread-create-bad-runtimeMode": "the words of the schema",
    "22-getThread": "threads over the socket: afk reads them over HTTP",
    "22-ws-envelope": "who writes other frames than afk does",
    "24": "launchThread: afk does not use it",
    "30-ok-subscribeThread": "streams: afk polls",
    "32-hang-interrupt-timeline": "moments between two that are replayed",
    "34": "ways to steer, and queues: afk waits until a thread is at rest",
    "36": "crashes: the contract suite, on cassettes of the same server",
    "39-2": "a thread that was not taken down",
    "40-unknown-instance-timeline": "a thread without a run has nothing to tell moments by",
    "43": "messages to what is hidden, and the retry, which is an item that nobody reads here",
    "44": "models and modes of one message: afk sets the thread's",
    "45-claude-missing-cli-timeline": "a provider that is not installed; here it is",
    "45-detach": "detaching: afk stops runs",
    "46": "an answer nobody waits for: the tests of faults",
    "50-approval-timeline": "the same as 50-1 to 50-5, from beside",
    "52-ask-timeline": "the same as 52-2 and 52-3, from beside",
    "54": "detaching",
    "56": "two threads' timing",
    "57": "a worktree of T3's own: afk makes none",
    "60": "restarts: tests/loops/test_protocol_2.py",
    "61": "restarts",
}


def _names() -> list[str]:
    return ORDER.split()


@cache
def _played() -> dict[str, list[str]]:
    replay, found = Replay2(), {}
    for name in _names():
        match name:
            case "!projects":
                for project, folder in (("prj-1", "r1"), ("prj-ng", "nongit")):
                    replay.model.create_project(
                        {
                            "type": "project.create",
                            "commandId": f"made {project}",
                            "projectId": project,
                            "title": folder,
                            "workspaceRoot": f"<DIR>/repos/{folder}",
                        }
                    )
            case "!late":
                replay.create("thr-late")
            case "!hang":
                replay.create("thr-hang")
                replay.say("thr-hang", "msg-hang", "[[hang]] x")
            case "!restart":
                replay.restart()
            case "!wait":
                replay.run_out()
            case _ if name.startswith("!say:"):
                _, thread, message, text = name.split(":")
                replay.create(thread)
                replay.say(thread, message, text)
            case _ if name.startswith("!asked:"):
                assert replay.until_asked(name.partition(":")[2])
            case _:
                found[name] = replay.play(name)
    return found


@pytest.mark.parametrize("name", [one for one in _names() if not one.startswith("!")])
def test_sandbox__recorded_exchange_of_protocol_2_replayed__answers_alike(name: str) -> None:
    assert _played()[name] == []


def test_recordings__of_protocol_2__are_replayed_or_named() -> None:
    recorded = {path.stem for path in FOLDER.glob("*.json")}
    listed = {one for one in ORDER.split() if not one.startswith("!")}
    assert listed <= recorded
    left = recorded - listed
    assert not {one for one in left if not one.startswith(tuple(NOT_SERVED))}
    assert not {key for key in NOT_SERVED if not any(one.startswith(key) for one in left)}
