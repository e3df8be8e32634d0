"""Run one command: build the program, call it, and say in one sentence what went wrong."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.assembly import Alcove, Storage, assemble
from app.cli import ask, chat, chats, doctor, extract, models
from app.cli.arguments import Ask, Chat, Chats, Command, Doctor, Extract, Invocation
from app.cli.exit_codes import ExitCode, exit_code
from app.cli.flags import system_texts
from app.cli.interrupt import terminable, unstoppable
from app.cli.screen import OutputClosed, Screen
from app.core.errors import AlcoveError, NoDisplay
from app.i18n.sentences import explain

EngineCommand = Callable[[], Sequence[str]]


@contextmanager
def profile(invocation: Invocation) -> Iterator[Path | None]:
    """The folder to use, None for the person's own; a throw-away one is removed afterwards."""
    if invocation.is_throwaway:
        with tempfile.TemporaryDirectory(prefix="alcove-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    else:
        yield invocation.profile


def run(command: Command, profile: Path | None, engine_command: EngineCommand) -> int:
    """Run the command and give the program's exit code."""
    screen = Screen(sys.stdout, sys.stderr)
    tr = system_texts()
    try:
        with terminable(), _assembled(command, profile, engine_command) as alcove:
            tr = alcove.tr
            return _call(command, alcove, screen)
    except AlcoveError as error:
        screen.note(explain(error, tr))
        return exit_code(error)
    except OutputClosed as error:
        if error.reason:
            screen.note(tr("The output cannot be written: {reason}.", reason=error.reason))
        return ExitCode.USAGE if error.reason else ExitCode.DONE
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    finally:
        screen.progress("")


def run_without_display(error: NoDisplay, profile: Path | None, engine_command: EngineCommand) -> int:
    """Go on as `chat` where a person sits at a terminal; else say what works without a display."""
    screen = Screen(sys.stdout, sys.stderr)
    tr = system_texts()
    reason = tr(str(error.values["reason"]))
    if sys.stdin.isatty() and sys.stdout.isatty():
        screen.note(tr("No window can be opened here ({reason}): going on in this terminal.", reason=reason))
        return run(Chat(), profile, engine_command)
    screen.note(tr("No window can be opened here ({reason}): use “ask”, which needs none.", reason=reason))
    return exit_code(error)


@contextmanager
def _assembled(command: Command, profile: Path | None, engine_command: EngineCommand) -> Iterator[Alcove]:
    alcove = assemble(profile, storage=_storage(command), engine_command=engine_command())
    try:
        yield alcove
    finally:
        with unstoppable():
            alcove.close()


def _storage(command: Command) -> Storage:
    match command:
        case Ask():
            return "write" if command.save else "none"
        case Chat():
            return "write"
        case Chats():
            return "read"
    return "none"  # `doctor` opens the database itself, so that it can report on a damaged one


def _call(command: Command, alcove: Alcove, screen: Screen) -> int:
    match command:
        case Ask():
            return ask.run(command, alcove, screen)
        case Extract():
            return extract.run(command, alcove, screen)
        case Chat():
            return chat.run(command, alcove, screen)
        case Chats():
            return chats.run(command, alcove, screen)
        case Doctor():
            return doctor.run(command, alcove, screen)
        case _:
            return models.run(command, alcove, screen)
