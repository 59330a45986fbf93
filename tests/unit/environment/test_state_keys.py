"""Which keys may sign, or verify: what can be guessed is refused, whichever of the two it is."""

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.environment.state_keys import state_key
from afk.errors import ConfigError

BOTH = pytest.mark.parametrize("name", ["AFK_STATE_KEY", "AFK_STATE_KEY_PREVIOUS"])


@BOTH
@pytest.mark.parametrize("value", ["none", "null", "false", "changeme", "x", "0123456789abcde"])
def test_state_key__short__is_refused_unshown(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name} is shorter than 16") as caught:
        state_key({name: value}, name)
    assert value == "x" or value not in str(caught.value)


@BOTH
@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("a" * 16, "repeats itself"),
        ("0" * 64, "repeats itself"),
        ("nonenonenonenone", "repeats itself"),
        ("changemechangeme", "repeats itself"),
        ("changeme-changeme-changeme", "repeats itself"),
        ("passwordpasswordpass", "repeats itself"),
        ("deadbeefdeadbeefdeadbeefdeadbeef", "repeats itself"),
        ("aaaaaaaabbbbbbbbccccccccdddddddd", "fewer than 7 different"),
        ("aabbabbaabababbaab", "fewer than 7 different"),
        ("1234567890123456", "short number"),
        ("abcdefghijklmnop", "one row"),
        ("zyxwvutsrqponmlkji", "one row"),
        ("3141592653aaaaaaaaaaaaaaaaaaaa", "one row"),
        ("your-state-key-here", "words"),
        ("replace_this_with_a_random_key", "words"),
        ("my secret state key 1", "words"),
        ("None,null,false,undefined", "words"),
        ("openssl rand -hex 32", "words"),
        ("${AFK_STATE_KEY_PREVIOUS}", "words"),
        ("zzzzzzbzzczzdzzezzfzzgzz", "too little variety"),
    ],
)
def test_state_key__guessable__is_refused_unshown(name: str, value: str, why: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name} can be guessed: .*{why}") as caught:
        state_key({name: f" {value}\n"}, name)
    assert value not in caught.value.what + caught.value.cause
    assert "openssl rand -hex 32" in caught.value.next_step


@BOTH
def test_state_key__none__is_empty(name: str) -> None:
    assert state_key({}, name) == state_key({name: " \n"}, name) == ""


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        "7d9f3c1e5b8a4f60",
        "550e8400-e29b-41d4-a716-446655440000",
        "550e8400e29b41d4a716446655440000",
        "sandbox-state-key-0123456789",
        "0123456789abcdef0123",
        "27182818284590452353",
        "größer als eine Maus im Käse",
    ],
)
def test_state_key__of_its_own__is_taken(name: str, value: str) -> None:
    assert state_key({name: f"{value}\n"}, name) == value


@given(st.integers())
def test_state_key__random_in_any_usual_spelling__is_taken(seed: int) -> None:
    chance = random.Random(seed)
    for size in (16, 24, 32, 48):
        drawn = chance.randbytes(size)
        for text in (drawn.hex(), base64.b64encode(drawn).decode(), drawn.hex().upper()):
            assert state_key({"AFK_STATE_KEY": text}, "AFK_STATE_KEY") == text
