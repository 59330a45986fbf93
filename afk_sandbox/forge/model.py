r"""One small forge in memory, whole: what the Forgejo and the GitHub view both show.

It is built from layers, each in a module of its own: `accounts` (who and whose), `history`
(what acts leave behind), `issues`, `commits` (pushes, statuses), `ci` (how CI goes), `planning`
and `reruns`, `branching` (merges and rebases of commits), `pulls`, `following`, `reviews`,
`protection`, `merging`, `merge_queue`, `scheduling`. A scenario uses the same methods that the
views' handlers use::

    forge = ForgeModel(now)
    owner = forge.add_account("owner")
    repo = forge.add_repository(owner, "shop")
    forge.define_label(repo, "ready-for-agent")
    issue = forge.open_issue(repo, "broken", owner, labels=["ready-for-agent"])
    sha = forge.push(repo, "main", "repair it, closes #1\n\nCI: red", owner)
    forge.push(repo, "side", "touch a line", owner, changes=[Change("app.py", 3, "new")])
    pull = forge.open_pull(repo, owner, "side", title="Side")
    forge.merge(pull, owner, Wish(method=Method.SQUASH, head=pull.head_sha))

Ids count from 1 in order of creation and shas depend on nothing but what was done, so the same
scenario under the same clock gives the same forge. Not safe for use from several threads: the
server's event loop is one thread, and a scenario acts between requests.
"""

from afk_sandbox.forge.scheduling import Scheduling


class ForgeModel(Scheduling):
    """A forge: accounts, repositories, issues, commits, CI, pull requests; see the example."""
