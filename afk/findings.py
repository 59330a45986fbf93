"""All that a person has to mend, told at once: a mistake found alone costs a run for each other.

Pure.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from afk.errors import ConfigError, UserMustFix

Answer = TypeVar("Answer")
MOST_SHOWN: Final = 20
"""A file that is something else altogether is wrong in every line."""


class Findings(ConfigError):
    """Several mistakes; ``errors`` holds each, to be told one by one."""

    def __init__(self, errors: Sequence[UserMustFix]) -> None:
        """``errors`` in the order in which they were found."""
        self.errors = tuple(errors)
        super().__init__(" ".join(map(str, errors)))


@dataclass(slots=True)
class Collected:
    """Mistakes found so far; what is found twice is told once."""

    errors: list[UserMustFix] = field(default_factory=list)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Keep what a person has to mend, and go on after the block; anything else goes through."""
        try:
            yield
        except Findings as several:
            self.errors += several.errors
        except UserMustFix as error:
            self.errors.append(error)

    def of(self, read: Callable[[], Answer]) -> Answer | None:
        """Return what is read, None where a person has to mend something first."""
        with self.one():
            return read()
        return None

    def every(self) -> tuple[UserMustFix, ...]:
        """Return what was found, each once."""
        return tuple({str(error): error for error in self.errors}.values())

    def all(self) -> UserMustFix:
        """Return what was found, of which there is some: the error itself where it is alone."""
        told = self.every()
        return told[0] if len(told) == 1 else Findings(told[:MOST_SHOWN])

    def finish(self) -> None:
        """Raise what was found, if anything was."""
        if self.errors:
            raise self.all()
