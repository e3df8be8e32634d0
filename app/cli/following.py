"""Follow a download, a check or a copy: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.cli.exit_codes import ExitCode, exit_code
from app.cli.interrupt import stoppable
from app.cli.load import DEMO
from app.cli.screen import Screen
from app.cli.stream import Source, follow
from app.core.download import (
    Checked,
    CheckProgress,
    Damaged,
    DownloadEvent,
    DownloadProgress,
    Fetched,
    Moved,
    MoveProgress,
    Retrying,
    Stopped,
)
from app.core.errors import AlcoveError
from app.i18n import Texts
from app.i18n.quantities import duration_text, size_text
from app.i18n.sentences import explain

BAR_WIDTH = 24
STEP = 5
"""Percent between two plain lines."""

_Progress = DownloadProgress | CheckProgress | MoveProgress
End = Fetched | Checked | Moved | Stopped


def follow_transfer(source: Source[DownloadEvent], tr: Texts, screen: Screen, stopped: str = "") -> End:
    """Its last event; Ctrl+C stops it, and then that is `Stopped`, said by `stopped`: how much is `{done}`.

    Raises:
        AlcoveError: what went wrong.
    """
    teller = Teller(tr, screen)
    with stoppable() as stop, contextlib.closing(teller):
        for event in follow(source, stop):
            teller.tell(event)
            if isinstance(event, Stopped) and stopped:
                screen.note(tr(stopped, done=size_text(event.done_bytes)))
            if isinstance(event, End):
                return event
    raise AssertionError("a transfer ends with its last event or an error")


@dataclass(slots=True)
class Teller:
    """Says how far it is: in place on a terminal, else every few percent in a line of its own."""

    tr: Texts
    screen: Screen
    _told: int = field(default=-STEP)

    def close(self) -> None:
        self.screen.progress("")

    def tell(self, event: DownloadEvent) -> None:
        match event:
            case DownloadProgress() | CheckProgress() | MoveProgress():
                self._tell_progress(event)
            case Retrying():
                said = {"reason": explain(event.error, self.tr), "time": duration_text(event.wait_s, self.tr)}
                self.screen.note(self.tr("{reason} Trying again in {time}.", **said))
            case Damaged(blocks=None):
                self.screen.note(self.tr("What arrived is damaged: all of it is fetched again."))
            case Damaged():
                n = len(event.blocks or ())
                self.screen.note(
                    self.tr.plural(
                        "{n} block is damaged and is fetched again.",
                        "{n} blocks are damaged and are fetched again.",
                        n,
                    )
                )

    def _tell_progress(self, progress: _Progress) -> None:
        percent = 100 * progress.done_bytes // max(1, progress.total_bytes)
        text = progress_text(progress, percent, self.tr)
        if self.screen.shows_progress:
            self.screen.progress(f"{bar(percent, self.screen.is_utf8)} {text}")
        elif percent // STEP > self._told // STEP:
            self._told = percent
            self.screen.note(text)


def bar(percent: int, is_utf8: bool) -> str:
    """How much there is, as a picture."""
    full, empty = ("█", "░") if is_utf8 else ("#", ".")
    filled = BAR_WIDTH * min(100, percent) // 100
    return full * filled + empty * (BAR_WIDTH - filled)


def progress_text(progress: _Progress, percent: int, tr: Texts) -> str:
    """How much of how much, how fast, and how long still."""
    sizes = {"done": size_text(progress.done_bytes), "total": size_text(progress.total_bytes)}
    text = f"{percent:>3} %  " + tr("{done} of {total}", **sizes)
    if progress.bytes_per_s:
        text += f"  {size_text(progress.bytes_per_s)}/s"
    if progress.left_s and progress.done_bytes < progress.total_bytes:
        text += "  " + tr("{time} left", time=duration_text(progress.left_s, tr))
    return text


def for_each(paths: Sequence[Path], do: Callable[[Path], int], tr: Texts, screen: Screen) -> int:
    """Do something with every file; of several, one that fails does not keep the others from it."""

    def unless_demo(path: Path) -> int:
        if path != DEMO:
            return do(path)
        screen.note(tr("The demo is built into Alcove: there is nothing to verify, to repair or to remove."))
        return ExitCode.USAGE

    if len(paths) == 1:
        return unless_demo(paths[0])
    codes = set()
    for path in paths:
        try:
            code: int = unless_demo(path)
        except AlcoveError as error:
            screen.note(explain(error, tr))
            code = exit_code(error)
        if code == ExitCode.INTERRUPTED:
            return code
        codes.add(code)
    return ExitCode.DONE if codes == {ExitCode.DONE} else ExitCode.SOME_FAILED
