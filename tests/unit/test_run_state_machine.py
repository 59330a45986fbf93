"""The fixed table, row by row, over every combination of its inputs."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.config import Config
from afk.run_state_machine import next_action
from afk.types import Action, CIStatus, RunState, ThreadStatus

DEFAULT = Config()
THREADS = (ThreadStatus.RUNNING, ThreadStatus.IDLE, ThreadStatus.ERROR, None)
VERDICTS = (None, CIStatus.PENDING, CIStatus.GREEN, CIStatus.RED)
ATTEMPTS = (0, 1, 4, 5, 6)
ELAPSED = (0.0, 1.0, 3599.0, 3599.999, 3600.0, 3601.0, 86_400.0)


def table(state: RunState) -> Action:
    """Return what the table says, written down a second time as data: first match wins."""
    left = state.fix_forward_attempts < 5 and state.elapsed_seconds < 3600
    rows = [
        (state.pushed and state.ci_status is CIStatus.GREEN, Action.CLOSE_SUCCESS),
        (state.pushed and state.ci_status is CIStatus.RED and left, Action.FIX_FORWARD),
        (state.pushed and state.ci_status is CIStatus.RED, Action.FREEZE_ESCALATE),
        (state.pushed, Action.WAIT),
        (
            state.thread_status in (ThreadStatus.ERROR, ThreadStatus.IDLE),
            Action.ESCALATE_PREPUSH,
        ),
        (state.thread_status in (ThreadStatus.RUNNING, None), Action.WAIT),
    ]
    return next(action for matches, action in rows if matches)


@pytest.mark.parametrize("pushed", [True, False])
@pytest.mark.parametrize("ci", VERDICTS)
@pytest.mark.parametrize("thread", THREADS)
def test_next_action__every_combination_with_a_default_config__as_the_table(
    pushed: bool,
    ci: CIStatus | None,
    thread: ThreadStatus | None,
) -> None:
    for attempts, elapsed in product(ATTEMPTS, ELAPSED):
        state = RunState(
            thread_status=thread,
            ci_status=ci,
            pushed=pushed,
            fix_forward_attempts=attempts,
            elapsed_seconds=elapsed,
        )
        assert next_action(state, DEFAULT) is table(state), state


@pytest.mark.parametrize("thread", THREADS)
@pytest.mark.parametrize(
    ("ci", "attempts", "elapsed", "action"),
    [
        (CIStatus.GREEN, 0, 0, Action.CLOSE_SUCCESS),
        (CIStatus.GREEN, 5, 3600, Action.CLOSE_SUCCESS),
        (CIStatus.RED, 0, 0, Action.FIX_FORWARD),
        (CIStatus.RED, 4, 3599.9, Action.FIX_FORWARD),
        (CIStatus.RED, 5, 0, Action.FREEZE_ESCALATE),
        (CIStatus.RED, 0, 3600, Action.FREEZE_ESCALATE),
        (CIStatus.RED, 5, 3600, Action.FREEZE_ESCALATE),
        (None, 5, 3600, Action.WAIT),
        (CIStatus.PENDING, 5, 3600, Action.WAIT),
    ],
)
def test_next_action__pushed__ci_and_budget_decide_whatever_the_thread_does(
    thread: ThreadStatus | None, ci: CIStatus | None, attempts: int, elapsed: float, action: Action
) -> None:
    state = RunState(
        thread_status=thread,
        ci_status=ci,
        pushed=True,
        fix_forward_attempts=attempts,
        elapsed_seconds=elapsed,
    )

    assert next_action(state, DEFAULT) is action


@pytest.mark.parametrize("ci", VERDICTS)
@pytest.mark.parametrize(
    ("thread", "action"),
    [
        (ThreadStatus.ERROR, Action.ESCALATE_PREPUSH),
        (ThreadStatus.IDLE, Action.ESCALATE_PREPUSH),
        (ThreadStatus.INTERRUPTED, Action.ESCALATE_PREPUSH),
        (ThreadStatus.RUNNING, Action.WAIT),
        (ThreadStatus.NEEDS_HUMAN, Action.WAIT),
        (None, Action.WAIT),
    ],
)
def test_next_action__nothing_pushed__thread_decides_whatever_ci_says(
    thread: ThreadStatus | None, ci: CIStatus | None, action: Action
) -> None:
    state = RunState(thread_status=thread, ci_status=ci, fix_forward_attempts=5)

    assert next_action(state, DEFAULT) is action


def test_next_action__state_as_constructed__waits() -> None:
    assert next_action(RunState(), DEFAULT) is Action.WAIT


@pytest.mark.parametrize(
    ("settings", "attempts", "elapsed", "action"),
    [
        (Config(fix_forward_max_attempts=0), 0, 0, Action.FREEZE_ESCALATE),
        (Config(fix_forward_max_seconds=0), 0, 0, Action.FREEZE_ESCALATE),
        (Config(fix_forward_max_attempts=9), 8, 0, Action.FIX_FORWARD),
        (Config(fix_forward_max_seconds=7200), 0, 7199, Action.FIX_FORWARD),
    ],
)
def test_next_action__other_bounds__are_the_ones_that_count(
    settings: Config, attempts: int, elapsed: float, action: Action
) -> None:
    state = RunState(
        ci_status=CIStatus.RED,
        pushed=True,
        fix_forward_attempts=attempts,
        elapsed_seconds=elapsed,
    )

    assert next_action(state, settings) is action


STATES = st.builds(
    RunState,
    thread_status=st.none() | st.sampled_from(ThreadStatus),
    ci_status=st.none() | st.sampled_from(CIStatus),
    pushed=st.booleans(),
    fix_forward_attempts=st.integers(0, 20),
    elapsed_seconds=st.floats(0, 1e9, allow_nan=False),
)


@given(state=STATES, attempts=st.integers(0, 10), seconds=st.integers(0, 10_000))
def test_next_action__any_state_and_bounds__total_and_one_of_the_tables_five(
    state: RunState, attempts: int, seconds: int
) -> None:
    settings = Config(fix_forward_max_attempts=attempts, fix_forward_max_seconds=seconds)

    action = next_action(state, settings)

    assert action in {
        Action.WAIT,
        Action.CLOSE_SUCCESS,
        Action.ESCALATE_PREPUSH,
        Action.FIX_FORWARD,
        Action.FREEZE_ESCALATE,
    }
    if action is Action.CLOSE_SUCCESS:
        assert state.pushed
        assert state.ci_status is CIStatus.GREEN
    if action is Action.FIX_FORWARD:
        assert state.fix_forward_attempts < attempts
        assert state.elapsed_seconds < seconds
    if action is Action.ESCALATE_PREPUSH:
        assert not state.pushed
