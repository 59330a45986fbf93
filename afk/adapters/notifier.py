"""Doorbells: Slack, ntfy and a generic webhook behind `afk.ports.Notifier`.

Profile
-------
Endpoints: one POST of JSON per ring and doorbell, to the configured address. Nothing is
repeated here: a ring that failed is rung again by the next tick, with the same id in it.

- Slack: an incoming webhook, https://api.slack.com/messaging/webhooks . Errors are a status and
  one word (400 ``invalid_payload``, 403 ``action_prohibited``, 404 ``channel_not_found``, 410
  ``channel_is_archived``):
  https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks ; 429 above
  one message a second: https://docs.slack.dev/apis/web-api/rate-limits . ``&``, ``<`` and ``>``
  are escaped: https://docs.slack.dev/messaging/formatting-message-text/ .
- ntfy: JSON to the server's root, https://docs.ntfy.sh/publish/#publish-as-json ; priorities 1
  to 5; a topic matches ``[-_A-Za-z0-9]{1,64}``; a message above 4,096 bytes becomes an
  attachment, a JSON body above twice that is refused with 413. 401 and 403 mean the token,
  429 a limit. Errors are JSON: ``{"code": 40301, "http": 403, "error": "forbidden"}``.
  Recordings ``ntfy/*``.
- webhook: ``{"id", "title", "text", "link", "loudness": "loud" | "quiet"}``, as data: whoever
  shows it escapes it for their own markup.

Secrets: an address is a secret (whoever has it can post, and an ntfy topic is a password). It
stands in no message, not even in part. Titles and texts carry what strangers wrote: invisible
characters go, lengths are bounded, and for Slack every mention is made inert.

Errors: `OutsideFailure` for everything a server or the network does; `ConfigError` when an
address cannot be one; `TokenError` for a malformed token.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from afk.adapters.bearer import check_token
from afk.adapters.http import Answer, Http
from afk.errors import ConfigError, OutsideFailure
from afk.ports import Loudness, Ring
from afk.text.cleaning import clean_text, one_line

_TITLE: Final = 200
_TEXT: Final = 900
_ID: Final = 100
_ANSWER: Final = 64 * 1024
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
_LINK = re.compile(r"https?://[^\s<>|\"]{1,1000}")
_MENTION = re.compile(r"(?<!\w)@(?=\w)")
_ERROR_WORD = re.compile(r"[a-z_]{1,40}")


def slack_message(ring: Ring) -> dict[str, object]:
    """Return the body for Slack; no text in it can mention anybody or disguise a link.

    Escaping defuses ``<!here>``, ``<@U..>`` and ``<address|text>``. A bare ``@channel`` is text
    to Slack unless names are linked (``link_names``, ``parse``): to be sure, its sign is
    replaced by U+FF20. Slack itself links bare addresses; those show where they lead.
    """
    mark = ":rotating_light:" if ring.loudness is Loudness.LOUD else ":white_check_mark:"
    link = _web_address(ring.link)
    lines = [
        f"{mark} *{_slack_text(one_line(ring.title, _TITLE))}*",
        _slack_text(clean_text(ring.text, _TEXT)),
        f"<{link.replace('&', '&amp;')}|open>" if link else "",
        f"`{_slack_text(one_line(ring.id, _ID))}`",
    ]
    return {"text": "\n".join(line for line in lines if line)}


def ntfy_message(ring: Ring, topic: str) -> dict[str, object]:
    """Return the body for ntfy: loud is 5 (``max``), quiet is 2 (``low``: no sound).

    Even if every character takes four bytes the message stays below ntfy's 4,096.
    """
    loud = ring.loudness is Loudness.LOUD
    link = _web_address(ring.link)
    return {
        "topic": topic,
        "title": one_line(ring.title, _TITLE),
        "message": f"{clean_text(ring.text, _TEXT)}\n{one_line(ring.id, _ID)}".strip(),
        "priority": 5 if loud else 2,
        "tags": ["rotating_light" if loud else "white_check_mark"],
        **({"click": link} if link else {}),
    }


def webhook_message(ring: Ring) -> dict[str, object]:
    """Return the body for any other receiver."""
    return {
        "id": one_line(ring.id, _ID),
        "title": one_line(ring.title, _TITLE),
        "text": clean_text(ring.text, _TEXT),
        "link": _web_address(ring.link),
        "loudness": ring.loudness.value,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorbell:
    """One doorbell. Build it with `slack`, `ntfy` or `webhook`.

    ``kind`` is its word in the configuration, ``setting`` the name of what holds its address,
    both for messages; ``http`` knows only the address's host.
    """

    kind: str
    setting: str
    http: Http = field(repr=False)
    url: str = field(repr=False)
    message: Callable[[Ring], Mapping[str, object]] = field(repr=False)
    anonymous: bool = True

    def ring(self, ring: Ring) -> None:
        """Deliver once; raises `OutsideFailure` unless the answer is a 2xx."""
        try:
            answer = self.http.send(
                "POST", self.url, body=self.message(ring), anonymous=self.anonymous
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
        known = _ERROR_WORD.fullmatch(word) is not None and word not in self.url
        return OutsideFailure(
            f"{self.kind} answered {answer.status}{f' ({word})' if known else ''}",
            cause="the address is wrong or was revoked, or the token is",
            next_step=f"check the address in {self.setting}",
        )


def slack(
    address: str, *, setting: str, client: httpx.Client, sleep: Callable[[float], None]
) -> Doorbell:
    """Return Slack's doorbell; ``address`` is an incoming webhook's."""
    url = _parsed(address, setting)
    return Doorbell(
        kind="slack",
        setting=setting,
        http=_http(url, "Slack", client, sleep),
        url=str(url),
        message=slack_message,
    )


def webhook(
    address: str, *, setting: str, client: httpx.Client, sleep: Callable[[float], None]
) -> Doorbell:
    """Return the doorbell of any server that takes `webhook_message`."""
    url = _parsed(address, setting)
    return Doorbell(
        kind="webhook",
        setting=setting,
        http=_http(url, "the webhook", client, sleep),
        url=str(url),
        message=webhook_message,
    )


def ntfy(
    address: str,
    *,
    setting: str,
    client: httpx.Client,
    sleep: Callable[[float], None],
    token: str = "",
    token_setting: str = "",
) -> Doorbell:
    """Return ntfy's doorbell; ``address`` is ``https://server/topic``, the token optional.

    JSON goes to the folder the topic stands in, usually the root; a query is kept.
    """
    url = _parsed(address, setting)
    folder, _, topic = url.path.rstrip("/").rpartition("/")
    if not _TOPIC.fullmatch(topic):
        raise ConfigError(
            f"the address in {setting} does not end in an ntfy topic",
            cause="it is the server's address alone, or the topic holds what ntfy refuses",
            next_step="write https://server/topic; a topic has at most 64 letters, digits, - or _",
        )
    http = _http(url, "ntfy", client, sleep)
    if token:
        checked = check_token(token, "ntfy", token_setting)
        http.authorize = lambda: {"authorization": f"Bearer {checked}"}
    return Doorbell(
        kind="ntfy",
        setting=f"{setting} and the token in {token_setting}" if token else setting,
        http=http,
        url=str(url.copy_with(path=f"{folder}/")),
        message=lambda ring: ntfy_message(ring, topic),
        anonymous=not token,
    )


def _parsed(address: str, setting: str) -> httpx.URL:
    """Return the address, or `ConfigError` without a part of it."""
    try:
        url = httpx.URL(address.strip())
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigError(
            f"{setting} does not hold a web address",
            cause="it was cut off, or is something else",
            next_step=f"set {setting} to the whole address, https:// included",
        )
    return url


def _http(url: httpx.URL, name: str, client: httpx.Client, sleep: Callable[[float], None]) -> Http:
    return Http(
        client=client,
        base_url=f"{url.scheme}://{url.host}",
        name=name,
        authorize=dict,
        sleep=sleep,
        max_body=_ANSWER,
    )


def _slack_text(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub("\uff20", text)


def _web_address(link: str) -> str:
    """Return a link that can be one, else nothing."""
    return link if _LINK.fullmatch(link) else ""
