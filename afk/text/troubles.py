"""What is wrong with whole repositories, as errors that say how to mend it. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from afk.config import Config
from afk.errors import (
    AfkError,
    NotFound,
    OutsideFailure,
    RateLimited,
    Refused,
    RepositoryMoved,
    UserMustFix,
)
from afk.model.forge import RepositoryTrouble, Trouble
from afk.text.cleaning import one_line

_NAMES_SHOWN: Final = 5


def trouble_errors(troubles: Iterable[Trouble], config: Config) -> list[AfkError]:
    """Return troubles as errors; what one answer kept from being read is one, with every name."""
    unread: dict[int, tuple[AfkError, list[str]]] = {}
    others = []
    for trouble in troubles:
        if trouble.error is not None:
            unread.setdefault(id(trouble.error), (trouble.error, []))[1].append(trouble.repo)
        else:
            others.append(trouble_error(trouble, config))
    return [*others, *(_unread(names, error) for error, names in unread.values())]


def _unread(names: Sequence[str], error: AfkError) -> AfkError:
    """Return what says that repositories cannot be read: a person's to mend, or a server's."""
    shown = ", ".join(names[:_NAMES_SHOWN])
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    what = f"{shown}{more} cannot be read: {one_line(error.what, 300)}"
    if isinstance(error, RateLimited):
        return RateLimited(what, retry_at=error.retry_at)
    mendable = isinstance(error, (UserMustFix, Refused, NotFound))
    return (UserMustFix if mendable else OutsideFailure)(
        what,
        cause=one_line(error.cause, 300),
        next_step=error.next_step
        or "let the token's account in, or take it out of the allowlist; everything else is served",
    )


def other_spelling(repo: str, label: str, like: str) -> UserMustFix:
    """Return what is said of a label that is there and spelt otherwise."""
    return UserMustFix(
        f"{repo} has the label {like!r}, but not {label!r}",
        cause="it is spelt otherwise, and afk compares labels letter by letter",
        next_step=f"rename the label to {label!r}, or write {like!r} into afk's configuration",
    )


def trouble_error(trouble: Trouble, config: Config) -> AfkError:
    """Return a repository's trouble as an error that says how to mend it."""
    name = trouble.repo
    match trouble.kind:
        case RepositoryTrouble.RENAMED:
            return RepositoryMoved(name, trouble.detail)
        case RepositoryTrouble.ARCHIVED:
            return UserMustFix(
                f"{name} is archived",
                cause="somebody archived it; comments are refused there",
                next_step=f"take {name} out of the allowlist, or unarchive it",
            )
        case RepositoryTrouble.MISSING:
            meant = f"did you mean {trouble.like}? If not, " if trouble.like else ""
            return UserMustFix(
                f"{name} cannot be found",
                cause=one_line(trouble.detail, 200)
                or "the name is misspelt, or the token has no access to it",
                next_step=meant + "compare the name with the forge and give the token access",
            )
        case RepositoryTrouble.TOO_MANY:
            return UserMustFix(
                f"{name} is not read whole: {trouble.detail}",
                cause="somebody opens issues in bulk, or labels stay on issues that are over",
                next_step="take the labels off those that afk is not to look at (it does so "
                "itself where strangers put them on, a few a tick); nothing starts before",
            )
        case RepositoryTrouble.UNREADABLE:
            return _unread([name], trouble.error or OutsideFailure("no answer"))
        case RepositoryTrouble.NO_LABEL:  # pragma: no branch  mypy sees that no other is left
            label = trouble.detail or config.ready_label
            if trouble.like:
                return other_spelling(name, label, trouble.like)
            return UserMustFix(
                f"{name} has no label {label!r}",
                cause="the label was never created, or is spelt differently",
                next_step=f"create the label {label!r} in {name}, or correct `ready_label`",
            )
