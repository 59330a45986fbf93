"""What a configuration's text says, and where it says it. Pure."""

from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Text:
    """What a text says: its values, and by path the line where each begins (from 1)."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """Return the line of a value, or of the nearest thing around it; 0 for none."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)

    def find(self, name: str, value: object) -> int:
        """Return the line of the first setting of this name with this value in it; 0 for none."""
        for path, line in self.lines.items():
            if name in path and (path[-1] == value or self._at(path) == value):
                return line
        return 0

    def _at(self, path: Path) -> object:
        found: Any = self.values
        for step in path:
            found = found[step]
        return found
