"""Which gates have a say about an issue, and which of them decide."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.factories import approval, config, event, issue

from afk.decide.approval import Appraisal, Standing
from afk.decide.start_gates import Candidate, GateAnswer, applying, deciding, explain

APPROVED = Appraisal(Standing.APPROVED, event(), approval())


def _answers(*shut: str, unasked: Sequence[str] = ()) -> list[GateAnswer]:
    answers = explain(Candidate(issue=issue(), appraisal=APPROVED), config(), ()).answers
    return [
        replace(one, passed=one.gate not in (*shut, *unasked), asked=one.gate not in unasked)
        for one in answers
    ]


@pytest.mark.parametrize(
    ("shut", "last"),
    [
        (("allowlist", "approved"), "allowlist"),
        (("open", "no-open-blocker"), "open"),
        (("not-a-pull-request", "approved"), "not-a-pull-request"),
    ],
)
def test_applying__behind_a_gate_that_ends_it__none_has_a_say(
    shut: tuple[str, ...], last: str
) -> None:
    answers = _answers(*shut)
    assert applying(answers)[-1].gate == last
    assert [one.gate for one in deciding(answers)] == [last]


def test_applying__of_a_pull_request_that_is_closed__says_that_it_is_one() -> None:
    shown = applying(_answers("open", "not-a-pull-request"))
    assert "open" not in [one.gate for one in shown]
    assert shown[-1].gate == "not-a-pull-request"


def test_applying__without_the_label__asks_nothing_of_an_approval() -> None:
    shown = [one.gate for one in applying(_answers("ready-label", "approved", "max_in_flight"))]
    assert not {"approved", "not-run-yet"} & set(shown)
    answers = _answers("ready-label", "approved", "max_in_flight")
    assert [one.gate for one in deciding(answers)] == ["ready-label", "max_in_flight"]


def test_applying__of_what_starts__is_all_of_them() -> None:
    answers = _answers()
    assert applying(answers) == tuple(answers)
    assert deciding(answers) == ()


def test_deciding__what_was_not_asked__decides_only_where_nothing_else_does() -> None:
    unasked = ("not-run-yet", "provider-open")
    assert [one.gate for one in deciding(_answers(unasked=unasked))] == ["not-run-yet"]
    found = deciding(_answers("max_in_flight", unasked=unasked))
    assert [one.gate for one in found] == ["max_in_flight"]
