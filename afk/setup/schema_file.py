"""The JSON schema of the configuration, for editors: made of the settings themselves. Pure."""

import json
from collections.abc import Mapping
from typing import Any, Final

from afk.config import Config
from afk.setting_texts import REPOSITORY, TOP
from afk.setup.marks import marked_json

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
"""What pydantic makes, https://docs.pydantic.dev/latest/concepts/json_schema/ ."""


def schema() -> str:
    """Return the schema's text."""
    from pydantic import TypeAdapter  # noqa: PLC0415  a disabled tick must not pay for it

    found: dict[str, Any] = TypeAdapter(Config).json_schema()
    _describe(found["properties"], TOP)
    parts: dict[str, Any] = found["$defs"]
    own = {name: text for name, text in REPOSITORY.items() if "." not in name}
    nested = {name.partition(".")[2]: text for name, text in REPOSITORY.items() if "." in name}
    _describe(parts["RepositoryConfig"]["properties"], own)
    _describe(parts["CIConfig"]["properties"], nested)
    for part in (found, *parts.values()):
        part.pop("description", None)
    whole = {"$schema": _DRAFT, **found, "title": "afk's configuration"}
    return marked_json(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")


def _describe(properties: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    """Put what a setting is for into its schema, as editors show it."""
    for name, shown in properties.items():
        if texts.get(name):
            shown["description"] = texts[name].replace("`", "")
        shown.pop("title", None)
