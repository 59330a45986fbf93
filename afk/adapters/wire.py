"""What every server's answers have in common: parsing by shape, dates, "not before". Pure.

Owns how a mismatch is told; each server's ``wire`` says by what name and with what advice. Sends
nothing and knows no clock: a pause in seconds counts from the answer's own ``date``.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    TypeAdapter,
    ValidationError,
)

from afk.errors import ServerFault

Parsed = TypeVar("Parsed")

_LONGEST_PAUSE: Final = 86_400
_FIRST: Final = 1970
_LAST: Final = 8999
_EARLIEST: Final = datetime(_FIRST, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(_LAST, 12, 31, tzinfo=UTC)

LATER: Final = ConfigDict(defer_build=True)
"""For shapes: `parse` has a validator made of one that it is given, and most ticks need few."""
_BUILDING: Final = threading.Lock()


def _adapter(shape: Any) -> TypeAdapter[Any]:
    model = isinstance(shape, type) and issubclass(shape, BaseModel)  # says by itself how it is
    return TypeAdapter(shape, config=None if model else LATER)


adapter_of: Callable[[Any], TypeAdapter[Any]] = cache(_adapter)
"""What parses a shape; the shapes are few and known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """How a server's answer is called when it does not fit.

    ``told`` is the sentence, with ``{what}`` for the attempt or the part that was read.
    """

    told: str
    cause: str
    next_step: str


def parse(adapter: TypeAdapter[Parsed], data: object, what: str, unreadable: Unreadable) -> Parsed:
    """Return the parsed answer; `ServerFault` naming the first field that does not fit."""
    try:
        return _built(adapter).validate_python(data)
    except ValidationError as error:
        # Only place and kind of the mismatch: the values may be anybody's text.
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole answer"
        raise ServerFault(
            f"{unreadable.told.format(what=what)} ({place}: {first['type']})",
            cause=unreadable.cause,
            next_step=unreadable.next_step,
        ) from None


def _built(adapter: TypeAdapter[Parsed]) -> TypeAdapter[Parsed]:
    """Return it with its validator, which takes milliseconds to make.

    By one thread at a time, which pydantic before 2.14 leaves to whoever uses it:
    https://github.com/pydantic/pydantic/issues/11849
    """
    if not adapter.pydantic_complete:
        with _BUILDING:
            adapter.rebuild()
    return adapter


def instant(value: datetime) -> datetime:
    """Return an aware time in UTC that can be added to and compared.

    A server may write any year: those before 1970 become its first moment, those after 8999
    the last one of that. They stay as early or late as they were, and no clock overflows.
    """
    year = value.year
    if _FIRST <= year <= _LAST:
        return value.astimezone(UTC)
    return _EARLIEST if year < _FIRST else _LATEST


Instant = Annotated[AwareDatetime, AfterValidator(instant)]
"""A time in a server's answer."""


@lru_cache(maxsize=16)
def http_date(value: str) -> datetime | None:
    """Return an HTTP date, which is always in UTC (RFC 9110 5.6.7)."""
    try:
        return instant(parsedate_to_datetime(value).replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str]) -> datetime | None:
    """Return when the next request is welcome: ``retry-after`` (RFC 9110 10.2.3) as an instant.

    It holds seconds, a day at most here, counted by the server's own clock, or a date.
    """
    wait = headers.get("retry-after", "")
    if not wait.isdecimal():
        return http_date(wait)
    now = http_date(headers.get("date", ""))
    seconds = min(int(wait[:9]), _LONGEST_PAUSE)
    return now + timedelta(seconds=seconds) if now else None
