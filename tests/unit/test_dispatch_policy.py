"""Which issues start now: fixed gates, ceilings, one start per repository, a stable order."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import (
    HUMAN,
    LABELLED,
    READY,
    REPO,
    approval,
    config,
    event,
    issue,
    labels,
    repository,
)

from afk.config import Config
from afk.decide.agent_choice import AgentChoice
from afk.decide.approval import Appraisal, Standing
from afk.decide.blockers import UNREAD
from afk.dispatch_policy import (
    Candidate,
    Ceilings,
    Explanation,
    explain,
    order,
)
from afk.model.pull import ClosingPull
from afk.text.messages import waits_for
from afk.types import Account, Blocker, Issue, IssueKey

GATES = [
    "kill-switch",
    "allowlist",
    "open",
    "not-a-pull-request",
    "not-locked",
    "not-archived",
    "readable",
    "ready-label",
    "not-handed-back",
    "approved",
    "not-run-yet",
    "no-open-blocker",
    "no-other-pull-request",
    "repository-free",
    "agent-known",
    "provider-open",
    "agent-seen",
    "max_in_flight",
    "max_dispatch_per_tick",
    "runs_per_issue",
    "runs_per_day",
]
OTHERS = ClosingPull(9, REPO, Account(12, "bo"), "fix-7")
APPROVED = Appraisal(Standing.APPROVED, event(), approval())


def candidate(seen: Issue | None = None, **changes: Any) -> Candidate:
    """Return an approved issue that nothing holds back."""
    return replace(Candidate(issue=seen or issue(), appraisal=APPROVED), **changes)


def asked(one: Candidate, settings: Config | None = None, **changes: Any) -> Explanation:
    """Return every gate's answer with nothing in flight anywhere."""
    busy: tuple[str, ...] = changes.pop("busy", ())
    return explain(one, settings or config(), busy, Ceilings(**changes))


def other_repository(name: str, number: int = 7, **changes: Any) -> Issue:
    return issue(repo=repository(id=number, name=name), number=number, **changes)


# --- the gates ---------------------------------------------------------------------------------


def test_explain__nothing_in_the_way__every_gate_passes_in_the_fixed_order() -> None:
    explained = asked(candidate())
    assert [answer.gate for answer in explained.answers] == GATES
    assert all(answer.passed for answer in explained.answers)
    assert {answer.evidence for answer in explained.answers} == {""}
    assert explained.first_no is None
    assert explained.key == IssueKey(REPO, 7)


OPEN, CLOSED = Blocker(f"{REPO}#3", closed=False), Blocker(f"{REPO}#4", closed=True)
FAILING: list[tuple[str, Callable[[], Explanation]]] = [
    ("kill-switch", lambda: asked(candidate(), config(kill_switch=True))),
    ("allowlist", lambda: asked(candidate(), config(allowlist=("acme/other",)))),
    ("allowlist", lambda: asked(candidate(other_repository("Acme/App")))),
    ("allowlist", lambda: asked(candidate(), config(allowlist=(), draining=(REPO,)))),
    ("open", lambda: asked(candidate(issue(open=False)))),
    ("not-a-pull-request", lambda: asked(candidate(issue(is_pull=True)))),
    ("not-locked", lambda: asked(candidate(issue(locked=True)))),
    ("not-archived", lambda: asked(candidate(archived=True))),
    ("not-archived", lambda: asked(candidate(issue(repo=repository(archived=True))))),
    ("readable", lambda: asked(candidate(issue(oversized="its timeline is too long")))),
    ("readable", lambda: asked(candidate(issue(body="Use the <!-- token. Touch nothing else.")))),
    ("ready-label", lambda: asked(candidate(issue(labels=())))),
    ("ready-label", lambda: asked(candidate(issue(labels=labels(READY.upper()))))),
    ("not-handed-back", lambda: asked(candidate(issue(labels=labels(READY, HUMAN))))),
    ("not-run-yet", lambda: asked(candidate(spent=True))),
    ("no-open-blocker", lambda: asked(candidate(issue(blockers=(CLOSED, OPEN))))),
    ("no-other-pull-request", lambda: asked(candidate(others=(OTHERS,)))),
    ("agent-known", lambda: asked(candidate(agent=AgentChoice(why_not="two agents")))),
    ("repository-free", lambda: asked(candidate(), busy=(REPO,))),
    ("provider-open", lambda: asked(candidate(provider_open=False))),
    ("agent-seen", lambda: asked(candidate(), agent_seen=False)),
    ("max_in_flight", lambda: asked(candidate(), in_flight=4)),
    ("max_in_flight", lambda: asked(candidate(), in_flight=None)),
    ("max_in_flight", lambda: asked(candidate(), config(max_in_flight=0))),
    ("max_dispatch_per_tick", lambda: asked(candidate(), config(max_dispatch_per_tick=0))),
    ("runs_per_issue", lambda: asked(candidate(runs=5))),
    ("runs_per_issue", lambda: asked(candidate(runs=None))),
    ("runs_per_day", lambda: asked(candidate(), started_today=24)),
    ("runs_per_day", lambda: asked(candidate(), started_today=None)),
]


