"""The recorded stories, second part: strangers, edits, permissions, comments, dependencies."""

from datetime import timedelta

from support.forgejo_stories import MAIN, at, born, done, opened, scoped
from support.forgejo_world import Step, World


def stranger_edits(w: World) -> None:
    """Do what the stranger did to the issue between the recordings."""
    issue, stranger = w.issue(11), w.who("stranger")
    w.forge.edit_title(issue, stranger, "edited by its author")
    w.forge.set_branch(issue, stranger, "x")


def readded(w: World) -> None:
    """Reopen the issue, then let the owner add the label that the stranger had set."""
    w.forge.reopen(w.issue(11), w.who("stranger"))
    before = len(w.issue(11).events)
    w.forge.add_label(w.issue(11), "ready-for-agent", w.who("owner"))
    assert len(w.issue(11).events) == before


def edited_in_the_second(w: World) -> None:
    """Label, and edit the body within the same second."""
    w.forge.ids["revision"] = 14
    born("073-issue-edited-in-label-second")(w)
    opened(18, "C same second", by="stranger", body="approved text")(w)
    born("073-issue-edited-in-label-second", "updated_at")(w)
    w.forge.add_label(w.issue(18), "ready-for-agent", w.who("owner"))
    w.forge.edit_body(w.issue(18), w.who("stranger"), "evil in the same second")


def next_comment(name: str) -> Step:
    """Make the next comment have the id that a recording's path ends with."""

    def step(w: World) -> None:
        path = w.recorded(name)["request"]["path"]
        w.forge.ids["entry"] = int(path.rpartition("/")[2]) - 1

    return step


def edited_by_writer(w: World) -> None:
    """Comment as the bot, edit it as the writer, and have some more comments."""
    w.forge.ids["entry"] = 114
    comment = w.forge.comment(w.issue(25), w.who("bot"), "bot text")
    w.forge.edit_comment(comment, w.who("writer"), "writer text")


def said(*texts: tuple[str, str], on: int = 25) -> Step:
    """Comment on an issue: (who, what), one after another."""

    def step(w: World) -> None:
        for login, text in texts:
            w.forge.comment(w.issue(on), w.who(login), text)

    return step


def blocked_by(number: int, blocker: int, repo: str = "api-main", by: str = "bot") -> Step:
    """Let an issue of the main repository wait for another."""
    return lambda w: w.forge.add_dependency(w.issue(number), w.issue(blocker, repo), w.who(by))


def hidden_references(w: World) -> None:
    """Name issue 51 three times in a stranger's private repository, between two labels."""
    stranger, owner = w.who("stranger"), w.who("owner")
    secret = w.forge.add_repository(stranger, "secret", private=True, workflows=())
    opened(51, "hidden references")(w)
    born("098-timeline-hidden-references")(w)
    w.forge.add_label(w.issue(51), "bug", owner)
    for number in range(3):
        w.forge.open_issue(secret, f"note {number}", stranger, "see owner/api-main#51")
    w.now[0] += timedelta(seconds=1)
    w.forge.add_label(w.issue(51), "ready-for-agent", owner)


def ghost(w: World) -> None:
    """Let an account act and vanish."""
    gone = w.forge.add_account("gone")
    opened(31, "ghost label")(w)
    born("121-timeline-deleted-actor")(w)
    w.forge.add_label(w.issue(31), "ready-for-agent", gone)
    w.forge.comment(w.issue(31), gone, "by ghost")
    w.forge.delete_account(gone)


