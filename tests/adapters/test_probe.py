"""The prober: what a deployed service has to answer to prove which commit it runs."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from afk.adapters.ci_watcher import PROBE_BODY, HttpProbe
from afk.config import StageConfig

SHA = "a1b2" * 10
OTHER = "c3d4" * 10


def probing(handler: Callable[[httpx.Request], httpx.Response]) -> HttpProbe:
    def no_sleep(seconds: float) -> None:
        raise AssertionError(f"slept {seconds} s")

    return HttpProbe(httpx.Client(transport=httpx.MockTransport(handler)), no_sleep)


def at(probe: str, **expected: Any) -> StageConfig:
    return StageConfig(probe=probe, **expected)


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, SHA, True),
        (200, f'{{"commit": "{SHA.upper()}"}}', True),
        (204, "", False),
        (200, SHA[:12], False),
        (200, OTHER, False),
        (404, SHA, False),
        (503, SHA, False),
        (302, SHA, False),
    ],
)
def test_probe__answer__only_a_2xx_with_the_whole_sha_counts(
    *, status: int, body: str, answer: bool
) -> None:
    probe = probing(lambda _: httpx.Response(status, text=body))

    assert probe(at("https://app.example/version"), SHA) is answer
    assert probe.http.requests == 1


@pytest.mark.parametrize("sha", ["", SHA[:12]])
def test_probe__no_whole_sha_to_look_for__never_true(sha: str) -> None:
    """An empty sha is contained in every answer."""
    probe = probing(lambda _: httpx.Response(200, text=SHA))

    assert probe(at("https://app.example/"), sha) is False


@pytest.mark.parametrize(
    ("template", "url"),
    [
        ("https://app.example/version", "https://app.example/version"),
        ("https://app.example/{sha}?of={sha}", f"https://app.example/{SHA}?of={SHA}"),
        ("https://app.example/%7Bsha%7D", f"https://app.example/{SHA}"),
        ("https://app.example/%7bsha%7d", f"https://app.example/{SHA}"),
        ("https://app.example/{ref}", "https://app.example/%7Bref%7D"),
    ],
)
def test_probe__address__the_sha_is_filled_in(template: str, url: str) -> None:
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200)

    assert probing(handler)(at(template, probe_text="live"), SHA) is False
    assert seen == [url]


ECHO = {"asked": SHA, "build": {"commit": OTHER}}
LIVE = {"asked": SHA, "build": {"commit": SHA.upper()}, "number": 7}
ASKING = "https://app.example/is/{sha}"
PLAIN_ADDRESS = "https://app.example/version"


@pytest.mark.parametrize(
    ("stage", "status", "body", "proven"),
    [
        (at(ASKING, probe_status=200), 200, ECHO, True),
        (at(ASKING, probe_status=204), 200, LIVE, False),
        (at(ASKING, probe_status=404), 404, ECHO, True),
        (at(ASKING, probe_json="build.commit"), 200, ECHO, False),
        (at(ASKING, probe_json="build.commit"), 200, LIVE, True),
        (at(ASKING, probe_json="build.commit"), 503, LIVE, False),
        (at(ASKING, probe_json="build.commit.sha"), 200, LIVE, False),
        (at(ASKING, probe_json="number"), 200, LIVE, False),
        (at(ASKING, probe_json="build.commit"), 200, [SHA], False),
        (at(ASKING, probe_text="build"), 200, ECHO, True),
        (at(ASKING, probe_text="is live"), 200, ECHO, False),
        (at(ASKING, probe_text="build", probe_json="build.commit"), 200, ECHO, False),
        (at(PLAIN_ADDRESS, probe_status=200), 200, {"commit": OTHER}, False),
        (at(PLAIN_ADDRESS, probe_status=200), 200, LIVE, True),
        (at(PLAIN_ADDRESS, probe_text="is live"), 200, LIVE, False),
        (at(PLAIN_ADDRESS, probe_json="build.commit"), 200, ECHO, False),
    ],
)
def test_probe__page_that_repeats_what_was_asked__proves_nothing_by_that(
    *, stage: StageConfig, status: int, body: Any, proven: bool
) -> None:
    """An error page with the address in it would close an issue as deployed."""
    probe = probing(lambda _: httpx.Response(status, json=body))

    assert probe(stage, SHA) is proven


def test_probe__field_of_an_answer_that_is_no_json__proves_nothing() -> None:
    probe = probing(lambda _: httpx.Response(200, html=f"<p>{SHA}</p>"))

    assert probe(at(ASKING, probe_json="commit"), SHA) is False


def test_probe__request__carries_no_credentials() -> None:
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    probing(handler)(at("https://app.example/version?x=1"), SHA)

    assert [str(request.url) for request in seen] == ["https://app.example/version?x=1"]
    assert "authorization" not in seen[0].headers


def refused(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def large(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text=SHA + " " * PROBE_BODY)


@pytest.mark.parametrize("handler", [refused, large])
def test_probe__no_usable_answer__cannot_be_told(
    handler: Callable[[httpx.Request], httpx.Response],
) -> None:
    assert probing(handler)(at("https://app.example/version"), SHA) is None


@pytest.mark.parametrize("url", ["https://app..example/version"])
def test_probe__address_that_is_none__cannot_be_told(url: str) -> None:
    """Nothing is sent: httpx refuses these before it looks a name up."""
    with httpx.Client() as client:
        assert HttpProbe(client, lambda _: None)(at(url), SHA) is None
