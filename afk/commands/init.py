"""``afk init``: from nothing to a loop that only has to be armed.

Looks, asks little, shows what it will write, asks once, writes, and ends with ``afk doctor``. What
is there already is left as it is, so it can be run again.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Final

from afk.commands.answering import answered
from afk.commands.bench import Bench, ForgeBench
from afk.commands.interview import Interview
from afk.config import Config
from afk.errors import AfkError
from afk.ports.setup import Desk
from afk.record.label_mark import Home, describe, vouched_since
from afk.record.state import Keys
from afk.setup import service_file
from afk.setup.configuration_file import NAME, SCHEMA
from afk.setup.facts import Answers, Given, Place, Seen, SettingsSeen
from afk.setup.plan import (
    DASHBOARD,
    DASHBOARD_TEXT,
    KILL_SWITCH,
    FileStep,
    IssueStep,
    KnownStep,
    LabelStep,
    SecretStep,
    State,
    Step,
    VariableStep,
    planned,
    to_do,
    workflow_path,
)
from afk.setup.shown import (
    arming_line,
    done_line,
    hand_lines,
    plan_lines,
    settings_trouble,
)
from afk.types import Label

STATE_KEY: Final = "AFK_STATE_KEY"


def run(options: argparse.Namespace, bench: Bench) -> dict[str, object]:
    """Set afk up; returns what ``--json`` shows of it."""
    talk = Interview(desk=bench.desk, yes=options.yes or options.dry_run)
    talk.begin()
    found = answered(options, bench, talk)
    talk.finish()
    answers = found.answers
    seen = _seen(bench, answers, found.afk, found.own)
    there = _secrets_there(bench, seen, answers)
    has_key = STATE_KEY in {*there, *seen.settings.secrets}
    key = () if has_key else (Given(STATE_KEY, _key(bench)),)
    known = key[0].text if key else there.get(STATE_KEY, "")
    signed = Keys(current=known.encode()) if known and not seen.settings.trouble else None
    if signed is not None:
        seen = replace(seen, unknown=_unknown(found.afk, answers, signed))
    secrets = service_file.renewed((*found.secrets, *key), there, options.renew)
    dashboard = not options.no_dashboard and "dashboard" in {one.name for one in fields(Config)}

    def plan(answers: Answers) -> tuple[Step, ...]:
        return planned(
            seen,
            answers,
            secrets=secrets,
            labels=Config().labels,
            template="" if answers.place is Place.HERE else bench.template(answers.forge),
            renew=options.renew,
            dashboard=dashboard,
        )

    steps = plan(answers)
    for line in plan_lines(steps, answers):
        bench.desk.say(line)
    written: list[Step] = []
    if options.dry_run:
        bench.desk.say("Nothing was written (--dry-run).")
    elif not to_do(steps):
        bench.desk.say("Everything is there already; nothing is left to write.")
    elif options.yes or talk.agrees("Write this? (yes/no)"):
        answers, steps = _with_dashboard(bench, found.afk, answers, steps, plan)
        written = [
            *(one for one in steps if isinstance(one, IssueStep)),
            *_written(bench, steps, found.afk, found.own, signed),
        ]
    else:
        bench.desk.say("Nothing was written.")
        return _document(steps, written)
    if not options.dry_run:
        bench.desk.say("afk doctor says of it:")
        bench.doctor(_for_the_doctor(answers, secrets))
    for line in hand_lines(steps, seen, answers):
        bench.desk.say(line)
    bench.desk.say(arming_line(answers, seen))
    return _document(steps, written)


def _seen(bench: Bench, answers: Answers, afk: ForgeBench, own: ForgeBench) -> Seen:
    """Look at what is there already: files, labels, secrets, variables."""
    paths = [NAME, SCHEMA, workflow_path(answers.forge), service_file.unit_path(bench.machine)]
    texts = {path: bench.desk.read(path) for path in filter(None, paths)}
    private = service_file.environment_path(bench.machine)
    return Seen(
        machine=bench.machine,
        settings=_settings(own, answers),
        labels={
            name: frozenset(one.name for one in afk.settings.labels(name))
            for name in answers.repositories
        },
        files={path: text for path, text in texts.items() if text is not None},
        private=frozenset({private} if bench.desk.exists(private) else ()),
    )


def _settings(own: ForgeBench, answers: Answers) -> SettingsSeen:
    if answers.place is Place.HERE:
        return SettingsSeen()
    try:
        return SettingsSeen(
            secrets=own.settings.secrets(answers.home_repo),
            kill_switch=own.settings.variable(answers.home_repo, KILL_SWITCH),
        )
    except AfkError as error:
        return SettingsSeen(trouble=settings_trouble(error))


def _secrets_there(bench: Bench, seen: Seen, answers: Answers) -> Mapping[str, str]:
    """Return the secrets that this machine's environment file holds; they are shown nowhere."""
    path = service_file.environment_path(seen.machine)
    if answers.place is not Place.HERE or path not in seen.private:
        return {}
    found = service_file.secrets_of(bench.desk.read(path) or "")
    for text in found.values():
        bench.hide(text)
    return found


