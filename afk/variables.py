"""Every environment variable afk knows, what each is for, and which of them hold a secret. Pure.

The one place that says so: what is masked, which ``AFK_*`` variables are refused as unknown, the
words that ``notify`` takes, ``afk --help`` and the table in docs/reference.md are computed from
these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorbellVariables:
    """Where a kind of doorbell gets its address from, and its token where it can have one.

    ``address`` and ``token`` are variables' names, the other two say what those hold; ``token`` is
    empty for a doorbell whose address is all it needs.
    """

    address: str
    address_text: str
    token: str = ""
    token_text: str = ""

    @property
    def secrets(self) -> Mapping[str, str]:
        """Return its variables, for `SECRETS`: whoever has the address can ring."""
        token = {self.token: f"doorbell: {self.token_text}"} if self.token else {}
        return {self.address: f"doorbell: {self.address_text}"} | token


DOORBELLS: Final[Mapping[str, DoorbellVariables]] = {
    "slack": DoorbellVariables(address="AFK_SLACK_WEBHOOK", address_text="Slack incoming webhook"),
    "discord": DoorbellVariables(
        address="AFK_DISCORD_WEBHOOK", address_text="Discord webhook of a channel"
    ),
    "ntfy": DoorbellVariables(
        address="AFK_NTFY_URL",
        address_text="ntfy topic address",
        token="AFK_NTFY_TOKEN",  # noqa: S106  a variable's name
        token_text="ntfy access token, where the topic needs one",  # noqa: S106  its description
    ),
    "webhook": DoorbellVariables(
        address="AFK_WEBHOOK_URL", address_text="any address that takes a JSON POST"
    ),
}
"""By the word in the configuration; `afk.adapters.notifier` has what rings each."""

SETTINGS: Final[Mapping[str, str]] = {
    "AFK_KILL_SWITCH": "kill_switch: true or false; on if it or the file says true",
    "AFK_ALLOWLIST": "allowlist: repositories, separated by commas or white space",
    "AFK_T3_URL": "t3.url",
    "AFK_FORGE_URL": "forge_url: the API's address, outside of a runner",
}
SECRETS: Final[Mapping[str, str]] = {
    "AFK_TOKEN": "the forge token (else GITHUB_TOKEN, on the runner's own forge)",
    "GITHUB_TOKEN": "the job's own token, which a runner or the action passes",
    "AFK_SETUP_TOKEN": "your own forge token, for `afk init` alone: sets secrets and variables",
    "AFK_T3_TOKEN": "T3's bearer token",
    "AFK_T3_TOKEN_COMMAND": "a command that prints T3's bearer token",
    "AFK_STATE_KEY": "the key that signs run records",
    "AFK_STATE_KEY_PREVIOUS": "the former key: verifies, never signs",
    **{name: text for one in DOORBELLS.values() for name, text in one.secrets.items()},
}
"""Whatever these hold is shown nowhere; a command may well carry a password in its arguments."""

PLACES: Final[Mapping[str, str]] = {
    "AFK_CONFIG": "the configuration itself, as YAML",
    "AFK_CONFIG_FILE": "where the configuration file is",
    "AFK_T3_TOKEN_FILE": "a file that holds T3's bearer token",
    "AFK_REPOSITORY": "look at this repository only",
    "AFK_ISSUE": "look at this issue number only (with AFK_REPOSITORY)",
    "AFK_SHARD": "look at one shard's repositories: what `afk plan` prints of it, or a part (2/8)",
    "AFK_COMMENTED": "the number of an issue that was commented on: look at it, too",
    "AFK_DRY_RUN": "true: say what would be done, and do nothing",
}

KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "setting": SETTINGS,
    "secret": SECRETS,
    "what to do, and where": PLACES,
}
ELSEWHERE: Final[Mapping[str, str]] = {
    "AFK_SHARDS": "the workflow afk-many.yml passes this variable of the repository's on as the "
    "option `--shards`; afk itself reads none of that name",
    "AFK_FOLDER": "the workflow passes this variable of the repository's on as the action's input "
    "`folder`; afk itself reads none of that name",
}
"""Names that mean something in another place than the environment of afk's process."""
KNOWN: Final = tuple(name for some in KINDS.values() for name in some)


def told() -> str:
    """Return what ``--help`` says of them all."""
    width = max(len(name) for name in KNOWN)
    lines = ["environment variables (docs/reference.md says more):"]
    for kind, some in KINDS.items():
        lines += ["", f"  {kind}:", *(f"    {name:{width}}  {some[name]}" for name in some)]
    return "\n".join(lines)
