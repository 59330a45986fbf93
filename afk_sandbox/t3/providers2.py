"""What a server of protocol 2 says of its providers, as in v2 10-getConfig-providers. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from afk_sandbox.t3.state import Json, iso


def config(instances: Mapping[str, bool], models: Sequence[str], at: datetime) -> Json:
    """Return what the server says of its providers; ``instances``: whether each is installed."""
    return {
        "providers": [
            {
                "instanceId": name,
                "driver": name,
                "displayName": name.title(),
                "enabled": True,
                "installed": installed,
                "version": "0.99.0" if installed else None,
                "status": "ready" if installed else "error",
                "auth": {"status": "authenticated" if installed else "unknown"},
                "message": None if installed else f"{name} is not installed or not on PATH.",
                "checkedAt": iso(at),
                "models": [
                    {"slug": model, "name": model, "isCustom": False, "capabilities": None}
                    for model in models
                ],
            }
            for name, installed in sorted(instances.items())
        ]
    }