def _key(bench: Bench) -> str:
    key = bench.environ.get(STATE_KEY, "").strip() or bench.new_key()
    bench.hide(key)
    return key


def _with_dashboard(
    bench: Bench,
    afk: ForgeBench,
    answers: Answers,
    steps: tuple[Step, ...],
    plan: Callable[[Answers], tuple[Step, ...]],
) -> tuple[Answers, tuple[Step, ...]]:
    """Open the dashboard's issue, so that the configuration can name it; without it, go on."""
    opens = next((one for one in steps if isinstance(one, IssueStep)), None)
    if opens is None:
        return answers, steps
    try:
        number = afk.settings.open_issue(opens.repository, DASHBOARD, DASHBOARD_TEXT)
    except AfkError as error:
        bench.report.error(error)
        return answers, tuple(one for one in steps if one is not opens)
    bench.desk.say(done_line(opens))
    answers = replace(answers, dashboard=f"{opens.repository}#{number}")
    return answers, (replace(opens, state=State.THERE), *plan(answers))


def _written(
    bench: Bench, steps: Sequence[Step], afk: ForgeBench, own: ForgeBench, keys: Keys | None
) -> list[Step]:
    """Carry out what is to be done; one that fails is told, and the others are done.

    ``keys``: what records will be signed with, None where that is not known here.
    """
    done: list[Step] = []
    for step in to_do(steps):
        try:
            _write(bench.desk, step, afk, own)
            if isinstance(step, LabelStep | KnownStep) and keys is not None:
                _vouch(bench, step.repository, afk, keys)
        except AfkError as error:
            bench.report.error(error)
        else:
            bench.desk.say(done_line(step))
            done.append(step)
    return done


def _unknown(afk: ForgeBench, answers: Answers, keys: Keys) -> Mapping[str, str]:
    """Return repository -> ready label, where that is there and was never vouched for."""
    ready = Config().ready_label
    return {name: ready for name in answers.repositories if any(_unvouched(name, ready, afk, keys))}


def _unvouched(repository: str, ready: str, afk: ForgeBench, keys: Keys) -> Iterator[Label]:
    home = Home(afk.tracker.host, afk.tracker.repository(repository))
    for label in afk.settings.labels(repository):
        kept = label.name == ready and label.description is not None
        if kept and vouched_since(home, label, keys) is None:
            yield label


def _vouch(bench: Bench, repository: str, afk: ForgeBench, keys: Keys) -> None:
    """Vouch for the ready label's name from now on: what was put on before still counts nothing.

    Where a forge shows applications under today's name, a tick would else ask for the first one
    once more: nothing else proves what the label was called before (`afk.record.label_mark`).
    """
    home = Home(afk.tracker.host, afk.tracker.repository(repository))
    for label in _unvouched(repository, Config().ready_label, afk, keys):
        afk.settings.describe_label(repository, label, describe(home, label, bench.now(), keys))


def _write(desk: Desk, step: Step, afk: ForgeBench, own: ForgeBench) -> None:
    if isinstance(step, FileStep):
        desk.write(step.path, step.text, private=step.private)
    elif isinstance(step, LabelStep):
        afk.tracker.ensure_labels(step.repository, step.names)
    elif isinstance(step, KnownStep):
        pass  # `_vouch` does it, which needs the key
    elif isinstance(step, SecretStep):
        own.settings.set_secret(step.repository, step.name, step.text)
    else:
        assert isinstance(step, VariableStep)  # noqa: S101  an issue is opened before all others
        own.settings.set_variable(step.repository, step.name, step.text, exists=step.exists)


def _for_the_doctor(answers: Answers, secrets: Sequence[Given]) -> Mapping[str, str]:
    """Return the environment that the loop will have, as far as it is known here."""
    here = {"AFK_FORGE_URL": answers.forge_url, "AFK_CONFIG_FILE": NAME}
    if answers.place is not Place.HERE:
        here[KILL_SWITCH] = "false" if answers.armed else "true"
    return {**here, **{one.name: one.text for one in secrets}}


def _document(steps: Sequence[Step], written: Sequence[Step]) -> dict[str, object]:
    """Return the plan as plain values; no secret's text is among them."""

    def shown(step: Step) -> dict[str, object]:
        names = ("path", "repository", "name", "names", "title")
        told = {name: getattr(step, name) for name in names if hasattr(step, name)}
        kind = type(step).__name__.removesuffix("Step").lower()
        return {"kind": kind, "state": step.state.value, "written": step in written, **told}

    return {"steps": [shown(one) for one in steps]}
