"""What stands in a run's pull request and in its merge commit, and what it must not set off."""

import pytest
from support.factories import RUN_ID, issue, record

from afk.text.pull_texts import inert_title, merge_message, merge_title, pull_body, reminder


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Add a till", "Add a till"),
        ("Fixes #12 and #x", "Fixes no. 12 and #x"),
        ("Closes https://forge.test/a/b/issues/12", "Closes https forge.test/a/b/issues/12"),
        ("Closes HTTPS://forge.test", "Closes HTTPS forge.test"),
        ("Ask @mara, @Bo, @9 or a @ b", "Ask @ mara, @ Bo, @ 9 or a @ b"),
        ("See GH-12 and gh-3, not GH-x", "See GH 12 and gh 3, not GH-x"),
        ("WIP: a till", "a till"),
        ("[wip] a till", "a till"),
        ("Draft: a till", "a till"),
        ("draft", "afk"),
        ("", "afk"),
        ("a\nb", "a b"),
    ],
)
def test_inert_title__sets_off_nothing(title: str, shown: str) -> None:
    assert inert_title(title) == shown
    assert merge_title(issue(title=title), 12) == f"{shown} (#12)"


def test_inert_title__very_long__is_cut() -> None:
    assert len(inert_title("x" * 500)) == 200
    assert inert_title("x" * 200) == "x" * 200


@pytest.mark.parametrize("url", ["", "https://forge.test/acme/app/issues/7#1"])
def test_pull_body__closes_the_issue_and_ends_with_the_trailer(url: str) -> None:
    text = pull_body(issue(), record(), url)
    assert text.startswith("Closes #7\n\n")
    assert f"run `{RUN_ID[:8]}`" in text
    assert (f"[the run's comment]({url})." if url else "the run's comment there.") in text
    assert text.endswith(f"\n\nAFK-Run: {RUN_ID}\n")
    assert merge_message(issue(), record()) == f"Closes #7\n\nAFK-Run: {RUN_ID}\n"


@pytest.mark.parametrize(("mention", "begins"), [("@mara", "@mara: [the"), ("", "[the")])
def test_reminder__names_whom_it_concerns_and_for_how_long(mention: str, begins: str) -> None:
    text = reminder(mention, "https://forge.test/p/12", 3)
    assert text.startswith(f"{begins} pull request](https://forge.test/p/12)")
    assert "for 3 days" in text
