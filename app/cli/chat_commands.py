"""What can be told a terminal chat besides questions: /new, /open, /set and the like."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.cli.chats import title, write_list
from app.cli.session import Session
from app.core.answer_format import AnswerFormat
from app.core.errors import DocumentMissing, NotFound
from app.core.message import Message, Role
from app.core.sampling import PARAMETERS, Effort
from app.core.text import visible
from app.core.words import mark
from app.i18n.quantities import duration_text

LONGEST_NUMBER = 18
"""Digits; no database holds larger ones."""


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """`words` are what follows the name; `act` gets them as one text."""

    words: str
    meaning: str
    act: Callable[[Session, str], None]


class Misused(Exception):
    """The words after the command's name make no sense."""


def obey(text: str, session: Session) -> None:
    """Do what a line that begins with a slash says."""
    name, _, rest = text[1:].partition(" ")
    command = COMMANDS.get(name)
    if command is None:
        session.screen.note(
            session.tr(
                "There is no command /{name}: /help lists them. To send it, begin the line with a space.",
                name=name,
            )
        )
        return
    try:
        command.act(session, rest.strip())
    except Misused:
        session.screen.note(session.tr("Use it so: {usage}", usage=f"/{name} {command.words}".strip()))


def _help(session: Session, _: str) -> None:
    usages = {f"/{name} {command.words}".strip(): command.meaning for name, command in COMMANDS.items()}
    width = max(len(usage) for usage in usages)
    for usage, meaning in usages.items():
        session.screen.line(f"{usage:<{width}}  {session.tr(meaning)}")
    session.screen.line(session.tr("A backslash at the end of a line continues it; Ctrl+C stops an answer."))


def _new(session: Session, _: str) -> None:
    session.start_anew()


def _open(session: Session, rest: str) -> None:
    session.open(_number(rest))
    session.write_transcript()


def _list(session: Session, rest: str) -> None:
    chat = session.alcove.chat
    found = chat.find(rest) if rest else chat.list()
    if found:
        write_list(found, session.tr, session.screen)
    else:
        session.screen.note(session.tr("No chat was found."))


def _instructions(session: Session, rest: str) -> None:
    if rest:
        session.change(instructions="" if rest == "-" else rest)
    session.screen.line(session.options.instructions or session.tr("(no instructions)"))


def _format(session: Session, rest: str) -> None:
    """Choose a format from a file or the library by its name; a dash goes back to free text."""
    if rest:
        try:
            session.change(format=None if rest == "-" else _found_format(session, rest))
        except DocumentMissing:
            names = ", ".join(session.tr(one.format.name) for one in session.alcove.formats.list())
            session.screen.note(
                session.tr(
                    "There is no format or file called “{name}”. The formats: {names}.",
                    name=visible(rest),
                    names=visible(names),
                )
            )
            return
    chosen = session.options.format
    session.screen.line(session.tr("(free text)") if chosen is None else session.tr(chosen.name))


def _found_format(session: Session, words: str) -> AnswerFormat:
    formats = session.alcove.formats
    known = (one.format for one in formats.list())
    wanted = words.casefold()
    named = (one for one in known if wanted in (one.name.casefold(), session.tr(one.name).casefold()))
    return next(named, None) or formats.read(_path(words))


def _effort(session: Session, rest: str) -> None:
    if rest:
        try:
            session.change(effort=Effort(rest))
        except ValueError as error:
            raise Misused from error
    session.screen.line(session.options.sampling.effort.value)


def _set(session: Session, rest: str) -> None:
    """Set one value; without words list all."""
    name, _, value = rest.partition(" ")
    parameter = next((p for p in PARAMETERS if p.name == name.replace("-", "_")), None)
    if rest and parameter is None:
        raise Misused
    if parameter is not None:
        try:
            session.change(**{parameter.name: int(value) if parameter.is_whole else float(value)})
        except ValueError as error:
            raise Misused from error
    for one in PARAMETERS if parameter is None else (parameter,):
        value_now = getattr(session.options.sampling, one.name)
        session.screen.line(f"{one.name:<18} {value_now:<8g} {session.tr(one.meaning)}")


def _regenerate(session: Session, _: str) -> None:
    conversation, last = session.opened, session.opened.last
    if last is None:
        raise NotFound(what="message")
    session.show(lambda: session.alcove.chat.regenerate(conversation.id, last.id))


def _edit(session: Session, rest: str) -> None:
    if not rest:
        raise Misused
    conversation = session.opened
    question = _last(session, Role.USER)
    session.show(lambda: session.alcove.chat.edit(conversation.id, question.id, rest))


