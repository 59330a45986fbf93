"""From what is seen and what was answered to a list of steps; pure.

Every step says how it stands: to be done, there already, somebody's own, or for a person to do.
Nothing that is there already is written again, and nothing that a person changed is overwritten.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Final

from afk.setup import service_file
from afk.setup.configuration_file import NAME, SCHEMA, configuration
from afk.setup.facts import Answers, Given, Place, Seen
from afk.setup.marks import plain, untouched
from afk.setup.schema_file import schema
from afk.setup.workflow_file import workflow
from afk.types import Forge

KILL_SWITCH: Final = "AFK_KILL_SWITCH"
DASHBOARD: Final = "afk dashboard"
DASHBOARD_TEXT: Final = ""
"""Empty: afk takes over no issue in which anything stands."""


@unique
class State(Enum):
    """How a step stands."""

    TO_DO = "to do"
    THERE = "there"
    KEPT = "kept"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStep:
    """A file to write. ``private``: it holds secrets: nobody else may read it, it is never shown.

    ``difference``: what would change, line by line, of one that is there.
    """

    path: str
    text: str = field(repr=False)
    state: State
    private: bool = False
    difference: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStep:
    """Labels that a repository has to have: all of them, and those that it lacks."""

    repository: str
    names: tuple[str, ...]
    missing: tuple[str, ...]
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStep:
    """A ready label that was there before: afk notes in its description that it knows it.

    Without it the first application would be asked for once more (`afk.record.label_mark`).
    """

    repository: str
    name: str
    state: State = State.TO_DO


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretStep:
    """A secret of the workflow's repository."""

    repository: str
    name: str
    text: str = field(repr=False)
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableStep:
    """A variable of the workflow's repository; ``exists``: with another value."""

    repository: str
    name: str
    text: str
    state: State
    exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueStep:
    """The one issue that the dashboard stands in, opened by afk's own account."""

    repository: str
    title: str = DASHBOARD
    state: State = State.TO_DO


Step = IssueStep | FileStep | LabelStep | KnownStep | SecretStep | VariableStep


def workflow_path(forge: Forge) -> str:
    """Return where a forge looks for workflows."""
    return f".{forge.value}/workflows/afk.yml"


def planned(
    seen: Seen,
    answers: Answers,
    *,
    secrets: Sequence[Given],
    labels: Sequence[str],
    template: str,
    renew: Iterable[str] = (),
    dashboard: bool = False,
) -> tuple[Step, ...]:
    """Return all steps, files first: what they say names nothing that is not there yet.

    ``secrets`` are those at hand; ``renew`` names those to replace though they are there.
    ``dashboard``: one shall be opened where the configuration is new and names none.
    """
    files = {NAME: configuration(answers), SCHEMA: schema()}
    steps: list[Step] = []
    if answers.place is not Place.HERE:
        files[workflow_path(answers.forge)] = workflow(template, answers, NAME)
    if answers.service:
        unit = service_file.unit_path(seen.machine)
        files[unit] = service_file.service(seen.machine, answers.every)
    steps += [_file(path, text, seen.files) for path, text in files.items()]
    if dashboard and not answers.dashboard and NAME not in seen.files:
        steps.insert(0, IssueStep(repository=answers.repositories[0]))
    steps += [_labels(seen, one, labels) for one in answers.repositories]
    steps += [
        KnownStep(repository=one, name=seen.unknown[one])
        for one in answers.repositories
        if one in seen.unknown
    ]
    if answers.place is Place.HERE:
        steps.append(_environment(seen, secrets, set(renew)))
    else:
        steps += [_secret(seen, answers, one, set(renew)) for one in secrets]
        steps.append(_kill_switch(seen, answers))
    return tuple(steps)


def to_do(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return what is left to be written."""
    return tuple(one for one in steps if one.state is State.TO_DO)


def _file(path: str, text: str, files: Mapping[str, str]) -> FileStep:
    there = files.get(path)
    if there is None:
        return FileStep(path=path, text=text, state=State.TO_DO)
    if plain(there) == plain(text):
        return FileStep(path=path, text=text, state=State.THERE)
    lines = difflib.unified_diff(
        there.splitlines(),
        text.splitlines(),
        f"{path} as it is",
        f"{path} by init",
        n=1,
        lineterm="",
    )
    state = State.TO_DO if untouched(there) else State.KEPT
    return FileStep(path=path, text=text, state=state, difference=tuple(lines))


def _labels(seen: Seen, repository: str, names: Sequence[str]) -> LabelStep:
    there = seen.labels.get(repository, frozenset())
    missing = tuple(name for name in names if name not in there)
    state = State.TO_DO if missing else State.THERE
    return LabelStep(repository=repository, names=tuple(names), missing=missing, state=state)


def _environment(seen: Seen, secrets: Sequence[Given], renew: set[str]) -> FileStep:
    """Return the step of the environment file: one that is there is its owner's, unless renewed."""
    path = service_file.environment_path(seen.machine)
    there = path in seen.private and not renew
    text = "" if there else service_file.environment(secrets)
    return FileStep(path=path, text=text, state=State.THERE if there else State.TO_DO, private=True)


def _secret(seen: Seen, answers: Answers, given: Given, renew: set[str]) -> SecretStep:
    state = State.TO_DO
    if seen.settings.trouble:
        state = State.BY_HAND
    elif given.name in seen.settings.secrets and given.name not in renew:
        state = State.THERE
    return SecretStep(repository=answers.home_repo, name=given.name, text=given.text, state=state)


def _kill_switch(seen: Seen, answers: Answers) -> VariableStep:
    """Return the step of the kill switch: what is there is only ever changed to arm afk."""
    there = seen.settings.kill_switch
    text = "false" if answers.armed else "true"
    if seen.settings.trouble:
        state = State.BY_HAND
    elif there is not None and (there == text or not answers.armed):
        state, text = State.THERE, there
    else:
        state = State.TO_DO
    return VariableStep(
        repository=answers.home_repo,
        name=KILL_SWITCH,
        text=text,
        state=state,
        exists=there is not None,
    )
