"""Which issues a text says it waits for."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.decide.blockers import parse
from afk.types import IssueKey

HERE = "acme/app"


def numbers(body: str) -> list[str]:
    """Return what was found, own repository shortened to ``#N``."""
    return [str(key).removeprefix(HERE) for key in parse(body, HERE)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Blocked by #12", ["#12"]),
        ("blocked by: #12", ["#12"]),
        ("BLOCKED  BY\t#12", ["#12"]),
        ("**Blocked by** #12", ["#12"]),
        ("Blocked by `#12`", ["#12"]),
        ("Blocked by — #12", ["#12"]),
        ("| Blocked by | #12 |", ["#12"]),
        ("Blocked by issue #12", ["#12"]),
        ("Blocked by issues #12 and #13", ["#12", "#13"]),
        ("Blocked by pull request #12", ["#12"]),
        ("Blocked by PR #12", ["#12"]),
        ("Blocked by #12, #13 and other/repo#14", ["#12", "#13", "other/repo#14"]),
        ("Blocked by #12 (the login), #13", ["#12", "#13"]),
        ("Blocked by (#12)", ["#12"]),
        ("Blocked by other/repo.js#3", ["other/repo.js#3"]),
        ("Blocked by and/or#3", ["and/or#3"]),
        ("Blocked by https://github.com/other/repo/issues/4", ["other/repo#4"]),
        ("Blocked by <https://git.example.org/other/repo/pulls/4>.", ["other/repo#4"]),
        ("Blocked by [#12](https://github.com/acme/app/issues/12)", ["#12"]),
        ("Blocked by #12 #12", ["#12"]),
        ("Blocked by #12. Later: blocked by #13.", ["#12", "#13"]),
        ("Blocked by #1 blocked by #2", ["#1", "#2"]),
    ],
)
def test_parse__on_one_line__finds_every_reference(body: str, found: list[str]) -> None:
    assert numbers(body) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Blocked by\n#12\n#13", ["#12", "#13"]),
        ("Blocked by:\n\n- #12\n- #13", ["#12", "#13"]),
        ("Blocked by:\r\n* #12\r\n* #13\r\n", ["#12", "#13"]),
        ("Blocked by:\n1. #12\n2) #13", ["#12", "#13"]),
        ("Blocked by:\n- [x] #12\n- [ ] #13", ["#12", "#13"]),
        ("## Blocked by\n\n- #12 The login\n- #13 The logout", ["#12", "#13"]),
        ("## Blocked by\n\n- other/repo#12 Login\n\n- #13", ["other/repo#12", "#13"]),
        ("Blocked by the following:\n- #12\n- #13", ["#12", "#13"]),
        ("- #1 blocked by #2\n- #3", ["#2"]),
        ("Blocked by #12\n\n## Tasks\n- [ ] #13", ["#12"]),
        ("Blocked by #12\n\nText\n- #13", ["#12"]),
        ("Blocked by\n- nothing, but see #13", []),
    ],
)
def test_parse__a_list_below__finds_the_items_that_begin_with_a_reference(
    body: str, found: list[str]
) -> None:
    """Under-reading starts an agent too early, so titles and check boxes must not end a list."""
    assert numbers(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "",
        "See #12",
        "Unblocked by #12",
        "Blocked bypass #12",
        "Blocked by nothing. See #12",
        "Blocked by #",
        "Blocked by #x",
        "Blocks #12",
    ],
)
def test_parse__no_reference_behind_the_phrase__finds_nothing(body: str) -> None:
    assert numbers(body) == []


def test_parse__number_that_no_issue_has__is_still_a_blocker() -> None:
    """It cannot be read as closed, so the issue waits; and Python's int has a bound of its own."""
    (key,) = parse(f"Blocked by #{'1' * 5_000}", HERE)
    assert key == IssueKey(HERE, 111_111_111)


KEYS = st.builds(
    IssueKey,
    st.from_regex(r"[a-z][a-z0-9]{0,8}/[A-Za-z0-9._-]{1,8}", fullmatch=True),
    st.integers(0, 10**9 - 1),
)
JOINTS = st.sampled_from([", ", " and ", "\n- ", "\n* [ ] ", " & ", " or\n", "; ", " (why), "])


@given(st.lists(KEYS, min_size=1, max_size=6, unique=True), st.data())
def test_parse__any_references_joined_any_way__are_all_found_in_order(
    keys: list[IssueKey], data: st.DataObject
) -> None:
    text = "".join(f"{data.draw(JOINTS)}{key}" for key in keys)
    assert parse(f"Text before. Blocked by{text}\n\nText after #999.", HERE) == tuple(keys)


@given(st.text(st.one_of(st.characters(), st.sampled_from("blocked by#/-[x]()1\n")), max_size=300))
def test_parse__any_text__ends_with_keys_that_are_each_there_once(body: str) -> None:
    found = parse(body, HERE)
    assert len(set(found)) == len(found)
    assert all(0 <= key.number < 10**9 for key in found)


@pytest.mark.parametrize(
    "piece",
    [
        "blocked by ",
        "-",
        "_",
        "a",
        "a/",
        "[",
        "(",
        "(a",
        " ",
        "\n",
        "\n- ",
        "#1 ",
        "- #1 blocked by #2\n",
        "- #1 x\n",
        "blocked by\n- a",
        "http://",
        "and ",
    ],
)
def test_parse__a_huge_body_of_one_piece__takes_no_time(piece: str) -> None:
    """A stranger's body of dashes once took minutes."""
    started = time.process_time()
    parse(f"blocked by {piece * (200_000 // len(piece))}", HERE)
    assert time.process_time() - started < 5
