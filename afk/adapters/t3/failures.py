"""What protocol 2 says of a failed run, and of what a run used, in afk's words; pure.

An error stays in the thread's log when it was got over (``43-retry-timeline``): only those with
status ``failed`` of a run that failed count. Builds after the merge name a usage limit by its
class, and the reset where the provider does; before it the text alone tells. Tokens and price are
shown by builds after the merge alone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from afk.adapters.t3.projection import Failure, Projection, ProviderTurn, Run, TurnItem
from afk.model.agent import Spent, UsageLimited

FAILED: Final = "failed"
LONGEST_ERROR: Final = 4_000
_FARTHEST: Final = timedelta(days=8)
"""Allowances are counted in hours or a week; a reset beyond that is a misreading."""


def errors_of(items: Sequence[TurnItem], run: Run | None) -> list[TurnItem]:
    """Return what went wrong in a run that failed; an error that was got over is none."""
    if run is None or run.status != FAILED:
        return []
    return [
        item
        for item in items
        if item.type == "error"
        and item.status == FAILED
        and item.run_id == run.id
        and item.failure is not None
    ]


def error_text(item: TurnItem) -> str:
    """Return what was said, with its class where that tells more."""
    failure = item.failure or Failure()
    text = failure.message[:LONGEST_ERROR]
    return f"{text} ({failure.kind[:100]})" if failure.kind not in ("", "unknown") else text


def limit_of(errors: Iterable[TurnItem]) -> UsageLimited | None:
    """Return the usage limit that T3 itself says was hit."""
    for item in errors:
        if item.failure is not None and item.failure.kind == "usage_limit":
            return bounded(item.failure.reset_at, item.updated_at)
    return None


def bounded(reset: datetime | None, said_at: datetime | None) -> UsageLimited:
    """Return a limit with the reset that it names, unless that is too far off to be one."""
    near = reset is not None and said_at is not None and reset - said_at <= _FARTHEST
    return UsageLimited(reset if near else None)


def spent(projection: Projection) -> Spent:
    """Return what T3 shows of tokens by message, and of the conversation's price."""
    run_of_attempt = {one.id: one.run_id for one in projection.attempts}
    message_of = {one.id: one.user_message_id for one in projection.runs}
    tokens: dict[str, tuple[int, int]] = {}
    for turn in projection.provider_turns:
        message = message_of.get(run_of_attempt.get(turn.run_attempt_id or "", ""), "")
        used = _used(turn)
        if message and used is not None:
            before = tokens.get(message, (0, 0))
            tokens[message] = (before[0] + used[0], before[1] + used[1])
    costs = [
        one.context_usage.cost
        for one in projection.provider_threads
        if one.context_usage is not None and one.context_usage.cost is not None
    ]
    currencies = {one.currency for one in costs}
    if len(currencies) != 1:
        return Spent(tokens)
    return Spent(tokens, sum(one.amount for one in costs), currencies.pop())


def _used(turn: ProviderTurn) -> tuple[int, int] | None:
    usage = turn.turn_token_usage
    if usage is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    return usage.input_tokens, usage.output_tokens
