"""The fixed table: RunState -> Action.

Two rules of this file: the table is everything there is to say about these five facts, and it
knows nothing of the rules around it (`afk.decide.lifecycle`). First match wins:

======  ===============  ==============  ======================  ================
pushed  CI               thread          budget                  action
======  ===============  ==============  ======================  ================
yes     green            any                                     CLOSE_SUCCESS
yes     red              any             attempts and time left  FIX_FORWARD
yes     red              any             either bound reached    FREEZE_ESCALATE
yes     none or pending  any                                     WAIT
no      any              error or idle                           ESCALATE_PREPUSH
no      any              otherwise                               WAIT
======  ===============  ==============  ======================  ================
"""

from typing import Final

from afk.config import Config
from afk.types import Action, CIStatus, RunState, ThreadStatus

ENDED: Final = frozenset({ThreadStatus.IDLE, ThreadStatus.ERROR, ThreadStatus.INTERRUPTED})
"""Thread states in which nobody is at work; an interrupted turn is one that failed."""


def next_action(state: RunState, config: Config) -> Action:
    """Return what the table says; total over every combination of its inputs."""
    if not state.pushed:
        return Action.ESCALATE_PREPUSH if state.thread_status in ENDED else Action.WAIT
    if state.ci_status is CIStatus.GREEN:
        return Action.CLOSE_SUCCESS
    if state.ci_status is not CIStatus.RED:
        return Action.WAIT
    attempts_left = state.fix_forward_attempts < config.fix_forward_max_attempts
    time_left = state.elapsed_seconds < config.fix_forward_max_seconds
    return Action.FIX_FORWARD if attempts_left and time_left else Action.FREEZE_ESCALATE
