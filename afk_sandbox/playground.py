"""`afk sandbox`'s world: a forge with its pages and a T3 server on loopback, on the real clock.

Unlike in `afk_sandbox.world` nobody moves the time: agents and CI take a few seconds, and things
happen by themselves while nobody asks. All of it is served from one thread, forge and pages under
one address, so that the links in afk's comments lead somewhere. Nothing is kept at the end.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any, Final

import yaml

from afk.types import Forge
from afk_sandbox.agents.learner import Learner
from afk_sandbox.agents.scripted import ScriptedAgent
from afk_sandbox.forge.ci import Pace
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import AccountKind, Issue, Repository
from afk_sandbox.forge.request_log import RequestLog
from afk_sandbox.forgejo.routes import forgejo_app
from afk_sandbox.github.routes import github_app
from afk_sandbox.page.app import pages
from afk_sandbox.page.desk import Desk
from afk_sandbox.page.guard import guarded
from afk_sandbox.page.threads import with_threads
from afk_sandbox.serving import serve_together
from afk_sandbox.t3.model import Host, T3Model, Token
from afk_sandbox.t3.routes import t3_app
from afk_sandbox.t3.schedule import RECORDED
from afk_sandbox.t3.state import iso
from afk_sandbox.working_copies import WorkingCopies
from afk_sandbox.world import T3S, Clock, World

API: Final = {Forge.GITHUB: "/api/v3", Forge.FORGEJO: "/api/v1"}
AGENT_SECONDS: Final = 3.0


@dataclass
class WallClock(Clock):
    """The real time; nobody moves it."""

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Playground:
    """What `afk sandbox` has opened: where it is, and what a shell needs to run afk against it."""

    world: World
    page: str
    t3: str
    t3_token: str

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment variables that arm afk against it."""
        settings = self.world.settings
        rest = {name: settings[name] for name in ("review_quiet_seconds", "repositories")}
        return {
            "AFK_FORGE_URL": settings["forge_url"],
            "AFK_TOKEN": self.world.environ["AFK_TOKEN"],
            "AFK_T3_URL": self.t3,
            "AFK_T3_TOKEN": self.t3_token,
            "AFK_STATE_KEY": self.world.environ["AFK_STATE_KEY"],
            "AFK_ALLOWLIST": ",".join(settings["allowlist"]),
            "AFK_CONFIG": yaml.safe_dump({"t3": {"model": "gpt-fake"}} | rest, sort_keys=False),
            "AFK_KILL_SWITCH": "false",
        }


@contextmanager
def playground(
    kind: Forge, *, ports: Sequence[int] = (0, 0), speed: float = 1.0
) -> Iterator[Playground]:
    """Open one; ``ports`` of the forge and of T3, 0: free ones. Raises `OSError` for a taken one.

    ``speed``: how many times as fast as usual agents and CI are.
    """
    clock = WallClock()
    forge = ForgeModel(clock.now, pace=_pace(speed))
    you = forge.add_account("you")
    bot = forge.add_account(
        "afk-bot", kind=AccountKind.BOT if kind is Forge.GITHUB else AccountKind.USER
    )
    stranger = forge.add_account("stranger")
    agent = forge.add_account("agent")
    forge_token = f"sandbox-{token_urlsafe(12)}"
    forge.tokens[forge_token] = forge.tokens.pop(forge.token_for(bot))
    t3_token = f"sandbox-{token_urlsafe(12)}"
    scripted = ScriptedAgent(WorkingCopies(forge), actor=agent.login)
    t3 = T3Model(
        version=T3S[kind],  # type: ignore[arg-type]  # one of the literals
        now=clock.now,
        agent=Learner(scripted, AGENT_SECONDS / speed),
        tokens={t3_token: Token()},
        host=Host({}),
        pace=RECORDED,
    )

    def beat() -> None:
        t3.advance()
        forge.settle()

    log, t3_log = RequestLog(), RequestLog()
    build = forgejo_app if kind is Forge.FORGEJO else github_app
    desk = Desk(kind=kind, forge=forge, t3=t3, you=you, stranger=stranger, afk=bot)
    apps = (
        guarded(pages(desk, behind=build(forge, log=log))),
        guarded(with_threads(t3, behind=t3_app(t3))),
    )
    with serve_together(list(zip(apps, ports, strict=True)), beat=beat) as (page, t3_url):
        made = World(
            kind=kind,
            clock=clock,
            forge=forge,
            t3=t3,
            owner=you,
            stranger=stranger,
            bot=bot,
            log=log,
            t3_log=t3_log,
            environ={
                "AFK_TOKEN": forge_token,
                "AFK_STATE_KEY": f"sandbox-{token_urlsafe(24)}",
            },
            settings={
                "forge_url": page + API[kind],
                "allowlist": [],
                "repositories": {},
                "review_quiet_seconds": 5,
            },
        )
        _seed(made)
        yield Playground(world=made, page=page, t3=t3_url, t3_token=t3_token)


def _pace(speed: float) -> Pace:
    """Return how fast CI goes: three jobs, one after another, in three seconds."""
    pace = {"first": 0.3, "rest": 0.5, "pickup": 0.2, "job": 0.6}
    return Pace(**{name: seconds / speed for name, seconds in pace.items()})


def _seed(here: World) -> None:
    """Open two repositories, one for each way to land, and their first issues."""
    shop = _repository(here, "shop")
    _issue(shop, here, "Add a till", "A till, please: people stand here with their money.")
    _issue(
        shop,
        here,
        "Round prices correctly",
        "Half a cent goes up.\n\nThe sandbox's agent gets this wrong the first time:\n"
        "`[[push=red,green]]` `[[log=test_prices: expected 1.01, got 1.00]]`",
    )
    _issue(
        shop,
        here,
        "Translate the receipts",
        "Into Danish. **Blocked by #1**: there is nothing to print before there is a till.",
    )
    by_pull: dict[str, Any] = {"landing": "pull-request", "merge": "human"}
    site = _repository(here, "site", **by_pull)
    _issue(site, here, "Say when we are open", "On the front page, in large letters.")


def _repository(here: World, name: str, **settings: Any) -> Repository:
    """Create a repository that has been worked on: CI has run, T3 has a project of its folder."""
    repo = here.repository(name, ci={"reruns": 0}, **settings)
    here.forge.push(repo, repo.default_branch, "Open the doors", here.owner)
    here.t3.dispatch(
        {
            "type": "project.create",
            "commandId": f"project-{name}",
            "projectId": f"project-{name}",
            "title": name,
            "workspaceRoot": here.settings["repositories"][repo.full_name]["workspace"],
            "createdAt": iso(here.clock.now()),
        }
    )
    return repo


def _issue(repo: Repository, here: World, title: str, body: str) -> Issue:
    return here.forge.open_issue(repo, title, here.owner, body=body)
