"""The one way the window shows errors and offers something: a banner above the composer."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.errors import AlcoveError, EmptyPrompt
from app.i18n import Texts
from app.ui.announce import announce
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.ui.widgets.banner import Banner

OFFER_S = 10
"""How long an offer such as "Undo" stays."""

Act = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence, what can be done about it, and what lies behind it for who wants to know.

    It goes by itself after `seconds`; with 0 it stays until it is closed or another one comes.
    """

    sentence: str
    action: str = ""
    act: Act | None = None
    details: str = ""
    is_fault: bool = False
    seconds: int = 0


class Notices(QWidget):
    """Shows one notice at a time, the newest; takes no room when there is none."""

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._banner: Banner | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.clear)
        self.hide()

    @property
    def current(self) -> Banner | None:
        return self._banner

    def show_notice(self, notice: Notice) -> None:
        """Show this in place of what was shown."""
        from app.ui.widgets.banner import Banner  # the first paint need not wait for it

        self.clear()
        banner = Banner(
            self._theme,
            notice.sentence,
            action=notice.action,
            details=notice.details,
            details_label=self._tr("Details"),
            close_label=self._tr("Close this notice"),
            is_fault=notice.is_fault,
        )
        banner.closed.connect(self.clear)
        if act := notice.act:
            banner.acted.connect(self.clear)
            banner.acted.connect(act)
        self._banner = banner
        self._column.addWidget(banner)
        self.show()
        if notice.seconds:
            self._timer.start(notice.seconds * 1000)
        announce(self, notice.sentence)

    def show_error(self, error: Exception, again: Act | None = None) -> None:
        """Say what went wrong; `again` is offered as "Try again"."""
        if isinstance(error, EmptyPrompt):
            return  # nothing was written: there is nothing to say about it
        if not isinstance(error, AlcoveError):
            from app.log import logger  # costs time that the first paint need not wait for

            logger("ui").error("unexpected: %s", "".join(traceback.format_exception(error)))
        action = self._tr("Try again") if again else ""
        self.show_notice(Notice(self._sentence(error), action, again, _details(error), is_fault=True))

    def clear(self) -> None:
        self._timer.stop()
        self.hide()
        if self._banner is not None:
            self._banner.hide()
            self._banner.deleteLater()
            self._banner = None

    def _sentence(self, error: Exception) -> str:
        if isinstance(error, AlcoveError):
            from app.i18n.sentences import explain

            return explain(error, self._tr)
        return self._tr("Something went wrong inside Alcove. Your chats are kept; the details say more.")


def _details(error: Exception) -> str:
    if isinstance(error, AlcoveError):
        return str(error) if error.values else ""
    return "".join(traceback.format_exception(error)[-4:]).strip()
