"""The questions and answers beside this script, and the many ways a person may type one."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

EFFORTS = ("low", "medium", "high")

_OPENINGS = (
    "please ",
    "Please, ",
    "Can you tell me: ",
    "Hi, ",
    "Hello! ",
    "ok, ",
    "Ok. ",
    "I have a question: ",
    "Tell me, ",
    "And ",
    "now ",
    "Hey, ",
    "So ",
    "I would like to know: ",
    "one more: ",
)
_CLOSINGS = (
    " please",
    " thanks",
    ", please",
    " Thank you",
    "?",
    "??",
    "!",
    ".",
    " here",
    " in Alcove",
    " in this app",
    " now",
)
_HOW = (
    "How do I ",
    "How can I ",
    "how do you ",
    "How to ",
    "What is the way to ",
    "Tell me how to ",
    "I want to ",
    "Show me how to ",
    "How would I ",
    "Can you show me how to ",
)
_WHAT = (
    "What is ",
    "What's ",
    "Tell me about ",
    "Explain ",
    "What exactly is ",
    "What do you know about ",
    "Describe ",
    "Can you explain ",
    "can you tell me what is ",
)
_CAN = ("Can I ", "Is it possible to ", "Am I able to ", "Could I ", "May I ", "How can I ")
_WHERE = (
    "Where is ",
    "Where are ",
    "Where can I find ",
    "Where do I find ",
    "I am looking for ",
    "where do I see ",
)
_WHICH = ("Which ", "What ", "List the ", "Tell me the ")
_DOES = ("Does Alcove ", "Can Alcove ", "Will Alcove ", "does it ", "Does this app ", "Is Alcove able to ")
_BEGINNINGS = {
    "How do I ": _HOW,
    "How can I ": _HOW,
    "What is ": _WHAT,
    "What are ": _WHAT,
    "Explain ": _WHAT,
    "Can I ": _CAN,
    "Where is ": _WHERE,
    "Where are ": _WHERE,
    "Which ": _WHICH,
    "Does Alcove ": _DOES,
}


@dataclass(frozen=True, slots=True)
class Question:
    """One thing people ask: its phrasings, those kept for the evaluation, the thoughts, the answers."""

    ask: tuple[str, ...]
    held_out: tuple[str, ...]
    think: tuple[str, ...]
    answers: tuple[str, ...]
    fill: dict[str, list[str]]

    def phrase(self, dice: random.Random) -> str:
        """One of the phrasings, its {names} filled in."""
        return re.sub(r"\{(\w+)\}", lambda name: dice.choice(self.fill[name[1]]), dice.choice(self.ask))

    def thought(self, effort: str) -> str:
        """The reasoning: one sentence at low effort, two at medium, three at high."""
        return " ".join(self.think[: EFFORTS.index(effort) + 1])


def read(folder: Path) -> list[Question]:
    """Every question of the TOML files in `folder`, in a fixed order."""
    return [question for file in sorted(folder.glob("*.toml")) for question in _read_file(file)]


def _read_file(file: Path) -> list[Question]:
    page = tomllib.loads(file.read_text(encoding="utf-8"))
    fill = page.get("fill", {})
    return [_question(entry, page["high"], fill) for entry in page["question"]]


def _question(entry: dict[str, object], high: str, fill: dict[str, list[str]]) -> Question:
    answer = entry["answer"]
    answers = answer if isinstance(answer, list) else [answer]
    question = Question(
        ask=tuple(entry["ask"]),
        held_out=tuple(entry["held_out"]),
        think=(*entry["think"], high),
        answers=tuple(text.strip() for text in answers),
        fill=fill,
    )
    leaked = {plain(text) for text in question.ask} & {plain(text) for text in question.held_out}
    if leaked:
        raise ValueError(f"held-out phrasings that are also trained on: {leaked}")
    return question


def plain(text: str) -> str:
    """Lower case, without marks at the end: how two phrasings are compared."""
    return text.casefold().strip(" ?!.")


def vary(text: str, dice: random.Random) -> str:
    """`text` in other words, or as a hurried person may type it; often unchanged."""
    if dice.random() < 0.3:
        text = _begin_otherwise(text, dice)
    if dice.random() < 0.12:
        text = dice.choice(_OPENINGS) + text
    if dice.random() < 0.35:
        text = text.rstrip("?.!")
        if dice.random() < 0.35:
            text += dice.choice(_CLOSINGS)
    if dice.random() < 0.06:
        text = _drop_word(text, dice)
    if dice.random() < 0.06:
        text = _swap_letters(text, dice)
    if dice.random() < 0.35:
        text = text.lower()
    return text or "?"


def _begin_otherwise(text: str, dice: random.Random) -> str:
    for beginning, others in _BEGINNINGS.items():
        if text.startswith(beginning):
            return dice.choice(others) + text.removeprefix(beginning)
    return text


def _drop_word(text: str, dice: random.Random) -> str:
    words = text.split()
    if len(words) > 4:
        words.pop(dice.randrange(len(words)))
    return " ".join(words)


def _swap_letters(text: str, dice: random.Random) -> str:
    if len(text) < 8:
        return text
    at = dice.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
