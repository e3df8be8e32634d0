"""Has a schema examined once it rests for a moment; one examination at a time, the newest last."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.answer_format import Notation
from app.structured.examine import Examination
from app.ui.background import Background, Lane

REST_MS = 250


class Examiner(QObject):
    """`examined` gives an `Examination`; one of a text that is out of date by then is not given."""

    examined = Signal(object)
    failed = Signal(object)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._wanted: tuple[str, Notation] | None = None
        self._is_busy = False
        self._soon = QTimer(self, singleShot=True, interval=REST_MS)
        self._soon.timeout.connect(self._start)

    @property
    def is_pending(self) -> bool:
        """Whether what was asked last is not known yet."""
        return self._wanted is not None

    def ask(self, text: str, notation: Notation, *, at_once: bool = False) -> None:
        """Have `text` examined; what was asked before is dropped."""
        self._wanted = (text, notation)
        self._soon.start(0 if at_once else REST_MS)

    def forget(self) -> None:
        self._wanted = None
        self._soon.stop()

    def _start(self) -> None:
        if self._is_busy or self._wanted is None:
            return
        text, notation = self._wanted
        self._is_busy = True

        def work() -> Examination:
            from app.structured.examine import examine

            return examine(text, notation)

        self._background.run(self, work, self._done, self._gave_up, Lane.SCHEMAS)

    def _done(self, found: Examination) -> None:
        self._is_busy = False
        if self._wanted == (found.text, found.notation):
            self._wanted = None
            self.examined.emit(found)
        elif not self._soon.isActive():
            self._start()

    def _gave_up(self, error: Exception) -> None:
        self._is_busy = False
        self.forget()
        self.failed.emit(error)
