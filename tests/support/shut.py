"""One owner of two that refuses to be read, as GitHub or a proxy in front of Forgejo would."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from support.poll_rig import BODY
from support.straight import Sockets, Straight

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

IP_LIST = (
    "Although you appear to have the correct authorization credentials, the `vault` organization "
    "has an IP allow list enabled, and 192.0.2.7 is not permitted to access this resource."
)
SAML = "Resource protected by organization SAML enforcement. You must grant your token access."


class Shut(Sockets):
    """Real connections, but one owner's repositories are answered for by somebody else."""

    def __init__(
        self, owner: str, status: int = 403, message: str = IP_LIST, *, after: int = 0
    ) -> None:
        """``after``: how many GraphQL queries are let through first."""
        self._inner = Straight()
        self._owner, self._status, self._message = owner, status, message
        self._open = after

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        url = request.url
        if f"owner={self._owner}&" in f"{url.query.decode()}&" or f"/{self._owner}/" in url.path:
            return httpx.Response(self._status, json={"message": self._message})
        answer = self._inner.handle_request(request)
        if not url.path.endswith("/graphql"):
            return answer
        self._open -= 1
        return answer if self._open >= 0 else self._without(answer)

    def _without(self, answer: httpx.Response) -> httpx.Response:
        """Return a GraphQL answer with FORBIDDEN in place of what is the owner's."""
        body: dict[str, Any] = json.loads(answer.read())
        data = body.get("data") or {}
        for alias, value in data.items():
            if value and (self._owner == "*" or f'"{self._owner}/' in json.dumps(value)):
                data[alias] = None
                problem = {"type": "FORBIDDEN", "path": [alias], "message": self._message}
                body.setdefault("errors", []).append(problem)
        return httpx.Response(answer.status_code, json=body)

    def close(self) -> None:
        self._inner.close()


@contextmanager
def two_owners(kind: Forge) -> Iterator[tuple[World, Issue, Issue]]:
    """A ready issue in a repository of each of two owners; the second owner is ``vault``."""
    with world(kind) as here:
        calm = here.issue(here.repository("shop"), "Add it", BODY)
        owner, here.owner = here.owner, here.forge.add_account("vault")
        shut = here.issue(here.repository("safe"), "Add it", BODY)
        here.owner = owner
        here.clock.sleep(60)
        yield here, calm, shut
