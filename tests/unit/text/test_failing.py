"""Failed checks in the run's comment: named, linked, bounded, inert, and known again by digest."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import NOW, PUSHED, record

from afk.model.ci import Check, CheckState, CIVerdict
from afk.record.groups import SeenVerdict
from afk.text.failing import (
    by_digest,
    failed_checks,
    failed_digest,
    failed_in,
    failed_line,
    safe_link,
)
from afk.types import CIStatus

URL = "https://forge.test/acme/app/actions/runs/7"


def red(*checks: Check, status: CIStatus = CIStatus.RED) -> CIVerdict:
    return CIVerdict(PUSHED, status, failed=checks)


def failed(name: str, url: str = URL, **more: Any) -> Check:
    return Check(name, CheckState.FAILURE, url=url, **more)


@pytest.mark.parametrize(
    ("checks", "says"),
    [
        ((), ""),
        ((failed("unit"),), f"[`unit`]({URL})"),
        ((failed("unit", ""),), "`unit`"),
        ((failed("unit", workflow="test"),), f"[`test / unit`]({URL})"),
        ((failed("test / unit", workflow="test"),), f"[`test / unit`]({URL})"),
        ((failed("b", ""), failed("a", ""), failed("b", "")), "`a`, `b`"),
        (tuple(failed(name, "") for name in "cba"), "`a`, `b`, `c`"),
        (tuple(failed(name, "") for name in "edcba"), "`a`, `b`, `c` and 2 more"),
        ((failed("x`](https://evil.test)\n@mara", ""),), "`x'](https://evil.test) @mara`"),
        ((failed("x", "https://forge.test/a) [b](c"),), "`x`"),
        ((failed("x", "javascript:alert(1)"),), "`x`"),
        ((failed("x", "https://forge.test/acme/app/issues/3"),), "`x`"),
        ((failed("x", "https://forge.test/acme/app/pull/3/checks"),), "`x`"),
        ((failed("x", "https://forge.test/acme/app#3"),), "`x`"),
        ((failed("x", "https://forge.test/@mara"),), "`x`"),
        ((failed("n" * 200, ""),), f"`{'n' * 79}…`"),
    ],
)
def test_failed_checks__name_and_link_of_the_first_few(
    checks: tuple[Check, ...], says: str
) -> None:
    assert failed_checks(red(*checks)) == says


def test_failed_checks__in_whichever_order_ci_tells__are_the_same() -> None:
    """Else the comment would be written again in each tick."""
    one, two = failed("a", "https://a.test"), failed("b", "https://b.test")
    assert failed_digest(red(one, two)) == failed_digest(red(two, one))


def test_failed_checks__of_a_verdict_that_is_not_red__are_none() -> None:
    assert failed_checks(red(failed("a"), status=CIStatus.GREEN)) == ""
    assert failed_digest(red()) == ""
    assert by_digest("") == {}


def test_failed_line__read_back_from_a_comment__only_as_it_was_written() -> None:
    verdict = red(failed("unit"), failed("lint"))
    seen = SeenVerdict(sha=PUSHED, status=CIStatus.RED, at=NOW, failed=failed_digest(verdict))
    run = record(seen_verdict=seen)
    texts = by_digest(failed_checks(verdict))
    [line] = failed_line(run, texts)
    body = f"<!-- marker -->\r\nCI failed.  \r\n{line}  \r\n\r\nMore."
    assert failed_line(run, failed_in(body)) == [line]
    assert failed_line(run, failed_in(body.replace("unit", "evil"))) == []
    assert failed_line(record(), failed_in(body)) == []
    assert failed_line(run, {}) == []


def test_failed_in__half_a_character_in_somebody_s_comment__is_no_line_of_this_run() -> None:
    (found,) = failed_in("Failed: `\ud83d`").values()
    assert failed_line(record(), by_digest(found)) == []


@pytest.mark.parametrize("url", ["https://a.test/x?y=1&z", "http://a.test"])
def test_safe_link__a_web_address__stays(url: str) -> None:
    assert safe_link(url) == url


@given(st.text(max_size=60), st.text(st.sampled_from("htps:/.a#1@)( \n`[]"), max_size=30))
def test_failed_checks__any_name_and_address__read_back_as_they_were_written(
    name: str, url: str
) -> None:
    verdict = red(failed(name, url))
    text = failed_checks(verdict)
    assert "\n" not in text
    assert len(text) < 700
    assert failed_in(f"x\nFailed: {text}  \ny") == by_digest(text)
