"""`chats`: the list of conversations, newest change first."""

from __future__ import annotations

from datetime import datetime

from app.assembly import Alcove
from app.cli.arguments import Chats
from app.cli.exit_codes import ExitCode
from app.cli.screen import Screen
from app.core.conversation import Summary
from app.core.text import one_line
from app.i18n import Texts


def run(arguments: Chats, alcove: Alcove, screen: Screen) -> int:
    summaries = alcove.chat.list()
    if arguments.as_json:
        screen.json([_values(s) for s in summaries])
    elif summaries:
        write_list(summaries, alcove.tr, screen)
    else:
        screen.note(alcove.tr("There are no chats yet."))
    return ExitCode.DONE


def write_list(summaries: tuple[Summary, ...], tr: Texts, screen: Screen) -> None:
    """One line each: number, day and time of the last change, title."""
    width = len(str(max(summary.id for summary in summaries)))
    for summary in summaries:
        changed = datetime.fromtimestamp(summary.changed_at).astimezone()
        screen.line(f"{summary.id:>{width}}  {changed:%Y-%m-%d %H:%M}  {title(summary.title, tr)}")


def title(text: str, tr: Texts) -> str:
    """A title on one line; a chat without a question yet has none."""
    return one_line(text) or tr("New chat")


def _values(summary: Summary) -> dict[str, object]:
    changed = datetime.fromtimestamp(summary.changed_at).astimezone()
    return {"id": summary.id, "title": summary.title, "changed_at": changed.isoformat(timespec="seconds")}
