"""The words in which providers say that a usage limit was met.

Pure. Texts from public reports are matched tolerantly, never by equality: openai/codex #28089,
#2669, #27598; anthropics/claude-code #11429, #2087, #9046, #9236, #52575, #21562, #80062, #22603,
#9110; google-gemini/gemini-cli #22643, #4300; github/copilot-cli #2696, #730; anomalyco/opencode
#50079; pingdotgg/t3code #10473; cursor/cursor #3703; CodebuffAI/freebuff #1050. A limit is what a
person's plan, credits or quota allow: a server that is busy (429, overloaded), a text that is too
long, and what the agent's own tools ran into are none, and end the turn as a failure.
"""

import re
from typing import Final

_WHAT: Final = (
    r"(?:usage|limits?|quotas?|credits?|allowance|(?:spend(?:ing)?|usage|credit)\s+cap"
    r"|budget|(?:premium\s+)?requests)"
)
_PERIOD: Final = r"(?:session|hour|hourly|daily|weekly|monthly|[0-9]+[\s-]*(?:hour|hr|h|day|d))"
_MODEL: Final = (
    r"(?:messages?|opus|sonnet|haiku|fable|claude|codex|gpt[\w.-]*|gemini[\w.-]*|model|plan)"
)
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


def tells_of_a_limit(text: str) -> bool:
    """Say whether an error text speaks of a usage limit that was met."""
    return _LIMITED.search(_NO_LIMIT.sub(" . ", text)) is not None
