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


def nearest_repository(name: str, known: Iterable[str]) -> str:
    """Return the known repository that is like another one in owner and name both; "" for none.

    Compared as a whole, any two of one owner would be alike.
    """
    owner, _, short = name.partition("/")
    of_owners = [one for one in known if nearest(owner, [one.partition("/")[0]])]
    by_short = {one.partition("/")[2]: one for one in of_owners}
    return by_short.get(nearest(short, by_short), "")


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them, not all of very many."""
    every = list(dict.fromkeys(names))
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return f"{', '.join(every[:_SHOWN])}{more}" or "none"
