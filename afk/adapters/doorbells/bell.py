"""What all doorbells share: where one stands, how it is rung, what an answer means.

A 2xx alone rings nobody: a login page, a proxy's notice or a parked domain answers 200, too. Each
kind says what its receiver answers to a message that it took (``took``).

Secrets: an address is a secret (whoever has it can post, and an ntfy topic is a password). It
stands in no message, not even in part. Titles and texts carry what strangers wrote: each kind
bounds and cleans them for its own markup.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

import httpx

from afk.adapters.http import Answer, Http
from afk.adapters.patience import Patience
from afk.errors import ConfigError, OutsideFailure
from afk.ports import Ring

LONGEST_TITLE: Final = 200
LONGEST_TEXT: Final = 900
LONGEST_ID: Final = 100
_ANSWER: Final = 64 * 1024
_SECONDS: Final = 20.0
_SECONDS_OF_A_TICK: Final = 60.0
_LINK = re.compile(r"https?://[^\s<>|\"]{1,1000}")
_ERROR_WORD = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Where a doorbell stands and how to get there.

    ``setting`` and ``token_setting`` name what holds ``address`` and ``token``, for messages; the
    token is empty where there is none. ``mask`` takes the known secrets out of a text.
    """

    address: str = field(repr=False)
    setting: str
    client: httpx.Client
    sleep: Callable[[float], None]
    token: str = field(default="", repr=False)
    token_setting: str = ""
    mask: Callable[[str], str] = str

    @property
    def url(self) -> httpx.URL:
        """Return the address, or raise `ConfigError` without a part of it."""
        url = _address(self.address.strip())
        if url.scheme not in ("http", "https") or not url.host:
            raise ConfigError(
                f"{self.setting} does not hold a web address",
                cause="it was cut off, or is something else",
                next_step=f"set {self.setting} to the whole address, https:// included",
            )
        return url

    def http(self, name: str) -> Http:
        """Return how to send there; ``name`` is what messages call the server."""
        url = self.url
        return Http(
            client=self.client,
            base_url=f"{url.scheme}://{url.host}",
            name=name,
            authorize=dict,
            sleep=self.sleep,
            max_body=_ANSWER,
            patience=Patience(request=_SECONDS, tick=_SECONDS_OF_A_TICK),
        )


@lru_cache(maxsize=16)
def _address(text: str) -> httpx.URL:
    """Return an address, an empty one where the text is none; every tick has the same ones."""
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError):
        return httpx.URL("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorbell:
    """One doorbell. `afk.adapters.notifier` has the table of those who build it.

    ``kind`` is its word in the configuration, ``setting`` the name of what holds its address,
    both for messages; ``http`` knows only the address's host. ``took`` says of a 2xx whether it
    is what this kind answers to a message it took.
    """

    kind: str
    setting: str
    http: Http = field(repr=False)
    url: str = field(repr=False)
    message: Callable[[Ring], Mapping[str, object]] = field(repr=False)
    took: Callable[[Answer], bool] = field(repr=False)
    mask: Callable[[str], str] = field(default=str, repr=False)
    anonymous: bool = True

    def ring(self, ring: Ring) -> None:
        """Deliver once; raises `OutsideFailure` unless the answer says that it was taken."""
        # Masked here and not as it is sent: an ntfy topic is a secret that has to be in it.
        told = replace(
            ring,
            title=self.mask(ring.title),
            text=self.mask(ring.text),
            link=self.mask(ring.link),
        )
        try:
            answer = self.http.send(
                "POST", self.url, body=self.message(told), anonymous=self.anonymous
            )
        except OutsideFailure:
            # Its text may show the address's path, which is the secret.
            raise OutsideFailure(
                f"{self.kind} gave no usable answer",
                cause="it is down, or a firewall is in between",
                next_step=f"check the address in {self.setting}",
            ) from None
        if not answer.ok:
            raise self._refusal(answer)
        if not self.took(answer):
            raise OutsideFailure(
                f"{self.kind} answered {answer.status} without taking the message",
                cause="a login page or a proxy answers at this address instead",
                next_step=f"check the address in {self.setting}",
            )

    def _refusal(self, answer: Answer) -> OutsideFailure:
        if answer.status == httpx.codes.TOO_MANY_REQUESTS or httpx.codes.is_server_error(
            answer.status
        ):
            return OutsideFailure(
                f"{self.kind} answered {answer.status}",
                cause="it is overloaded or limits its callers",
                next_step="nothing to do: a later tick rings again",
            )
        word = answer.excerpt
        known = _ERROR_WORD.fullmatch(self.mask(word)) is not None and word not in self.url
        return OutsideFailure(
            f"{self.kind} answered {answer.status}{f' ({word})' if known else ''}",
            cause="the address is wrong or was revoked, or the token is",
            next_step=f"check the address in {self.setting}",
        )


def object_in(answer: Answer) -> Mapping[str, object]:
    """Return the JSON object that was answered; an empty one for anything else."""
    try:
        data = answer.json
    except OutsideFailure:
        return {}
    return data if isinstance(data, dict) else {}


def is_page(answer: Answer) -> bool:
    """Say whether the answer is a web page, by what it calls itself or by how it begins."""
    text = answer.body.lstrip()
    html = "html" in answer.headers.get("content-type", "").lower()
    return text.lower().startswith((b"<!doctype html", b"<html")) or (html and b"<" in text)


def web_address(link: str) -> str:
    """Return a link that can be one, else nothing."""
    return link if _LINK.fullmatch(link) else ""
