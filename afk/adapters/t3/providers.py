"""Whether T3 Code can run a repository's agent: instance and model, as T3 lists them; pure.

``server.getConfig`` over the socket (``t3/v2-0.0.33/10-getConfig-providers``). What is wrong here
is wrong for every run, and a person's to mend: T3 itself would take the thread and fail the turn
(``40-unknown-instance-1-dispatch``, ``45-claude-missing-cli-timeline``). A word that nobody knows
is no reason to hold anything back, and neither is an empty list of models.
"""

from typing import Final

from afk.adapters.t3.wire import Shape
from afk.errors import ConfigError
from afk.model.installation import ProviderFacts

_NAMED: Final = 12
_LONGEST: Final = 240
_BROKEN: Final = ("error", "disabled")


class Model(Shape):
    """A model by the name that threads are created with."""

    slug: str


class Auth(Shape):
    """Whether somebody is signed in."""

    status: str = ""


class Provider(Shape):
    """One configured instance of an agent."""

    instance_id: str
    enabled: bool = True
    installed: bool = True
    status: str = ""
    message: str | None = None
    auth: Auth = Auth()
    models: tuple[Model, ...] = ()


class ServerConfig(Shape):
    """What T3 says of itself; the rest of it is nobody's business here."""

    providers: tuple[Provider, ...]


def check(config: ServerConfig, instance: str, model: str) -> None:
    """Raise `ConfigError` where T3 shows that it cannot run this agent."""
    found = next((one for one in config.providers if one.instance_id == instance), None)
    if found is None:
        raise ConfigError(
            f"T3 Code has no provider instance {instance}",
            cause=f"it is misspelt, or was removed; T3 lists {_listed(config)}",
            next_step="name one of these as t3.instance, or as the repository's instance",
        )
    trouble = _trouble(found)
    if trouble:
        raise ConfigError(
            f"T3 Code's provider instance {instance} cannot work: {trouble}",
            cause=_plain(found.message or "") or "T3 gives no reason",
            next_step="mend it in T3's settings on its host, or name another instance",
        )
    slugs = [one.slug for one in found.models]
    if slugs and model not in slugs:
        raise ConfigError(
            f"T3 Code's provider instance {instance} has no model {model}",
            cause=f"it is misspelt, or was withdrawn; T3 lists {_some(slugs)}",
            next_step="name one of these as t3.model, or as the repository's model, or add it as "
            "a custom model in T3's settings",
        )


def facts(config: ServerConfig) -> tuple[ProviderFacts, ...]:
    """Return each instance with its models, and why it cannot work where T3 shows that."""
    return tuple(
        ProviderFacts(
            instance=one.instance_id,
            models=tuple(model.slug for model in one.models),
            trouble=_plain(": ".join(filter(None, (_trouble(one), one.message or ""))))
            if _trouble(one)
            else "",
        )
        for one in config.providers
    )


def _trouble(provider: Provider) -> str:
    if not provider.enabled:
        return "it is switched off"
    if not provider.installed:
        return "its program is not installed"
    if provider.auth.status == "unauthenticated":
        return "nobody is signed in"
    return f"its status is {provider.status}" if provider.status in _BROKEN else ""


def _listed(config: ServerConfig) -> str:
    return _some([one.instance_id for one in config.providers])


def _some(names: list[str]) -> str:
    """Return names as a sentence lists them, not all of very many."""
    shown = [_plain(name) for name in names[:_NAMED]]
    left = len(names) - len(shown)
    return (", ".join(shown) or "none") + (f" and {left} more" if left else "")


def _plain(text: str) -> str:
    shown = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(shown.split())[:_LONGEST]
