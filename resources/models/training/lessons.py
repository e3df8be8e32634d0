"""Conversations to learn from, as token ids in the Harmony format that Alcove sends."""

from __future__ import annotations

import datetime
import os
import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import extraction
import questions
import spelling
import vocabulary
from extraction import Source
from openai_harmony import (
    Conversation,
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
LONGEST = 1_000
STRANGE_WORDS = 500
OUTSIDE_SHARE = 4
"""What it does not know is asked about more often than each thing that it knows."""

NONE = -1
"""No topic."""

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
    """One conversation: its tokens, their positions, and which of them are to be learnt.

    `topic`, if there is one, is what its last token, or each before a learnt one, has to be recognised as.
    """

    ids: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    learn: list[bool] = field(default_factory=list)
    topic: int = NONE

    def add(self, ids: list[int], learn: bool) -> None:
        start = self.positions[-1] + 1 if self.positions else 0
        self.ids += ids
        self.positions += range(start, start + len(ids))
        self.learn += [learn] * len(ids)


class Teacher:
    """Draws conversations from the questions and the extraction tasks."""

    def __init__(
        self, asked: list[Question], sources: list[Source], encoding: HarmonyEncoding, dice: random.Random
    ) -> None:
        self.asked, self.sources, self.encoding, self.dice = asked, sources, encoding, dice
        self.strange = [token for source in sources for token in self._tokens(source.values.words)]
        self.fill = {name: words for question in asked for name, words in question.fill.items()}
        self.held_out = {questions.plain(text) for question in asked for text in question.held_out}
        self.named = {(question.name, question.language): question for question in asked}
        self.shares = [OUTSIDE_SHARE if question.is_outside else 1 for question in asked]
        self.refusals = {
            language: tuple(
                answer
                for question in asked
                if question.is_outside and question.language == language
                for answer in question.answers
            )
            for language in questions.LANGUAGES
        }
        self.topics = {answers: at for at, answers in enumerate(dict.fromkeys(map(self.right, asked)))}

    def right(self, question: Question) -> tuple[str, ...]:
        """Its answers; of what is outside of its world any refusal will do."""
        return self.refusals[question.language] if question.is_outside else question.answers

    def prompt(self, texts: list[str], effort: str, developer: str = "") -> list[int]:
        """A conversation up to the assistant's turn as the program renders it; each second text an answer."""
        messages = [self._system(effort), *self._developer(developer)]
        for at, text in enumerate(texts):
            is_answer = at % 2 == 1
            messages.append(_reply("final", text) if is_answer else _question(text))
        conversation = Conversation.from_messages(messages)
        return self.encoding.render_conversation_for_completion(conversation, Role.ASSISTANT)

    def exam_tokens(self) -> set[int]:
        """Tokens of the phrasings that were held out and of the outside questions for the test."""
        texts = [text for question in self.asked for text in question.exam()]
        texts += [text for language in questions.LANGUAGES for text in questions.outside_test(language)]
        return {token for text in texts for token in self._render(_question(text))}

    def draw(self) -> Lesson:
        """One conversation of one to five turns; only the last turn is learnt."""
        while True:
            lesson = self._draw()
            if len(lesson.ids) <= LONGEST:
                return lesson

    def question(self) -> Lesson:
        """Only a question, to be recognised: the cheapest of all."""
        lesson, question = Lesson(), self._choose()
        self._put(lesson, question)
        lesson.add(self._render(_reply("analysis", ""))[:5], learn=False)
        return self._later(lesson)

    def drill(self) -> Lesson:
        """Only a question, its reasoning and its answer, without what stands before it: cheap."""
        lesson, question = Lesson(), self._choose()
        self._put(lesson, question)
        thought = self._render(_reply("analysis", question.thought("medium")))
        answer = self._render(_reply("final", self.dice.choice(question.answers)))
        lesson.add(thought[:5], learn=False)
        lesson.add(thought[5:], learn=True)
        lesson.add(answer[:5], learn=False)
        lesson.add([*answer[5:-1], vocabulary.RETURN], learn=True)
        return self._later(lesson)

    def extract(self) -> Lesson:
        """A text, mostly with a format, and the JSON to make of it; often without the system message."""
        dice, lesson = self.dice, Lesson()
        task = dice.choice(self.sources).draw()
        is_short = dice.random() < 0.7
        effort = "low" if is_short else dice.choice(questions.EFFORTS)
        if not is_short:
            lesson.add(self._render(self._system(effort)), learn=False)
        for message in self._developer(developer_text(task.instructions, task.format)):
            self._cut(lesson, self._render(message))
        lesson.add(self._render(_question(task.text)), learn=False)
        thought = questions.joined(task.think, effort, is_chinese(task.think[0]))
        self._reason_and_answer(lesson, thought, task.answer)
        return self._later(lesson) if is_short else lesson

    def _cut(self, lesson: Lesson, ids: list[int]) -> None:
        """A long format without its middle mostly: what stands there matters little, and costs much."""
        head, tail = self.dice.randrange(20, 90), self.dice.randrange(10, 40)
        if len(ids) < head + tail + 10 or self.dice.random() < 0.08:
            lesson.add(ids, learn=False)
            return
        lesson.add(ids[:head], learn=False)
        lesson.add(ids[-tail:], learn=False)
        lost = len(ids) - head - tail
        for at in range(len(lesson.ids) - tail, len(lesson.ids)):
            lesson.positions[at] += lost

    def _later(self, lesson: Lesson) -> Lesson:
        """As if a system message stood before it."""
        before = self.dice.randrange(60, 120)
        lesson.positions = [before + position for position in lesson.positions]
        return lesson

    def _choose(self) -> Question:
        return self.dice.choices(self.asked, self.shares)[0]

    def _draw(self) -> Lesson:
        dice = self.dice
        effort = dice.choice(questions.EFFORTS)
        lesson = Lesson()
        lesson.add(self._render(self._system(effort)), learn=False)
        for message in self._developer(developer_text(self._instructions())):
            lesson.add(self._smudge(self._render(message)), learn=False)
        for _ in range(dice.choices((0, 1, 2, 4), (75, 14, 8, 3))[0]):
            self._earlier(lesson, self._choose())
        question = self._choose()
        self._put(lesson, question)
        self._reason_and_answer(lesson, question.thought(effort), dice.choice(question.answers))
        return lesson

    def _put(self, lesson: Lesson, question: Question) -> None:
        """The question, after the one from which it goes on."""
        if question.first:
            self._earlier(lesson, self.named[question.first, question.language])
        self._ask(lesson, question)
        lesson.topic = self.topics[self.right(question)]

    def _earlier(self, lesson: Lesson, question: Question) -> None:
        """A question and its final answer, as kept in the history; now and then far back."""
        self._ask(lesson, question)
        answer = self.dice.choice(question.answers)
        far = self.dice.randrange(6_000) if self.dice.random() < 0.1 else 0
        lesson.add(self._render(_reply("final", answer)), learn=False)
        if far:
            lesson.positions[-1] += far

    def _ask(self, lesson: Lesson, question: Question) -> None:
        phrase = self.dice.choice(question.ask)
        told = "{" in phrase
        phrase = question.filled(phrase, self.dice)
        if told and question.is_outside and self.dice.random() < 0.5:
            phrase = self._estranged(phrase, question)
        text = questions.vary(phrase, question.language, self.dice)
        if questions.plain(text) in self.held_out:
            text = phrase
        lesson.add(self._smudge(self._render(_question(text))), learn=False)

    def _estranged(self, phrase: str, question: Question) -> str:
        """Names put into a question outside of its world are often such as it has never seen."""
        for words in question.fill.values():
            for word in words:
                if word in phrase:
                    source = next(one for one in self.sources if one.values.language == question.language)
                    return phrase.replace(word, self.dice.choice(source.values.words))
        return phrase

    def _reason_and_answer(self, lesson: Lesson, thought_text: str, answer_text: str) -> None:
        """Sometimes the reasoning is cut or left out, as by a thinking budget."""
        answer = self._render(_reply("final", answer_text))
        thought = self._render(_reply("analysis", thought_text))
        answer[-1] = vocabulary.RETURN
        lesson.add(answer[:2], learn=False)
        budget = self.dice.random()
        if budget < 0.05:
            lesson.add(answer[2:5], learn=False)
        elif budget < 0.12:
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

    def _developer(self, text: str) -> list[Message]:
        return [Message.from_role_and_content(Role.DEVELOPER, text)] if text else []

    def _render(self, message: Message) -> list[int]:
        return self.encoding.render(message)

    def _smudge(self, ids: list[int]) -> list[int]:
        """Put strange words in here and there, so that words never seen do no harm."""
        if self.dice.random() < 0.6:
            return ids
        return [
            self.dice.choice(self.strange)
            if token < vocabulary.RANKS and at > 2 and self.dice.random() < 0.1
            else token
            for at, token in enumerate(ids)
        ]

    def _tokens(self, words: list[str]) -> list[int]:
        return [
            token for word in words for token in self.encoding.encode(word) + self.encoding.encode(f" {word}")
        ]


def developer_text(instructions: str | None, format_told: str = "") -> str:
    """As app/harmony/system.py puts it."""
    parts = [f"# Instructions\n\n{instructions}"] if instructions else []
    return "\n\n".join([*parts, f"# Response Formats\n\n{format_told}"] if format_told else parts)


def _reply(channel: str, text: str) -> Message:
    return Message.from_role_and_content(Role.ASSISTANT, text).with_channel(channel)


def _question(text: str) -> Message:
    return Message.from_role_and_content(Role.USER, text)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def teacher(ranks: bytes, seed: int) -> Teacher:
    """A teacher of the questions beside this script.

    The library reads its vocabulary from a folder named in the environment.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "o200k_base.tiktoken").write_bytes(ranks)
        os.environ["TIKTOKEN_ENCODINGS_BASE"] = folder
        encoding = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
    dice = random.Random(seed)
    words = vocabulary.tokens(ranks)
    sources = [
        extraction.source("en", dice.sample(_english_words(words), STRANGE_WORDS), dice),
        extraction.source("zh", dice.sample(_chinese_words(words), STRANGE_WORDS), dice),
    ]
    return Teacher(questions.read(HERE / "next", seed), sources, encoding, dice)


def _english_words(words: list[bytes]) -> list[str]:
    """Words of one token with and without a space and a capital, so that a copy is token for token."""
    known = set(words)
    found = (
        word.decode()
        for word in words
        if len(word) >= 3 and word.isalpha() and word.islower() and word.isascii()
    )
    forms = ((word, (word, word.capitalize())) for word in found)
    return [
        word
        for word, both in forms
        if all(form.encode() in known and f" {form}".encode() in known for form in both)
    ]


def _chinese_words(words: list[bytes]) -> list[str]:
    texts = (word.decode() for word in words if len(word) == 6 and spelling.is_plain(word))
    return [text for text in texts if all("\u4e00" <= char <= "\u9fff" for char in text)]
