"""`extract`: the same schema filled in from many documents or rows, into one clean file."""

from __future__ import annotations

import sys
from pathlib import Path

from app.assembly import Alcove
from app.cli.arguments import Extract
from app.cli.exit_codes import ExitCode
from app.cli.interrupt import Stop, stoppable
from app.cli.load import chosen_model, load_model
from app.cli.screen import Screen
from app.cli.trouble import note_failure
from app.core.answer_format import FileKind
from app.core.batch import BatchProgress, Item
from app.core.errors import DocumentEmpty, DocumentNotText
from app.core.text import visible
from app.i18n.quantities import duration_text
from app.services.batches import Batch, Inputs

STDIN = Path("-")
POLL_S = 0.1


def run(arguments: Extract, alcove: Alcove, screen: Screen) -> int:
    found = alcove.formats.read(arguments.schema)
    inputs = _inputs(arguments, alcove)
    for path in inputs.left_out:
        screen.note(alcove.tr("{name}: left out, it is no text document.", name=visible(str(path))))
    plan = alcove.batches.plan(arguments.prompt, inputs, found, arguments.sampling)
    how = {"resume": arguments.resume, "replace": arguments.replaces}
    alcove.batches.require_free(arguments.out, inputs, **how)
    model = load_model(alcove, chosen_model(alcove, arguments.model), Stop(), screen)
    assert model is not None
    batch = alcove.batches.open(plan, inputs, arguments.out, **how)
    with stoppable() as stop:
        _follow(batch, arguments, stop, alcove, screen)
    for outcome in batch.failures:
        note_failure(outcome, alcove.tr, screen)
    if stop.requested:
        if arguments.out is not None:
            screen.note(alcove.tr("Stopped; the same command with --resume goes on."))
        return ExitCode.INTERRUPTED
    _keep(batch, arguments, screen)
    return ExitCode.SOME_FAILED if batch.failures else ExitCode.DONE


def _inputs(arguments: Extract, alcove: Alcove) -> Inputs:
    if arguments.inputs != (STDIN,):
        return alcove.batches.inputs(arguments.inputs, arguments.prompt)
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentNotText(path=str(STDIN), position=error.start) from error
    if not text.strip():
        raise DocumentEmpty(path=str(STDIN))
    return Inputs((Item(str(STDIN), text),))


def _follow(batch: Batch, arguments: Extract, stop: Stop, alcove: Alcove, screen: Screen) -> None:
    """Run the batch to its end, or until a signal stops it."""
    run = batch.run(arguments.jobs)
    while not run.ended:
        for event in run.take(POLL_S):
            if isinstance(event, BatchProgress):
                screen.progress(_progress_text(event, alcove))
        if stop.requested:
            run.cancel()
    screen.progress("")


def _progress_text(progress: BatchProgress, alcove: Alcove) -> str:
    tr = alcove.tr
    text = tr("{done} of {total}", done=progress.done, total=progress.total)
    if progress.per_minute is not None:
        text += "  " + tr("{n} a minute", n=f"{progress.per_minute:.1f}")
    if progress.left_s is not None:
        text += "  " + tr("{time} left", time=duration_text(progress.left_s, tr))
    return text


def _keep(batch: Batch, arguments: Extract, screen: Screen) -> None:
    kind = arguments.kind or FileKind.of(arguments.out or STDIN)
    if arguments.out is not None:
        batch.write(kind, with_source=arguments.with_source)
    elif batch.is_list or not batch.failures:
        content = batch.content(kind, with_source=arguments.with_source)
        screen.write(content.decode("utf-8"))
