"""What ``afk init`` says of its plan: what it will write, what is there, what is left to do. Pure.

No secret's text is in any of it.
"""

import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from afk.config import T3Config
from afk.errors import AfkError, ConfigError
from afk.setup import service_file
from afk.setup.configuration_file import NAME
from afk.setup.facts import Answers, Place, Seen
from afk.setup.plan import (
    FileStep,
    IssueStep,
    KnownStep,
    LabelStep,
    SecretStep,
    State,
    Step,
    VariableStep,
    workflow_path,
)
from afk.setup.workflow_file import HOSTED_MINUTES, OWN_TICKS
from afk.types import Forge

_OF_T3: Final = "AFK_T3_TOKEN"
_HOW: Final = {
    "AFK_TOKEN": "the token of the account that afk acts as",
    _OF_T3: "what `t3 auth session issue --ttl 30d --label afk --token-only` prints",
    "AFK_STATE_KEY": "what `openssl rand -hex 32` prints",
    "AFK_KILL_SWITCH": "true (false lets afk work)",
}


def plan_lines(steps: Sequence[Step], answers: Answers) -> Iterator[str]:
    """Yield the plan: everything that is to be written first."""
    for state, title in (
        (State.TO_DO, "This will be written:"),
        (State.THERE, "Already there, and left as it is:"),
        (State.KEPT, "Changed by somebody, and left as it is. init would write this instead:"),
    ):
        some = [one for one in steps if one.state is state]
        if some:
            yield title
            for one in some:
                yield f"  {_name(one)}"
                if isinstance(one, FileStep) and one.path == NAME and state is State.TO_DO:
                    yield from (f"    {line}" for line in _chosen(answers))
                if isinstance(one, FileStep):
                    yield from (f"    {line}" for line in one.difference)
    yield from _costs(answers)


def hand_lines(steps: Sequence[Step], seen: Seen, answers: Answers) -> Iterator[str]:
    """Yield what a person has to do, in order, exactly as it is to be typed."""
    environment = service_file.environment_path(seen.machine)
    by_hand = [one for one in steps if one.state is State.BY_HAND]
    if by_hand:
        yield f"To be set by hand, because {seen.settings.trouble}"
    for one in by_hand:
        kind = "secret" if isinstance(one, SecretStep) else "variable"
        name = one.name if isinstance(one, SecretStep | VariableStep) else ""
        yield f"  {kind} {name}: {_HOW.get(name, '')}"
        yield f"    at {settings_page(answers, kind)}"
    secrets = {one.name for one in steps if isinstance(one, SecretStep)}
    if answers.place is Place.HERE:
        yield f"T3's token ends after 30 days: write a new one into {environment} before that."
        yield "To start it in a terminal:"
        yield f"  {service_file.hand_command(seen.machine, answers.every)}"
        if answers.service:
            yield "To start it now and whenever this machine starts:"
            yield f"  {service_file.start_command(seen.machine)}"
        return
    if _OF_T3 in secrets:
        yield "T3's token ends after 30 days: give init a new one by then, --renew AFK_T3_TOKEN."
    if answers.forge is Forge.GITHUB:
        yield f"In {workflow_path(answers.forge)}, under workflow_run, name your CI's workflow."
    written = [one.path for one in steps if isinstance(one, FileStep)]
    yield "To put it in force:"
    yield f"  git add {' '.join(map(shlex.quote, written))}"
    yield "  git commit -m 'Set up afk' && git push"


def arming_line(answers: Answers, seen: Seen) -> str:
    """Return how to arm afk, or that it is armed: init's last line."""
    label = "label an issue ready-for-agent, and walk away. To stop it,"
    if answers.place is Place.HERE:
        file = f"{seen.machine.folder}/{NAME}"
        if answers.armed:
            return f"afk is armed: start it as above, {label} write kill_switch: true into {file}"
        return f"afk is off. To arm it, write kill_switch: false into {file}"
    page = settings_page(answers, "variable")
    if answers.armed:
        return f"afk is armed: push that, {label} set AFK_KILL_SWITCH to true at {page}"
    return f"afk is off. To arm it, set the variable AFK_KILL_SWITCH to false at {page}"


def settings_page(answers: Answers, kind: str) -> str:
    """Return where people set a repository's secrets or variables.

    https://docs.github.com/en/actions/security-for-github-actions/security-guides ;
    Forgejo, routers/web/web.go: ``/settings/actions/{secrets,variables}``.
    """
    base = f"{answers.web}/{answers.home_repo}/settings"
    if answers.forge is Forge.GITHUB:
        return f"{base}/{kind}s/actions"
    return f"{base}/actions/{kind}s"


def settings_trouble(error: AfkError) -> str:
    """Return why secrets and variables are left to a person, and how init would set them."""
    if isinstance(error, ConfigError):
        return f"{error.what}; {error.next_step}"
    return (
        f"this token may not do it ({error.what}); with AFK_SETUP_TOKEN set to a token of your "
        "own, init does it"
    )


def done_line(step: Step) -> str:
    """Return what is said once a step is done."""
    return f"written: {_name(step)}"


def _name(step: Step) -> str:
    """Return what a step is about."""
    if isinstance(step, FileStep):
        return f"{step.path}{' (secrets; yours alone to read)' if step.private else ''}"
    if isinstance(step, LabelStep):
        return f"labels of {step.repository}: {', '.join(step.missing or step.names)}"
    if isinstance(step, KnownStep):
        return f"description of {step.name} in {step.repository} (that afk knows this label)"
    if isinstance(step, IssueStep):
        return f"issue in {step.repository}: {step.title} (afk keeps it up to date)"
    if isinstance(step, SecretStep):
        return f"secret {step.name} of {step.repository}"
    return f"variable {step.name} of {step.repository}: {step.text}"


def _chosen(answers: Answers) -> Iterator[str]:
    """Yield what the configuration says, where it was proposed as well as where it was asked."""
    lands = "by pull request" if answers.landing == "pull-request" else "by push to its branch"
    for name in answers.repositories:
        yield f"{name}, in {answers.workspaces[name]} on T3's machine; work lands {lands}"
    instance, model = answers.instance or T3Config().instance, answers.model or T3Config().model
    yield f"agent {instance} with model {model} (others: --instance, --model)"
    if answers.trusted:
        yield f"approvers besides: {', '.join(map(str, answers.trusted))}"


def _costs(answers: Answers) -> Iterator[str]:
    """Yield what polling costs, where it is chosen."""
    if answers.place is Place.HOSTED:
        yield (
            f"It looks once an hour and at each event: about {HOSTED_MINUTES} started minutes a "
            f"month of a hosted runner. (Every five minutes would be {OWN_TICKS:,}.)"
        )
    elif answers.place is Place.OWN:
        yield "It looks every five minutes and at each event, on your own runner; you pay nothing."
    else:
        yield f"It looks every {answers.every} seconds, on this machine: no runner, no minutes."
