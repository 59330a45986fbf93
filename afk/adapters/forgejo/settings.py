"""Secrets and variables of a repository on Forgejo, for ``afk init``.

All of them are the owner's alone, reading included: an administrator of the repository is answered
403 "user should be the owner of the repo" (cassettes ``test_settings__not_the_owner``). A secret's
value goes over as it is; its answer is 201, or 204 where it replaced one. 11 lists variables with
empty values and shows one alone whole, so they are asked for one by one.

Not to be mixed up: a variable is created with POST (409 where it is there already) and replaced
with PUT (404 where it is not).
"""

from dataclasses import dataclass
from typing import Final

from httpx import codes
from pydantic import BaseModel, ConfigDict, TypeAdapter

from afk.adapters.forgejo.api import PAGE, ForgejoApi, repo_path
from afk.adapters.forgejo.errors import error_of
from afk.adapters.forgejo.wire import LABEL, LABELS, WireLabel
from afk.adapters.http import Answer
from afk.adapters.wire import LATER
from afk.types import Label


class _Wire(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


class _Named(_Wire):
    """A secret."""

    name: str


class _Variable(_Wire):
    """A variable."""

    data: str


class _Numbered(_Wire):
    """An issue that was just opened."""

    number: int


_NAMES: Final = TypeAdapter(tuple[_Named, ...], config=LATER)
_VARIABLE: Final = TypeAdapter(_Variable)
_NUMBERED: Final = TypeAdapter(_Numbered)


@dataclass(frozen=True, slots=True)
class ForgejoSettings:
    """Implements `afk.ports.setup.Settings`."""

    api: ForgejoApi

    def secrets(self, repo: str) -> frozenset[str]:
        """Return the names of the repository's secrets."""

        def pick(answer: Answer) -> tuple[str, ...]:
            found = self.api.value(_NAMES, answer, f"listing the secrets of {repo}", repo=repo)
            return tuple(one.name for one in found)

        path = f"{repo_path(repo)}/actions/secrets"
        return frozenset(self.api.pages(path, pick, {"limit": PAGE}))

    def set_secret(self, repo: str, name: str, value: str) -> None:
        """Create a secret, or replace it; the same again changes nothing."""
        path = f"{repo_path(repo)}/actions/secrets/{name}"
        answer = self.api.http.send("PUT", path, body={"data": value}, repeat=True)
        if answer.status not in (codes.CREATED, codes.NO_CONTENT):
            raise error_of(answer, f"setting the secret {name} of {repo}", repo=repo)

    def variable(self, repo: str, name: str) -> str | None:
        """Return what a variable says."""
        answer = self.api.http.get(f"{repo_path(repo)}/actions/variables/{name}")
        if answer.status == codes.NOT_FOUND:
            return None
        what = f"reading the variable {name} of {repo}"
        return self.api.value(_VARIABLE, answer, what, repo=repo).data

    def set_variable(self, repo: str, name: str, value: str, *, exists: bool) -> None:
        """Create a variable, or replace it."""
        path = f"{repo_path(repo)}/actions/variables/{name}"
        answer = self.api.http.send("PUT" if exists else "POST", path, body={"value": value})
        if answer.status not in (codes.CREATED, codes.NO_CONTENT):
            raise error_of(answer, f"setting the variable {name} of {repo}", repo=repo)

    def labels(self, repo: str) -> tuple[Label, ...]:
        """Return the labels of the repository itself."""

        def pick(answer: Answer) -> tuple[WireLabel, ...]:
            return self.api.value(LABELS, answer, f"reading the labels of {repo}", repo=repo)

        found = self.api.pages(f"{repo_path(repo)}/labels", pick, {"limit": PAGE})
        return tuple(Label(one.name, one.id, one.description) for one in found)

    def describe_label(self, repo: str, label: Label, text: str) -> None:
        """Replace a label's description."""
        path = f"{repo_path(repo)}/labels/{label.id}"
        answer = self.api.http.send("PATCH", path, body={"description": text}, repeat=True)
        self.api.value(LABEL, answer, f"describing the label {label.name} of {repo}", repo=repo)

    def open_issue(self, repo: str, title: str, body: str) -> int:
        """Open an issue."""
        path, what = f"{repo_path(repo)}/issues", f"opening an issue in {repo}"
        answer = self.api.http.send("POST", path, body={"title": title, "body": body})
        return self.api.value(_NUMBERED, answer, what, repo=repo).number
