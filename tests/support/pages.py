"""A visitor of the sandbox's pages without a browser: asks for pages, presses their buttons."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

import httpx

from afk.types import Forge
from afk_sandbox.agents.learner import Learner
from afk_sandbox.agents.scripted import ScriptedAgent
from afk_sandbox.faults import App
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import Repository
from afk_sandbox.forgejo.routes import forgejo_app
from afk_sandbox.github.routes import github_app
from afk_sandbox.page.app import pages
from afk_sandbox.page.desk import Desk
from afk_sandbox.page.guard import guarded
from afk_sandbox.t3.model import Host, T3Model, Token
from afk_sandbox.working_copies import WorkingCopies
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, T3S, Clock

BASE: Final = "http://127.0.0.1:4780"


@dataclass(frozen=True)
class Visitor:
    """Somebody in front of an application, at an address."""

    app: App
    base: str = BASE

    def ask(
        self, method: str, path: str, content: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send one request; redirections are not followed."""

        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url=self.base, trust_env=False
            ) as client:
                return await client.request(method, path, content=content, headers=headers)

        return asyncio.run(sent())

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a page."""
        return self.ask("GET", path, headers=headers)

    def submit(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send a form as a browser would."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.ask(
            "POST", path, str(httpx.QueryParams(fields)).encode(), {**kind, **(headers or {})}
        )

    def press(self, path: str, act: str, **fields: str) -> httpx.Response:
        """Press a button of a page, with the secret that stands in it."""
        return self.submit(path, {"secret": secret(self.get(path).text), "act": act, **fields})


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "input":
            self.found[names.get("name") or ""] = names.get("value") or ""


def secret(page: str) -> str:
    """Return the secret of a page's forms."""
    return fields(page)["secret"]


def fields(page: str) -> Mapping[str, str]:
    """Return a page's input fields."""
    parser = _Fields()
    parser.feed(page)
    return parser.found


@dataclass(frozen=True)
class Front:
    """A desk with one repository, and somebody in front of its pages."""

    desk: Desk
    repo: Repository
    clock: Clock
    visitor: Visitor


def front(kind: Forge) -> Front:
    """Return the pages of a forge of this kind, on a clock that a test moves."""
    clock = Clock()
    forge = ForgeModel(clock.now)
    you, bot = forge.add_account("you"), forge.add_account("afk-bot")
    stranger, agent = forge.add_account("stranger"), forge.add_account("agent")
    scripted = ScriptedAgent(WorkingCopies(forge), actor=agent.login)
    t3 = T3Model(
        version=T3S[kind],  # type: ignore[arg-type]  # one of the literals
        now=clock.now,
        agent=Learner(scripted, 3),
        tokens={"token": Token()},
        host=Host({"/srv/shop": True}),
    )
    repo = forge.add_repository(you, "shop")
    for label in (READY, IN_PROGRESS, HUMAN):
        forge.define_label(repo, label)
    for account in (bot, agent):
        forge.set_access(repo, account, "write")
    forge.push(repo, "main", "begin\n\nCI: none", you)
    build = forgejo_app if kind is Forge.FORGEJO else github_app
    desk = Desk(kind=kind, forge=forge, t3=t3, you=you, stranger=stranger, afk=bot)
    return Front(desk, repo, clock, Visitor(guarded(pages(desk, behind=build(forge)))))
