"""How people say that an issue waits for another, as patterns; pure.

Every pattern runs in linear time: anybody may write a body of any size.
"""

import re
from typing import Final

STRONG = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:blocked|blocking)[\s_-]*(?:by|on)(?![A-Za-z])|blocked\s*:)",
    re.IGNORECASE,
)
"""Says it outright: then a blocker without a number counts, too."""
WEAK = re.compile(
    r"(?<![A-Za-z0-9])(?:depend(?:s|ent|ing)?[\s_-]*(?:up)?on|wait(?:s|ing)?[\s_-]+(?:for|on)"
    r"|on[\s_-]+hold[\s_-]+(?:for|until)|requires)(?![A-Za-z])",
    re.IGNORECASE,
)
"""Says it only where an issue follows: "waiting for the user" is a bug's story."""
TITLE = re.compile(r"(?:blockers?|dependenc(?:y|ies)|prerequisites?)(?:\s+issues?)?", re.IGNORECASE)
"""What else a heading, a label with a colon or a table's column may be called."""

NEGATED = re.compile(
    r"\b(?:no\s+longer|not|never|isn.?t|wasn.?t|aren.?t|doesn.?t|don.?t|didn.?t|without\s+being"
    r"|nor)(?:\s+(?:currently|be|being|been|actually|really|directly|yet|anymore|is|it))*[\s*_]*\Z",
    re.IGNORECASE,
)
"""What makes the opposite of a phrase behind it. "Not yet", too: it is not blocked today."""
NONE = re.compile(
    r"""[\W_]*(?:(?:currently|there\s+(?:is|are)|it\s+is|this\s+is)\s+)?(?:none|nothing|nobody|no[\s-]one|n/?\.?a\.?|nil|null|nope|not\s+applicable|not\s+blocked
        |unblocked|false|no(?:\s+\w+){0,2}?\s+(?:blockers?|dependenc(?:y|ies)|issues?|response)|no|anything
        |not\s+by\s+anything|zero)(?![A-Za-z0-9]|[\w./-]{0,200}[#!][0-9])""",
    re.IGNORECASE | re.VERBOSE,
)
"""How people say that there is none; "_No response_" is what GitHub's forms write."""
RELATED = re.compile(
    r"""\b(?:see(?:\s+also)?|cf|related(?:\s+(?:to|issues?))?|relates\s+to|split\s+from|parent|part\s+of
        |follow(?:s|ed|ing)?(?:[\s-]*up)?(?:\s+(?:to|of|from|by))?|blocks|unblocks|supersedes
        |superseded\s+by|similar\s+to|like|mentioned\s+in|described\s+in|discussed\s+in
        |duplicates?(?:\s+of)?|closes|unlike|replaces|came\s+from|refs?|references)[\W_]*\Z""",
    re.IGNORECASE | re.VERBOSE,
)
"""What stands before an issue that is named for another reason."""
JOINT = re.compile(
    r"""(?:[\W_]|(?<![A-Za-z])(?:x|the|and|or|also|plus|then|both|either|as|well|by|on|following|open
        |issues?|tickets?|tasks?|bugs?|stor(?:y|ies)|prs?|pull|requests?|mr|merge|merging|merged
        |completion|completing|closing|closure|resolution|resolving|release|landing|fix|fixing|for
        |of|in|upstream|first|at|least|gh|is|are)(?![A-Za-z]))*""",
    re.IGNORECASE | re.VERBOSE,
)
"""What may stand before an issue, and between two, without ending the list."""
OPENING = re.compile(
    r"""(?:[\W_]|(?<![A-Za-z])(?:the|these|those|following|open|other|issues?|tickets?|tasks?|items?
        |stor(?:y|ies)|prs?|pull|requests?)(?![A-Za-z]))*""",
    re.IGNORECASE | re.VERBOSE,
)
"""What may stand behind a phrase whose blockers come in the next block: "the following issues:"."""
SEPARATED = re.compile(
    r"(?:[,;+&/\n\u2022|]|(?<![A-Za-z])(?:and|or|plus|also)(?![A-Za-z]))[\s*_\"'`\u201c(\[]*\Z",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(
    r"[.!?\u3002](?=[\s)*_\"']|\Z)(?!\s*(?:and|also|plus)\b)(?<!e\.g\.)(?<!i\.e\.)(?<!no\.)",
    re.IGNORECASE,
)
STRUCK = re.compile(r"(?<!~)~(?![\s~])[^~\n]{1,400}(?<!\s)~(?!~)")
"""One tilde strikes, too, on both forges; the parser knows two."""
LINE_START = re.compile(
    r"(?:\A|[\n.;!?])(?:[\W_]|\b(?:this|it|issue|is|currently|still|now|status|note|warning)\b)*\Z",
    re.IGNORECASE,
)
_NUMBER: Final = r"[0-9]+(?![A-Za-z0-9])"
REFERENCE = re.compile(
    rf"""https?://(?P<address>[^\s<>()\[\]"'`|]{{1,2000}})
      |(?<![A-Za-z0-9/&.-])(?P<repo>[\w.-]{{1,100}}/[\w.-]{{1,100}})[#!](?P<there>{_NUMBER})
      |(?<![A-Za-z0-9/&])(?:[#!]|GH-)(?P<here>{_NUMBER})
      |(?<=/)[#!](?P<slashed>{_NUMBER})
      |(?<![A-Za-z])(?:issues?|tickets?|pull\s+requests?|prs?)[\s:]+(?:no\.?\s*|number\s+)?
        (?P<counted>{_NUMBER})(?!\s*%|[.:]\d)""",
    re.IGNORECASE | re.VERBOSE,
)
ISSUE_PATH = re.compile(
    r"(?:(?P<repo>[\w.-]{1,100}/[\w.-]{1,100})/)?(?:-/)?(?:issues|pull|pulls|merge_requests)"
    r"/(?P<number>[0-9]+)(?![\w])",
    re.IGNORECASE,
)
