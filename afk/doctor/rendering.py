"""What doctor says, in lines: the outcome first, what is alike in one line. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from afk.doctor.finding import Finding, State
from afk.errors import AfkError, OutsideFailure, UserMustFix

_COUNTED = {
    State.WRONG: "to mend",
    State.NO_ANSWER: "without an answer",
    State.OFF: "switched off",
    State.UNTOLD: "cannot be told",
    State.GOOD: "good",
}


def outcome(findings: Sequence[Finding]) -> str:
    """Return how it stands, in one line."""
    counts = Counter(one.state for one in findings)
    parts = [f"{counts[state]} {word}" for state, word in _COUNTED.items() if counts[state]]
    healthy = not counts[State.WRONG] and not counts[State.NO_ANSWER]
    return f"{'nothing to mend' if healthy else 'not healthy'}: {', '.join(parts)}"


def lines(findings: Sequence[Finding]) -> Iterator[str | AfkError]:
    """Yield a line for what is well or cannot be told, an error for what is not."""
    for (check, state, what, cause, fix), alike in groupby(findings, key=_alike):
        about = ", ".join(one.about for one in alike if one.about)
        head = f"{check} of {about}" if about else check
        if state is State.WRONG:
            yield UserMustFix(f"{head}: {what}", cause=cause, next_step=fix)
        elif state is State.NO_ANSWER:
            yield OutsideFailure(f"{head}: {what}", cause=cause, next_step=fix)
        else:
            then = f"; {fix}" if fix else ""
            yield f"{state.value}: {head}: {what}{then}"


def _alike(one: Finding) -> tuple[str, State, str, str, str]:
    return one.check, one.state, one.what, one.cause, one.fix


def as_json(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Return everything for ``--json``."""
    return [
        {
            "check": one.check,
            "about": one.about,
            "state": one.state.value,
            "what": one.what,
            "cause": one.cause,
            "fix": one.fix,
        }
        for one in findings
    ]
