"""When a provider's allowance is back, as its error texts say it.

Pure. An instant is either the one the text names or unnamed, never another.
Wordings: openai/codex #3899, #4104, #21047, #34360; anthropics/claude-code #11429, #9236, #21562,
#34353, #53974; google-gemini/gemini-cli #22643, #25103; github/copilot-cli #2696, #2828;
anomalyco/opencode #50093; pingdotgg/t3code #10473; can1357/oh-my-pi #11014 (Z.ai).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from afk.decide.reset_clock import beijing_stamp, clock
from afk.decide.reset_length import length

_ANCHOR = re.compile(
    r"""\b(?:resets?|resetting|again|retry(?:ing)?|back|renews?|refresh(?:es)?|available|wait
           |replenish(?:es|ed)?|restored|until)\b
        (?:[\s:,~(]|\b(?:time|automatically|about|approximately|approx\.?|around|roughly|another
           |(?:for\s+)?(?:your|the)\s+(?:limit|quota|usage)\s+to\s+reset|please)\b)*+""",
    re.IGNORECASE | re.VERBOSE,
)
_EPOCH = re.compile(
    r"""(?:\||\bresets?_?at["']?\s*[:=]\s*["']?)\s*(?P<epoch>\d{10})(?:\d{3})?\b""", re.IGNORECASE
)
_SECONDS = re.compile(
    r"""\b(?:resets?_(?:in|after)_seconds|retry[-_]after(?P<milli>[-_]ms)?)["']?\s*[:=]\s*["']?
        (?P<count>\d{1,9})(?![\d.:])""",
    re.IGNORECASE | re.VERBOSE,
)

_CHINESE = re.compile(r"将在\s*(?=\d{4}-)")


def named(text: str, now: datetime, timezone: str) -> datetime | None:
    """Return the instant (UTC) a text says the allowance is back at; None: it names none.

    ``now`` is when it was said, ``timezone`` the IANA zone of clocks that name none, or "".
    """
    for at in _candidates(text, now, timezone):
        if at is not None:
            return at.astimezone(UTC)
    return None


def _candidates(text: str, now: datetime, timezone: str) -> Iterator[datetime | None]:
    """Yield what can be read, the most exact wordings first."""
    for epoch in _EPOCH.finditer(text):
        yield datetime.fromtimestamp(int(epoch["epoch"]), UTC)
    for said in _SECONDS.finditer(text):
        unit = timedelta(milliseconds=1) if said["milli"] else timedelta(seconds=1)
        yield _later(now, int(said["count"]) * unit)
    for anchor in _ANCHOR.finditer(text):
        wait = length(text, anchor.end())
        if wait is not None:
            yield _later(now, wait)
        else:
            yield clock(text, anchor.end(), now, timezone)
    for zhipu in _CHINESE.finditer(text):
        yield beijing_stamp(text, zhipu.end())


def _later(now: datetime, wait: timedelta) -> datetime | None:
    try:
        return now + wait
    except OverflowError:
        return None
