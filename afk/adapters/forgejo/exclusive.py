"""Labels of which Forgejo keeps only one on an issue, where afk needs several side by side.

Pure. A label marked exclusive, named ``scope/name``, takes the other exclusive ones of its scope
off when it is put on, in whoever's name puts it on (``186-seq-scoped-labels``). Ready, in-progress
and tracked stand on an issue together, and so do ready-for-human and in-progress while a run ends:
were one of them to take another off, that would be the very sign by which people stop a run. So
nothing is put on, and whoever set the labels up is told. Ready and ready-for-human never stand
together for long, and may be exclusive.
"""

from collections.abc import Iterable

from afk.adapters.forgejo.wire import WireLabel
from afk.config import Config
from afk.errors import UserMustFix


def check(repo: str, labels: Iterable[WireLabel], config: Config) -> None:
    """Raise `UserMustFix` naming those of afk's labels that push each other off an issue."""
    apart = {config.ready_label, config.human_label}
    by_scope: dict[str, set[str]] = {}
    for label in labels:
        if label.scope and label.name in config.labels:
            by_scope.setdefault(label.scope, set()).add(label.name)
    meet = [found for found in by_scope.values() if len(found) > 1 and not found <= apart]
    clash = sorted(name for found in meet for name in found)
    if clash:
        names = f"{', '.join(clash[:-1])} and {clash[-1]}"
        raise UserMustFix(
            f"the labels {names} of {repo} are exclusive, so Forgejo takes one off an issue when "
            "another is put on, and afk needs them side by side",
            cause="they have a common part before the slash and the tick at `Exclusive`",
            next_step="edit these labels and take away the tick at `Exclusive`, or name labels "
            "without a common part before the slash in the configuration",
        )


def may_clash(name: str, on: Iterable[WireLabel], config: Config) -> bool:
    """Say whether putting a label on could take one of afk's off, as far as its name shows."""
    scope = name.rpartition("/")[0]
    return bool(scope) and any(label.scope == scope and label.name in config.labels for label in on)
