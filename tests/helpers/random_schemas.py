"""Schemas made at random of what the notations beside JSON can write."""

from __future__ import annotations

import random
from typing import Any

from app.structured.formats import FORMATS

NAMES = ("a", "b c", "ü", "xmlx", "_x0020_", "x:y", "1a", 'q"', "n,m", "属")
PATTERNS = (
    "^[A-Z]{3}$", "^a<b>&c$", "[0-9]+", "^(x|y)", "(yes|no)$", r"^\d{2}:\d{2}$", "^[^<]*$", '^."q"', "a|^b$",
    "^$", "^&lt;$", r"^(?:a|b)+\.txt$", r"^\w+@\w+$", r"^[\s\S]{2,5}$", "(?i:^abc$)", "^(?!x)",
    r"\bword\b", r"^\p{Lu}+$",
)  # fmt: skip
VALUES = ("a", "<b>", 'c"d', "e,f\n", 1, 2.5, None, True, "x y", "x")
BOUNDS: tuple[dict[str, Any], ...] = (
    {}, {"minimum": 0}, {"exclusiveMaximum": 5.5}, {"minimum": -1, "maximum": 1, "multipleOf": 0.25},
)  # fmt: skip
DEFINED = {
    "short": {"type": "string", "maxLength": 3},
    "chain": {
        "type": "object",
        "properties": {"value": {"type": "integer"}, "next": {"$ref": "#/$defs/chain"}},
        "required": ["value"],
    },
}


def random_object(dice: random.Random, depth: int) -> dict[str, Any]:
    """A schema of an object; with a depth of one its values are plain."""
    names = dice.sample(NAMES, dice.randint(1, 4))
    return {
        "type": "object",
        "properties": {name: _anything(dice, depth - 1) for name in names},
        "required": [name for name in names if dice.random() < 0.6],
        "additionalProperties": False,
    }


def _anything(dice: random.Random, depth: int) -> dict[str, Any]:
    if depth <= 0 or dice.random() < 0.5:
        return dice.choice(_SCALARS)(dice)
    if dice.random() < 0.1:
        return {"anyOf": [{"$ref": "#/$defs/chain"}, {"type": "null"}]}
    if dice.random() < 0.4:
        least, most = dice.randrange(2), dice.randrange(2, 4)
        return {"type": "array", "items": _anything(dice, depth - 1), "minItems": least, "maxItems": most}
    return random_object(dice, depth)


def _text(dice: random.Random) -> dict[str, Any]:
    return {"type": "string", "minLength": dice.randrange(3), "maxLength": dice.randrange(3, 9)}


def _pattern(dice: random.Random) -> dict[str, Any]:
    return {"type": "string", "pattern": dice.choice(PATTERNS), "maxLength": 20}


def _format(dice: random.Random) -> dict[str, Any]:
    kind = dice.choice(("string", ["string", "null"]))
    return {"type": kind, "format": dice.choice((*FORMATS, "semver"))}


def _integer(dice: random.Random) -> dict[str, Any]:
    return {"type": "integer", "minimum": dice.randint(-50, 0), "maximum": dice.randint(0, 99)}


_SCALARS = (
    _text,
    _pattern,
    _format,
    _integer,
    lambda dice: {"type": "number", **dice.choice(BOUNDS)},
    lambda dice: {"enum": dice.sample(VALUES, dice.randint(1, 5))},
    lambda _: {"type": ["boolean", "null"]},
    lambda _: {"anyOf": [{"type": "integer"}, {"const": "many"}]},
    lambda _: {"oneOf": [{"type": "string", "maxLength": 2}, {"type": "null"}]},
    lambda _: {"type": "string", "allOf": [{"minLength": 1}, {"pattern": "^[a-c]*$"}, {"maxLength": 4}]},
    lambda _: {"$ref": "#/$defs/short"},
)
