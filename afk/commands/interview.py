"""The conversation of ``afk init``: flags first, then what is proposed, then what somebody answers.

Where nobody can answer, all that is missing is said at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from afk.errors import ConfigError
from afk.ports.setup import Desk

_TRIES: Final = 3

Check = Callable[[str], str]
"""Returns what is wrong with an answer, "" for nothing."""


def fine(answer: str) -> str:
    """Find nothing wrong."""
    del answer
    return ""


def one_of(*words: str) -> Check:
    """Return what finds every answer wrong but these."""
    return lambda answer: "" if answer in words else f"answer one of {', '.join(words)}"


@dataclass(kw_only=True)
class Interview:
    """Who is asked; ``yes``: take every proposal. ``missing``: what nobody could answer."""

    desk: Desk
    yes: bool
    missing: list[str] = field(default_factory=list)

    @property
    def talks(self) -> bool:
        """Say whether anything is asked at all."""
        return self.desk.talks and not self.yes

    def begin(self) -> None:
        """Refuse to begin where nobody is there and nobody said yes beforehand."""
        if not self.desk.talks and not self.yes:
            raise ConfigError(
                "afk init asks a few questions, and there is no terminal to answer them on",
                cause="it runs in a script, or its input or output goes elsewhere",
                next_step="run it in a terminal; or give --yes, and as flags what it cannot see "
                "(afk init --help)",
            )

    def choose(
        self, flag: str, given: str, proposal: str, question: str, check: Check = fine
    ) -> str:
        """Return what a flag says, else an answer, else the proposal; "" is noted as missing."""
        if given:
            if wrong := check(given):
                self.missing.append(f"{flag} is {given!r:.120}: {wrong}")
            return given
        for _ in range(_TRIES if self.talks else 0):
            answer = self.desk.ask(question, proposal)
            wrong = check(answer) if answer else "an answer is needed"
            if not wrong:
                return answer
            self.desk.say(f"  {wrong}")
        if self.talks or not proposal or check(proposal):
            self.missing.append(f"{flag}: {question.rstrip(':')}")
        return proposal

    def optional(self, given: Sequence[str], proposal: str, question: str) -> tuple[str, ...]:
        """Return a list that may be empty, as flags or an answer with blanks or commas give it."""
        if given:
            return tuple(given)
        answer = self.desk.ask(question, proposal or "nobody") if self.talks else proposal
        answer = "" if answer == "nobody" else answer
        return tuple(answer.replace(",", " ").split())

    def secret(self, variable: str, given: str, question: str) -> str:
        """Return a secret from its variable, else as it is typed."""
        if given:
            return given
        answer = self.desk.ask_hidden(question) if self.talks else ""
        if not answer:
            self.missing.append(f"{variable} in the environment: {question.rstrip(':')}")
        return answer

    def agrees(self, question: str) -> bool:
        """Ask a question whose answer is no unless somebody says yes."""
        return self.talks and self.desk.ask(question, "no").casefold() in ("y", "yes")

    def finish(self) -> None:
        """Raise what is missing, all of it."""
        if self.missing:
            raise ConfigError(
                "afk init cannot go on without: " + "; ".join(self.missing),
                cause="no answer that can be used was given"
                if self.talks
                else "nothing here shows it",
                next_step="run it again; what a flag says is not asked (afk init --help)"
                if self.talks
                else "run it in a terminal, or give these as well",
            )
