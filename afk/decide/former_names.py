"""Which issue a thread is titled with, by the name that its repository has today.

Pure. A title keeps the name that the repository had when the run began. Whoever renames a
repository enrols it again under its new name, in the same folder: so a name that is configured no
more is taken for a former one of the repository whose folder the thread works in. That is a hint,
as every title is; whether a run of the issue can have made the thread, its id tells.
"""

from collections.abc import Sequence

from afk.config import Config
from afk.model.agent import AgentProject, AgentThread
from afk.record.names import parse_title
from afk.types import IssueKey


def issue_of(
    thread: AgentThread, projects: Sequence[AgentProject], config: Config
) -> IssueKey | None:
    """Return the issue, None for a thread that no title or folder connects with one of ours."""
    named = parse_title(thread.title)
    if named is None:
        return None
    key = named[1]
    folder = next((one.workspace for one in projects if one.id == thread.project_id), None)
    settings = config.repositories.get(key.repo)
    if settings is not None:
        return key if folder in (None, settings.workspace) else None
    heirs = [name for name, one in config.repositories.items() if one.workspace == folder]
    return IssueKey(heirs[0], key.number) if len(heirs) == 1 else None
