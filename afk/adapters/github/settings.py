"""Secrets and variables of a repository on GitHub, for ``afk init``.

Not recorded; documented at https://docs.github.com/en/rest/actions/secrets and
https://docs.github.com/en/rest/actions/variables . A secret is sealed for the repository's public
key before it is sent (https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api),
which needs libsodium: PyNaCl, the extra ``afk[init]``. A variable that is not there is 404; one is
created with POST and replaced with PATCH.

Permission: ``secrets: write`` and ``variables: write``.
"""

import base64
import importlib.util
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.wire import RestLabel, parse
from afk.errors import ConfigError, NotFound
from afk.types import Label


class _Wire(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


class _Named(_Wire):
    """A secret, ``actions-secret`` in GitHub's description."""

    name: str


class _Secrets(_Wire):
    """A page of secrets."""

    secrets: tuple[_Named, ...]


class _PublicKey(_Wire):
    """What a repository's secrets are sealed for, ``actions-public-key``."""

    key_id: str
    key: str


class _Variable(_Wire):
    """A variable, ``actions-variable``."""

    value: str


class _Numbered(_Wire):
    """An issue that was just opened."""

    number: int


@dataclass(frozen=True, slots=True)
class GitHubSettings:
    """Implements `afk.ports.setup.Settings`."""

    api: GitHubApi

    def secrets(self, repo: str) -> frozenset[str]:
        """Return the names of the repository's secrets, up to a hundred; GitHub allows as many.

        https://docs.github.com/en/actions/reference/security/secrets : "You can store up to ...
        100 repository secrets."
        """
        _sealing()
        answer = self.api.rest("GET", "/actions/secrets", repo=repo, params={"per_page": 100})
        found = parse(_Secrets, answer.json, f"listing the secrets of {repo}")
        return frozenset(one.name for one in found.secrets)

    def set_secret(self, repo: str, name: str, value: str) -> None:
        """Create a secret, or replace it."""
        answer = self.api.rest("GET", "/actions/secrets/public-key", repo=repo)
        key = parse(_PublicKey, answer.json, f"reading the public key of {repo}")
        body = {"encrypted_value": _sealed(value, key.key), "key_id": key.key_id}
        self.api.rest("PUT", f"/actions/secrets/{name}", repo=repo, body=body)

    def variable(self, repo: str, name: str) -> str | None:
        """Return what a variable says."""
        try:
            answer = self.api.rest("GET", f"/actions/variables/{name}", repo=repo)
        except NotFound:
            return None
        return parse(_Variable, answer.json, f"reading the variable {name} of {repo}").value

    def set_variable(self, repo: str, name: str, value: str, *, exists: bool) -> None:
        """Create a variable, or replace it."""
        body = {"name": name, "value": value}
        if exists:
            self.api.rest("PATCH", f"/actions/variables/{name}", repo=repo, body=body)
        else:
            self.api.rest("POST", "/actions/variables", repo=repo, body=body)

    def labels(self, repo: str) -> tuple[Label, ...]:
        """Return the repository's labels; an event keeps the name that its label had."""
        what = f"listing the labels of {repo}"
        found = parse(tuple[RestLabel, ...], self.api.rest_list("/labels", repo=repo), what)
        return tuple(Label(one.name) for one in found)

    def describe_label(self, repo: str, label: Label, text: str) -> None:
        """Do nothing: there is nothing to vouch for."""

    def open_issue(self, repo: str, title: str, body: str) -> int:
        """Open an issue."""
        answer = self.api.rest("POST", "/issues", repo=repo, body={"title": title, "body": body})
        return parse(_Numbered, answer.json, f"opening an issue in {repo}").number


def _sealing() -> None:
    if importlib.util.find_spec("nacl") is None:
        raise ConfigError(
            "GitHub takes secrets sealed with libsodium only, and PyNaCl is not installed",
            cause="it is an extra that a tick does not need",
            next_step="install afk with its extra `init`, as docs/install.md says",
        )


def _sealed(value: str, key: str) -> str:
    """Return a secret that nobody but the repository's key can open, in base64."""
    from nacl.public import PublicKey, SealedBox  # noqa: PLC0415  an extra: see above

    box = SealedBox(PublicKey(base64.b64decode(key)))
    return base64.b64encode(box.encrypt(value.encode("utf-8", "replace"))).decode()
