"""The keys that sign run records: what is refused because somebody could guess it. Pure.

Whoever guesses a key, the former one included, writes records that afk believes: an ``ended`` that
closes an issue with nothing pushed. So both are held to one rule. It cannot tell what is random;
it finds what a person types in place of a key, and what a templating engine leaves behind.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Final

from afk.errors import ConfigError

_SHORTEST: Final = 16
_SHORTEST_OF_DIGITS: Final = 20
_FEWEST_CHARACTERS: Final = 7
_LEAST_BITS: Final = 38
_LEAST_BESIDE_WORDS: Final = 4
_WORDS: Final = re.compile(
    r"none|null|nil|undefined|true|false|empty|unset|blank|changeme|change|replace|example|sample|"
    r"default|dummy|placeholder|password|passwort|passphrase|secret|token|state|key|hmac|random|"
    r"string|value|insert|here|todo|fixme|test|demo|admin|root|user|letmein|qwerty|asdf|afk|"
    r"openssl|rand|hex|base64|previous|former|current|github|forgejo|your|with|this|that|the|"
    r"my|is|it|to|a|or|and|not|some|very|long|super"
)
_NEXT_STEP: Final = "use a random one, for instance from `openssl rand -hex 32`"


def state_key(environ: Mapping[str, str], name: str) -> str:
    """Return the key that the variable holds, "" for none; one that can be guessed is refused.

    The error names the variable and never what it holds.
    """
    key = environ.get(name, "").strip()
    if not key:
        return ""
    if len(key) < _SHORTEST:
        raise ConfigError(
            f"{name} is shorter than {_SHORTEST} characters",
            cause="it was cut off, or typed by hand; a short one can be guessed",
            next_step=_NEXT_STEP,
        )
    if weakness := _weakness(_unrepeated(key)):
        raise ConfigError(
            f"{name} can be guessed: {weakness}",
            cause="it was typed by hand, or is what a template says in place of a key; whoever "
            "guesses it writes records that afk believes",
            next_step=_NEXT_STEP,
        )
    return key


@lru_cache(maxsize=4)
def _weakness(key: str) -> str:
    """Return why a key can be guessed, "" where nothing shows."""
    if len(key) < _SHORTEST:
        return "it repeats itself"
    if len(set(key)) < _FEWEST_CHARACTERS:
        return f"it has fewer than {_FEWEST_CHARACTERS} different characters"
    if key.isdigit() and len(key) < _SHORTEST_OF_DIGITS:
        return "it is a short number"
    if _longest_run(key) > len(key) / 2:
        return "most of it is one row of characters"
    beside_words = re.sub(r"[\W_]", "", _WORDS.sub("", key.casefold()))
    if len(beside_words) < _LEAST_BESIDE_WORDS:
        return "it is made of words"
    counts = Counter(key).values()
    bits = -sum(count * math.log2(count / len(key)) for count in counts)
    return "it has too little variety" if bits < _LEAST_BITS else ""


def _unrepeated(key: str) -> str:
    """Return the beginning of which the whole key is a repetition; the key, where it is none."""
    period = next(size for size in range(1, len(key) + 1) if key.startswith(key[size:]))
    return key[:period] if period <= len(key) / 2 else key


def _longest_run(key: str) -> int:
    """Return the length of the longest row such as ``aaaa``, ``abcd`` or ``4321``."""
    longest = length = 1
    last = 0
    for before, after in pairwise(key):
        step = ord(after) - ord(before)
        goes_on = length + 1 if step == last and length > 1 else 2
        length = goes_on if abs(step) <= 1 else 1
        last = step
        longest = max(longest, length)
    return longest
