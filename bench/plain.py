"""The same work in an afternoon's script: a loop over repositories and issues, nothing at once.

It reads what a decision needs and no more: every repository's open issues; of a run its comment,
its commit and what CI says; of a waiting issue who labelled it and what was said; T3's threads
once. It starts, corrects and closes for real. What it leaves out makes it quicker than a script
that people could trust: nobody's text is pinned, no write is read back, two of it at once would
start everything twice, any failure ends it, and nothing is told but "working on it".
"""

import json
import os
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from bench.plain_forge import GREEN, RED, PlainForge, PlainGitHub
from bench.plain_t3 import PlainT3

READY: Final = "ready-for-agent"
BUSY: Final = "agent-in-progress"
HUMAN: Final = "ready-for-human"
_MARK: Final = re.compile(r"<!-- plain (.*) -->")


@dataclass(frozen=True, kw_only=True)
class Plain:
    """The script with what it works on."""

    forge: PlainForge
    t3: PlainT3
    settings: Mapping[str, Any]

    def tick(self) -> None:
        """Look at everything once."""
        self.t3.read()
        at_work, waiting, taken = 0, [], set()
        for repo in self.settings["allowlist"]:
            for issue in self.forge.issues(repo):
                if BUSY in issue["labels"]:
                    at_work += 1
                    taken.add(repo)
                    self.watch(repo, issue)
                elif READY in issue["labels"]:
                    waiting.append((repo, issue))
        for repo, issue in waiting:
            room = at_work < self.settings["max_in_flight"] and repo not in taken
            if self.consider(repo, issue, room=room):
                at_work += 1
                taken.add(repo)

    def watch(self, repo: str, issue: Mapping[str, Any]) -> None:
        """See how far a run is, and close, correct or hand back what is over."""
        number, forge = issue["number"], self.forge
        found = [(one, _MARK.search(one["body"])) for one in forge.comments(repo, number)]
        comment, mark = next((one, mark) for one, mark in found if mark)
        run = json.loads(mark[1])
        sha = forge.commit_with(repo, run["id"])
        verdict = forge.verdict(repo, sha) if sha else ""
        if self.t3.at_work(run["thread"]) or (sha and not verdict):
            return
        if verdict == RED and run["tries"] < 5 and sha != run["red"]:  # noqa: PLR2004  afk's bound
            self.t3.say(run["thread"], f"CI is red on {sha}. Find out why, correct it, push again.")
            run |= {"tries": run["tries"] + 1, "red": sha}
            forge.edit(repo, comment["id"], _said(run, f"Fixing CI, try {run['tries']}"))
            return
        if verdict == GREEN:
            forge.close(repo, number)
        else:
            forge.label(repo, number, HUMAN)
        forge.edit(repo, comment["id"], _said(run, "Done" if verdict == GREEN else "Over to you"))
        forge.unlabel(repo, number, READY)
        forge.unlabel(repo, number, BUSY)

    def consider(self, repo: str, issue: Mapping[str, Any], *, room: bool) -> bool:
        """Start an issue that may start; say whether it was started."""
        number, forge = issue["number"], self.forge
        who = forge.labelled_by(repo, number, READY)
        forge.comments(repo, number)  # whether a person asked to wait
        if not room or not forge.may_write(repo, who) or forge.blocked(repo, number):
            return False
        workspace = self.settings["repositories"][repo]["workspace"]
        thread = self.t3.new_thread(workspace, f"{repo}#{number}")
        run = {"id": str(uuid.uuid4()), "thread": thread, "tries": 0, "red": ""}
        forge.comment(repo, number, _said(run, "Working on it"))
        lines = f"AFK-Run: {run['id']}\nBranch: main\nRepository: {repo}\nIssue: #{number}"
        self.t3.say(thread, f"{lines}\n\n{issue['title']}\n\n{issue['body']}")
        forge.label(repo, number, BUSY)
        return True


def _said(run: Mapping[str, Any], text: str) -> str:
    return f"<!-- plain {json.dumps(run)} -->\n{text}"


def tick(settings: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """Look once, as a process with these settings and variables."""
    url, t3 = settings["forge_url"], settings["t3"]
    token = {"authorization": f"token {environ['AFK_TOKEN']}"}
    bearer = {"authorization": f"Bearer {environ['AFK_T3_TOKEN']}"}
    # One connection is kept to each; nothing here is on the way through a proxy.
    with (
        httpx.Client(headers=token, trust_env=False, timeout=20) as forge_client,
        httpx.Client(headers=bearer, trust_env=False, timeout=20) as t3_client,
    ):
        kind = PlainGitHub if url.endswith("/api/v3") else PlainForge
        agent = PlainT3(
            client=t3_client,
            url=t3["url"],
            protocol=int(environ["PLAIN_PROTOCOL"]),
            model=t3["model"],
        )
        forge = kind(client=forge_client, url=url)
        Plain(forge=forge, t3=agent, settings=settings).tick()
        agent.close()


if __name__ == "__main__":
    tick(json.loads(os.environ["AFK_CONFIG"]), os.environ)
