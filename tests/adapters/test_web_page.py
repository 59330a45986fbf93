"""A login page is no answer, whatever its status says."""

import pytest

from afk.adapters.http import Answer
from afk.adapters.web_page import not_a_page
from afk.errors import ServerFault


def answered(status: int, kind: str, body: bytes = b"") -> Answer:
    headers = {"content-type": kind} if kind else {}
    return Answer("POST", "https://forge.test/merge", status, headers, body)


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8"])
def test_page__with_a_good_status__is_a_fault(kind: str) -> None:
    with pytest.raises(ServerFault, match="instead of JSON"):
        not_a_page(answered(200, kind, b"<html>Sign in</html>"))


@pytest.mark.parametrize(
    "answer",
    [answered(200, ""), answered(204, ""), answered(202, "application/json", b"{}")],
)
def test_answer__without_a_page__is_itself(answer: Answer) -> None:
    assert not_a_page(answer) is answer


def test_page__with_an_error_s_status__is_left_to_who_tells_errors() -> None:
    answer = answered(502, "text/html", b"<html>Bad Gateway</html>")

    assert not_a_page(answer) is answer
