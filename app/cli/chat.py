"""`chat`: a conversation in the terminal, kept like the window's."""

from __future__ import annotations

from app.assembly import Alcove
from app.cli.arguments import Chat
from app.cli.chat_commands import obey
from app.cli.exit_codes import ExitCode
from app.cli.load import chosen_model
from app.cli.prompt import Keyboard
from app.cli.screen import Screen
from app.cli.session import Session
from app.core.errors import AlcoveError
from app.i18n.sentences import explain


def run(arguments: Chat, alcove: Alcove, screen: Screen) -> int:
    session = Session(alcove, screen, Keyboard())
    if not session.load(chosen_model(alcove, arguments.model)):
        return ExitCode.INTERRUPTED
    if screen.is_terminal:
        screen.line(alcove.tr("Ask anything. /help lists the commands, Ctrl+D leaves."), is_dim=True)
    while not session.is_over:
        _turn(session)
    return ExitCode.DONE


def _turn(session: Session) -> None:
    """Read one entry and do what it says; a fault is said and the chat goes on."""
    try:
        text = session.keyboard.read()
    except EOFError:
        session.is_over = True
        session.screen.line()
        return
    except KeyboardInterrupt:
        if not session.screen.is_terminal:
            raise
        session.screen.line()
        return
    try:
        if text.startswith("/"):
            obey(text, session)
        elif text.strip():
            session.send(text)
    except AlcoveError as error:
        session.screen.note(explain(error, session.tr))