@pytest.mark.parametrize(("gate", "explained"), FAILING)
def test_explain__one_thing_in_the_way__that_gate_alone_says_no(
    gate: str, explained: Callable[[], Explanation]
) -> None:
    refused = [answer for answer in explained().answers if not answer.passed]
    assert [answer.gate for answer in refused] == [gate]
    assert refused[0].evidence
    assert explained().first_no == refused[0]


def test_failing__every_gate__is_tried() -> None:
    assert {gate for gate, _ in FAILING} | {"approved"} == set(GATES)


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.APPROVED])
def test_explain__any_standing_but_approved__holds_and_says_why(standing: Standing) -> None:
    no = asked(candidate(appraisal=replace(APPROVED, standing=standing))).first_no
    assert no is not None
    assert no.gate == "approved"
    assert no.evidence.startswith(standing.value)


@pytest.mark.parametrize(
    ("standing", "hint"),
    [
        (Standing.UNKNOWN, "trusted: [10]"),
        (Standing.UNLISTED_APP, "trusted: [10]"),
        (Standing.EXPIRED, "approval_max_age=604800"),
        (Standing.EXPIRED, "label it again"),
    ],
)
def test_explain__approval_that_a_person_can_mend__says_how(standing: Standing, hint: str) -> None:
    no = asked(candidate(appraisal=replace(APPROVED, standing=standing))).first_no
    assert no is not None
    assert hint in no.evidence


def test_explain__approval_without_an_event__names_nobody() -> None:
    no = asked(candidate(appraisal=Appraisal(Standing.UNKNOWN))).first_no
    assert no is not None
    assert no.evidence == Standing.UNKNOWN.value


def test_explain__repository_taken_for_a_reason__gives_the_reason() -> None:
    taken = {REPO: "somebody's lock", "acme/web": ""}
    no = explain(candidate(), config(), taken, Ceilings()).first_no
    assert no is not None
    assert (no.gate, no.evidence) == ("repository-free", "somebody's lock")
    no = explain(candidate(), config(), {REPO: ""}, Ceilings()).first_no
    assert no is not None
    assert no.evidence == f"another run is in flight in {REPO}"


def test_explain__approval_that_overrides_ready_for_human__passes() -> None:
    """Putting the ready label on again is the way back."""
    seen = issue(labels=labels(READY, HUMAN), events=(event(order=1, label=HUMAN), event(order=2)))
    assert asked(candidate(seen)).first_no is None


def test_explain__closed_blockers_only__pass() -> None:
    assert asked(candidate(issue(blockers=(CLOSED, CLOSED)))).first_no is None


def test_explain__open_blockers__are_named_five_at_most() -> None:
    many = tuple(Blocker(f"{REPO}#{number}", closed=False) for number in range(20, 30))
    no = asked(candidate(issue(blockers=many))).first_no
    assert no is not None
    assert no.evidence == f"waiting for {', '.join(f'{REPO}#{number}' for number in range(20, 25))}"


