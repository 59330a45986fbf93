"""Values of a text against the dataclasses' types: all that does not fit, each with its line.

Pure. What does not fit is left out and the rest is looked at again, because a value that is
refused hides what stands beside and around it.
"""

import difflib
import json
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import fields
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from afk.config import CIConfig, Config, RepositoryConfig, StageConfig, T3Config
from afk.environment.written import Path, Text
from afk.errors import ConfigError
from afk.findings import Collected
from afk.setting_rules import WrongSetting
from afk.variables import ELSEWHERE, KNOWN

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails


_UNKNOWN: Final = "unexpected_keyword_argument"
_MISSING: Final = "missing"
_PREFIX: Final = "AFK_"


def validated(written: Text, name: str, found: Collected) -> Config:
    """Return what the values say; what is refused is collected and left out.

    ``name`` is what the text's lines are counted in.
    """
    if not written.values:
        return Config()
    from pydantic import ValidationError  # noqa: PLC0415  a disabled tick must not pay for it

    values, told = written.values, set[Path]()
    while True:
        try:
            return _fitting(json.dumps(values))
        except ValidationError as error:
            problems = error.errors(include_url=False)
        values = values if told else deepcopy(values)  # ticks in a row share what the text says
        # A misspelt key is often also a missing one: it is told first, and the other not at all.
        problems.sort(key=lambda one: one["type"] != _UNKNOWN)
        paths = [_path(values, problem) for problem in problems]
        seen = set[Path]()
        for path, problem in zip(paths, problems, strict=True):
            if not _follows(path, problem, told | seen) and path not in seen:
                found.errors.append(_finding(problem, path, written, name))
            seen.add(path)
        if () in paths:  # nothing is left that could be looked at
            return Config()
        for path in sorted(set(paths), key=_last_first, reverse=True):
            _leave_out(values, path)
        told.update(paths)


def placed(error: WrongSetting, written: Text, name: str) -> ConfigError:
    """Return the error with the line that it is about; a variable's value stands in none."""
    line = written.find(error.name, error.value)
    what = f"{name}:{line}: {error.what}" if line else error.what
    return ConfigError(what, cause=error.cause, next_step=error.next_step)


def unknown_key(path: str, where: str, known: Sequence[str], place: str = "") -> ConfigError:
    """Return what is said of a key or variable that afk does not know."""
    close = difflib.get_close_matches(path.rsplit(".", 1)[-1], known, 1)
    table = "see the table of settings in docs/reference.md"
    hint = f"did you mean {close[0]}?" if close else table
    return ConfigError(
        f"{place}{path} in {where} is not a setting afk knows",
        cause="it is misspelt, or of another version",
        next_step=hint,
    )


def unknown_variable(name: str) -> ConfigError:
    """Return what is said of a variable that afk does not know.

    A setting of the file is most often meant, and next a variable whose name is much alike.
    """
    word = name.removeprefix(_PREFIX)
    if setting := _setting(word.lower()):
        return ConfigError(
            f"{name} in the environment means nothing to afk",
            cause=f"{setting} is a setting of the configuration, and has no variable",
            next_step=f"unset {name}, and write {setting} into afk.yml or AFK_CONFIG",
        )
    if name in ELSEWHERE:
        return ConfigError(
            f"{name} in the environment means nothing to afk",
            cause=ELSEWHERE[name],
            next_step=f"unset {name}",
        )
    words = {one.removeprefix(_PREFIX): one for one in KNOWN}
    close = difflib.get_close_matches(word, words, 1)
    hint = f"did you mean {words[close[0]]}?" if close else "unset it; `afk --help` lists them all"
    return ConfigError(
        f"{name} in the environment is not a setting afk knows",
        cause="it is misspelt, or of another version",
        next_step=hint,
    )


def _setting(word: str) -> str:
    """Return a setting by what could be its variable's name, "" for none."""
    parts = {"": Config, "t3.": T3Config, "ci.": CIConfig}
    known = {item.name: f"{at}{item.name}" for at, part in parts.items() for item in fields(part)}
    return known.get(word, known.get(word.removeprefix("t3_").removeprefix("ci_"), ""))


def _path(values: Any, problem: "ErrorDetails") -> Path:
    """Return where the value stands that a problem is about, or where it should.

    A setting that a rule refused stands in what the rule was asked of; of a list or a mapping it
    is the entry. What pydantic names beyond the values are the types that it tried.
    """
    steps: list[str | int] = []
    at = values
    for step in problem["loc"]:
        if not _has(at, step):
            return (*steps, step) if problem["type"] == _MISSING else tuple(steps)
        steps, at = [*steps, step], at[step]
    error = problem.get("ctx", {}).get("error")
    if not isinstance(error, WrongSetting) or not _has(at, error.name):
        return tuple(steps)
    steps, at = [*steps, error.name], at[error.name]
    if isinstance(at, list) and error.value in at:
        return (*steps, at.index(error.value))
    if isinstance(at, dict) and isinstance(error.value, str) and error.value in at:
        return (*steps, error.value)
    return tuple(steps)


def _has(at: Any, step: str | int) -> bool:
    if isinstance(at, list):
        return isinstance(step, int) and step < len(at)
    return isinstance(at, dict) and step in at


def _follows(path: Path, problem: "ErrorDetails", told: Iterable[Path]) -> bool:
    """Say whether a value is missing only because what stood in its place was left out."""
    around = path[:-1]
    return problem["type"] == _MISSING and any(one[: len(around)] == around for one in told)


def _last_first(path: Path) -> tuple[int, list[tuple[int, str]]]:
    """Return a sort key by which a list's entries keep their places until they are left out."""
    return len(path), [(one, "") if isinstance(one, int) else (-1, one) for one in path]


def _leave_out(values: Any, path: Path) -> None:
    """Take a value out; what has to be there is made up, so that what is beside it is looked at.

    The one setting that has to be there is a folder.
    """
    *around, last = path
    at = values
    for step in around:
        at = at[step]
    if _has(at, last):
        del at[last]
    else:
        at[last] = "/".join(["", *map(str, path)])


def _finding(problem: "ErrorDetails", path: Path, written: Text, name: str) -> ConfigError:
    """Return a problem as an error with its line."""
    error = problem.get("ctx", {}).get("error")
    if isinstance(error, WrongSetting):
        return placed(error, written, name)
    shown = ".".join(map(str, path))
    where = f"{name}:{line}: " if (line := written.line_of(path)) else ""
    if problem["type"] == _UNKNOWN:
        return unknown_key(shown, "the configuration", _keys(), where)
    return ConfigError(
        f"{where}{shown or 'the configuration'}: {problem['msg']}, but it is "
        f"{problem['input']!r:.80}",
        cause="afk takes no value of another type: it does not guess",
        next_step="see the table of settings in docs/reference.md",
    )


@lru_cache(maxsize=4)
def _fitting(values: str) -> Config:
    """Return what values in JSON say; ticks in a row read the same ones."""
    return _schema().validate_json(values)


@cache
def _schema() -> "TypeAdapter[Config]":
    """Return the schema made of the dataclasses; making it costs more than a use."""
    from pydantic import TypeAdapter  # noqa: PLC0415  as above

    return TypeAdapter(Config)


def _keys() -> list[str]:
    """Return every key of the schema, for suggestions."""
    parts = (Config, RepositoryConfig, CIConfig, StageConfig, T3Config)
    return [item.name for part in parts for item in fields(part)]
