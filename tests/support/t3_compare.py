"""What counts as alike of an answer of protocol 2 that was recorded and one of the sandbox's."""

import re
from collections.abc import Iterator
from typing import Any, Final

from afk_sandbox.t3.views2 import UNREAD

FREE: Final = frozenset(
    {"environmentId", "traceId", "ticket", "label", "capabilities", "serverVersion"}
    | {"titleRegeneration"}
)
"""Of this machine, this moment, or, the last, of what was done to a thread before."""


def plain(frame: Any) -> Any:
    """Return an answer without what the server mints, and a refusal's words alone."""
    ended = frame.get("exit") if isinstance(frame, dict) else None
    if not isinstance(ended, dict):
        return frame.get("_tag")
    if ended["_tag"] == "Success":
        return ("Success", sorted(ended["value"]) if "sequence" in ended["value"] else None)
    first = ended["cause"][0]
    if first["_tag"] == "Die":
        return ("Die", str(first["defect"]).partition("{")[0])
    error = first["error"]
    message = re.sub(r"runtime-request:\S+|[0-9a-f-]{36}", "<ID>", str(error.get("message")))
    return (error["_tag"], message, sorted(error))


def cut(theirs: Any) -> Any:
    """Leave out of a recorded read the threads, projects and items that were not made here."""
    if "projection" in theirs:
        shown = {**theirs["projection"], **{name: [] for name in UNREAD}}
        asked = ("approval_request", "user_input_request")
        kinds = ("user_message", "assistant_message", "error", *asked)
        shown["turnItems"] = [one for one in shown["turnItems"] if one["type"] in kinds]
        return {**theirs, "projection": shown}
    return theirs


def shapes(ours: Any, theirs: Any, where: str) -> Iterator[str]:
    """Yield where two JSON values differ in their fields; of lists, in those of the first."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        left = set(ours) ^ set(theirs)
        left -= FREE
        if left:
            yield f"{where}: {sorted(left)}"
        for name in set(ours) & set(theirs) - FREE:
            yield from shapes(ours[name], theirs[name], f"{where}.{name}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        for one, other in zip(ours[:1], theirs[:1], strict=False):
            yield from shapes(one, other, f"{where}[]")
    elif where.rpartition(".")[2] in ("_tag", "code", "reason") and ours != theirs:
        yield f"{where}: {ours} instead of {theirs}"
    elif not isinstance(ours, type(theirs)) and None not in (ours, theirs):
        yield f"{where}: {type(ours).__name__} instead of {type(theirs).__name__}"
