"""The forms in which a secret comes back."""

import base64
import html
import io
import json
import re
import sys
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.adapters.runner.masking import Mask, printable
from afk.parallel import gather

SECRET = 'se+cret/"<&%=\\ümlaut~0123'
ADDRESS = (
    "https://ann:pa%2Fss-word@hooks.example/services/T0AAAAAAAAAAAAAAA1/B1?key=0123456789abcdef0"
)


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET),
        re.sub("%..", lambda found: found[0].lower(), quote(SECRET, safe="")),
        quote_plus(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        html.escape(SECRET),
        html.escape(SECRET, quote=False),
        SECRET.replace("%", "%25"),
    ],
)
def test_apply__secret_as_addresses_json_and_html_spell_it__is_replaced(form: str) -> None:
    text = Mask([SECRET]).apply(f"before {form} after")
    assert "cret" not in text.lower()
    assert "0123" not in text
    assert text.startswith("before ")
    assert text.endswith(" after")


@given(st.binary(max_size=5), st.binary(max_size=5))
def test_apply__secret_in_base64_beside_anything__is_not_left(before: bytes, after: bytes) -> None:
    """As basic authorisation has it: behind a name of any length."""
    secret = "t3-sicret-bearer-0123456789"
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        coded = encode(before + secret.encode() + after).decode()
        masked = Mask([secret]).apply(f"Basic {coded}")
        assert "***" in masked
        assert len(masked) <= len("Basic ***") + 24


@pytest.mark.parametrize(
    "part",
    [
        ADDRESS,
        "pa%2Fss-word",
        "pa/ss-word",
        base64.b64encode(b"ann:pa/ss-word").decode(),
        "/services/T0AAAAAAAAAAAAAAA1/B1?key=0123456789abcdef0",
        "T0AAAAAAAAAAAAAAA1",
        "0123456789abcdef0",
    ],
)
def test_apply__part_of_an_address_that_is_a_secret__is_replaced(part: str) -> None:
    masked = Mask([ADDRESS]).apply(f"cannot POST {part} here")
    assert part not in masked
    assert "***" in masked


@pytest.mark.parametrize("text", ["services", "hooks.example", "B1", "https://hooks.example/"])
def test_apply__part_of_an_address_that_is_none__stays(text: str) -> None:
    assert Mask([ADDRESS]).apply(text) == text


@pytest.mark.parametrize("secret", ["http://[::1", "a b  c\nd", "\udce9\udcff-not-utf-8"])
def test_add__secret_of_any_shape__is_taken(secret: str) -> None:
    assert secret not in Mask([secret]).apply(f"x {secret} y")


def test_apply__short_secret_in_base64__is_left() -> None:
    """Four letters' base64 is found in any other's."""
    assert Mask(["main"]).apply("bWFpb main") == "bWFpb ***"


def test_printable__stream_that_knows_ascii_only__is_written_to_all_the_same() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    printable(stream)
    print("ümlaut … \ud800", file=stream, flush=True)
    assert raw.getvalue() == b"\\xfcmlaut \\u2026 \\ud800\n"
    printable(io.StringIO())


def test_mask__secrets_added_by_several_threads__are_all_hidden() -> None:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for turn in range(60):
            mask = Mask()
            secrets = [f"secret-{turn}-{number}" for number in range(8)]
            gather(mask.add, secrets)
            assert [mask.apply(one) for one in secrets] == ["***"] * len(secrets)
    finally:
        sys.setswitchinterval(usual)


@given(st.lists(st.text("ab1-", min_size=4, max_size=9), min_size=1, max_size=4), st.data())
def test_mask__of_a_text_made_of_secrets__leaves_none(
    secrets: list[str], data: st.DataObject
) -> None:
    mask = Mask(secrets)
    pieces = data.draw(st.lists(st.sampled_from([*secrets, "a", "b1", "-", " "]), max_size=6))
    shown = mask.apply("".join(pieces))

    assert not any(one in shown for one in secrets)
    assert mask.apply("a b") == "a b"
