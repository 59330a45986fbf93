"""A provider's usage limit, read from the error text a turn ended with.

Pure. T3 on protocol 1 shows a limited turn as a failed one; only its text tells
(recordings/t3/*/31-2-failed-thread.json: "You've hit your usage limit. Try again later.").
Texts from public reports are matched tolerantly, never by equality: openai/codex #28089, #2669,
#27598; anthropics/claude-code #11429, #2087, #9046, #9236, #52575, #21562, #80062, #22603, #9110;
google-gemini/gemini-cli #22643, #4300; github/copilot-cli #2696, #730; anomalyco/opencode #50079;
pingdotgg/t3code #10473; cursor/cursor #3703; CodebuffAI/freebuff #1050. A limit is what a person's
plan, credits or quota allow: a server that is busy (429, overloaded), a text that is too long, and
what the agent's own tools ran into are none, and end the turn as a failure.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from afk.decide.reset_time import named

_LONGEST: Final = 20_000
"""Characters of a text that are looked at; what a provider says stands far in front of that."""
_WHAT: Final = (
    r"(?:usage|limits?|quotas?|credits?|allowance|(?:spend(?:ing)?|usage|credit)\s+cap"
    r"|budget|(?:premium\s+)?requests)"
)
_PERIOD: Final = r"(?:session|hour|hourly|daily|weekly|monthly|[0-9]+[\s-]*(?:hour|hr|h|day|d))"
_MODEL: Final = r"(?:opus|sonnet|haiku|fable|claude|codex|gpt[\w.-]*|gemini[\w.-]*|model|plan)"
_LIMITED = re.compile(
    rf"""usage[\s_-]*(?:limit|cap)|\busage\s+(?:has\s+been\s+|is\s+)?exceeded
      |\b(?:hit|reached|exceed(?:ed)?|exhausted|used(?:\s+up)?(?:\s+all(?:\s+of)?)?)\s+(?:
        (?:your|today.s)\b(?:[\s'\u2019][\w.'\u2019-]+){{0,6}}?\s+{_WHAT}\b
        |(?:the|its|this|a)\s+(?:[\w-]+\s+){{0,2}}?(?:{_PERIOD}|usage|spend(?:ing)?|credit|plan)\s+
          (?:[\w-]+\s+){{0,2}}?(?:limit|quota|cap)\b)
      |\bexhausted\s+your\s+capacity\b.{{0,80}}?\bquota\b
      |\bout\s+of\s+(?:\w+\s+){{0,3}}?(?:usage|credits?|quota|requests|messages|tokens)\b
      |\b(?:{_PERIOD}|{_MODEL})\s+(?:(?:{_PERIOD}|usage|rate|quota)\s+)*limit\s+
        (?:has\s+been\s+|was\s+|is\s+)?(?:reached|hit|exceeded|exhausted)
      |\blimit\s+(?:reached|hit|exceeded|exhausted)\s*[^\w\s]*\s*resets?\b
      |\blimits?\s+(?:will\s+|to\s+)?resets?\b|\bquota\s+(?:will\s+|to\s+)?resets?\b
      |\b(?:weekly|monthly|daily)(?:/(?:weekly|monthly|daily))?\s+limit\s+exhausted
      |(?<!disk\s)(?<!storage\s)\bquota(?:\s+has\s+been|\s+is|\s+was)?[\s_]+
        (?:exceeded|exhausted|reached|used\s+up)
      |\binsufficient[\s_]*(?:quota|credits?|balance|funds)|\byou\s+have\s+no\s+quota
      |\b(?:credit|account)\s+balance\s+is\s+too\s+low|\bno\s+(?:more\s+)?credits\s+(?:left|remain)
      |\bbilling\s+hard\s+limit|\bspend(?:ing)?[\s_]+(?:cap|limit)\s+(?:has\s+been\s+)?
        (?:reached|hit|exceeded)
      |\buser_(?:\w+_)?rate_limited|\b(?:you\s+have\s+been|your\s+request\s+was)\s+rate[\s-]limited
      |\brate\s+limit\s+reached\s+for\b.{{0,400}}?\btry\s+again\s+in\b|\brestricts\s+the\s+number\s+of\s+\w+\s+model\s+requests
      |使用上限|限额将在""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_NO_LIMIT = re.compile(
    r"""\b(?:approaching|nearing|close\s+to)\s+(?:your\s+|the\s+)?(?:[\w-]+\s+){0,2}limits?\b
      |\bused\s+[0-9]{1,2}%\s+of\s+(?:your|the)\s+(?:[\w-]+\s+){0,2}limits?\b
      |\b(?:disk|storage|inode|memory|file)\s+quota\b
      |(?<!daily\s)(?<!weekly\s)(?<!monthly\s)(?<!hourly\s)(?<!session\s)\b(?:context|tokens?
          |output|input|turns?|step|iteration|retry|size|length|time|memory|request\s+size|pull\s+rate
          |secondary\s+rate|recursion|file|character|image|depth|tool[\s-]call|context\s+window)
        \s+limits?\b
      |\b(?:maximum|max)\s+(?:number|context|output|length)\b|\brequest\s+too\s+large\b
      |\bAPI\s+rate\s+limit\b|\bretry\s+limit\b""",
    re.IGNORECASE | re.VERBOSE,
)

FIRST_PAUSE: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(hours=2)
_FARTHEST: Final = timedelta(days=8)
"""Allowances are counted in hours or a week; a reset beyond that is a misreading, or a month's: an
agent is not kept waiting for that."""


@dataclass(frozen=True, slots=True)
class UsageLimit:
    """A limit; ``reset`` is the instant the text names, None when it names none."""

    reset: datetime | None


def read(text: str, now: datetime, timezone: str = "") -> UsageLimit | None:
    """Return the limit a turn's error text speaks of, None when it speaks of none.

    ``now`` is when it was said: a wall-clock time is read as the one that comes next.
    ``timezone`` (an IANA name) places times that the text gives without a zone; without it
    such a time counts as unnamed, since a guess can be a day off.
    """
    text = text[:_LONGEST]
    if not _LIMITED.search(_NO_LIMIT.sub(" . ", text)):
        return None
    reset = named(text, now, timezone)
    if reset is not None and reset - now > _FARTHEST:
        reset = None
    return UsageLimit(reset)


def pause(times_limited: int) -> timedelta:
    """Return how long to wait when no reset is named, or after a named one did not hold."""
    doublings = min(max(times_limited - 1, 0), 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
