"""Labels on Forgejo: creating those that are missing, putting them on, taking them off.

Names are case-sensitive, one name may stand for several labels of a repository, and an
organisation's labels work in its repositories (``forgejo/14.0.0/054-label-create-duplicate``,
``056-labels-list``, ``057-org-labels-list``).

* Add by name: unknown names are ignored with 200 (``049-labels-add-unknown-name``), so the list
  in the answer is checked. A name that two labels have adds both (``055-...-duplicate-name``).
* Remove by id, which 11 and 14 both take; 11 answers 422 to a name
  (``041-label-remove-by-id``, ``forgejo/11.0.15/040-label-remove-by-name``). In 14 a label
  *named* like that number wins (``052-label-delete-numeric-name``): a label called "6" can keep
  the one with id 6 on an issue, and the next read shows it still on. One that is off already is
  204; a label that was deleted from the repository 422 (cassettes
  ``test_label__taken_away_meanwhile``); 404 is an issue that is gone, as everywhere.
* Names in an answer to the GitHub media type still show a removed label
  (``044-label-remove-accept-github``): that type is never asked for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from httpx import codes

from afk.adapters.forgejo import exclusive
from afk.adapters.forgejo.api import PAGE, ForgejoApi, issue_path, repo_path
from afk.adapters.forgejo.errors import error_of
from afk.adapters.forgejo.wire import LABEL, LABELS, WireIssue, WireLabel
from afk.adapters.http import Answer
from afk.config import Config
from afk.errors import Refused
from afk.types import Issue, Label

_PLAIN: Final = ("#ededed", "")


@dataclass(slots=True)
class Labels:
    """Labels through one token.

    Remembers for one tick which names a repository has, each with a label's id, and the ids of
    the labels that issues had when they were read.
    """

    api: ForgejoApi
    config: Config
    _known: dict[str, dict[str, int]] = field(default_factory=dict)
    _on: dict[tuple[int, int], tuple[WireLabel, ...]] = field(default_factory=dict)

    def saw(self, item: WireIssue) -> None:
        """Remember which labels an issue has: a name is not enough to take one off."""
        self._on[item.repository.id, item.number] = item.labels or ()

    def ensure(self, repo: str, names: Sequence[str]) -> None:
        """Create those names that neither the repository nor its organisation has.

        Raises `UserMustFix` where afk's labels cannot stand on an issue together.
        """
        known = self._known.setdefault(repo, {})
        if known.keys() >= set(names):
            return
        there = self._of_repository(repo)
        if not {label.name for label in there} >= set(names):
            there += self._of_organisation(repo.split("/", maxsplit=1)[0])
        exclusive.check(repo, there, self.config)
        known.update((label.name, label.id) for label in there)
        for name in dict.fromkeys(names):
            if name not in known:
                known[name] = self._create(repo, name)

    def names(self, repo: str) -> Sequence[str]:
        """Return the names of all labels that issues there can have, its organisation's too."""
        there = self._of_repository(repo) + self._of_organisation(repo.split("/", maxsplit=1)[0])
        return tuple(dict.fromkeys(label.name for label in there))

    def change(self, issue: Issue, add: Collection[str], remove: Collection[str]) -> None:
        """Add, then remove, what is not as wanted by the issue as read.

        Raises `Refused` when an added label is not in the answer.
        """
        path = f"{issue_path(issue.key)}/labels"
        missing = [name for name in dict.fromkeys(add) if not issue.has_label(name)]
        on = self._on.get((issue.repo.id, issue.number), ())
        if any(exclusive.may_clash(name, on, self.config) for name in missing):
            exclusive.check(issue.repo.name, self._of_repository(issue.repo.name), self.config)
        if missing:
            what = f"labelling {issue.key}"
            answer = self.api.http.send("POST", path, body={"labels": missing}, repeat=True)
            stands = self.api.value(LABELS, answer, what, repo=issue.repo.name)
            absent = set(missing).difference(label.name for label in stands)
            if absent:
                raise Refused(
                    f"{what} failed: Forgejo did not put {', '.join(sorted(absent))} on",
                    status=answer.status,
                    body="neither the repository nor its organisation has a label of that name",
                    next_step="look whether the label exists in the repository, exactly so spelt",
                )
        gone = {label.name for label in issue.labels if label.name in remove}
        for label in self._on[issue.repo.id, issue.number] if gone else ():
            if label.name in gone:
                self._remove(issue, f"{path}/{label.id}", label.name)

    def may_change(self, issue: Issue, name: str) -> None:
        """Take off what is not on: 204 and no event for whoever may, 403 for whoever may not.

        ``forgejo/14.0.0/041-label-remove-by-id``, ``051-labels-add-without-write``; that a token
        may comment says nothing, anybody may. `ensure` came before, and knows the label.
        """
        if not issue.has_label(name):
            known = self._known[issue.repo.name][name]
            self._remove(issue, f"{issue_path(issue.key)}/labels/{known}", name)

    def describe(self, issue: Issue, label: Label, description: str) -> None:
        """Replace a label's description; ``PATCH .../labels/{id}`` answers the whole label."""
        path = f"{repo_path(issue.repo.name)}/labels/{label.id}"
        what = f"vouching for the label {label.name} of {issue.repo.name}"
        answer = self.api.http.send("PATCH", path, body={"description": description}, repeat=True)
        now = self.api.value(LABEL, answer, what, repo=issue.repo.name)
        if now.description != description:
            raise Refused(f"{what} failed: it says something else", status=answer.status)

    def _remove(self, issue: Issue, path: str, name: str) -> None:
        answer = self.api.http.send("DELETE", path, repeat=True)
        if answer.status == codes.UNPROCESSABLE_ENTITY:
            return  # the repository has no such label any more
        if answer.status != codes.NO_CONTENT:  # a login page's 200 would leave the label on
            raise error_of(answer, f"taking {name} off {issue.key}", repo=issue.repo.name)

    def _of_repository(self, repo: str) -> tuple[WireLabel, ...]:
        def pick(answer: Answer) -> tuple[WireLabel, ...]:
            return self.api.value(LABELS, answer, f"reading the labels of {repo}", repo=repo)

        return self.api.pages(f"{repo_path(repo)}/labels", pick, {"limit": PAGE})

    def _of_organisation(self, owner: str) -> tuple[WireLabel, ...]:
        """Return an organisation's labels; none for a user, or without read:organization."""

        def pick(answer: Answer) -> tuple[WireLabel, ...]:
            if answer.status in (codes.FORBIDDEN, codes.NOT_FOUND):
                return ()
            return self.api.value(LABELS, answer, f"reading the labels of {owner}")

        return self.api.pages(f"/orgs/{owner}/labels", pick)

    def _create(self, repo: str, name: str) -> int:
        looks = {
            self.config.ready_label: ("#0e8a16", "An agent may work on this issue as it stands"),
            self.config.in_progress_label: ("#fbca04", "An agent is working on this issue"),
            self.config.human_label: ("#d93f0b", "An agent stopped here: a person decides"),
            self.config.tracked_label: ("#c5def5", "afk follows this issue and takes this off"),
        }
        colour, description = looks.get(name, _PLAIN)
        body = {"name": name, "color": colour, "description": description}
        answer = self.api.http.send("POST", f"{repo_path(repo)}/labels", body=body)
        return self.api.value(LABEL, answer, f"creating the label {name} in {repo}", repo=repo).id
