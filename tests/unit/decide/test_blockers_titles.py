"""A title of blockers on a line of its own, colon or not: what stands below it counts."""

import pytest

from afk.decide.blocker_references import UNNAMED
from afk.decide.blockers import read

HERE = "acme/app"


def numbers(body: str) -> list[str]:
    return [f"#{key.number}" for key in read(body, HERE).issues]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Blockers\n\n- #12", ["#12"]),
        ("Dependencies\n- #12", ["#12"]),
        ("Prerequisites\n#12 and #13", ["#12", "#13"]),
        ("Add a till.\nDependencies:\n- #12", ["#12"]),
        ("Add a till.\nIt needs care.\n**Open blockers**\n\n#12", ["#12"]),
        ("<p>\nAdd a till.\nOpen blockers\n</p>\n<ul><li>#12</ul>", ["#12"]),
        ("Dependencies: none\nBlockers: #12", ["#12"]),
        ("Blocked by #12\nPrerequisites\n- #13", ["#12", "#13"]),
        ("Waiting for the merge of\n- #12", ["#12"]),
        ("- Add a till\n- Blockers\n  - #12\n- #13", ["#12"]),
        ("Blocked by:\n\n- depends on\n  - #12\n- #13", ["#12", "#13"]),
        ("## Blocked by\n\n- #12 waits for\n\nThe whole of #13", ["#12", "#13"]),
        ("Blocked by:\n\n- #11, blocked by #12,\n- #13 as well", ["#12", "#11", "#13"]),
    ],
)
def test_read__a_title_on_a_line_of_its_own__what_stands_below_it_blocks(
    body: str, found: list[str]
) -> None:
    assert numbers(body) == found
    assert read(body, HERE).unclear == ()


@pytest.mark.parametrize(
    "body",
    [
        "The till has dependencies\n\n- #12",
        "No longer\nblocked by:\n- #12",
        "Prerequisites: none\n- #12",
        "Dependencies:\nthe following\n- a parser",
    ],
)
def test_read__no_title_or_none_below_it__blocks_nothing(body: str) -> None:
    assert numbers(body) == []
    assert read(body, HERE).unclear == ()


@pytest.mark.parametrize(
    "body",
    [
        "Blockers\n\n- design sign-off",
        "Add a till.\nBlockers:\n- design sign-off",
        "Blockers:\nthe following\n- design sign-off",
    ],
)
def test_read__a_title_above_no_issue__is_unclear_and_holds(body: str) -> None:
    assert read(body, HERE).unclear == (UNNAMED,)
