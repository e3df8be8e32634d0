"""`extract`: the same schema filled in from many documents or rows, into one clean file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from app.assembly import Alcove
from app.cli.arguments import Extract
from app.cli.exit_codes import ExitCode
from app.cli.interrupt import Stop, stoppable
from app.cli.load import chosen_model, load_model
from app.cli.screen import Screen
from app.cli.trouble import note_coverage, note_failure
from app.core.answer_format import FileKind
from app.core.batch import BatchProgress
from app.core.text import visible
from app.i18n import Texts
from app.i18n.quantities import duration_text
from app.services.batches import PIPED, Batch, Inputs, Loss

STDIN = Path(PIPED)
POLL_S = 0.1


def run(arguments: Extract, alcove: Alcove, screen: Screen) -> int:
    found = alcove.formats.read(arguments.schema)
    inputs = _inputs(arguments, alcove)
    _note_inputs(inputs, alcove.tr, screen)
    if not inputs.items:
        return ExitCode.USAGE
    plan = alcove.batches.plan(arguments.prompt, inputs, found, arguments.sampling)
    how = {"resume": arguments.resume, "replace": arguments.replaces}
    alcove.batches.require_free(arguments.out, inputs, **how)
    note_coverage(found, alcove.tr, screen)
    model = load_model(alcove, chosen_model(alcove, arguments.model), Stop(), screen)
    assert model is not None
    with closing(alcove.batches.open(plan, inputs, arguments.out, **how)) as batch:
        return _run(batch, inputs, arguments, alcove, screen)


def _run(batch: Batch, inputs: Inputs, arguments: Extract, alcove: Alcove, screen: Screen) -> int:
    with stoppable() as stop:
        _follow(batch, arguments, stop, alcove, screen)
    told = {outcome.key for outcome in inputs.refused}
    for outcome in batch.failures:
        if outcome.key not in told:
            note_failure(_name(outcome.key, alcove.tr), outcome, alcove.tr, screen)
    if stop.requested:
        if arguments.out is not None:
            screen.note(alcove.tr("Stopped; the same command with --resume goes on."))
        return ExitCode.INTERRUPTED
    _keep(batch, arguments, alcove.tr, screen)
    return ExitCode.SOME_FAILED if batch.failures else ExitCode.DONE


def _inputs(arguments: Extract, alcove: Alcove) -> Inputs:
    if arguments.inputs != (STDIN,):
        return alcove.batches.inputs(arguments.inputs, arguments.prompt)
    name = _name(PIPED, alcove.tr)
    return alcove.batches.piped_input(sys.stdin.buffer, name, arguments.prompt)


def _name(key: str, tr: Texts) -> str:
    """What an item is called in a sentence."""
    return tr("standard input") if key == PIPED else visible(key)


def _note_inputs(inputs: Inputs, tr: Texts, screen: Screen) -> None:
    """What of the inputs nothing will be asked about, before the time is spent on the rest."""
    for path in inputs.left_out:
        screen.note(tr("{name}: left out, it is no text document.", name=visible(str(path))))
    for outcome in inputs.refused:
        note_failure(visible(outcome.key), outcome, tr, screen)
    if not inputs.items:
        screen.note(tr("There is no document that can be read: nothing was asked."))


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


def _keep(batch: Batch, arguments: Extract, tr: Texts, screen: Screen) -> None:
    kind = arguments.kind or FileKind.of(arguments.out or STDIN)
    if arguments.out is not None:
        _note_losses(batch.write(kind, with_source=arguments.with_source), kind, tr, screen)
    elif batch.is_list or not batch.failures:
        file = batch.file(kind, with_source=arguments.with_source)
        screen.write(file.content.decode("utf-8"))
        _note_losses(file.losses, kind, tr, screen)


def _note_losses(losses: Sequence[Loss], kind: FileKind, tr: Texts, screen: Screen) -> None:
    """What the file could not hold of the answers, by item."""
    for loss in losses:
        told = tr.plural(
            "{n} character that {kind} cannot hold was replaced by “\ufffd”.",
            "{n} characters that {kind} cannot hold were replaced by “\ufffd”.",
            loss.characters,
            kind=kind.value.upper(),
        )
        screen.note(f"{_name(loss.key, tr)}: {told}")
