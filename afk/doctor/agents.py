"""Checks of T3 Code: whether it answers, its token, its agents and the folders. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from afk.doctor.facts import Facts
from afk.doctor.finding import Finding, Unasked, good, unread, untold, wrong
from afk.doctor.forge import SOON
from afk.errors import AfkError
from afk.landing_config import AgentConfig
from afk.model.agent import AgentProject
from afk.model.installation import ProviderFacts
from afk.text.messages import minutes
from afk.text.nearest import listed, nearest

SCOPES: Final = ("orchestration:read", "orchestration:operate")


def server(facts: Facts) -> Iterator[Finding]:
    """Judge whether T3 Code answers at its address, in a protocol that afk speaks."""
    found = facts.agent.threads
    if isinstance(found, AfkError | Unasked):
        yield unread(found)
    else:
        count = len(found.projects)
        yield good(f"it answers, and shows {count} project{'' if count == 1 else 's'}")


def token(facts: Facts) -> Iterator[Finding]:
    """Judge T3's token: whether it is known, may do what is needed, and for how long."""
    found = facts.agent.session
    if isinstance(found, AfkError | Unasked):
        yield unread(found)
        return
    issue = "issue one on T3's machine with `t3 auth session issue --ttl 30d --label afk "
    issue += "--token-only`"
    lacks = [scope for scope in SCOPES if scope not in found.scopes]
    if not found.known:
        yield wrong("T3 Code does not know the token (wrong, expired or revoked)", issue)
        return
    if lacks:
        yield wrong(f"the token lacks {' and '.join(lacks)}", issue)
    if found.expires_at is not None and found.expires_at <= facts.now + SOON:
        yield wrong(f"the token ends at {minutes(found.expires_at)}", f"{issue}, before it does")
    elif not lacks:
        until = f", until {minutes(found.expires_at)}" if found.expires_at else ""
        yield good(f"it may read and operate{until}")


def agents(facts: Facts) -> Iterator[Finding]:
    """Judge each agent that the configuration names: whether T3 has it and it can work."""
    found = facts.agent.providers
    if isinstance(found, AfkError | Unasked):
        yield unread(found)
        return
    wanted = _wanted(facts)
    for one in wanted:
        yield _agent(one, found)


def _wanted(facts: Facts) -> list[AgentConfig]:
    """Return every agent that could be picked, each once."""
    config = facts.setup.config
    picked = [
        config.agent_of(name, label)
        for name in config.repositories
        for label in ("", *config.agents)
    ]
    plain = AgentConfig(instance=config.t3.instance, model=config.t3.model)
    known = {(one.instance, one.model): one for one in picked or [plain]}
    return list(known.values())


def _agent(one: AgentConfig, found: Sequence[ProviderFacts]) -> Finding:
    provider = next((each for each in found if each.instance == one.instance), None)
    if provider is None:
        names = [each.instance for each in found]
        return wrong(
            f"T3 Code has no instance {one.instance!r}",
            f"{_meant(one.instance, names)}T3 Code has {listed(names)}: name one of these as "
            "t3.instance, or as the repository's instance",
        )
    if provider.trouble:
        return wrong(
            f"the instance {one.instance} cannot work: {provider.trouble}",
            "mend it in T3 Code's settings on its machine, or name another instance",
        )
    if provider.models and one.model not in provider.models:
        return wrong(
            f"the instance {one.instance} has no model {one.model!r}",
            f"{_meant(one.model, provider.models)}It has {listed(provider.models)}: name one of "
            "these as t3.model, or as the repository's model",
        )
    return good(f"{one.instance} with {one.model}")


def _meant(name: str, known: Sequence[str]) -> str:
    like = nearest(name, known)
    return f"did you mean {like}? " if like else ""


def workspaces(facts: Facts) -> Iterator[Finding]:
    """Judge each repository's folder, by the projects that T3 Code has."""
    threads = facts.agent.threads
    folders: dict[str, str] = {}
    for name, settings in facts.setup.config.repositories.items():
        folder = settings.workspace
        other = folders.setdefault(folder, name)
        if other != name:
            yield wrong(
                f"it shares the folder {folder} with {other}",
                "give each repository a clone of its own",
                name,
            )
        elif isinstance(threads, AfkError | Unasked):
            yield untold("T3 Code was not read", name)
        else:
            yield _workspace(name, folder, threads.projects, facts)


def _workspace(name: str, folder: str, projects: Sequence[AgentProject], facts: Facts) -> Finding:
    here = [one for one in projects if one.workspace == folder]
    for one in here:
        if one.repository and not _is_clone(one, name):
            return wrong(
                f"T3 Code says that {folder} is a clone of {one.repository}",
                f"name the folder of a clone of {name} as the workspace",
                name,
            )
    if here:
        return good(f"T3 Code knows {folder}", name)
    taken = {one.workspace for one in facts.setup.config.repositories.values()}
    free = [one for one in projects if one.workspace not in taken]
    others = [one for one in free if _is_clone(one, name)] or [
        one for one in free if not one.repository and _last(one.workspace) == _last(folder)
    ]
    if others:
        other = others[0].workspace
        return wrong(
            f"T3 Code does not know the folder {folder}, and has a project in {other}",
            f"write {other} as the workspace, if that is the clone of {name}",
            name,
        )
    return untold(
        f"T3 Code has no project in {folder} yet; it gets one when the first agent starts, and "
        "that fails where its machine has no such folder",
        name,
        "look on T3's machine whether the folder is there, and is a clone of the repository",
    )


def _is_clone(project: AgentProject, name: str) -> bool:
    """Say whether T3 names a repository of this name, on whatever host."""
    return project.repository.endswith(f"/{name.lower()}")


def _last(folder: str) -> str:
    return folder.rstrip("/").rpartition("/")[2]
