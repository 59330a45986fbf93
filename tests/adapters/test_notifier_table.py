"""The table of doorbells: every kind can be made, from its variables, and asks for its address."""

from collections.abc import Callable
from dataclasses import fields

import httpx
import pytest
from support.cassettes import load

from afk.adapters.doorbells.bell import Doorbell, Line
from afk.adapters.notifier import MAKERS, notifiers
from afk.errors import ConfigError
from afk.findings import Findings
from afk.ports import Loudness, Ring
from afk.variables import DOORBELLS

RING = Ring(id="run-1:done", title="Done", text="", link="", loudness=Loudness.QUIET)
ENVIRON = {one.address: f"https://{kind}.example/hush" for kind, one in DOORBELLS.items()}


def no_sleep(seconds: float) -> None:
    """Take no time."""


TAKEN = {
    "slack": lambda: httpx.Response(200, html="ok"),
    "discord": lambda: httpx.Response(200, json={"id": "1"}),
    "ntfy": lambda: httpx.Response(200, json=load("ntfy/publish-quiet")[0]["response"]["body"]),
    "webhook": lambda: httpx.Response(204),
}


def made(
    *kinds: str, environ: dict[str, str], seen: list[httpx.Request] | None = None
) -> list[Doorbell]:
    """Return doorbells whose servers take everything, each in its own way."""

    def take(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return TAKEN[request.url.host.split(".")[0]]()

    client = httpx.Client(transport=httpx.MockTransport(take))
    return notifiers(kinds, environ, client=client, sleep=no_sleep)


def test_makers__are_of_the_kinds_that_the_configuration_takes() -> None:
    assert set(MAKERS) == set(DOORBELLS)


@pytest.mark.parametrize("kind", DOORBELLS)
def test_notifiers__kind_with_its_address__rings_there_and_is_shown_without_it(kind: str) -> None:
    seen: list[httpx.Request] = []
    (bell,) = made(kind, environ=ENVIRON, seen=seen)

    bell.ring(RING)

    assert bell.kind == kind
    assert bell.setting == DOORBELLS[kind].address
    assert [request.url.host for request in seen] == [f"{kind}.example"]
    assert "authorization" not in seen[0].headers
    assert "hush" not in repr(bell)


@pytest.mark.parametrize("kind", [kind for kind, one in DOORBELLS.items() if one.token])
def test_notifiers__kind_with_a_token__sends_it_along(kind: str) -> None:
    seen: list[httpx.Request] = []
    (bell,) = made(kind, environ={**ENVIRON, DOORBELLS[kind].token: " tk_hush\n"}, seen=seen)

    bell.ring(RING)

    assert seen[0].headers["authorization"] == "Bearer tk_hush"
    assert "tk_hush" not in repr(bell)


@pytest.mark.parametrize("kind", DOORBELLS)
@pytest.mark.parametrize("address", [None, "", " \n"])
def test_notifiers__kind_without_its_address__is_refused_and_says_which(
    kind: str, address: str | None
) -> None:
    """Even if all others have theirs."""
    name = DOORBELLS[kind].address
    environ = {one: text for one, text in ENVIRON.items() if one != name}

    with pytest.raises(ConfigError) as caught:
        made(*DOORBELLS, environ=environ if address is None else {**environ, name: address})

    assert caught.value.what == f"notify names {kind}, but {name} is not set"
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("kind", DOORBELLS)
def test_notifiers__none_named__those_ring_whose_address_is_set(kind: str) -> None:
    """Whoever sets an address wants to be rung; an empty variable is none."""
    name = DOORBELLS[kind].address
    unset = dict.fromkeys((one.address for one in DOORBELLS.values()), " \n")

    assert [bell.kind for bell in made(environ={**unset, name: ENVIRON[name]})] == [kind]
    assert [bell.kind for bell in made(environ=ENVIRON)] == list(DOORBELLS)
    assert made(environ=unset) == []


@pytest.mark.parametrize("kind", DOORBELLS)
def test_notifiers__some_named__narrow_it_to_them(kind: str) -> None:
    assert [bell.kind for bell in made(kind, environ=ENVIRON)] == [kind]


def test_notifiers__several_that_cannot_ring__are_all_named() -> None:
    broken = {one.address: "not an address" for one in DOORBELLS.values()}

    with pytest.raises(Findings) as caught:
        made(environ=broken)

    assert [one.what for one in caught.value.errors] == [
        f"{one.address} does not hold a web address" for one in DOORBELLS.values()
    ]


def test_doorbell__fields_that_hold_secrets__are_out_of_its_repr() -> None:
    assert {one.name for one in fields(Doorbell) if one.repr} == {"kind", "setting", "anonymous"}


@pytest.mark.parametrize("build", MAKERS.values())
@pytest.mark.parametrize(
    "address",
    [
        "",
        "hushhush",
        "ftp://host/hushhush",
        "https://",
        "https://host:port/hush",
        "https://a\nb/hush",
    ],
)
def test_doorbell__address_that_is_none__config_error_without_it(
    build: Callable[..., Doorbell], address: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        build(Line(address=address, setting="AFK_X", client=httpx.Client(), sleep=no_sleep))

    assert "AFK_X" in str(caught.value)
    assert "hush" not in str(caught.value)
