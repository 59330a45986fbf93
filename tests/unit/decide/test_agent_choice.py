"""Which agent a run gets: whose label counts, what is unknown, what is too much."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from support.factories import LABELLED, MARA, STRANGER, config, event, issue, labels

from afk.decide.agent_choice import ANY_AGENT, AgentChoice, choose, picked
from afk.landing_config import AgentConfig
from afk.types import Account, Event, Issue

CONFIG = config(agents={"opus": AgentConfig(model="opus-5"), "fast": AgentConfig(model="mini")})
APPROVED = event(order=10)


def labelled(*names: str, by: Account = MARA, order: int = 5) -> Issue:
    """Return an approved issue on which somebody put these agents' labels before."""
    marks = [f"agent:{name}" for name in names]
    events = tuple(event(label=one, actor=by, order=order, at=LABELLED) for one in marks)
    return replace(issue(), labels=labels("ready-for-agent", *marks), events=(*events, APPROVED))


def chosen(found: Issue, approved: Event | None = APPROVED) -> AgentChoice:
    return choose(found, CONFIG, approved, lambda account: account.id == MARA.id)


def test_choose__one_that_is_known__is_it() -> None:
    assert chosen(labelled("opus")) == AgentChoice("opus")


def test_choose__no_label__is_the_repositorys() -> None:
    assert chosen(labelled()) == ANY_AGENT
    assert not ANY_AGENT.why_not


def test_choose__unknown__says_which_are_known() -> None:
    why = "agent:nobody is not among `agents` in the configuration (fast, opus)"
    assert chosen(labelled("nobody")) == AgentChoice(why_not=why)
    bare = choose(labelled("x"), config(), APPROVED, lambda _: True)
    assert bare.why_not == "agent:x is not among `agents` in the configuration (none)"


def test_choose__two__says_both_even_if_one_is_unknown() -> None:
    why = "more than one agent is picked (agent:nobody, agent:opus): leave one"
    assert chosen(labelled("opus", "nobody")) == AgentChoice(why_not=why)


def test_choose__by_somebody_who_may_not_approve__does_not_count() -> None:
    assert chosen(labelled("opus", by=STRANGER)) == ANY_AGENT
    assert chosen(labelled("nobody", by=STRANGER)) == ANY_AGENT


def test_choose__not_before_the_approval__does_not_count() -> None:
    for order in (10, 11):
        assert chosen(labelled("opus", order=order)) == ANY_AGENT
    assert chosen(labelled("opus"), None) == ANY_AGENT


def test_choose__a_label_whose_application_is_not_seen__does_not_count() -> None:
    found = replace(labelled("opus"), events=(APPROVED,))
    assert chosen(found) == ANY_AGENT


def test_picked__twin_labels__are_one_name() -> None:
    """Forgejo lets two labels have the same name."""
    assert picked(labelled("opus", "opus")) == ("opus",)


@given(
    names=st.lists(st.text("aopusft:\u202e\n`", max_size=80), max_size=4),
    who=st.sampled_from([MARA, STRANGER]),
    order=st.integers(0, 20),
)
def test_choose__whatever_the_labels__is_known_or_the_repositorys_or_said(
    names: list[str], who: Account, order: int
) -> None:
    found = chosen(labelled(*names, by=who, order=order))
    assert found.name in ("", *CONFIG.agents)
    assert not (found.name and found.why_not)
    assert "\n" not in found.why_not
    assert len(found.why_not) < 500
    if who is STRANGER or order >= APPROVED.order:
        assert found == ANY_AGENT


def test_choose__names_as_long_as_anybody_writes__are_cut() -> None:
    long = [f"{number}{'x' * 80}" for number in range(7)]
    shown = [f"agent:{name}"[:59] + "\u2026" for name in long]
    one = chosen(labelled(long[0])).why_not
    assert one.startswith(f"{shown[0]} is not among")
    many = chosen(labelled(*long)).why_not
    assert many == f"more than one agent is picked ({', '.join(shown[:5])}): leave one"