@pytest.mark.parametrize(
    ("ref", "body", "shown"),
    [
        (f"{REPO}#3", "", f"{REPO}#3"),
        ("acme/secret#3", "", "an issue elsewhere"),
        ("acme/secret#3", "Blocked by acme/secret#3", "acme/secret#3"),
        ("open sub-issues", "", "open sub-issues"),
        (f"{REPO}-secret#3", "", "an issue elsewhere"),
    ],
)
def test_explain__blocker_in_another_repository__is_named_only_to_who_named_it(
    ref: str, body: str, shown: str
) -> None:
    """A token may read a private repository that the reader of this comment may not know of."""
    no = asked(candidate(issue(body=body, blockers=(Blocker(ref, closed=False),)))).first_no
    assert no is not None
    assert no.evidence == f"waiting for {shown}"


def test_explain__a_blocker_that_names_no_issue__says_how_it_is_mended() -> None:
    """Closing something cannot help, and nobody would know what else to do."""
    waiting = tuple(Blocker(ref, closed=False) for ref in (f"{REPO}#3", UNREAD))
    no = asked(candidate(issue(blockers=waiting))).first_no
    assert no is not None
    assert no.evidence.endswith(
        "; to go on, write an issue's number there or strike the words out, then label it again"
    )
    told = waits_for(no.gate, no.evidence)
    assert "to be closed; to go on, write" in told
    assert told.endswith("then label it again")


def test_explain__ceilings__say_bound_and_count() -> None:
    no = asked(candidate(), in_flight=6).first_no
    assert no is not None
    assert no.evidence == "max_in_flight=4 is at 6"
    unread = asked(candidate(runs=None)).first_no
    assert unread is not None
    assert unread.evidence == "runs_per_issue=5 could not be read"


# --- the order ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "level"),
    [
        ((), 1_000_000),
        (("priority:2",), 2),
        (("priority:0",), 0),
        (("priority:3", "priority:1"), 1),
        (("priority:999999",), 999_999),
        (("priority:1000000",), 1_000_000),
        (("priority:",), 1_000_000),
        (("priority:high",), 1_000_000),
        (("priority:-1",), 1_000_000),
        (("priority: 1",), 1_000_000),
        (("priority:²",), 1_000_000),
        (("Priority:1",), 1_000_000),
        (("priority:1x",), 1_000_000),
    ],
)
def test_order__priority_label__lower_first_unlabelled_last(
    names: tuple[str, ...], level: int
) -> None:
    """Anybody who may create labels names them: what is no number is no priority."""
    assert order(candidate(issue(labels=labels(READY, *names))))[0] == level


def test_order__same_priority__oldest_approval_then_repository_and_number() -> None:
    older = replace(APPROVED, event=event(at=LABELLED - timedelta(days=1)))
    first = candidate(issue(number=9), appraisal=older)
    second = candidate(issue(number=2))
    third = candidate(issue(number=10))
    urgent = candidate(issue(number=11, labels=labels("priority:1")))
    assert sorted([third, second, first, urgent], key=order) == [urgent, first, second, third]


def test_order__no_application__the_issue_s_last_change_stands_in() -> None:
    bare = candidate(appraisal=Appraisal(Standing.MISSING))
    assert order(bare)[1] == issue().updated_at


def test_explain__others_pulls__are_named_where_the_reader_may_know_of_them() -> None:
    """One in another repository may lie where only afk can look."""
    away = replace(OTHERS, repo="acme/secret")
    told = {
        (OTHERS,): f"pull request {REPO}#9 would close the issue and is still open",
        (away,): "a pull request elsewhere would close the issue and is still open",
        (OTHERS, away, away): (
            f"pull request {REPO}#9, a pull request elsewhere would close the issue and are still "
            "open"
        ),
    }
    for others, says in told.items():
        no = asked(candidate(others=others)).first_no
        assert no is not None
        assert (no.gate, no.evidence) == ("no-other-pull-request", says)
