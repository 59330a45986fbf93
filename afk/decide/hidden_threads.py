"""Whether an agent may be at work in a thread that no first look at T3 shows.

Pure.
"""

from afk.config import Config
from afk.decide.sight import Sight
from afk.record.state import Stage
from afk.types import EventKind


def hidden_in_question(sight: Sight, config: Config) -> bool:
    """Say whether T3's second source has to be asked, too.

    Archiving a thread leaves its agent at work, unseen, and a first look may be late. So does a
    person's word that nobody is at work, which ended a run that T3 did not show; and where no
    record tells of a run, afk's labels do: they come off only after that second look.
    """
    runs, issue = sight.records.runs, sight.issue
    if sight.strays or not sight.environment_id:
        return False
    if any(one.record.stage is not Stage.ENDED for one in runs):
        return False
    if issue.has_label(config.tracked_label) and any(one.record.ending.by_word for one in runs):
        return True
    begun = [
        event
        for event in issue.events
        if event.kind is EventKind.LABELED
        and event.label == config.in_progress_label
        and event.actor.id in sight.own
    ]
    if issue.has_label(config.in_progress_label):
        return bool(begun)
    return issue.has_label(config.tracked_label) and len(begun) > len(runs)
