"""The questions and answers beside this script, and the many ways a person may type one."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "next"
EFFORTS = ("low", "medium", "high")
LANGUAGES = ("en", "zh")
KEPT_OUT = 0.1
"""The share of the phrasings that is kept for the evaluation."""

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
_OPENINGS_ZH = (
    "请问，",
    "请问",
    "你好，",
    "那么，",
    "我想知道",
    "告诉我，",
    "想问一下，",
    "麻烦问下，",
    "嗨，",
    "请告诉我",
)
_CLOSINGS_ZH = ("？", "?", "！", "。", "呢？", "呀", "谢谢", "，谢谢", "啊", "呢")
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

    name: str
    language: str
    ask: tuple[str, ...]
    held_out: tuple[str, ...]
    think: tuple[str, ...]
    answers: tuple[str, ...]
    fill: dict[str, list[str]]
    first: str | None = None
    """What was asked before, if the question goes on from another."""

    is_outside: bool = False

    def phrase(self, dice: random.Random) -> str:
        """One of the phrasings, its {names} filled in."""
        return self.filled(dice.choice(self.ask), dice)

    def filled(self, text: str, dice: random.Random) -> str:
        return re.sub(r"\{(\w+)\}", lambda name: dice.choice(self.fill.get(name[1], [name[0]])), text)

    def exam(self) -> list[str]:
        """The phrasings that were held out, filled in the same way each time."""
        return [self.filled(text, random.Random(text)) for text in self.held_out]

    def thought(self, effort: str) -> str:
        """The reasoning: one sentence at low effort, two at medium, three at high."""
        return joined(self.think, effort, self.language == "zh")


def joined(think: tuple[str, ...], effort: str, is_chinese: bool) -> str:
    """As many sentences as the effort asks for."""
    return ("" if is_chinese else " ").join(think[: EFFORTS.index(effort) + 1])


def read(folder: Path, seed: int) -> list[Question]:
    """Every question of the files `<topic>.<language>.toml` in `folder`, in a fixed order."""
    files = sorted(folder.glob("*.toml"))
    pages = [(file, tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]
    return [_question(entry, page, file, seed) for file, page in pages for entry in page.get("question", ())]


def outside_test(language: str) -> list[str]:
    """Questions outside of its world, never trained on."""
    return (FOLDER / f"outside_test.{language}.txt").read_text(encoding="utf-8").splitlines()


def _question(entry: dict[str, Any], page: dict[str, Any], file: Path, seed: int) -> Question:
    topic, language = file.stem.split(".")
    answer = entry["answer"]
    ask = entry["ask"].strip().splitlines()
    kept_out = [text for text in ask[1:] if _is_kept_out(text, seed)]
    return Question(
        name=entry["id"],
        language=language,
        ask=tuple(text for text in ask if text not in kept_out),
        held_out=tuple(kept_out),
        think=(*entry["think"], page["high"]),
        answers=tuple(text.strip() for text in (answer if isinstance(answer, list) else [answer])),
        fill=page.get("fill", {}),
        first=entry.get("first"),
        is_outside=topic == "outside",
    )


def _is_kept_out(text: str, seed: int) -> bool:
    """The dice are thrown for the phrasing alone, so that a new question moves no other one."""
    return random.Random(f"{seed} {plain(text)}").random() < KEPT_OUT


def plain(text: str) -> str:
    """Lower case, without marks at the end: how two phrasings are compared."""
    return text.casefold().strip(" ?!.？！。")


@cache
def _synonyms(language: str) -> tuple[re.Pattern[str], dict[str, list[str]]]:
    """A pattern of all words with synonyms, and what each may be replaced by."""
    page = tomllib.loads((Path(__file__).parent / "synonyms.toml").read_text(encoding="utf-8"))
    others: dict[str, list[str]] = {}
    for group in page[language]:
        for word in group:
            others.setdefault(word.casefold(), []).extend(other for other in group if other != word)
    words = "|".join(re.escape(word) for word in sorted(others, key=len, reverse=True))
    edge = r"\b" if language == "en" else ""
    return re.compile(rf"{edge}(?:{words}){edge}", re.IGNORECASE), others


def vary(text: str, language: str, dice: random.Random) -> str:
    """`text` in other words, or as a hurried person may type it; often unchanged."""
    if dice.random() < 0.6:
        text = _other_words(text, language, dice)
    if language == "zh":
        return _vary_chinese(text, dice)
    if dice.random() < 0.3:
        text = _begin_otherwise(text, dice)
    if dice.random() < 0.12:
        text = dice.choice(_OPENINGS) + text
    if dice.random() < 0.35:
        text = text.rstrip("?.!")
        if dice.random() < 0.35:
            text += dice.choice(_CLOSINGS)
    if dice.random() < 0.1:
        text = _drop_word(text, dice)
    if dice.random() < 0.06:
        text = _swap_letters(text, dice)
    if dice.random() < 0.35:
        text = text.lower()
    return text or "?"


def _vary_chinese(text: str, dice: random.Random) -> str:
    if dice.random() < 0.15:
        text = dice.choice(_OPENINGS_ZH) + text
    if dice.random() < 0.35:
        text = text.rstrip("？。！?!.")
        if dice.random() < 0.4:
            text += dice.choice(_CLOSINGS_ZH)
    if dice.random() < 0.1 and len(text) > 6:
        at = dice.randrange(len(text))
        text = text[:at] + text[at + 1 :]
    return text or "？"


def _other_words(text: str, language: str, dice: random.Random) -> str:
    pattern, others = _synonyms(language)

    def other(found: re.Match[str]) -> str:
        return dice.choice(others[found[0].casefold()]) if dice.random() < 0.5 else found[0]

    return pattern.sub(other, text)


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
