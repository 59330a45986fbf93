"""A run's detail: a setting stands as it is, commits are short and linked."""

import pytest

from afk.text.details import in_comment, in_plain_text

ONE, TWO = "1" * 40, "2" * 40
URL = "https://forge.example/acme/shop/commit/"


@pytest.mark.parametrize(
    ("detail", "comment", "plain"),
    [
        ("ci_seconds=7200", "`ci_seconds=7200`, 2 h", "ci_seconds=7200, 2 h"),
        ("stop_seconds=120", "`stop_seconds=120`, 2 min", "stop_seconds=120, 2 min"),
        ("stop_seconds=90", "`stop_seconds=90`", "stop_seconds=90"),
        ("review_turns=3", "`review_turns=3`", "review_turns=3"),
        (
            "ci_seconds=7200: `lint` @mara",
            "`ci_seconds=7200`, 2 h: `'lint' @mara`",
            "ci_seconds=7200, 2 h: `lint` @mara",
        ),
        (f"{ONE[:39]}", f"`{ONE[:39]}`", ONE[:39]),
        (
            f"{ONE} {TWO}",
            f"new on the branch: [`{ONE[:10]}`]({URL}{ONE}), [`{TWO[:10]}`]({URL}{TWO})",
            f"new on the branch: {ONE[:10]}, {TWO[:10]}",
        ),
        (
            f"{ONE} +12",
            f"new on the branch: [`{ONE[:10]}`]({URL}{ONE}) and 12 more",
            f"new on the branch: {ONE[:10]} and 12 more",
        ),
    ],
)
def test_detail__where_it_is_read(detail: str, comment: str, plain: str) -> None:
    assert in_comment(detail, URL) == comment
    assert in_plain_text(detail) == plain


def test_commits__without_an_address__are_not_linked() -> None:
    assert in_comment(ONE, "") == f"new on the branch: `{ONE[:10]}`"
