"""Forgejo's pull requests in tests, on the recorded answers below ``forgejo/pulls-16``."""

from typing import Any

import httpx
from support.cassettes import HOST
from support.forgejo import API, Reply, body_of, exchange, http, question, recorded

from afk.adapters.forgejo import pull_mapping
from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.evidence import ForgejoEvidence
from afk.adapters.forgejo.pull_wire import PULL
from afk.adapters.forgejo.pulls import ForgejoPulls
from afk.model.pull import Pull

PULLS_16 = "pulls-16"


def pulls(transport: httpx.BaseTransport, *, max_body: int = 8 * 1024 * 1024) -> ForgejoPulls:
    """Return the port on ``http://recorded.test``."""
    return ForgejoPulls(api=ForgejoApi(http(transport, max_body=max_body)), web=HOST + "/")


def evidence(transport: httpx.BaseTransport) -> ForgejoEvidence:
    """Return what is kept of failed CI on ``http://recorded.test``."""
    return ForgejoEvidence(ForgejoApi(http(transport)), HOST)


def told(name: str) -> Reply:
    """Return a recorded answer."""
    return recorded(PULLS_16, name)


def body(name: str) -> Any:
    """Return what a recorded answer says."""
    return body_of(PULLS_16, name)


def sent(name: str) -> Any:
    """Return what was sent for a recorded answer."""
    return exchange(PULLS_16, name)["request"]["body"]


def pull_of(name: str, **changes: Any) -> Pull:
    """Return a recorded pull, its reviews not read."""
    given = {**body(name), **changes}
    return pull_mapping.pull(PULL.validate_python(given), repo=given["base"]["repo"]["full_name"])


def repo_of(name: str) -> str:
    """Return where the repository of a recorded pull is in the API."""
    return f"{API}/repos/{body(name)['base']['repo']['full_name']}"


def path_of(name: str) -> str:
    """Return where a recorded pull is in the API."""
    return f"{repo_of(name)}/pulls/{body(name)['number']}"


def listing(repo: str, page: int = 1, **filters: str) -> str:
    """Return how a page of the list of pulls is asked for."""
    return question("GET", f"{repo}/pulls", **filters, limit=50, page=page)
