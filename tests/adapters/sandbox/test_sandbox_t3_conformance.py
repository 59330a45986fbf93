"""The sandbox answers as the recorded T3 servers did: every recording, in order, both versions."""

from functools import cache

import pytest
from support.t3_replay import Replay, State, recordings

from afk_sandbox.t3.state import Version

VERSIONS: tuple[Version, ...] = ("0.0.28", "0.0.32")

ORDER = """
01 02 03 04 05 06 08 10 72 73-thread-create-blank-id 76-token-revoked 77
20-project-create. 20-project-create-same-commandId 20-project-create-same-projectId
20-project-create-same-root 20-project-create-missing-dir 20-project-create-extra-field
21-thread-create. 21-thread-create-same 21-thread-create-missing-interactionMode
21-thread-create-unknown-instance 21-thread-create-legacy-provider-key
21-thread-create-unknown-project. 21-thread-create-unknown-project-retry
21-thread-create-rejected-commandId 21-thread-create-bad-runtimeMode
21-thread-create-missing-branch 21-thread-create-missing-createdAt
22 23 24-turn-start 24-bootstrap 75
30-0 30-1 30-timeline 30-2-running-thread. 30-2-running-snapshot 30-2-running-shell
30b-timeline 30-3 30-4 30-5 30-6
31-0 31-1 31-timeline 31-2 31-3 31b-timeline 31-4
32-0 32-1 32-timeline 32-2 32-3 32b-timeline 32-4 32-5
33-0 33-1 33-timeline 33-2 33-3 33-4 33b-timeline 33-5
34-0 34-1 34-timeline 34-2 34-3 34b-timeline 34-4
35-0 35-1 35-timeline 35-2 35-3 35b-timeline 35-4
36-0 36-1 36-timeline 36-2 36-3 36b-timeline 36-4
37-0 37-1 37-timeline 37-2 37-3 37b-timeline 37-4
38-0 38-1 38-timeline 38-2 39-0 39-1 39-timeline 39-2 40-0 40-1 40-timeline 40-2
41-0 41-1 41-timeline 41-2 41b-timeline 41-3
42-0 42-1 42-timeline 42-2 42b-timeline 42-3 42-4 42c-timeline
43-0 43-1 43-timeline 43-2 43-3 43-4-archive-again-new 43-4-archive-again-same 43-5 43-6 43-7
43-8 43-9-delete-again 43-9-turn-start-on-deleted 43-9-recreate
44-0 44-1 44-timeline 44-2 45-0 45-1 45-timeline 45-2
50-0-project 50-0-thread 50-1 50-timeline 50-2 50-3 50b-timeline 50-4
51-0 51-1 51-timeline 51-2 51b-timeline 51-3
52-0 52-1 52-timeline 52-2 52b-timeline 52-3 52-4 52-5 !restart
53-0 53-1 53-timeline 54-0 54-1 54-timeline 55-1 55-2 55-3 55-4 55-5 55-0 55-6
56-0 56-1 56-timeline 57-0 57-1 57-timeline !restart
58-0-zombie-running 58-0-zombie-approval 58-1 !wait 58-2 58-3 58-timeline 58-4 58-5 58-6
58b-timeline 59-0 59-1. 59-timeline 59b-0 59-2 59b-timeline 59-3 59c-timeline
60-0 60-1. 60-timeline 60-2 60b-timeline 60-3
61-0 61-1. 61-timeline 61-2 61b-0 61-3 61b-timeline
71-rw-token-shell 71-rw-token-dispatch 73-createdAt 74-0 74-1. 74-timeline 74-2
76-token-fresh 80-0 80-1. 80-timeline 80-2. 81-0 81-1. 81-timeline 81-2 81b-timeline
82-0 82-1 82-timeline 82-2 !restart 83
"""
"""Recordings in the order of their making, by the beginning of a name (``.``: all of it).

``!restart``: the server was restarted here; ``!wait``: the recorder waited two seconds.
"""

NOT_SERVED = {
    "07": "POST /oauth/token: afk is given its token",
    "09": "pairing and client lists: afk never asks",
    "70": "the WebSocket: afk speaks HTTP on this protocol",
}

STARTING = ("starting", False, "", None, False, False)

MISSED: dict[tuple[Version, str], list[State]] = {
    ("0.0.28", f"{group}-timeline"): [STARTING] for group in (30, 32, 50, 52, 53, "59b")
}
"""States the recorder's polling missed (0.1 s long; it saw them in 22 other first turns)."""


def _names(version: Version) -> list[str]:
    """Return the version's recordings and the steps between them, in playing order."""
    left = sorted(recordings(version), key=lambda name: (name.endswith("-shell-thread"), name))
    ordered: list[str] = []
    for token in ORDER.split():
        if token.startswith("!"):
            ordered.append(token)
            continue
        stem = token.removesuffix(".")
        found = [n for n in left if n == stem or (n.startswith(stem) and stem == token)]
        ordered += found
        left = [name for name in left if name not in found]
    return ordered


@cache
def _played(version: Version) -> tuple[dict[str, list[str]], dict[str, list[State]]]:
    replay, found = Replay(version), {}
    for name in _names(version):
        if name == "!restart":
            replay.model.restart()
        elif name == "!wait":
            replay.run_out()
        else:
            found[name] = replay.play(name, recordings(version)[name])
    return found, replay.missed


CASES = [(v, name) for v in VERSIONS for name in _names(v) if not name.startswith("!")]


@pytest.mark.parametrize(("version", "name"), CASES)
def test_sandbox__recorded_exchange_replayed__answers_alike(version: Version, name: str) -> None:
    """A fake may only answer as a recording shows."""
    differences, _ = _played(version)
    assert differences[name] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_sandbox__timelines__shows_no_state_but_the_recorded_ones(version: Version) -> None:
    """A state the recorder did not see is one it saw in another turn of the same kind."""
    _, missed = _played(version)
    unseen = {name: states for name, states in missed.items() if states}
    assert unseen == {name: states for (v, name), states in MISSED.items() if v == version}


@pytest.mark.parametrize("version", VERSIONS)
def test_recordings__all_of_them__are_replayed_or_named_as_not_served(version: Version) -> None:
    played = set(_names(version))
    left = [name for name in recordings(version) if name not in played]
    assert [name for name in left if not name.startswith(tuple(NOT_SERVED))] == []
