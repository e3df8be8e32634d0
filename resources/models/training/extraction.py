"""Texts and the JSON to make of them: from stored sentences, and for formats made up on the spot."""

from __future__ import annotations

import json
import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from values import Values

HERE = Path(__file__).resolve().parent
SCHEMAS = HERE.parents[1] / "schemas"

_INSTRUCTIONS = (
    "Extract from the user's text what the response format asks for. "
    "Use only what the text says, in its own words and its own language."
)
"""As `extract` tells it when it is given no prompt; see app/services/batches.py."""

_TELLING = {"en": ("{key}: {value}", "{key} {value}", "{key} is {value}", "the {key} is {value}"),
            "zh": ("{key}：{value}", "{key}是{value}", "{key}为{value}", "{key}{value}")}  # fmt: skip
ECHOES = 0.3
_GLUE = {"en": (", ", ". ", "; ", "\n"), "zh": ("，", "。", "；", "\n")}


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked and what is to be written; without a `format` the question itself says what is wanted."""

    text: str
    answer: str
    think: tuple[str, ...]
    instructions: str = ""
    format: str = ""
    """As the developer message tells it after `# Response Formats`."""


@dataclass(frozen=True, slots=True)
class Source:
    """Draws tasks in one language."""

    values: Values
    kinds: list[dict[str, Any]]
    fields: list[dict[str, Any]]
    think: tuple[str, ...]
    dice: random.Random

    def draw(self) -> Task:
        if self.dice.random() < ECHOES:
            return self._echo()
        return self._made_up() if self.dice.random() < 0.4 else self._of(self.dice.choice(self.kinds))

    def _echo(self) -> Task:
        """All of a text as one string: the plainest practice in copying."""
        words = self.dice.choices(self.values.words, k=self.dice.randrange(3, 16))
        text = (" " if self.values.language == "en" else "，").join(words)
        told = format_text("text", {"type": "string"})
        return Task(text, json.dumps(text, ensure_ascii=False), self.think, "", told)

    def _of(self, kind: dict[str, Any]) -> Task:
        drawn = self.values.draw()
        sentence = _fill(self.dice.choice(kind["sentence"]), drawn)
        answer = _fill(kind["answer"], drawn, quote=True)
        if name := kind.get("schema"):
            schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
            told = format_text(name.replace("-", "_"), schema)
            return Task(sentence, answer, self.think, self._instructions(), told)
        think = (*kind["think"], self.think[-1])
        return Task(self.dice.choice(kind["ask"]).replace("{sentence}", sentence), answer, think)

    def _instructions(self) -> str:
        return _INSTRUCTIONS if self.dice.random() < 0.7 else ""

    def _made_up(self) -> Task:
        """A format of some fields and a text that tells them, in any order, and not always all of them."""
        dice, drawn = self.dice, self.values.draw()
        fields = dice.sample(self.fields, dice.randrange(1, min(5, len(self.fields))))
        told, answer, properties = [], {}, {}
        for field in fields:
            key = dice.choice(field["keys"])
            schema = dict(field["schema"])
            value = drawn[field["value"]]
            if dice.random() < 0.12:
                schema["type"] = [schema["type"], "null"]
                answer[key] = None
            else:
                told.append(self._tell(field, value))
                answer[key] = int(value) if schema["type"] == "integer" else value
            properties[key] = schema
        if not told:
            return self._made_up()
        dice.shuffle(told)
        text = dice.choice(_GLUE[self.values.language]).join(told) + dice.choice(("", "."))
        schema = {"type": "object", "properties": properties, "required": list(properties)}
        if dice.random() < 0.5:
            schema["additionalProperties"] = False
        written = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        name = dice.choice(("answer", "record", "data", "item", dice.choice(list(properties))))
        return Task(text, written, self.think, self._instructions(), format_text(name, schema))

    def _tell(self, field: dict[str, Any], value: str) -> str:
        """In a phrase of its own, or after the name of the field."""
        if self.dice.random() < 0.5:
            return str(self.dice.choice(field["phrases"])).replace("{value}", value)
        way = self.dice.choice(_TELLING[self.values.language])
        return way.format(key=self.dice.choice(field["called"]), value=value)


def source(language: str, words: list[str], dice: random.Random) -> Source:
    """Whatever `questions/extraction.<language>.toml` holds, with values made of `words` besides."""
    page = tomllib.loads((HERE / "next" / f"extraction.{language}.toml").read_text(encoding="utf-8"))
    values = Values(page["lists"], words, language, dice)
    return Source(values, page["kind"], page["field"], (*page["think"], page["high"]), dice)


def format_text(name: str, schema: dict[str, Any]) -> str:
    """As app/harmony/system.py tells a format to the model."""
    lines = [f"## {name}"]
    description = schema.get("description")
    told = f"// {description}\n" if description else ""
    return "\n\n".join((*lines, told + json.dumps(schema, ensure_ascii=False, separators=(",", ":"))))


def _fill(text: str, drawn: dict[str, str], *, quote: bool = False) -> str:
    """Values go into JSON as they stand between quotes, so what they hold is escaped there."""

    def value(found: re.Match[str]) -> str:
        word = drawn[found[1]]
        return json.dumps(word, ensure_ascii=False)[1:-1] if quote else word

    return re.sub(r"\{([a-z_]+)\}", value, text)
