"""What the sandbox's agent does and how its page says so, on both protocols of T3."""

import pytest

from afk.types import Forge, IssueKey
from afk_sandbox.agents.directives import read_directives
from afk_sandbox.agents.learner import WAYS, Learner
from afk_sandbox.agents.script import Do, Say, Wait
from afk_sandbox.agents.scripted import ScriptedAgent
from afk_sandbox.page.agents import NOBODY, doing
from afk_sandbox.world import START, World, world


class Playing:
    """A world whose agent is the sandbox's, and one issue in it."""

    def __init__(self, here: World, body: str) -> None:
        self.here = here
        self.key = IssueKey("owner/shop", 1)
        here.issue(here.repository("shop"), "Add a till", body)

    def later(self, seconds: float) -> str:
        """Let time pass in T3, and return what is said of the agent then."""
        self.here.clock.sleep(seconds)
        self.here.t3.advance()
        found = doing(self.here.t3, self.key)
        return f"{found.word}: {found.sentence}"


@pytest.mark.parametrize("version", ["0.0.32", "0.0.33"])
def test_doing__from_the_label_to_the_end__is_said_as_it_goes(version: str) -> None:
    with world(Forge.GITHUB, t3_version=version) as here:
        playing = Playing(here, "Do it. [[slow=90]] [[push]]")
        assert playing.later(0) == f"{NOBODY.word}: {NOBODY.sentence}"
        here.tick()
        assert playing.later(1) == "working: The agent is making itself a place to work (try 1)."
        assert playing.later(31) == (
            "working: The agent is writing tests and seeing them fail (try 1)."
        )
        assert playing.later(31) == "working: The agent is making the tests pass (try 1)."
        assert playing.later(60) == "idle: The agent has finished try 1."
        assert doing(here.t3, IssueKey("owner/shop", 2)) == NOBODY


@pytest.mark.parametrize("version", ["0.0.32", "0.0.33"])
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[[ask]] [[push]]", "asking: The agent has asked something and waits for an answer."),
        ("[[approval]]", "asking: The agent has asked something and waits for an answer."),
        ("[[die]]", "failed: The agent's try 1 failed."),
        ("[[idle]]", "idle: The agent has finished try 1."),
    ],
)
def test_doing__however_it_goes__is_said(version: str, body: str, said: str) -> None:
    with world(Forge.FORGEJO, t3_version=version) as here:
        playing = Playing(here, body)
        here.tick()
        assert playing.later(5) == said


class Hands:
    """A forge that nobody reaches."""

    def push(self, *_: object) -> str:
        raise AssertionError

    rebase = open_pull = push


JOB = "AFK-Run: 1\nBranch: main\nRepository: you/shop\nIssue: #1\n"


@pytest.mark.parametrize(
    ("text", "seconds", "pushes"),
    [
        ("Add a till.", 3.0, True),
        ("[[slow=60]] [[push]]", 60.0, True),
        ("[[slow=60]]", 60.0, False),
        ("[[idle]]", 3.0, False),
        ("[[push=red,green]]", 3.0, True),
    ],
)
def test_learner__does_what_the_text_leaves_open_in_a_few_seconds(
    text: str, seconds: float, pushes: bool
) -> None:
    learner = Learner(ScriptedAgent(Hands()), 3.0)
    acts = learner.turn("thread", JOB + text, START).acts

    assert sum(act.seconds for act in acts if isinstance(act, Wait)) == pytest.approx(seconds)
    assert any(isinstance(act, Do) for act in acts) is pushes
    assert isinstance(acts[-1], Say)


def test_ways__are_told_in_words_that_the_agent_knows() -> None:
    """One of them is what happens anyhow, and stands first."""
    known = {"push", "idle", "die", "ask", "limit", "slow"}
    names = {name for words in WAYS.values() for name, _, _ in read_directives(words).all}

    assert names == known
    assert next(iter(WAYS.values())) == ""
    assert len(set(WAYS.values())) == len(WAYS)
