"""Conversations to learn from, as token ids in the Harmony format that Alcove sends."""

from __future__ import annotations

import datetime
import os
import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import questions
import vocabulary
from openai_harmony import (
    Conversation,
    DeveloperContent,
    HarmonyEncoding,
    HarmonyEncodingName,
    Message,
    ReasoningEffort,
    Role,
    SystemContent,
    load_harmony_encoding,
)
from questions import Question

HERE = Path(__file__).resolve().parent
UNKNOWN = -1
LONGEST = 1_000

_FIRST_DAY = datetime.date(2024, 1, 1)
_INSTRUCTIONS = (
    "Answer briefly.",
    "Answer in short sentences",
    "You are a helpful assistant.",
    "Be friendly and polite.",
    "Always answer in French.",
    "Use simple words.",
    "You are a pirate.",
    "Explain everything step by step.",
    "Do not use Markdown.",
    "You are an expert in {topic}. Answer in {language}.",
    "My name is Alex. I write {code}.",
    "Answer as if you were {person}.",
    "Be concise, accurate and honest. If you do not know something, say so.",
)


@dataclass(slots=True)
class Lesson:
    """One conversation: its tokens, their positions, and which of them are to be learnt."""

    ids: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    learn: list[bool] = field(default_factory=list)

    def add(self, ids: list[int], learn: bool) -> None:
        start = self.positions[-1] + 1 if self.positions else 0
        self.ids += ids
        self.positions += range(start, start + len(ids))
        self.learn += [learn] * len(ids)


class Teacher:
    """Draws conversations from the questions."""

    def __init__(self, asked: list[Question], encoding: HarmonyEncoding, dice: random.Random) -> None:
        self.asked, self.encoding, self.dice = asked, encoding, dice
        self.fill = {name: words for question in asked for name, words in question.fill.items()}
        self.held_out = {questions.plain(text) for question in asked for text in question.held_out}

    def prompt(self, text: str, effort: str, instructions: str | None = None) -> list[int]:
        """A fresh conversation up to the assistant's turn, as the program renders it."""
        question = Message.from_role_and_content(Role.USER, text)
        messages = [self._system(effort), *self._developer(instructions), question]
        conversation = Conversation.from_messages(messages)
        return self.encoding.render_conversation_for_completion(conversation, Role.ASSISTANT)

    def draw(self) -> Lesson:
        """One conversation of one to five turns; only the last turn is learnt."""
        while True:
            lesson = self._draw()
            if len(lesson.ids) <= LONGEST:
                return lesson

    def drill(self) -> Lesson:
        """Only a question and how reasoning and answer begin: quick practice in telling questions apart."""
        lesson, question = Lesson(), self.dice.choice(self.asked)
        self._ask(lesson, question)
        thought = self._render(_reply("analysis", question.think[0]))
        answer = self._render(_reply("final", self.dice.choice(question.answers)))
        lesson.add(thought[:5], learn=False)
        lesson.add(thought[5:-1], learn=True)
        lesson.add([vocabulary.END, *answer[:5]], learn=False)
        lesson.add(answer[5:15], learn=True)
        before = self.dice.randrange(60, 120)
        lesson.positions = [before + position for position in lesson.positions]
        return lesson

    def _draw(self) -> Lesson:
        dice = self.dice
        effort = dice.choice(questions.EFFORTS)
        lesson = Lesson()
        lesson.add(self._render(self._system(effort)), learn=False)
        for message in self._developer(self._instructions()):
            lesson.add(self._smudge(self._render(message)), learn=False)
        for _ in range(dice.choices((0, 1, 2, 4), (65, 20, 11, 4))[0]):
            self._earlier_turn(lesson)
        question = dice.choice(self.asked)
        self._ask(lesson, question)
        self._answer(lesson, question, effort)
        return lesson

    def _earlier_turn(self, lesson: Lesson) -> None:
        """A question and its final answer, as kept in the history; now and then far back."""
        question = self.dice.choice(self.asked)
        self._ask(lesson, question)
        answer = self.dice.choice(question.answers)
        far = self.dice.randrange(6_000) if self.dice.random() < 0.15 else 0
        lesson.add(self._render(_reply("final", answer)), learn=False)
        if far:
            lesson.positions[-1] += far

    def _ask(self, lesson: Lesson, question: Question) -> None:
        phrase = question.phrase(self.dice)
        text = questions.vary(phrase, self.dice)
        if questions.plain(text) in self.held_out:
            text = phrase
        message = Message.from_role_and_content(Role.USER, text)
        lesson.add(self._smudge(self._render(message)), learn=False)

    def _answer(self, lesson: Lesson, question: Question, effort: str) -> None:
        """Reasoning and answer. Sometimes the reasoning is cut or left out, as by a thinking budget."""
        answer = self._render(_reply("final", self.dice.choice(question.answers)))
        thought = self._render(_reply("analysis", question.thought(effort)))
        answer[-1] = vocabulary.RETURN
        lesson.add(answer[:2], learn=False)
        budget = self.dice.random()
        if budget < 0.05:
            lesson.add(answer[2:5], learn=False)
        elif budget < 0.15:
            cut = self.dice.randrange(5, len(thought))
            lesson.add([*thought[2:cut], vocabulary.END, *answer[:5]], learn=False)
        else:
            lesson.add(thought[2:], learn=True)
            lesson.add(answer[:5], learn=True)
        lesson.add(answer[5:], learn=True)

    def _system(self, effort: str) -> Message:
        day = _FIRST_DAY + datetime.timedelta(days=self.dice.randrange(365 * 16))
        content = SystemContent.new().with_conversation_start_date(day.isoformat())
        content = content.with_reasoning_effort(ReasoningEffort(effort.capitalize()))
        return Message.from_role_and_content(Role.SYSTEM, content)

    def _instructions(self) -> str | None:
        """None, a usual text, or random words: the model is to answer whatever stands there."""
        chance = self.dice.random()
        if chance < 0.7:
            return None
        if chance < 0.85:
            text = self.dice.choice(_INSTRUCTIONS)
            return text.format_map({name: self.dice.choice(words) for name, words in self.fill.items()})
        phrases = (question.phrase(self.dice) for question in self.dice.choices(self.asked, k=4))
        return " ".join(self.dice.choices(" ".join(phrases).split(), k=self.dice.randrange(2, 30)))

    def _developer(self, instructions: str | None) -> list[Message]:
        if instructions is None:
            return []
        content = DeveloperContent.new().with_instructions(instructions)
        return [Message.from_role_and_content(Role.DEVELOPER, content)]

    def _render(self, message: Message) -> list[int]:
        return self.encoding.render(message)

    def _smudge(self, ids: list[int]) -> list[int]:
        """Blank out a word here and there, so that words never seen do no harm."""
        if self.dice.random() < 0.6:
            return ids
        return [
            UNKNOWN if token < vocabulary.RANKS and at > 2 and self.dice.random() < 0.08 else token
            for at, token in enumerate(ids)
        ]


def _reply(channel: str, text: str) -> Message:
    return Message.from_role_and_content(Role.ASSISTANT, text).with_channel(channel)


def teacher(ranks: bytes, seed: int) -> Teacher:
    """A teacher of the questions beside this script.

    The library reads its vocabulary from a folder named in the environment.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "o200k_base.tiktoken").write_bytes(ranks)
        os.environ["TIKTOKEN_ENCODINGS_BASE"] = folder
        encoding = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
    return Teacher(questions.read(HERE / "questions"), encoding, random.Random(seed))
