"""What a tick decided about one run, with its reason: the value every rule returns.

Pure data.
"""

from dataclasses import dataclass
from datetime import datetime

from afk.types import Action, Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """An action, the rule that chose it, and why.

    ``detail`` names the setting or the fact that decided; ``until`` is the next time at which
    the answer can change by itself.
    """

    action: Action
    rule: str
    reason: Reason | None = None
    detail: str = ""
    until: datetime | None = None

    @property
    def words(self) -> str:
        """Return what is done and by which rule, for the log."""
        return f"{self.action.value} by rule {self.rule}"


def wait(rule: str, detail: str, until: datetime | None = None) -> Decision:
    """Return a decision to do nothing now."""
    return Decision(Action.WAIT, rule, None, detail, until)
