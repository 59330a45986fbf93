"""Checks of what the process was given: configuration, environment, gates, key, doorbells. Pure."""

from collections.abc import Iterator

from afk.doctor.facts import Facts
from afk.doctor.finding import Finding, State, Unasked, good, several, unread, untold, wrong
from afk.errors import AfkError
from afk.model.installation import Gate


def configuration(facts: Facts) -> Iterator[Finding]:
    """Judge the configuration: all that is wrong with it at once."""
    problems = facts.setup.problems
    yield from several(problems)
    if not problems:
        yield good("every setting is understood")


def environment(facts: Facts) -> Iterator[Finding]:
    """Judge the names of variables that begin with AFK_."""
    variables = facts.setup.variables
    yield from several(variables)
    if not variables:
        yield good("every AFK_ variable is known")


def kill_switch(facts: Facts) -> Iterator[Finding]:
    """Say whether the kill switch lets anything happen, and which place says so."""
    yield _gate(facts.setup.kill_switch, "on: nothing happens", "off")


def allowlist(facts: Facts) -> Iterator[Finding]:
    """Say whether any repository is enrolled, and which place says so."""
    yield _gate(facts.setup.allowlist, "empty: nothing happens", "")


def _gate(gate: Gate, shut: str, opened: str) -> Finding:
    if gate.shut:
        return Finding(state=State.OFF, what=f"{shut} ({gate.says})", fix=f"to arm afk, {gate.fix}")
    return good(f"{opened} ({gate.says})" if opened else gate.says)


def state_key(facts: Facts) -> Iterator[Finding]:
    """Judge the key that signs what afk remembers of a run."""
    setup = facts.setup
    advice = "set AFK_STATE_KEY (a secret) to what `openssl rand -hex 32` prints"
    if setup.state_key is not None:
        yield unread(setup.state_key)
    elif not setup.unsigned:
        yield good("it is set")
    elif facts.forge.needs_key and not setup.config.allow_unsigned_state:
        yield wrong(
            f"none is set, and on {facts.forge.name} anybody who may write to issues can edit what "
            "afk remembers",
            f"{advice}, or set allow_unsigned_state: true",
        )
    else:
        yield good(f"none is set, which works; to have every record signed, {advice}")


def doorbells(facts: Facts) -> Iterator[Finding]:
    """Judge the addresses that tell people, and ring them where that was asked for."""
    for name in facts.setup.useless:
        yield wrong(f"{name} is set and rings nothing", _useless(name, facts))
    found = facts.doorbells
    if isinstance(found, AfkError | Unasked):
        yield unread(found)
        return
    for one in found:
        if one.failure is not None:
            yield unread(one.failure)
        elif one.rung:
            yield good(f"{one.kind} rang: look whether it was heard")
        else:
            yield untold(
                f"{one.kind} has an address; whether it is heard shows `afk doctor --ring`"
            )
    if not found and not facts.setup.useless:
        yield good("none is set: the comment on the issue is all that tells you")


def _useless(name: str, facts: Facts) -> str:
    kind = next((kind for kind, variable in facts.setup.doorbells.items() if variable == name), "")
    if kind:
        return f"add {kind} to notify in the configuration, or unset {name}"
    return f"set the address that it belongs to, or unset {name}"
