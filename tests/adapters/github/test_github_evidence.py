"""Failed jobs of a commit: which run again, and what a refusal means."""

from typing import Any

import httpx
import pytest
from support.github import REPO, Hub, api, recorded, reply
from support.github_shop import Shop

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.evidence import GitHubEvidence
from afk.adapters.http import Http
from afk.config import CIConfig, Config, RepositoryConfig
from afk.errors import RateLimited, ServerFault
from afk.model.ci import Check, CheckState
from afk_sandbox.github.routes import github_app
from afk_sandbox.serving import serve

SHA = "a" * 40
RUNS = f"GET /repos/{REPO}/actions/runs?head_sha={SHA}&per_page=100"
BLOB = "https://productionresultssa0.blob.core.windows.net/logs/5?sig=secret-key"
CHECK = Check(
    "test", CheckState.FAILURE, "ci", f"https://recorded.test/{REPO}/actions/runs/3/job/44"
)
LOGS = f"GET /repos/{REPO}/actions/jobs/44/logs"


def evidence(hub: httpx.BaseTransport, *ignored: str) -> GitHubEvidence:
    settings = RepositoryConfig(workspace="/w", ci=CIConfig(ignore=ignored)) if ignored else None
    config = Config(repositories={REPO: settings} if settings else {})
    return GitHubEvidence(api=api(hub), config=config)


def run(number: int, **changes: Any) -> dict[str, Any]:
    fields = {
        "id": number,
        "name": "ci",
        "workflow_id": 1,
        "run_number": number,
        "event": "pull_request",
        "status": "completed",
        "conclusion": "failure",
    }
    return {**fields, **changes}


def listed(*runs: dict[str, Any]) -> dict[str, httpx.Response]:
    return {RUNS: reply({"total_count": len(runs), "workflow_runs": list(runs)})}


def again(number: int) -> str:
    return f"POST /repos/{REPO}/actions/runs/{number}/rerun-failed-jobs"


# Run again


def test_rerun__failed_runs_of_the_push__run_again_and_no_other() -> None:
    """Not what hangs on the commit by chance, is green, was cancelled, or has not ended."""
    hub = Hub(
        rest={
            **listed(
                run(1),
                run(2, workflow_id=2, conclusion="timed_out", event="push"),
                run(3, workflow_id=3, conclusion="success"),
                run(4, workflow_id=4, conclusion="cancelled"),
                run(5, workflow_id=5, event="schedule"),
                run(6, workflow_id=6, event="workflow_run"),
                run(7, workflow_id=7, status="in_progress", conclusion=None),
                run(8, workflow_id=8, name="afk"),
            ),
            again(1): reply({}, 201),
            again(2): reply({}, 201),
        }
    )
    assert evidence(hub, "afk").rerun_failed(REPO, SHA) is True
    assert hub.asked == [RUNS, again(1), again(2)]


def test_rerun__two_runs_of_one_workflow__only_the_newest_counts() -> None:
    hub = Hub(rest=listed(run(1), run(2, conclusion="success")))
    assert evidence(hub).rerun_failed(REPO, SHA) is False
    assert hub.asked == [RUNS]


def test_rerun__recorded_runs__have_nothing_to_run_again() -> None:
    hub = Hub(rest={RUNS: recorded("087-workflow-runs-by-head-sha")})
    assert evidence(hub).rerun_failed(REPO, SHA) is False


@pytest.mark.parametrize(
    "text",
    [
        "The workflow run containing this job is already running",
        "This workflow is already running",
        "Unable to retry this workflow run because it was created over a month ago",
        "Resource not accessible by integration",
    ],
)
def test_rerun__not_now_or_never__starts_nothing(text: str) -> None:
    hub = Hub(rest={**listed(run(1)), again(1): reply({"message": text}, 403)})
    assert evidence(hub).rerun_failed(REPO, SHA) is False


def test_rerun__token_that_may_not_even_look__starts_nothing() -> None:
    hub = Hub(rest={RUNS: reply({"message": "Resource not accessible by integration"}, 403)})
    assert evidence(hub).rerun_failed(REPO, SHA) is False


def test_rerun__rate_limit__is_none_of_the_refusals() -> None:
    hub = Hub(rest={**listed(run(1)), again(1): recorded("116-limit-secondary-403-retry-after")})
    with pytest.raises(RateLimited):
        evidence(hub).rerun_failed(REPO, SHA)


def test_rerun__outage__is_raised() -> None:
    hub = Hub(rest={**listed(run(1)), again(1): recorded("131-html-503")})
    with pytest.raises(ServerFault):
        evidence(hub).rerun_failed(REPO, SHA)


# The sandbox


def test_sandbox__log_and_rerun__as_afk_asks_for_them() -> None:
    shop = Shop()
    with serve(github_app(shop.forge)) as url, httpx.Client() as client:
        token = shop.forge.token_for(shop.ann)
        http = Http(
            client=client,
            base_url=f"{url}/api/v3",
            name="GitHub",
            authorize=lambda: {"authorization": f"token {token}"},
            sleep=lambda _: None,
        )
        asked = GitHubEvidence(
            api=GitHubApi(http=http, graphql_url=f"{url}/api/graphql"), config=Config()
        )
        run_id = shop.forge.repositories[0].runs[0].id
        page = f"{url}/acme/shop/actions/runs/{run_id}/job/{shop.job}"
        check = Check("test", CheckState.FAILURE, "ci", page)
        log = asked.log_tail("acme/shop", check, 500)
        started = asked.rerun_failed("acme/shop", shop.first)
    assert log.splitlines()[-1] == "##[error]Process completed with exit code 1."
    assert "Z " not in log
    assert started is True
    assert any(one.attempt == 2 for one in shop.forge.repositories[0].runs)