STORIES: dict[str, list[Step]] = {
    "a stranger's web form": [
        born("015-list-ready"),
        opened(1, "only ready", labels=("ready-for-agent",)),
        opened(2, "ready and bug", labels=("bug", "ready-for-agent")),
        born("053-issue-create-reader-with-labels"),
        opened(10, "writer create with labels", by="writer", labels=("ready-for-agent",), body=""),
        "063-seq-stranger-labels-by-web-form",
        "064-issue-body-edit-by-author",
        "065-backdate-by-author-refused",
        stranger_edits,
        "066-close-by-author",
        "067-close-by-reader-refused",
        readded,
        "060-timeline-owner-readds-strangers-label",
        "069-content-history-overview-anonymous",
        "070-content-history-list-anonymous",
    ],
    "a template's label": [
        lambda w: setattr(w.repo(), "next_number", 13),
        born("068-timeline-template-label-by-stranger"),
        lambda w: w.forge.web_form_issue(w.repo(), w.who("stranger"), ["ready-for-agent"]),
        "068-timeline-template-label-by-stranger",
    ],
    "history of a private repository": [
        opened(2, "private", repo="api-priv"),
        "071-content-history-private-token",
    ],
    "edits after the approval": [
        born("072-seq-label-then-edit-body#1"),
        opened(16, "B edit later", by="stranger", body="approved text"),
        "072-seq-label-then-edit-body",
        edited_in_the_second,
        "073-issue-edited-in-label-second",
        "074-content-history-edited-in-label-second",
        "077-content-history-soft-delete-by-author",
        "078-content-history-list-after-soft-delete",
        born("075-backdate-by-repo-admin"),
        opened(21, "F backdate", by="stranger", body="approved text"),
        lambda w: w.forge.add_label(w.issue(21), "ready-for-agent", w.who("owner")),
        "075-backdate-by-repo-admin",
        opened(22, "F2 label backdated", by="stranger", body="approved text"),
        "076-label-backdated-by-owner",
    ],
    "permissions": [
        "079-permission-owner-asks-writer",
        "080-permission-owner-asks-stranger",
        "081-permission-owner-asks-site-admin",
        "082-permission-unknown-user",
        "083-permission-repo-admin-asks-writer",
        "084-permission-writer-asks-itself",
        "085-permission-bot-asks-other",
        "086-permission-private-stranger",
        "087-permission-org-bot",
        "088-assignees-bot",
        "089-assignees-org",
        "122-permission-ghost",
    ],
    "comments": [
        born("103-issue-locked"),
        opened(25, "comments", body="b"),
        lambda w: w.forge.ids.update(entry=104),
        "090-comment-create",
        "091-comment-edit",
        "092-comment-edit-by-other-writer",
        lambda w: w.forge.edit_comment(w.issue(25).comments[0], w.who("bot"), "same"),
        said(("stranger", "a stranger comments"), ("reader", "c0"), ("reader", "c1")),
        said(("reader", "c2")),
        "093-comments-list",
        "094-comments-list-paging-ignored",
        at("04:09:04"),
        lambda w: w.forge.edit_comment(w.issue(25).comments[0], w.who("bot"), "edited late"),
        "095-comments-since",
        "097-comment-100k",
        "100-comment-unicode",
        "101-comment-delete",
        edited_by_writer,
        "102-content-history-of-comment",
        born("103-issue-locked", "updated_at"),
        said(("owner", "last")),
        lambda w: w.forge.lock(w.issue(25), w.who("owner")),
        "103-issue-locked",
        "104-comment-locked-writer",
    ],
    "hidden references": [
        hidden_references,
        "098-timeline-hidden-references",
        "099-timeline-null-page-in-the-middle",
    ],
    "closing and dependencies": [
        born("105-close"),
        opened(26, "close me"),
        opened(27, "blocker"),
        opened(1, "cross blocker", repo="api-dep"),
        opened(3, "private blocker", repo="api-priv"),
        "105-close",
        done("PATCH", f"{MAIN}/issues/26", {"state": "open"}, by="bot"),
        "106-timeline-close-reopen",
        done("PATCH", f"{MAIN}/issues/26", {"state": "closed"}, by="bot"),
        done("PATCH", f"{MAIN}/issues/26", {"state": "open"}, by="bot"),
        "107-dependencies-empty",
        "108-dependency-add",
        "109-dependency-add-again",
        blocked_by(26, 26),
        blocked_by(26, 1, "api-dep"),
        blocked_by(26, 3, "api-priv", by="owner"),
        "110-dependencies",
        "113-timeline-dependencies",
        "114-timeline-blocker",
        "115-close-with-open-blockers",
        born("116-dependency-remove", "updated_at"),
        lambda w: w.forge.remove_dependency(w.issue(26), w.issue(26), w.who("bot")),
        "116-dependency-remove",
        lambda w: w.forge.close(w.issue(1, "api-dep"), w.who("owner")),
        "111-dependencies-hidden-blocker",
        "112-dependencies-hidden-blocker-writer",
        lambda w: setattr(w.repo("api-dep"), "has_dependencies", False),
        "117-dependencies-disabled",
        born("126-dependency-self"),
        opened(34, "self"),
        "126-dependency-self",
        born("187-seq-blocked-close"),
        opened(56, "blocked"),
        opened(57, "its blocker"),
        "187-seq-blocked-close",
    ],
    "what is gone": [
        lambda w: setattr(w.repo("api-ren"), "has_issues", False),
        "118-issues-disabled",
        lambda w: setattr(w.repo("api-ren"), "has_issues", True),
        opened(29, "deleted"),
        next_comment("120-comment-of-deleted-issue"),
        said(("bot", "on a deleted issue"), on=29),
        lambda w: w.forge.delete_issue(w.issue(29)),
        "119-issue-deleted-get",
        "120-comment-of-deleted-issue",
        ghost,
        "121-timeline-deleted-actor",
        opened(1, "moved", repo="api-ren"),
        lambda w: w.forge.rename_repository(w.repo("api-ren"), "api-renamed"),
        "123-renamed-repo-issues",
        "124-renamed-repo-post",
        lambda w: w.forge.transfer_repository(w.repo("owner/api-renamed"), w.who("apiorg")),
        "125-transferred-repo-issue",
    ],
    "an archived repository": [
        born("131-archived-close"),
        opened(1, "in archived", repo="api-arch", labels=("ready-for-agent",)),
        lambda w: w.forge.push(w.repo("api-arch"), "main", "Initial commit", w.who("owner")),
        lambda w: w.forge.comment(w.issue(1, "api-arch"), w.who("bot"), "before"),
        lambda w: w.forge.archive(w.repo("api-arch")),
        "129-archived-comment",
        "130-archived-label",
        "131-archived-close",
        "132-archived-repo",
    ],
    "tokens of few scopes": [
        opened(43, "scopes"),
        scoped("read:repository"),
        "178-scope-missing-read-issue",
        "181-scope-missing-write-repository",
        scoped("read:issue"),
        "179-scope-missing-write-issue",
        scoped("write:issue"),
        "180-scope-missing-read-repository",
        "182-scope-missing-read-user",
        scoped(public_only=True),
        "183-public-only-private-repo",
    ],
}
