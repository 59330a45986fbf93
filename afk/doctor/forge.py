"""Checks of a forge's token and clock, and of what the token may do in each repository. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from afk.doctor.facts import UNREAD, Facts, Looked
from afk.doctor.finding import Finding, Unasked, good, unread, untold, wrong
from afk.errors import AfkError, NotFound
from afk.model.installation import TokenFacts
from afk.text.messages import minutes
from afk.types import AccountKind

SOON: Final = timedelta(days=7)
ADRIFT: Final = timedelta(seconds=60)
JOB: Final = "GITHUB_TOKEN"
"""The variable that holds a job's own token."""


def token(facts: Facts) -> Iterator[Finding]:
    """Judge whether the forge takes the token, and what it shows to be missing."""
    found = facts.forge.token
    if not isinstance(found, TokenFacts):
        yield unread(found)
        return
    for scope in found.lacks:
        yield wrong(
            f"the token lacks the scope {scope}",
            f"create one with {scope} too, and put it into AFK_TOKEN",
        )
    if not found.lacks:
        yield good(_described(found, facts.setup.token_from))


def _described(found: TokenFacts, variable: str) -> str:
    kind = "the job's own token" if variable == JOB else found.kind or "a token"
    whose = f" of {found.account.login}" if found.account and found.account.login else ""
    scopes = f", scopes: {', '.join(found.scopes) or 'none'}" if found.scopes is not None else ""
    return f"{kind}{whose} (from {variable}){scopes}"


def account(facts: Facts) -> Iterator[Finding]:
    """Judge whose token it is: what a person does with it could not be told from what afk does."""
    found = facts.forge.token
    if not isinstance(found, TokenFacts):
        yield untold("the token was not taken")
        return
    if found.account is None:
        yield untold("the token does not show whose it is")
        return
    person = _person(found, facts)
    if person:
        yield wrong(
            f"the token is {found.account.login}'s own, {person}: labels set by that account ask "
            "for nothing, since afk sets labels under the same name",
            "make an account for afk alone, let it write to the repositories, and put a token of "
            "its own into AFK_TOKEN",
        )
    else:
        yield good(f"{found.account.login or 'it'} works for afk")


def _person(found: TokenFacts, facts: Facts) -> str:
    """Return what shows that the token is a person's own, "" where nothing does."""
    one, config = found.account, facts.setup.config
    if one is None or one.kind is not AccountKind.USER or facts.setup.token_from == JOB:
        return ""
    if one.id in config.trusted_ids or one.login.lower() in config.trusted_logins:
        return "who is listed in trusted"
    owned = [name for name in facts.setup.repositories if _owner(name) == one.login.lower()]
    return f"who owns {owned[0]}" if owned else ""


def _owner(name: str) -> str:
    return name.partition("/")[0].lower()


def expiry(facts: Facts) -> Iterator[Finding]:
    """Judge when the token ends."""
    found = facts.forge.token
    if not isinstance(found, TokenFacts):
        yield untold("the token was not taken")
    elif found.expires_at is None:
        yield good("the forge shows no end of it")
    elif found.expires_at <= facts.now + SOON:
        yield wrong(
            f"the token ends at {minutes(found.expires_at)}",
            "create another one before, and put it into AFK_TOKEN",
        )
    else:
        yield good(f"the token ends at {minutes(found.expires_at)}")


def clock(facts: Facts) -> Iterator[Finding]:
    """Judge this machine's clock by the forge's: deadlines and ages are counted by it."""
    found = facts.forge.token
    if not isinstance(found, TokenFacts):
        yield untold("the forge was not heard")
        return
    if found.server_now is None:
        yield untold("the forge does not tell the time")
        return
    drift = facts.now - found.server_now
    if abs(drift) > ADRIFT:
        ahead = "ahead of" if drift > timedelta() else "behind"
        yield wrong(
            f"this machine's clock is {abs(drift).total_seconds():.0f} seconds {ahead} the forge's",
            "let it be set by the network (NTP), here and on T3 Code's machine",
        )
    else:
        yield good("it agrees with the forge's")


def repositories(facts: Facts) -> Iterator[Finding]:
    """Judge whether each repository is there, under this name, and open."""
    for name, one in facts.forge.repositories.items():
        yield _repository(name, one, facts)


def _repository(name: str, one: Looked, facts: Facts) -> Finding:
    found = one.facts
    if isinstance(found, NotFound):
        fix = "compare the name with the forge, and let the token's account in"
        if one.like:
            fix = f"did you mean {one.like}? Correct the allowlist and the entry under repositories"
        elif facts.setup.token_from == JOB:
            fix = "a job's own token sees the repository it runs in alone: put one of an account "
            fix += "of afk's into AFK_TOKEN"
        return wrong("it cannot be found, or this token may not see it", fix, name)
    if isinstance(found, AfkError | Unasked):
        return unread(found, name)
    if found.archived:
        return wrong("it is archived", "unarchive it, or take it out of the allowlist", name)
    if not found.has_issues:
        return wrong("issues are switched off", "switch them on in its settings", name)
    return good("it is there", name)


def rights(facts: Facts) -> Iterator[Finding]:
    """Judge whether the token may change issues and labels in each repository."""
    for name, one in facts.forge.repositories.items():
        found = one.facts
        if isinstance(found, AfkError | Unasked):
            yield unread(UNREAD, name)
        elif one.may_label is not None:
            yield unread(one.may_label, name)
        elif found.may_write is False and not _is_app(facts):
            yield wrong(
                "the token's account may read here and not write",
                "make the account a collaborator with write permission",
                name,
            )
        else:
            yield good("the token may label, comment and close", name)


def _is_app(facts: Facts) -> bool:
    """Say whether an app asks, whose rights a repository does not show."""
    found = facts.forge.token
    known = found.account if isinstance(found, TokenFacts) else None
    return known is not None and known.kind is AccountKind.BOT


def labels(facts: Facts) -> Iterator[Finding]:
    """Judge whether each repository has afk's labels, spelt as configured."""
    for name, one in facts.forge.repositories.items():
        if isinstance(one.labels, AfkError | Unasked):
            yield unread(one.labels, name)
            continue
        there = {label.casefold(): label for label in one.labels}
        missing = [label for label in facts.setup.config.labels if label not in one.labels]
        for label in missing:
            if other := there.get(label.casefold()):
                yield wrong(
                    f"it has the label {other!r}, but not {label!r}",
                    f"rename the label to {label!r}, or write {other!r} into afk's configuration",
                    name,
                )
        absent = [label for label in missing if label.casefold() not in there]
        if absent:
            yield wrong(f"no label {', '.join(absent)}", "`afk doctor --fix` creates it", name)
        elif not missing:
            yield good("all four are there", name)


def missing_labels(facts: Facts) -> dict[str, list[str]]:
    """Return the labels that are there in no spelling, by repository: what can be created."""
    found = {}
    for name, one in facts.forge.repositories.items():
        if isinstance(one.labels, AfkError | Unasked):
            continue
        there = {label.casefold() for label in one.labels}
        absent = [each for each in facts.setup.config.labels if each.casefold() not in there]
        if absent:
            found[name] = absent
    return found
