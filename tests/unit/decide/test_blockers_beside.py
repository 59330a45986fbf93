"""What stands beside a blocker: it neither hides the blocker nor becomes one itself."""

import pytest

from afk.decide.blocker_references import UNNAMED
from afk.decide.blockers import parse, read
from afk.types import IssueKey

HERE = "acme/app"
WEB = "https://git.example.org/forge"
SPEC = "https://git.example.org/spec"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("## Blocked by\n- #12, related to #13, #14", "12"),
        ("## Blocked by\n- #12, see #13 but first of all #14", "12 14"),
        ("## Blocked by\n- #12, see #13; and: #14", "12 14"),
        (f"Blocked by #12, {SPEC}", "12"),
        (f"## Blocked by\n- #12, {SPEC}", "12"),
        ("Blocked by #12, related to #13\n- #14", "12"),
        ("Blocked by #12 since the till is new.\n- #13 is a story of its own", "12"),
        ("Blocked by #40-#42", "40 41 42"),
        ("Blocked by #1-#51", " ".join(map(str, range(1, 52)))),
        ("Blocked by #1-#52", "1 52"),
        ("Blocked by https://www.git.example.org/forge/acme/app/issues/12", "12"),
        ("Not blocked by #11, but depends on #12", "12"),
        ("Blocked by #12; no longer waiting for the team and #13", "12"),
        ("Non-blocking on #12", ""),
        ("Depends on nothing. Blocked by #12", "12"),
        ("## Blocked until\n- the new till", ""),
        ("**Dependencies:**\n\n- #12", "12"),
        ("_Blockers:_\n- #12", "12"),
        ("## Dependencies\n\n- #12\n\nBlocks:\n\n- #15\n- #16", "12"),
        ("## Blocked by\n- ~#11~\n- #12", "12"),
        ("## Blocked by\n\n- #12\n\n  It is nearly done.", "12"),
        ("## Blocked by\n\n#12\n\nIt is nearly done.", "12"),
        ("| Work | #13 |\n|---|---|\n| Blocked by | #12 |", "12"),
        ("| Field | Value |\n|---|---|\n| Blocked by | #12 |\n| #13 | done |", "12"),
        ("## Depends on\n- the new till", ""),
        ("Depends on #12 and\n- the new till", "12"),
        ("Dependencies: a parser that #12 uses", ""),
        ("- Blockers:\n  - #11\n- #12", "11"),
        ("[Blocked <b>by</b> the login](../issues/12)", "12"),
        ("Blocked by issue\\\n12", "12"),
        ("Blocked by [x](../issues/12), ~~#13~~ `c` <b>\\&</b>", "12"),
    ],
)
def test_read__other_words_beside_it__the_blockers_alone(body: str, found: str) -> None:
    named = read(body, HERE, WEB)
    assert " ".join(str(key.number) for key in named.issues) == found
    assert {key.repo for key in named.issues} <= {HERE}
    assert named.unclear == ()


def test_read__an_address_with_www__is_on_the_same_server() -> None:
    named = read("Blocked by https://www.git.example.org/forge/acme/lib/issues/12", HERE, WEB)
    assert (named.issues, named.unclear) == ((IssueKey("acme/lib", 12),), ())


@pytest.mark.parametrize(
    "body",
    [
        "## Blockers\n- the new till",
        "## Dependencies\n- Blocked by the design team",
    ],
)
def test_read__a_blocker_without_an_issue__is_not_passed_over(body: str) -> None:
    assert parse(body, HERE) == ()
    assert read(body, HERE, WEB).unclear == (UNNAMED,)
