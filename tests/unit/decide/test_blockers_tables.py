"""Tables of blockers: which of their cells say what an issue waits for."""

import pytest

from afk.decide.blocker_references import UNNAMED
from afk.decide.blockers import parse, read

HERE = "acme/app"


def table(*rows: str) -> str:
    head, *rest = rows
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *rest])


def numbers(body: str) -> list[int]:
    return [key.number for key in parse(body, HERE)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (("| Blocked by | Issue |", "| #1 | #2 |", "| #3 | #4 |"), [1, 3]),
        (("| Blocked by | Depends on |", "| #1 | #2 |"), [1, 2]),
        (("| Blocked by | Issue | Depends on |", "| #1 | #2 | #3 |"), [1, 3]),
        (("| Issue | Related | Blocked by |", "| #1 | #2 | #3 |"), [3]),
        (("| Field | Value |", "| Blocked by | #1 |", "| Issue | #2 |"), [1]),
        (("| Field | Value | More |", "| Blocked by | #1 | #2 |"), [1]),
        (("| Field | Value |", "| Blocked by |  |", "| x | #1 |"), []),
        (("| Blocked by | #1 |", "| x | #2 |"), [1]),
        (("| Blocked by |", "| none |", "| #1 |"), [1]),
        (("| x |", "| Blocked by #1 |", "| #2 |"), [1]),
        (("| x | #5 |", "| a | b |"), []),
    ],
    ids=range(11),
)
def test_parse__a_table__its_columns_or_its_rows_say_so(
    rows: tuple[str, ...], found: list[int]
) -> None:
    assert numbers(table(*rows)) == found


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (("| Issue | Title |", "| #1 | x |", "| #2 | y |"), [1, 2]),
        (("| #1 | Title |", "| #2 | y |"), [2]),
        (("| Issue | Related |", "| #1 | #2 |"), [1]),
        (("| Issue | Blocked by |", "| #1 | #2 |"), [2]),
    ],
    ids=range(4),
)
def test_parse__a_table_below_such_a_heading__is_itself_a_list(
    rows: tuple[str, ...], found: list[int]
) -> None:
    assert numbers(f"## Blocked by\n\n{table(*rows)}") == found
    after = f"## Blocked by\n\n{table(*rows)}\n\n## Related\n\n{table(*rows)}"
    own = found if "Blocked" not in rows[0] else [*found]
    assert numbers(after) == own


def test_parse__two_tables__each_has_its_own_columns() -> None:
    first = table("| Blocked by |", "| #1 |")
    second = table("| Issue |", "| #2 |")
    assert numbers(f"{first}\n\n{second}") == [1]
    assert numbers(f"{first}\n\ntext\n\n{table('| x | Blocked by |', '| #3 | #4 |')}") == [1, 4]


@pytest.mark.parametrize(
    ("cells", "unclear"),
    [
        (("the login", "another"), (UNNAMED,)),
        (("the login", "#1"), ()),
        (("#1", "the login"), ()),
        (("#1", "none"), ()),
    ],
)
def test_read__a_section_with_words_and_a_table__needs_one_number_in_all(
    cells: tuple[str, str], unclear: tuple[str, ...]
) -> None:
    rows = [f"| {cell} |" for cell in cells]
    body = f"## Blocked by\n\nWhat we wait for\n\n{table('| Issue |', *rows)}"
    assert read(body, HERE).unclear == unclear
