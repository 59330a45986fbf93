"""Holds answers to GitHub's OpenAPI description."""

import json
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types

Json = dict[str, Any]
_ANNOTATIONS = ("nullable", "example", "examples", "description", "discriminator", "title")


def _strict(schema: Any, *, closed: bool = True) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema: null where nullable, no unknown keys."""
    if isinstance(schema, list):
        return [_strict(one, closed=closed) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept: Json = {}
    for key, value in schema.items():
        if key == "$ref" and not closed:
            kept[key] = value.replace("/schemas/", "/open/")
        elif key == "properties":
            kept[key] = {name: _strict(one) for name, one in value.items()}
        elif key not in _ANNOTATIONS:
            # What each of several parts allows, the others must not forbid.
            kept[key] = _strict(value, closed=key != "allOf")
    if "oneOf" in kept:
        kept["anyOf"] = kept.pop("oneOf")
    if closed and "properties" in kept and not {"allOf", "anyOf"} & set(kept):
        kept.setdefault("additionalProperties", False)
    return {"anyOf": [kept, {"type": "null"}]} if schema.get("nullable") is True else kept


class Spec:
    """The description, and how to hold an answer to it."""

    def __init__(self, data: Json) -> None:
        """Take the parsed description."""
        self.paths: Json = data["paths"]
        self.responses: Json = data["components"]["responses"]
        self._components = {
            "schemas": {name: _strict(one) for name, one in data["components"]["schemas"].items()},
            "open": {
                name: _strict(one, closed=False)
                for name, one in data["components"]["schemas"].items()
            },
        }

    def problems(self, operation: Json, answer: httpx.Response) -> list[str]:
        """Return how an answer's body differs from its operation's schema."""
        told = operation["responses"].get(str(answer.status_code))
        if told is None:
            return [f"status {answer.status_code} is not described"]
        told = self.responses[told["$ref"].rpartition("/")[2]] if "$ref" in told else told
        content = told.get("content", {}).get("application/json")
        if content is None:
            return [] if not answer.content else ["a body where none is described"]
        schema = {**_strict(content["schema"]), "components": self._components}
        found = Draft202012Validator(schema).iter_errors(answer.json())
        return [f"{error.json_path}: {_deepest(error)}"[:300] for error in found]


def _deepest(error: Any) -> str:
    while error.context:
        error = min(error.context, key=lambda one: -len(one.absolute_path))
    return f"{error.json_path} {error.message}"


def load(path: Path) -> Spec:
    """Return the description in a file."""
    return Spec(json.loads(path.read_text(encoding="utf-8")))
