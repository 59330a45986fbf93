"""What a frame of T3 Code's socket says of a call: done, refused, or nothing for sure; pure.

Effect RPC as JSON, one value or a list of values a frame (``t3/v2-0.0.33/22-ws-envelope-variants``,
``22-ws-not-json``, ``08-readonly-dispatch-denied``, ``31-rejected-*``). A call ends with the one
``Exit`` that names it; everything else a server may send is passed by.
"""

from dataclasses import dataclass
from typing import Any, Final

from afk.adapters.parsing import parsed
from afk.errors import Refused

_TOLD: Final = 300
_DEEPEST: Final = 8
_BAD_REQUEST: Final = 400
_REFUSED: Final = 500


@dataclass(frozen=True, slots=True)
class Done:
    """The call succeeded with this value."""

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The call was refused. ``names`` are those of the error and its causes, outermost first.

    ``reason`` is T3's own text, bounded, on one line. ``stored``: T3 remembers the refusal under
    the command's id; what it could not even decode it does not.
    """

    names: tuple[str, ...] = ()
    reason: str = ""
    scope: str = ""
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Untold:
    """The call was broken off, or this frame could not be read by T3: its effect is unknown."""

    why: str


Outcome = Done | Failed | Untold


def outcome(frame: str, call: str) -> Outcome | None:
    """Return how the call ended, None while this frame does not say so."""
    try:
        data = parsed(frame)
    except ValueError:
        return Untold("a frame that is no JSON")
    for one in data if isinstance(data, list) else [data]:
        if not isinstance(one, dict):
            continue
        if one.get("_tag") == "Defect":
            return Untold("a defect")
        if one.get("_tag") == "Exit" and one.get("requestId") == call:
            return _ended(one.get("exit"))
    return None


def request(call: str, tag: str, payload: Any) -> dict[str, Any]:
    """Return a call as the server wants it; without ``headers`` it hangs up."""
    return {"_tag": "Request", "id": call, "tag": tag, "payload": payload, "headers": []}


def _ended(ended: Any) -> Outcome:
    if isinstance(ended, dict) and ended.get("_tag") == "Success":
        return Done(ended.get("value"))
    causes = ended.get("cause") if isinstance(ended, dict) else None
    first = causes[0] if isinstance(causes, list) and causes else None
    if not isinstance(first, dict):
        return Untold("an end without a cause")
    if first.get("_tag") == "Die":
        return Failed(names=("Die",), reason=_text(first.get("defect")), stored=False)
    error = first.get("error")
    if first.get("_tag") != "Fail" or not isinstance(error, dict):
        return Untold("interrupted")
    chain = _chain(error)
    reasons = [_text(one.get("detail")) or _text(one.get("message")) for one in chain]
    return Failed(
        names=tuple(_text(one.get("_tag")) or _text(one.get("name")) for one in chain),
        reason=_reason(reasons),
        scope=_text(error.get("requiredScope")),
    )


def _chain(error: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an error and what caused it."""
    chain: list[dict[str, Any]] = []
    here: Any = error
    while isinstance(here, dict) and len(chain) < _DEEPEST:
        chain.append(here)
        here = here.get("cause")
    return chain


def _reason(reasons: list[str]) -> str:
    """Return what tells most: a command's own reason, a project's innermost one."""
    said = [one for one in reasons if one]
    if not said:
        return ""
    return said[-1] if said[0].startswith("Failed to mutate") else said[0]


def _text(value: Any) -> str:
    return " ".join(value.split())[:_TOLD] if isinstance(value, str) else ""


def over_by_now(ended: Failed) -> bool:
    """Say whether a run could not be stopped because it is over (``32-5-interrupt-when-idle``)."""
    over = ("is not interruptible", "is not queued", "previously rejected")
    return any(words in ended.reason for words in over)


def refusal_of(ended: Failed, doing: str, *, wrong: bool = False) -> Refused:
    """Return T3's refusal, with the status that protocol 1 would have answered.

    400 is what is ``wrong`` for good, and what T3 could not even decode; anything else is 500.
    """
    return Refused(
        f"{doing}: T3 Code refused ({ended.reason or 'without a reason'})",
        status=_BAD_REQUEST if wrong or not ended.stored else _REFUSED,
        body=ended.reason,
    )
