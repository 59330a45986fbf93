"""Which issue a thread is titled with, by the name that its repository has today.

Pure. A title keeps the name that the repository had when the run began. Whoever renames a
repository enrols it again under its new name, in the same folder: so a name that is configured no
more is taken for a former one of the repository whose folder the thread works in. That is a hint,
as every title is; whether a run of the issue can have made the thread, its id tells.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from afk.config import Config
from afk.model.agent import AgentProject, AgentThread
from afk.record.names import parse_title
from afk.types import IssueKey


@dataclass(frozen=True, slots=True)
class Homes:
    """Where threads work: ``folders`` by project, and by folder the repositories that are there."""

    folders: Mapping[str, str]
    repositories: Mapping[str, Sequence[str]]
    config: Config

    def issue_of(self, thread: AgentThread) -> IssueKey | None:
        """Return the issue, None for a thread that no title or folder connects with one of ours."""
        named = parse_title(thread.title)
        if named is None:
            return None
        key = named[1]
        if key.repo in self.config.repositories:
            return key if self.at_home(thread, key) else None
        folder = self.folders.get(thread.project_id)
        heirs = self.repositories.get(folder, ()) if folder is not None else ()
        return IssueKey(heirs[0], key.number) if len(heirs) == 1 else None

    def at_home(self, thread: AgentThread, key: IssueKey) -> bool:
        """Say whether a thread with the issue's title works in the repository's own folder.

        On a T3 that two installations share, the other one may have a repository of this name on
        another forge. A thread whose project T3 does not show counts.
        """
        folder = self.folders.get(thread.project_id)
        settings = self.config.repositories.get(key.repo)
        return folder is None or settings is None or folder == settings.workspace


def homes(projects: Iterable[AgentProject], config: Config) -> Homes:
    """Return where the threads of these projects work."""
    repositories: dict[str, list[str]] = defaultdict(list)
    for name, one in config.repositories.items():
        repositories[one.workspace].append(name)
    return Homes({one.id: one.workspace for one in projects}, repositories, config)
