"""`ask`: one question, its answer alone on stdout."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace

from app.assembly import Alcove
from app.cli.arguments import Ask
from app.cli.exit_codes import ExitCode
from app.cli.interrupt import Stop, stoppable
from app.cli.load import chosen_model, load_model
from app.cli.screen import Screen
from app.cli.stream import follow, progress_text
from app.cli.trouble import note_coverage, note_faults
from app.core.errors import AlcoveError, EmptyPrompt, EngineError
from app.core.events import Delta, Event, Finished, FinishReason
from app.core.message import Channel, Message
from app.core.model import LoadedModel
from app.services.answer import Answer
from app.services.fitting import value_of


def run(arguments: Ask, alcove: Alcove, screen: Screen) -> int:
    try:
        prompt = sys.stdin.buffer.read().decode("utf-8-sig") if arguments.prompt == "-" else arguments.prompt
    except UnicodeDecodeError as error:
        screen.note(alcove.tr("Standard input is not UTF-8 text (byte {position}).", position=error.start))
        return ExitCode.USAGE
    if not prompt.strip():
        raise EmptyPrompt  # before a model is loaded for nothing
    if arguments.schema is not None:
        found = alcove.formats.read(arguments.schema)
        note_coverage(found, alcove.tr, screen)
        arguments = replace(arguments, options=replace(arguments.options, format=found))
    # A signal while loading leaves at once: there is nothing to keep, and no load to finish.
    model = load_model(alcove, chosen_model(alcove, arguments.model), Stop(), screen)
    assert model is not None
    with stoppable() as stop:
        answer = _begin(arguments, prompt, alcove)
        try:
            streams = not arguments.as_json and arguments.schema is None
            finished = _follow(answer, stop, alcove, screen, streams=streams)
        except EngineError:
            if stop.requested:  # an engine that takes no notice of the stop is ended
                return ExitCode.INTERRUPTED
            raise
        if arguments.as_json:
            screen.line(_to_json(answer, finished, model, is_ascii=not screen.is_utf8))
        elif answer.message.fits:
            screen.line(answer.message.text)
    if finished.reason is FinishReason.LENGTH:
        screen.note(alcove.tr("The answer was cut at {n} tokens.", n=finished.usage.completion_tokens))
    if stop.requested:
        return ExitCode.INTERRUPTED
    return ExitCode.DONE if _is_good(answer.message, alcove, screen) else ExitCode.SOME_FAILED


def _is_good(message: Message, alcove: Alcove, screen: Screen) -> bool:
    """Whether the answer is what was asked for; tells where it does not fit its schema."""
    note_faults(message.faults, alcove.tr, screen)
    return message.format is None or message.fits


def _begin(arguments: Ask, prompt: str, alcove: Alcove) -> Answer:
    if arguments.save:
        return alcove.chat.send(None, prompt, arguments.options)
    return alcove.chat.ask(prompt, arguments.options)


def _follow(answer: Answer, stop: Stop, alcove: Alcove, screen: Screen, *, streams: bool) -> Finished:
    """Write the final answer as it comes, if it is to stream, and give the last event."""
    last: Event | None = None
    written = ""
    try:
        for event in follow(answer, stop):
            last = event
            if streams and isinstance(event, Delta) and event.channel is Channel.FINAL:
                screen.write(event.text)
                written = event.text
            else:
                screen.progress(progress_text(event, alcove.tr))
    except AlcoveError:
        _end_line(written, screen)
        raise
    _end_line(written, screen)
    assert isinstance(last, Finished)
    return last


def _end_line(written: str, screen: Screen) -> None:
    if written and not written.endswith("\n"):
        screen.line()


def _to_json(answer: Answer, finished: Finished, model: LoadedModel, *, is_ascii: bool) -> str:
    message = answer.message
    timing = finished.timing
    values = {
        "answer": message.text,
        **({} if message.format is None else {"value": value_of(message)}),
        "reasoning": message.reasoning,
        "finish_reason": finished.reason.value,
        "model": model.name,
        "usage": asdict(finished.usage),
        "timing": {
            "load_s": round(model.load_s, 3),
            "first_token_s": round(timing.first_token_s, 3),
            "tokens_per_s": round(timing.tokens_per_s, 2),
        },
    }
    return json.dumps(values, ensure_ascii=is_ascii)
