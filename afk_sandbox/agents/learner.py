"""The agent of `afk sandbox`: a scripted one for people who know nothing of directives.

An issue that asks for nothing in particular gets what most issues get: the work takes a few
seconds and is pushed. `WAYS` are the other ways it can go, in words for a form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from afk_sandbox.agents.directives import read_directives
from afk_sandbox.agents.script import Script
from afk_sandbox.agents.scripted import ScriptedAgent

WAYS: Final[Mapping[str, str]] = {
    "does it right at once": "",
    "breaks CI first, then fixes it": "[[push=red,green]]",
    "never gets CI green": "[[push=red*]]",
    "ends without pushing anything": "[[idle]]",
    "fails with an error": "[[die=The provider answered: overloaded]]",
    "asks a question first": "[[ask]] [[push]]",
    "runs into a usage limit for half a minute": "[[limit=30]] [[push]]",
    "takes a whole minute": "[[slow=60]] [[push]]",
}
"""What an agent can do with an issue -> what stands in the issue's text for it."""


@dataclass(frozen=True)
class Learner:
    """Fills in what an issue's text leaves open; ``seconds``: how long the work takes."""

    agent: ScriptedAgent
    seconds: float

    def turn(self, thread_id: str, text: str, now: datetime) -> Script:
        """Return the script of the turn that this message starts."""
        wishes = read_directives(text)
        added = "" if wishes.all else "[[push]]"
        if not wishes.has("slow", 1):
            added += f"[[slow={self.seconds:.2f}]]"
        return self.agent.turn(thread_id, f"{text}\n{added}", now)
