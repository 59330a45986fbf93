"""What a server said, shown to people as it was said; pure.

It is nobody's issue text, but may hold Markdown, a mention, or a secret that afk does not know.
"""

import re
from typing import Final

from afk.text.cleaning import visible_text

_MOST_LINES: Final = 12
_HIDDEN: Final = "***"
_SECRET = re.compile(
    r"""\b(?:sk|pk|rk)[-_][A-Za-z0-9_*-]{8,}|\b(?:gh[a-z]|glpat|xox[a-z]|npm|hf)[-_][A-Za-z0-9_-]{8,}
      |\bgithub_pat_\w{8,}|\bAKIA[A-Z0-9]{12,}|\bAIza[\w-]{20,}|\bey[JK][\w-]{10,}(?:\.[\w-]*){0,2}
      |(?<=://)[^\s/@]{1,400}(?=@)
      |(?i:(?<=bearer\s)|(?<=basic\s))[^\s"',;]{8,}
      |(?i:(?<=key=)|(?<=key:\s)|(?<=token=)|(?<=token:\s)|(?<=secret=)|(?<=password=)
          |(?<=password:\s))["']?[^\s"',;]{6,}""",
    re.VERBOSE,
)
"""What keys look like (OpenAI, Stripe, GitHub, GitLab, Slack, npm, Hugging Face, AWS, Google, JSON
web tokens), who stands in an address, and what is called a key."""
_LONG_RUN = re.compile(r"[A-Za-z0-9+=_]{32,}")


def quoted(text: str, limit: int) -> str:
    """Return a text as a fenced block of at most ``limit`` characters, "" where it is empty.

    Nothing in it ends the block, mentions anybody or links; what looks like a secret is hidden
    before anything is cut, since half of one looks like none.
    """
    shown = _SECRET.sub(_HIDDEN, visible_text(text))
    shown = _LONG_RUN.sub(_hidden_if_random, shown)
    lines = [line.rstrip() for line in shown.splitlines() if line.strip()]
    shown = "\n".join(lines[:_MOST_LINES])
    if len(shown) > limit or len(lines) > _MOST_LINES:
        shown = shown[: max(limit - 1, 0)].rstrip() + "…"
    if not lines:
        return ""
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}"


def _hidden_if_random(run: re.Match[str]) -> str:
    """Hide a long run of letters and digits; a long word is one of letters alone."""
    word = run[0]
    return _HIDDEN if any(map(str.isdigit, word)) and any(map(str.isalpha, word)) else word
