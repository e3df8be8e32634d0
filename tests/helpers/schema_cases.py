"""Schemas with instances that fit and that do not: ours, and any folder in one of the usual layouts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "golden" / "schemas"


@dataclass(frozen=True)
class Case:
    """`schema` is JSON text; the instances are values."""

    name: str
    schema: str
    valid: list[Any] = field(default_factory=list)
    invalid: list[Any] = field(default_factory=list)


def cases_in(folder: Path = FOLDER) -> Iterator[Case]:
    """Every schema below a folder: files of many cases as we write them, of one schema with `tests`, and
    plain schemas. What is no JSON, or plainly none of these, is passed over."""
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        try:
            content = json.loads(path.read_text("utf-8-sig"))
        except ValueError:
            continue
        if isinstance(content, list):
            for number, part in enumerate(content):
                if isinstance(part, dict) and "schema" in part:
                    yield _case(f"{name}/{part.get('name', number)}", part)
        elif isinstance(content, dict):
            yield _case(name, content if _holds_schema(content) else {"schema": content})


def _holds_schema(content: dict[str, Any]) -> bool:
    return isinstance(content.get("schema"), dict | bool) and ("tests" in content or "valid" in content)


def _case(name: str, part: dict[str, Any]) -> Case:
    valid, invalid = list(part.get("valid", [])), list(part.get("invalid", []))
    for test in part.get("tests", []):
        (valid if test["valid"] else invalid).append(test["data"])
    return Case(name, json.dumps(part["schema"], ensure_ascii=False), valid, invalid)
