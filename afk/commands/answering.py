"""What ``afk init`` decides, in the order in which one answer shows what to propose next."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from afk.commands.bench import Bench, ForgeBench
from afk.commands.interview import Interview, one_of
from afk.commands.meeting import hidden, met
from afk.config import Config
from afk.errors import AfkError, ConfigError
from afk.model.installation import ProviderFacts
from afk.setup import proposals, service_file
from afk.setup.configuration_file import NAME
from afk.setup.facts import Answers, Given, Place, RepositorySeen, T3Seen
from afk.setup.workflow_file import RUNNER, address_trouble
from afk.types import Account, Forge, Permission

_PLACES: Final = ("here", "own", "hosted")
_WHERE: Final = (
    "Where shall the loop run? here: on this machine, if T3 Code runs on it; own: on a runner of "
    "your own that reaches T3; hosted: on the forge's runners, if they reach T3"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answers, the secrets at hand, and the forge as afk and as whoever sets it up see it."""

    answers: Answers
    secrets: tuple[Given, ...]
    afk: ForgeBench
    own: ForgeBench


def answered(options: argparse.Namespace, bench: Bench, talk: Interview) -> Answered:
    """Return all answers; raises what is missing as soon as nothing further can be seen."""
    written = bench.desk.read(NAME)
    config = bench.configured(written) if written is not None else Config()
    found = met(options, bench, talk, config)
    afk = found.afk
    repositories = [_repository(afk, name) for name in found.names]
    t3_url, t3_secret, t3 = _t3(options, bench, talk, config)
    place = _place(options, talk, t3_url)
    own, person = _own(bench, talk, afk, found.address, place)
    _warn(bench, found.me, person, repositories)
    repositories = [_rights(afk, one, person) for one in repositories]
    offer = proposals.offer(t3, options.instance or "")
    landing = talk.choose(
        "--landing",
        options.landing,
        config.landing if written is not None else proposals.landing(repositories),
        "How shall work land? push: agents push to your branch; pull-request: afk opens one",
        one_of("push", "pull-request"),
    )
    trusted = _trusted(options, talk, config, afk, person, repositories)
    remote = proposals.remote_of(bench.desk.remote())
    home = "" if place is Place.HERE else _home(options, talk, remote)
    answers = Answers(
        forge=afk.forge,
        forge_url=found.address,
        web=afk.web,
        place=place,
        repositories=tuple(one.name for one in repositories),
        workspaces={
            one.name: _workspace(options, talk, config, t3, one.name) for one in repositories
        },
        branches={name: one.branch for name, one in config.repositories.items()},
        home_repo=home,
        runner=_runner(options, talk, afk, place),
        action=_action(options, bench, talk, afk, place),
        t3_url=t3_url,
        instance=options.instance or (offer.instance if offer else "") or config.t3.instance,
        model=options.model or _model(offer) or config.t3.model,
        landing=landing,
        trusted=tuple(map(_number, trusted)),
        dashboard=str(getattr(config, "dashboard", "")),
        armed=options.arm or _arms(talk, config, place),
        service=_serves(options, bench, talk, place),
        every=int(options.every),
    )
    talk.finish()
    secrets = (Given("AFK_TOKEN", found.token), *t3_secret)
    return Answered(answers=answers, secrets=secrets, afk=afk, own=own)


def _repository(afk: ForgeBench, name: str) -> RepositorySeen:
    """Look at a repository and the rules of the branch that work lands on."""
    found = afk.tracker.repository(name)
    rules = afk.pulls.rules(found.name, found.default_branch)
    return RepositorySeen(
        name=found.name, default_branch=found.default_branch, protected=rules.protected
    )


def _rights(afk: ForgeBench, one: RepositorySeen, person: Account | None) -> RepositorySeen:
    """Note whether the forge shows afk what a person may do in the repository."""
    if person is None:
        return one
    shown = afk.tracker.permission(one.name, person) is not Permission.UNKNOWN
    return RepositorySeen(
        name=one.name,
        default_branch=one.default_branch,
        protected=one.protected,
        rights_shown=shown,
    )


def _t3(
    options: argparse.Namespace, bench: Bench, talk: Interview, config: Config
) -> tuple[str, tuple[Given, ...], T3Seen]:
    """Return T3's address, its token, and what it shows; nothing of it is needed to go on."""
    url = talk.choose(
        "--t3-url",
        options.t3_url or bench.environ.get("AFK_T3_URL", "").strip(),
        config.t3.url or proposals.T3_URL,
        "T3 Code's address:",
    )
    file = bench.environ.get("AFK_T3_TOKEN_FILE", "").strip()
    if file:
        return url, (Given("AFK_T3_TOKEN_FILE", file),), T3Seen()
    token = hidden(
        bench,
        talk,
        "AFK_T3_TOKEN",
        "T3's token (on its machine: t3 auth session issue --ttl 30d --label afk --token-only):",
    )
    talk.finish()
    bench.progress(f"asking T3 at {url}")
    try:
        server = bench.t3(url, token)
        workspaces = tuple(one.workspace for one in server.read().projects)
        seen = T3Seen(workspaces=workspaces, offers=tuple(server.providers() or ()))
    except AfkError as error:
        bench.report.warn(f"T3 shows nothing to propose: {error}")
        seen = T3Seen()
    return url, (Given("AFK_T3_TOKEN", token),), seen


def _place(options: argparse.Namespace, talk: Interview, t3_url: str) -> Place:
    """Return where the loop runs; the label of a runner says that it is one's own."""
    given = options.runner
    if given and given not in _PLACES:
        return Place.OWN
    proposal = Place.HERE if options.service else proposals.place(t3_url)
    answer = talk.choose("--runner", given, proposal.value, _WHERE, one_of(*_PLACES))
    talk.finish()
    return Place(answer)


