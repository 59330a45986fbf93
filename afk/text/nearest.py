"""Which known name a misspelt one may mean. Pure."""

import difflib
from collections.abc import Iterable
from typing import Final

_SHOWN: Final = 12


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like another one, whatever the case; "" for none."""
    by_folded = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(name.casefold(), by_folded, 1)
    return by_folded[close[0]] if close else ""


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them, not all of very many."""
    every = list(dict.fromkeys(names))
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return f"{', '.join(every[:_SHOWN])}{more}" or "none"
