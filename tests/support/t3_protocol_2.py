"""A T3 Code server of orchestration protocol 2, as it was recorded, in the sandbox's place."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx
from support.poll_rig import Between

from afk_sandbox.world import World

_RECORDINGS: Final = Path(__file__).parents[1] / "recordings" / "t3" / "v2-0.0.33"
_SERVER: Final = (
    "01-well-known",
    "05-v1-dispatch-gone",
    "05-v1-snapshot-gone",
    "06-thread-not-found",
)


def recorded(name: str) -> dict[str, Any]:
    """Return a recorded exchange."""
    found: dict[str, Any] = json.loads((_RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def protocol_2(here: World, shell: str, descriptor: Mapping[str, Any] | None = None) -> Between:
    """Return connections on which T3 is one of protocol 2, with this shell.

    ``descriptor`` is what its descriptor says beyond the recorded one. A request that was never
    recorded fails the test.
    """
    exchanges = [recorded(name) for name in (*_SERVER, shell)]
    known = {(one["request"]["method"], one["request"]["path"]): one for one in exchanges}
    address = httpx.URL(here.settings["t3"]["url"]).netloc

    def answer(request: httpx.Request) -> httpx.Response | None:
        if request.url.netloc != address:
            return None
        response = known[request.method, request.url.path]["response"]
        body = response["body"]
        if isinstance(body, dict):
            told = descriptor if "environmentId" in body else None
            return httpx.Response(response["status"], json={**body, **(told or {})})
        return httpx.Response(response["status"], text=body)

    return Between(answer)
