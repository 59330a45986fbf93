"""What wakes the loop beside clock, label and hand: comments that begin with our word, CI's end."""

from pathlib import Path

import pytest
from support.workflow_files import FORGEJO, GITHUB, load, short, steps

each_loop = pytest.mark.parametrize("path", [GITHUB / "afk.yml", FORGEJO / "afk.yml"], ids=short)


@each_loop
def test_loop__comment__wakes_it_only_on_an_issue_and_where_it_begins_with_our_word(
    path: Path,
) -> None:
    """Of what was said only its beginning is looked at, and nothing of it reaches the job.

    Who said it is no expression's business: `author_association` shows a member whose membership is
    private like anybody, so afk asks the forge itself. Any other comment stands in nobody's way.
    """
    workflow = load(path)

    said = "startsWith(github.event.comment.body, '/afk')"
    here = f"(!github.event.issue.pull_request && {said})"
    assert f"&& (github.event_name != 'issue_comment' || {here})" in workflow["jobs"]["tick"]["if"]
    aside = f"(github.event.issue.pull_request || !{said})"
    group = workflow["concurrency"]["group"]
    assert f"${{{{ github.event_name == 'issue_comment' && {aside} && 'talk' || '' }}}}" in group
    number = "github.event_name == 'issue_comment' && github.event.issue.number || ''"
    # Of those that wait GitHub keeps the newest alone: a stranger's on another issue must not push
    # out the one tick that is told where somebody who may said something.
    assert f"${{{{ {number} }}}}" in group
    (last,) = [step for step in steps(workflow) if step.get("uses") == "./"]
    assert last["with"]["commented"] == f"${{{{ {number} }}}}"
    assert path.read_text(encoding="utf-8").count("comment.body") == 2


def test_loop__on_github__is_woken_by_the_end_of_ci_too() -> None:
    """Forgejo has no such event."""
    on = load(GITHUB / "afk.yml")["on"]

    ci = load(GITHUB / "ci.yml")["name"]
    assert on["workflow_run"] == {"workflows": [ci], "types": ["completed"]}
    assert "workflow_run" not in load(FORGEJO / "afk.yml")["on"]