def _own(
    bench: Bench, talk: Interview, afk: ForgeBench, address: str, place: Place
) -> tuple[ForgeBench, Account | None]:
    """Return the forge as whoever sets afk up sees it, and who that is; afk's own where untold."""
    token = bench.environ.get("AFK_SETUP_TOKEN", "").strip()
    if not token and talk.talks and place is not Place.HERE:
        token = bench.desk.ask_hidden(
            "Your own access token, to set secrets and variables with; used now and kept nowhere "
            "(empty: you will be told what to paste where):"
        )
    if not token:
        return afk, None
    bench.hide(token)
    own = bench.forge(address, token)
    return own, own.tracker.me()


def _trusted(
    options: argparse.Namespace,
    talk: Interview,
    config: Config,
    afk: ForgeBench,
    person: Account | None,
    repositories: Sequence[RepositorySeen],
) -> tuple[str, ...]:
    """Return who may approve besides; asked only where the forge may hide who has write access."""
    proposal = " ".join(map(str, config.trusted)) or proposals.trusted(person, repositories)
    hides = person is None and afk.forge is Forge.FORGEJO
    if not (options.trust or proposal or hides):
        return ()
    return talk.optional(
        options.trust,
        proposal,
        "Whose label counts, too, where the forge hides who has write access (login:ID; an "
        "organisation on Forgejo hides it)?",
    )


def _warn(
    bench: Bench, me: Account, person: Account | None, repositories: Sequence[RepositorySeen]
) -> None:
    """Say that afk must not act as a person: what its own account labels never counts."""
    owners = {one.name.partition("/")[0].casefold() for one in repositories}
    if me.login.casefold() in owners or (person is not None and person.id == me.id):
        bench.report.warn(
            f"AFK_TOKEN is {me.login}'s own: what {me.login} labels will start nothing. Give afk "
            "an account of its own, unless somebody else labels the issues"
        )


def _workspace(
    options: argparse.Namespace, talk: Interview, config: Config, t3: T3Seen, name: str
) -> str:
    """Return the folder of a repository's clone on T3's machine."""
    given = dict(_named(one, name) for one in options.workspace)
    there = config.repositories.get(name)
    return talk.choose(
        "--workspace",
        given.get(name, ""),
        there.workspace if there else proposals.workspace(name, t3),
        f"The folder of {name}'s clone on T3's machine:",
        lambda answer: "" if answer.startswith("/") else "it has to begin with /",
    )


def _named(text: str, name: str) -> tuple[str, str]:
    """Return ``OWNER/REPO=FOLDER`` as both; a folder alone is that of any repository."""
    repository, equals, folder = text.partition("=")
    return (repository, folder) if equals else (name, text)


def _home(options: argparse.Namespace, talk: Interview, remote: proposals.Remote | None) -> str:
    return talk.choose(
        "--workflow-repo",
        options.workflow_repo,
        remote.repository if remote else "",
        "The repository that the workflow lives in (best a private one that no agent can push to):",
        lambda answer: "" if answer.count("/") == 1 else "write owner/name",
    )


def _runner(options: argparse.Namespace, talk: Interview, afk: ForgeBench, place: Place) -> str:
    if place is Place.HERE:
        return ""
    named = options.runner if options.runner not in _PLACES else ""
    return talk.choose(
        "--runner",
        named,
        proposals.runner(afk.forge, place),
        "The runner's label (runs-on):",
        lambda answer: "" if RUNNER.fullmatch(answer) else "a label is one word",
    )


def _action(
    options: argparse.Namespace, bench: Bench, talk: Interview, afk: ForgeBench, place: Place
) -> str:
    if place is Place.HERE:
        return ""
    return talk.choose(
        "--action",
        options.action,
        bench.action(afk.forge, afk.web),
        "Where afk itself is, and which commit of it to run (OWNER/afk@COMMIT):",
        lambda answer: address_trouble(answer, afk.web),
    )


def _model(offer: ProviderFacts | None) -> str:
    return offer.models[0] if offer and offer.models else ""


def _number(entry: str) -> str | int:
    return int(entry) if entry.isdigit() else entry


def _arms(talk: Interview, config: Config, place: Place) -> bool:
    """Ask whether afk shall begin at once; an armed one stays so."""
    if place is Place.HERE and not config.kill_switch:
        return True
    return talk.agrees("Shall afk start agents as soon as this is in force? (yes/no)")


def _serves(options: argparse.Namespace, bench: Bench, talk: Interview, place: Place) -> bool:
    """Return whether to write a service; refuses where this system has none that afk knows."""
    can = bool(service_file.unit_path(bench.machine))
    if options.service and (place is not Place.HERE or not can):
        raise ConfigError(
            "--service writes a systemd unit or a launch agent for this very machine",
            cause=f"the loop is to run on a runner, or this system is {bench.machine.system}",
            next_step="leave one of them out: --service, or --runner",
        )
    if place is Place.HERE and service_file.is_temporary(bench.machine):
        bench.report.warn(
            "this afk runs from uv's cache, which is cleared now and then: before a service runs "
            "it, install it (uv tool install ...) and run its `afk init` again"
        )
    if options.service or not can or place is not Place.HERE:
        return bool(options.service)
    there = bench.desk.exists(service_file.unit_path(bench.machine))
    return there or talk.agrees("Write a service that starts the loop with this machine? (yes/no)")