def _version(session: Session, rest: str) -> None:
    """Go to another version of the last answer, or say how many there are."""
    conversation, answer = session.opened, _last(session, Role.ASSISTANT)
    versions = conversation.siblings(answer.id)
    if rest:
        number = _number(rest)
        if not 1 <= number <= len(versions):
            raise Misused
        session.alcove.chat.switch(conversation.id, versions[number - 1])
        session.open(conversation.id)
        session.screen.line(_last(session, Role.ASSISTANT).text)
        return
    here = versions.index(answer.id) + 1
    session.screen.line(session.tr("version {here} of {all}", here=here, all=len(versions)))


def _rename(session: Session, rest: str) -> None:
    if not rest:
        raise Misused
    session.alcove.chat.rename(session.opened.id, rest)
    session.open(session.opened.id)


def _delete(session: Session, rest: str) -> None:
    number = _number(rest) if rest else session.opened.id
    removed = session.alcove.chat.open(number)
    session.alcove.chat.delete(number)
    session.deleted_id = number
    if session.conversation is not None and session.conversation.id == number:
        session.start_anew()
    session.screen.line(
        session.tr("Deleted “{title}”. /undo brings it back.", title=title(removed.title, session.tr))
    )


def _undo(session: Session, _: str) -> None:
    if session.deleted_id is None:
        raise NotFound(what="chat")
    session.alcove.chat.restore(session.deleted_id)
    session.open(session.deleted_id)
    session.deleted_id = None
    session.screen.line(title(session.opened.title, session.tr))


def _model(session: Session, rest: str) -> None:
    if rest:
        session.load(None if rest == "demo" else _path(rest).absolute())
    for choice in session.alcove.models.choices():
        is_current = choice == session.alcove.models.current
        place = "demo" if choice.is_demo else str(choice.path)
        session.screen.line(f"{'*' if is_current else ' '} {choice.name}  {place}")


def _stats(session: Session, _: str) -> None:
    answer = _last(session, Role.ASSISTANT)
    usage, timing, tr = answer.usage, answer.timing, session.tr
    session.screen.line(
        tr(
            "{tokens} tokens · {rate:.1f} tokens/s · first token {first}",
            tokens=usage.completion_tokens,
            rate=timing.tokens_per_s,
            first=duration_text(timing.first_token_s, tr),
        )
    )
    counts = {"prompt": usage.prompt_tokens, "cached": usage.cached_tokens}
    session.screen.line(tr("prompt {prompt} tokens, {cached} of them from the cache", **counts))


def _paste(session: Session, _: str) -> None:
    session.screen.note(session.tr("Paste the text, then end with a line that holds only a full stop."))
    text = session.keyboard.read_until_dot()
    if text.strip():
        session.send(text)


def _quit(session: Session, _: str) -> None:
    session.is_over = True


def _path(words: str) -> Path:
    """os.path leaves `~nobody` as it is, where Path raises."""
    return Path(os.path.expanduser(words))


def _number(word: str) -> int:
    if not word.isdecimal() or len(word) > LONGEST_NUMBER:
        raise Misused
    return int(word)


def _last(session: Session, role: Role) -> Message:
    path = session.opened.active_path
    found = next((message for message in reversed(path) if message.role is role), None)
    if found is None:
        raise NotFound(what="message")
    return found


COMMANDS: Final = {
    "help": ChatCommand("", mark("list these commands"), _help),
    "new": ChatCommand("", mark("begin a new chat"), _new),
    "list": ChatCommand("[WORDS]", mark("list the chats, or those with these words in the title"), _list),
    "open": ChatCommand("NUMBER", mark("go on with a chat of the list"), _open),
    "paste": ChatCommand("", mark("send text of several lines"), _paste),
    "regenerate": ChatCommand("", mark("answer the last question once more"), _regenerate),
    "edit": ChatCommand("TEXT", mark("ask the last question anew with this text"), _edit),
    "version": ChatCommand("[NUMBER]", mark("show another version of the last answer"), _version),
    "instructions": ChatCommand(
        "[TEXT|-]", mark("how the model should answer; - removes them"), _instructions
    ),
    "format": ChatCommand(
        "[NAME|FILE|-]", mark("the format that answers have to fit; - goes back to free text"), _format
    ),
    "effort": ChatCommand("[low|medium|high]", mark("how much the model reasons before it answers"), _effort),
    "set": ChatCommand("[NAME VALUE]", mark("change a sampling value of this chat, or list all"), _set),
    "model": ChatCommand("[FILE|demo]", mark("load another model, or list the known ones"), _model),
    "stats": ChatCommand("", mark("tokens and speed of the last answer"), _stats),
    "rename": ChatCommand("TITLE", mark("give this chat another title"), _rename),
    "delete": ChatCommand("[NUMBER]", mark("delete this chat or one of the list"), _delete),
    "undo": ChatCommand("", mark("bring back the chat deleted last"), _undo),
    "quit": ChatCommand("", mark("leave"), _quit),
}
