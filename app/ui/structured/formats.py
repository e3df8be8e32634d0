"""The answer formats at hand: opens their menu and their editor, and has the one in force examined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.answer_format import AnswerFormat
from app.core.conversation import Options
from app.i18n import Texts
from app.ui.background import Background, Lane
from app.ui.opening import Opening
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.services.formats import KnownFormat
    from app.ui.structured.editor import SchemaEditor
    from app.ui.structured.examiner import Examiner

T = TypeVar("T")


class AnswerFormats(QObject):
    """Knows the format of the chat in view; there is one editor at most."""

    chosen = Signal(object)
    """The `AnswerFormat` that the next answer has to fit, None for free text."""
    examined = Signal(object)
    """What is known of the format in force: an `Examination`."""
    deleted = Signal(object)
    """An `AnswerFormat` that was taken out of the library."""
    failed = Signal(object)

    def __init__(
        self, opening: Opening, background: Background, theme: Theme, tr: Texts, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._opening = opening
        self._background = background
        self._theme = theme
        self._tr = tr
        self._format: AnswerFormat | None = None
        self._edited: AnswerFormat | None = None
        self._examiner: Examiner | None = None
        self.editor: SchemaEditor | None = None

    def show_options(self, options: Options) -> None:
        """Another format may be in force now."""
        if options.format == self._format:
            return
        self._format = options.format
        if self._format is not None:
            self._examine(self._format)

    def open_menu(self, anchor: QWidget) -> None:
        """Look what there is, then let one be chosen, at `anchor`."""
        self._list(lambda known: self._show_menu(known, anchor))

    def edit(self) -> None:
        """Open the format in force in the editor, or an empty one where there is none."""
        if self._format is not None:
            edited = self._format
            self._list(lambda known: self._open_editor(edited, known))
        else:
            self.new()

    def new(self) -> None:
        self._open_editor(None, ())

    def delete(self, answer_format: AnswerFormat) -> None:
        """Take one of a person's own out of the library; chats that use it keep it."""

        def work() -> None:
            self._opening.alcove.formats.delete(answer_format.name)

        self._run(work, lambda _: self.deleted.emit(answer_format))

    def restore(self, answer_format: AnswerFormat) -> None:
        """Put it back into the library."""
        self._run(lambda: self._opening.alcove.formats.save(answer_format), lambda _: None)

    def may_close(self) -> bool:
        """Whether nothing unsaved is lost when the window closes; otherwise the editor asks first."""
        if self.editor is None or self.editor.close():
            return True
        self.editor.raise_()
        self.editor.activateWindow()
        return False

    def close_unasked(self) -> None:
        """Close the editor whatever is in it: the program is to end, and nobody may be there to answer."""
        if self.editor is not None:
            self.editor.done(0)

    def _show_menu(self, known: Sequence[KnownFormat], anchor: QWidget) -> None:
        from app.ui.structured.menu import Act, format_menu

        in_force = self._format
        acts: dict[object, Callable[[], object]] = {
            Act.NONE: lambda: self.chosen.emit(None),
            Act.NEW: self.new,
            Act.EDIT: self.edit,
            Act.DELETE: lambda: self.delete(in_force) if in_force else None,
        }

        def choose(value: object) -> None:
            if isinstance(value, AnswerFormat):
                self.chosen.emit(value)
            else:
                acts[value]()

        menu = format_menu(known, in_force, self._theme, self._tr, self._window)
        menu.chosen.connect(choose)
        menu.removed.connect(self.delete)
        menu.open_at(anchor)

    def _open_editor(self, edited: AnswerFormat | None, known: Sequence[KnownFormat]) -> None:
        """A format that ships with the program stays as it is: it is saved as one of the person's own."""
        from app.ui.structured.editor import SchemaEditor

        name = edited.name if edited else ""
        is_own = any(one.format.name == name for one in known if one.is_own)
        ships = any(one.format.name == name for one in known if not one.is_own)
        shown = self._tr("My {name}", name=self._tr(name)) if ships and not is_own else name
        if self.editor is not None and not self.editor.close():
            return  # it asks what to do with what is in it
        self._edited = edited
        self.editor = editor = SchemaEditor(
            edited,
            shown,
            name if is_own else "",
            self._opening,
            self._background,
            self._theme,
            self._tr,
            self._window,
        )
        editor.used.connect(self.chosen)
        editor.saved.connect(self._saved)
        editor.finished.connect(self._editor_closed)
        editor.show()

    def _saved(self, answer_format: AnswerFormat) -> None:
        """Where the format in force was edited, the chat goes on with the new version."""
        if self._edited is not None and self._edited == self._format:
            self._edited = answer_format
            self.chosen.emit(answer_format)

    def _editor_closed(self) -> None:
        self.editor = None

    def _examine(self, answer_format: AnswerFormat) -> None:
        if self._examiner is None:
            from app.ui.structured.examiner import Examiner

            self._examiner = Examiner(self._background, self)
            self._examiner.examined.connect(self.examined)
            self._examiner.failed.connect(self.failed)
        self._examiner.ask(answer_format.schema, answer_format.notation, at_once=True)

    def _list(self, done: Callable[[Sequence[KnownFormat]], None]) -> None:
        def work() -> Sequence[KnownFormat]:
            return self._opening.alcove.formats.list()

        self._run(work, done)

    def _run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._background.run(self, work, done, self.failed.emit, Lane.FILES)
