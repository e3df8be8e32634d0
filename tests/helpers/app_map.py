"""Draw the map in app/README.md: the tree of app/ with each module's own first line."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "app" / "README.md"
START, END = "<!-- the map: drawn by `poe map` -->\n", "<!-- end of the map -->"


def modules() -> Iterator[Path]:
    """Every module of the program."""
    return (path for path in sorted((ROOT / "app").rglob("*.py")) if "resources" not in path.parts)


def purpose(module: Path) -> str:
    """The first line of a module's docstring, empty where there is none."""
    text = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
    return text.partition("\n")[0]


def draw(folder: Path = ROOT / "app", depth: int = 0) -> Iterator[str]:
    """One line per module, a room's own line first, then its files, then the rooms inside it."""
    yield _line("  " * depth + f"{folder.name}/", purpose(folder / "__init__.py"))
    inside = "  " * (depth + 1)
    for path in sorted(folder.glob("*.py")):
        if path.name != "__init__.py":
            yield _line(inside + path.name, purpose(path))
    for room in sorted(path.parent for path in folder.glob("*/__init__.py")):
        yield from draw(room, depth + 1)


def _line(name: str, text: str) -> str:
    return f"{name:<26} {text}".rstrip()


def drawn(readme: str) -> str:
    """The text of app/README.md with its map drawn anew."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    lines = "\n".join(draw())
    return f"{before}{start}```\n{lines}\n```\n{end}{after}"


if __name__ == "__main__":
    README.write_text(drawn(README.read_text("utf-8")), "utf-8")
