"""What an armed configuration must have before anything is sent."""

from dataclasses import replace

import pytest
from support.factories import REPO, config

from afk.config import Config, RepositoryConfig, T3Config
from afk.environment.addresses import place_of
from afk.environment.requirements import wanting
from afk.environment.settings import load
from afk.environment.written import Text
from afk.errors import ConfigError
from afk.findings import Collected


def check(armed: Config) -> None:
    """Raise what an armed configuration lacks."""
    Collected(list(wanting(armed, Text(), ""))).finish()


def test_check__armed_and_complete__passes() -> None:
    check(config())


@pytest.mark.parametrize(
    "text", ["", "kill_switch: false", "t3: {url: nowhere}\nkill_switch: true"]
)
def test_check__disabled__may_be_unfinished(text: str) -> None:
    assert load(text, {}).disabled


def test_check__no_address_of_t3__is_refused() -> None:
    with pytest.raises(ConfigError, match=r"t3\.url is not set"):
        check(config(t3=T3Config()))


@pytest.mark.parametrize("field", ["allowlist", "draining"])
def test_check__watched_repository_without_settings__is_refused_by_name(field: str) -> None:
    with pytest.raises(ConfigError, match="acme/other has no entry"):
        check(config(**{field: ("acme/other",)}))


def test_check__two_repositories_in_one_folder__are_refused() -> None:
    """Runs in one folder exclude each other, and T3 knows one project per folder."""
    same = RepositoryConfig(workspace="/srv/app")
    armed = config(allowlist=("a/b", "c/d"), repositories={"a/b": same, "c/d": same})
    with pytest.raises(ConfigError, match="share the workspace /srv/app"):
        check(armed)
    apart = {"a/b": same, "c/d": replace(same, workspace="/srv/other")}
    check(replace(armed, repositories=apart))


def test_check__repository_listed_twice__is_no_conflict_with_itself() -> None:
    check(config(draining=(REPO,)))


@pytest.mark.parametrize(
    "url",
    [
        "https://t3.example.org",
        "http://127.0.0.1:3773/",
        "https://[::1]:3773/",
        "https://host.internal:8443",
    ],
)
def test_check__plain_address__passes(url: str) -> None:
    check(config(t3=T3Config(url=url, public_url=f"{url.rstrip('/')}/base/path")))


@pytest.mark.parametrize(
    ("url", "path", "bare"),
    [
        ("https://t3.test/settings", "/settings", "https://t3.test"),
        ("https://[::1]:3773/t3/", "/t3/", "https://[::1]:3773"),
        ("http://127.0.0.1:3773/api/orchestration/shell", "/api/o", "http://127.0.0.1:3773"),
    ],
)
def test_check__t3_address_with_a_path__is_refused_and_shown_without(
    url: str, path: str, bare: str
) -> None:
    with pytest.raises(ConfigError, match=r"t3.url \(or AFK_T3_URL\) has a path") as caught:
        check(config(t3=T3Config(url=url)))
    assert path in caught.value.what
    assert caught.value.next_step == f"write {bare}"


@pytest.mark.parametrize(
    ("url", "forge", "same"),
    [
        ("https://git.test", "https://git.test/api/v1", True),
        ("https://GIT.test.:443/x", "https://git.test/api/v1", True),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000/api/v1", True),
        ("http://127.0.0.1:3773", "http://127.0.0.1:3000/api/v1", False),
        ("https://git.test:3773", "https://git.test/api/v1", False),
    ],
)
def test_check__t3_at_the_forges_own_address__is_refused(
    url: str, forge: str, same: object
) -> None:
    settings = config(t3=T3Config(url=url), forge_url=forge)
    if not same:
        check(settings)
        return
    with pytest.raises(ConfigError, match="is the forge's address"):
        check(settings)


def test_place_of__what_is_no_address__is_none() -> None:
    assert place_of("t3.test") is None
    assert place_of("http://t3.test") == ("t3.test", 80)


@pytest.mark.parametrize(
    "url",
    [
        "t3.example.org",
        "ftp://t3",
        "https://",
        "https://a b",
        "https://user:hunter2@t3",
        "https://t3/a@b",
        "https://t3?token=x",
        "https://t3/#x",
        "https://t3\nx",
        " https://t3",
        "//t3",
        "http://[::1",
        "http://::1",
        "http://[1.2.3.4]",
        "http://[::g]",
        "http://t3:0",
        "http://t3:99999",
        "http://t3:",
        "http://127.1",
        "http://2130706433",
        "http://0x7f.1",
        "https://-t3.org",
        "https://a..b",
        "https://t3.\u0435xample.org",
        "https://t3\\x",
    ],
)
def test_check__address_that_is_none_or_holds_more__is_refused_unshown(url: str) -> None:
    """A password in it would stand in public comments, in every link to a thread."""
    with pytest.raises(ConfigError, match="is no plain address") as caught:
        check(config(t3=T3Config(url="https://t3", public_url=url)))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "10.1.2.3",
        "192.168.0.7",
        "172.16.0.1",
        "[fd00::1]",
        "t3",
        "169.254.1.1",
        "100.100.1.2",
        "t3.internal",
        "box.lan",
        "mac.local",
        "t3.tail1.ts.net",
    ],
)
def test_check__plain_http_on_a_network_of_ones_own__passes(host: str) -> None:
    check(config(t3=T3Config(url=f"http://{host}:3773"), forge_url=f"http://{host}/api/v1"))


@pytest.mark.parametrize("host", ["t3.example.org", "8.8.8.8", "[2606:4700::1]", "t3.io"])
def test_check__plain_http_to_a_public_host__is_refused_unless_it_is_asked_for(host: str) -> None:
    """Whoever is on the way would read T3's bearer, or the forge's token."""
    for changes in ({"t3": T3Config(url=f"http://{host}")}, {"forge_url": f"http://{host}/api/v1"}):
        with pytest.raises(ConfigError, match="without encryption") as caught:
            check(config(**changes))
        assert "allow_plain_http: true" in caught.value.next_step
        check(config(**changes, allow_plain_http=True))
    check(config(t3=T3Config(url="https://t3.test", public_url=f"http://{host}")))


def test_check__time_zone_of_no_place__is_refused() -> None:
    with pytest.raises(ConfigError, match="'Europe/Munich' is not known here"):
        check(config(t3=T3Config(url="https://t3", timezone="Europe/Munich")))
    check(config(t3=T3Config(url="https://t3", timezone="Europe/Berlin")))
