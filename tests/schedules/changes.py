"""What changes around afk in a schedule: its configuration, its servers, its key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World

Do = Callable[[World, Issue], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """How often a deed is drawn, beside the others, and what it does."""

    often: int
    do: Do


def _kill_switch(here: World, issue: Issue) -> None:
    del issue
    here.settings["kill_switch"] = not here.settings["kill_switch"]


def _disallow(here: World, issue: Issue) -> None:
    name, allowed = issue.repo.full_name, here.settings["allowlist"]
    if name in allowed:
        allowed.remove(name)
    else:
        allowed.append(name)


def _drain(here: World, issue: Issue) -> None:
    name, draining = issue.repo.full_name, here.settings.setdefault("draining", [])
    if name in here.settings["allowlist"]:
        here.settings["allowlist"].remove(name)
        draining.append(name)


def _rename(here: World, issue: Issue) -> None:
    """Give the repository another name, and a while later have afk know it."""
    repo = issue.repo
    if repo.full_name in here.settings["repositories"]:
        here.forge.rename_repository(repo, f"{repo.name}-too")
    else:
        enrol(here, issue)


def enrol(here: World, issue: Issue) -> None:
    """Have afk know the repository by the name that it has today."""
    settings, name = here.settings, issue.repo.full_name
    known = settings["repositories"]
    for former in [one for one in known if one != name and name.startswith(f"{one}-too")]:
        known[name] = known.pop(former)
        for places in (settings["allowlist"], settings.get("draining", [])):
            places[:] = [name if one == former else one for one in places]


def _landing(here: World, issue: Issue) -> None:
    """Land the other way from now on; what is under way was begun for the former one."""
    del issue
    settings = here.settings
    if settings.get("landing") == "pull-request":
        for name in ("landing", "merge", "runs_per_repository"):
            settings.pop(name, None)
    else:
        settings |= {"landing": "pull-request", "merge": "green"}


def _merge(here: World, issue: Issue) -> None:
    del issue
    if here.settings.get("landing") == "pull-request":
        _next(here.settings, "merge", ("human", "green", "approved"))


def _turn(here: World, issue: Issue, name: str, values: Sequence[int]) -> None:
    del issue
    _next(here.settings, name, values)


def _next(settings: dict[str, Any], name: str, values: Sequence[Any]) -> None:
    """Set a setting to the value after its own, from the last on to the first."""
    now = settings.get(name)
    settings[name] = values[(values.index(now) + 1) % len(values) if now in values else 0]


def _restart(here: World, issue: Issue) -> None:
    del issue
    here.t3.restart()


def _upgrade(here: World, issue: Issue) -> None:
    """Upgrade T3 under whatever is at work, once: a later build is not known."""
    del issue
    if here.t3.protocol == 1:
        here.t3.upgrade()


def _out_of_reach(here: World, issue: Issue, server: str) -> None:
    """Take a server away, or bring it back."""
    del issue
    if here.faults.pop(server, None) is None:
        here.faults[server] = lambda method, path: Fault("before")  # noqa: ARG005  all of them


def _rotate(here: World, issue: Issue) -> None:
    """Sign with a new key and know the former one; a second time it would be lost."""
    del issue
    if "AFK_STATE_KEY_PREVIOUS" not in here.environ:
        here.environ["AFK_STATE_KEY_PREVIOUS"] = here.environ["AFK_STATE_KEY"]
        here.environ["AFK_STATE_KEY"] = "another-state-key-0123456789"


CHANGES: Final[Mapping[str, Kind]] = {
    "throws the kill switch": Kind(1, _kill_switch),
    "changes the allowlist": Kind(1, _disallow),
    "drains the repository": Kind(1, _drain),
    "renames the repository, or has afk know it": Kind(1, _rename),
    "has work land the other way": Kind(2, _landing),
    "changes who merges": Kind(2, _merge),
    "changes how many may be at work": Kind(
        1, partial(_turn, name="max_in_flight", values=(1, 2, 4))
    ),
    "changes how often CI is mended": Kind(
        1, partial(_turn, name="fix_forward_max_attempts", values=(1, 2, 3))
    ),
    "changes how long CI may take": Kind(1, partial(_turn, name="ci_seconds", values=(900, 3600))),
    "changes how long work may take": Kind(
        1, partial(_turn, name="prepush_seconds", values=(900, 5400))
    ),
    "T3 restarts": Kind(2, _restart),
    "T3 is upgraded": Kind(2, _upgrade),
    "T3 goes away, or comes back": Kind(2, partial(_out_of_reach, server="t3")),
    "the forge goes away, or comes back": Kind(1, partial(_out_of_reach, server="forge")),
    "rotates the key": Kind(1, _rotate),
}
