"""A forge as the plain script uses it: one request for each thing it wants to know.

GitHub's lists of issues, events, commits and checks are small GraphQL queries, one for each thing,
since the sandbox answers them in no other way; REST takes as many requests.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import httpx

GREEN: Final = "green"
RED: Final = "red"
_WORDS: Final = {"success": GREEN, "failure": RED, "error": RED}
_WRITERS: Final = {"write", "admin", "maintain"}


@dataclass(kw_only=True)
class PlainForge:
    """What Forgejo and GitHub have in common, and Forgejo's lists."""

    client: httpx.Client
    url: str
    _writers: dict[str, set[str]] = field(default_factory=dict)

    def issues(self, repo: str) -> list[dict[str, Any]]:
        """Return a repository's open issues: number, title, body, names of labels."""
        found: list[dict[str, Any]] = []
        while len(found) % 50 == 0:
            page = len(found) // 50 + 1
            more = self.ask(f"/repos/{repo}/issues?state=open&type=issues&limit=50&page={page}")
            found += more
            if not more:
                break
        return [
            {**one, "labels": [label["name"] for label in one["labels"] or ()]} for one in found
        ]

    def labelled_by(self, repo: str, number: int, label: str) -> str:
        """Return who put the label on last."""
        events = self.ask(f"/repos/{repo}/issues/{number}/timeline") or []
        put_on = [
            one["user"]["login"]
            for one in events
            if one["type"] == "label" and one["body"] == "1" and one["label"]["name"] == label
        ]
        return str(put_on[-1]) if put_on else ""

    def blocked(self, repo: str, number: int) -> bool:
        """Say whether an open issue blocks it."""
        found = self.ask(f"/repos/{repo}/issues/{number}/dependencies") or []
        return any(one["state"] != "closed" for one in found)

    def commit_with(self, repo: str, text: str) -> str:
        """Return the newest commit of the branch whose message has the text; "" for none."""
        found = self.ask(f"/repos/{repo}/commits?sha=main&limit=30")
        return next((one["sha"] for one in found if text in one["commit"]["message"]), "")

    def verdict(self, repo: str, sha: str) -> str:
        """Return `GREEN`, `RED`, or "" while CI has not spoken."""
        return _WORDS.get(self.ask(f"/repos/{repo}/commits/{sha}/status")["state"], "")

    def comments(self, repo: str, number: int) -> list[dict[str, Any]]:
        """Return an issue's comments: id and body."""
        found: list[dict[str, Any]] = self.ask(f"/repos/{repo}/issues/{number}/comments") or []
        return found

    def may_write(self, repo: str, login: str) -> bool:
        """Say whether somebody may push; asked once for each repository.

        Who may push may be assigned; the rights themselves are shown to the owner alone.
        """
        if repo not in self._writers:
            self._writers[repo] = {one["login"] for one in self.ask(f"/repos/{repo}/assignees")}
        return login in self._writers[repo]

    def comment(self, repo: str, number: int, body: str) -> None:
        """Write a comment."""
        self.ask(f"/repos/{repo}/issues/{number}/comments", "POST", {"body": body})

    def edit(self, repo: str, comment: int, body: str) -> None:
        """Write a comment anew."""
        self.ask(f"/repos/{repo}/issues/comments/{comment}", "PATCH", {"body": body})

    def label(self, repo: str, number: int, name: str) -> None:
        """Put a label on."""
        self.ask(f"/repos/{repo}/issues/{number}/labels", "POST", {"labels": [name]})

    def unlabel(self, repo: str, number: int, name: str) -> None:
        """Take a label off."""
        self.ask(f"/repos/{repo}/issues/{number}/labels/{name}", "DELETE")

    def close(self, repo: str, number: int) -> None:
        """Close an issue."""
        self.ask(f"/repos/{repo}/issues/{number}", "PATCH", {"state": "closed"})

    def ask(self, path: str, method: str = "GET", body: dict[str, Any] | None = None) -> Any:
        """Send one request and return what it was answered with."""
        answer = self.client.request(method, self.url + path, json=body).raise_for_status()
        return answer.json() if answer.content else None


class PlainGitHub(PlainForge):
    """GitHub's lists."""

    def issues(self, repo: str) -> list[dict[str, Any]]:
        """Return a repository's open issues."""
        found: list[dict[str, Any]] = []
        after = "null"
        while after:
            fields = "nodes{number title body labels(first:10){nodes{name}}}"
            page = f"issues(first:100,states:[OPEN],after:{after}){{{fields}pageInfo{{endCursor}}}}"
            shown = self._query(repo, page)["issues"]
            found += shown["nodes"]
            more = len(shown["nodes"]) == 100  # noqa: PLR2004  a page
            after = f'"{shown["pageInfo"]["endCursor"]}"' if more else ""
        return [
            {**one, "labels": [label["name"] for label in one["labels"]["nodes"]]} for one in found
        ]

    def labelled_by(self, repo: str, number: int, label: str) -> str:
        """Return who put the label on last."""
        events = "timelineItems(last:50,itemTypes:[LABELED_EVENT])"
        fields = "nodes{...on LabeledEvent{actor{login} label{name}}}"
        shown = self._query(repo, f"issue(number:{number}){{{events}{{{fields}}}}}")
        put_on = [
            one["actor"]["login"]
            for one in shown["issue"]["timelineItems"]["nodes"]
            if one["label"]["name"] == label
        ]
        return str(put_on[-1]) if put_on else ""

    def blocked(self, repo: str, number: int) -> bool:
        """Say whether an open issue blocks it."""
        found = self.ask(f"/repos/{repo}/issues/{number}/dependencies/blocked_by")
        return any(one["state"] != "closed" for one in found)

    def may_write(self, repo: str, login: str) -> bool:
        """Say whether somebody may push; asked once for each person and repository."""
        known = self._writers.setdefault(f"{repo} {login}", set())
        if not known:
            found = self.ask(f"/repos/{repo}/collaborators/{login}/permission")
            known.add(found["permission"])
        return bool(known & _WRITERS)

    def commit_with(self, repo: str, text: str) -> str:
        """Return the newest commit of the branch whose message has the text."""
        history = "target{...on Commit{history(first:30){nodes{oid message}}}}"
        shown = self._query(repo, f'ref(qualifiedName:"refs/heads/main"){{{history}}}')
        nodes = shown["ref"]["target"]["history"]["nodes"]
        return next((one["oid"] for one in nodes if text in one["message"]), "")

    def verdict(self, repo: str, sha: str) -> str:
        """Return what CI says."""
        commit = "...on Commit{statusCheckRollup{state}}"
        shown = self._query(repo, f'object(oid:"{sha}"){{{commit}}}')
        rollup = shown["object"]["statusCheckRollup"]
        return _WORDS.get(rollup["state"].lower(), "") if rollup else ""

    def _query(self, repo: str, fields: str) -> Any:
        owner, name = repo.split("/")
        query = f'{{repository(owner:"{owner}",name:"{name}"){{{fields}}}}}'
        address = self.url.removesuffix("/v3") + "/graphql"
        answer = self.client.post(address, json={"query": query}).raise_for_status().json()
        if "errors" in answer:
            raise SystemExit(f"{query}: {answer['errors']}")
        return answer["data"]["repository"]
