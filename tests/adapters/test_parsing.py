"""JSON from strangers: what comes out, and that nothing but ``ValueError`` does."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.adapters.parsing import parsed

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES, st.booleans(), st.sampled_from(["", "\ufeff"]))
def test_parsed__anything_written_as_json__comes_back(
    value: object, ascii_only: bool, mark: str
) -> None:
    written = json.dumps(value, ensure_ascii=ascii_only)
    found = parsed(written)
    assert json.dumps(found) == json.dumps(value)
    assert json.dumps(parsed((mark + written).encode())) == json.dumps(value)


@given(st.text() | st.binary())
def test_parsed__anything_else__is_refused_as_it_should_be(text: str | bytes) -> None:
    try:
        theirs = json.dumps(json.loads(text))
    except ValueError:
        theirs = ""
    try:
        ours = json.dumps(parsed(text))
    except ValueError:
        ours = ""
    # json.loads takes UTF-16 and UTF-32, too; no server of afk's may send those.
    assert ours in (theirs, "")


@pytest.mark.parametrize("depth", [150, 250, 450])
def test_parsed__deeper_than_most__is_read(depth: int) -> None:
    """What an agent's tool says may be a syntax tree; one of those must not hide a whole thread."""
    found = parsed('{"a":' * depth + "1" + "}" * depth)
    for _ in range(depth):
        found = found["a"]
    assert found == 1


@pytest.mark.parametrize("opening", ["[", '{"a":', '["\\ud800",', '["é",'])
def test_parsed__without_an_end_to_it__is_refused(opening: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(opening * 100_000)
    closing = "]" if opening.startswith("[") else "}"
    with pytest.raises(ValueError, match="nested too deeply"):
        parsed(opening * 5_000 + "1" + closing * 5_000)


@pytest.mark.parametrize("text", ['{"\\ud800": "\\uDfff"}', '{"\ud800": "\udfff"}'])
def test_parsed__half_a_character__becomes_a_question_mark(text: str) -> None:
    assert parsed(text) == {"?": "?"}
