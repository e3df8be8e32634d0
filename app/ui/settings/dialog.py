"""The settings: each acts at once and is kept at once, so there is no OK and no Cancel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.settings import CONTEXT_CHOICES, Language, Settings
from app.core.settings import Theme as ThemeChoice
from app.i18n import Texts
from app.ui.chat.composer import short_count
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_XL
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.number_field import NumberField
from app.ui.widgets.segmented import Segmented

_MAX_THREADS = 256
UNLOAD_CHOICES_MIN = (0, 5, 15, 30, 60, 120)


class SettingsDialog(QDialog):
    """Shows `settings`; `changed` gives the new ones after each change."""

    changed = Signal(object)

    def __init__(self, settings: Settings, data: Path, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._tr = tr
        self.setWindowTitle(tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(SPACE_XL)
        self._form.setVerticalSpacing(SPACE_L)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._add_look()
        self._add_engine()
        self._add_idle()
        self._form.addRow(tr("Your chats"), _place_row(data, tr))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_L)
        column.addLayout(self._form)
        column.addStretch(1)
        column.addLayout(self._bottom())
        self.setMinimumWidth(560)

    def _add_look(self) -> None:
        tr = self._tr
        themes = [
            (ThemeChoice.SYSTEM, tr("As the system")),
            (ThemeChoice.LIGHT, tr("Light")),
            (ThemeChoice.DARK, tr("Dark")),
        ]
        self.theme = Segmented(themes, tr("Appearance"))
        self.theme.choose(self._settings.theme)
        self.theme.chosen.connect(lambda value: self._set(theme=ThemeChoice(value)))
        self._form.addRow(tr("Appearance"), _left(self.theme))
        languages = [
            (Language.SYSTEM, tr("As the system")),
            (Language.ENGLISH, "English"),
            (Language.CHINESE, "简体中文"),
        ]
        self.language = Segmented(languages, tr("Language"))
        self.language.choose(self._settings.language)
        self.language.chosen.connect(self._set_language)
        self._language_note = _note(tr("Acts when Alcove starts the next time."))
        self._language_note.hide()
        self._form.addRow(tr("Language"), _left(self.language, self._language_note))
        keys = [("enter", tr("Enter")), ("shift", tr("Shift+Enter"))]
        self.send_key = Segmented(keys, tr("Send with"))
        self.send_key.choose("enter" if self._settings.enter_sends else "shift")
        self.send_key.chosen.connect(lambda value: self._set(enter_sends=value == "enter"))
        note = _note(tr("The other one makes a new line."))
        self._form.addRow(tr("Send with"), _left(self.send_key, note))

    def _add_engine(self) -> None:
        tr = self._tr
        self.context = QComboBox()
        self.context.addItem(tr("automatic"), 0)
        for tokens in CONTEXT_CHOICES:
            self.context.addItem(tr("{size} tokens", size=short_count(tokens)), tokens)
        self.context.setCurrentIndex(max(0, self.context.findData(self._settings.context_tokens)))
        self.context.setAccessibleName(tr("Context"))
        self.context.activated.connect(lambda _: self._set(context_tokens=self.context.currentData()))
        note = _note(tr("How much of a chat the model sees at once; acts when a model is loaded."))
        self._form.addRow(tr("Context"), _left(self.context, note))
        self.threads = NumberField(0, _MAX_THREADS, 1, is_whole=True)
        self.threads.setFixedWidth(64)
        self.threads.setAccessibleName(tr("Threads"))
        self.threads.set_value(self._settings.threads)
        self.threads.changed.connect(lambda value: self._set(threads=int(value)))
        note = _note(tr("0 takes one per processor core; acts when a model is loaded."))
        self._form.addRow(tr("Threads"), _left(self.threads, note))

    def _add_idle(self) -> None:
        tr = self._tr
        self.on_battery = self._unload_choice("unload_on_battery_min", tr("On battery"))
        self.on_mains = self._unload_choice("unload_on_mains_min", tr("On mains"))
        row = _beside(
            (QLabel(tr("On battery")), 0),
            (self.on_battery, 0),
            (QLabel(tr("On mains")), 0),
            (self.on_mains, 0),
        )
        note = _note(tr("An unused model gives its memory back; the next message loads it again."))
        self._form.addRow(tr("Unload after"), _left(row, note))

    def _unload_choice(self, name: str, label: str) -> QComboBox:
        tr = self._tr
        combo = QComboBox()
        chosen = getattr(self._settings, name)
        for minutes in sorted({*UNLOAD_CHOICES_MIN, chosen}):
            combo.addItem(tr("{n} min", n=minutes) if minutes > 0 else tr("never"), minutes)
        combo.setCurrentIndex(combo.findData(chosen))
        combo.setAccessibleName(f"{tr('Unload after')}: {label}")
        combo.activated.connect(lambda _: self._set(**{name: combo.currentData()}))
        return combo

    def _bottom(self) -> QHBoxLayout:
        close = QPushButton(self._tr("Close"))
        close.setProperty("kind", "primary")
        close.setDefault(True)
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        return row

    def _set_language(self, value: str) -> None:
        self._language_note.show()
        self._set(language=Language(value))

    def _set(self, **values: object) -> None:
        self._settings = replace(self._settings, **values)  # type: ignore[arg-type]
        self.changed.emit(self._settings)


def _left(control: QWidget, note: QWidget | None = None) -> QWidget:
    """A control at its own width, with a remark below it."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(control, 0, Qt.AlignmentFlag.AlignLeft)
    if note is not None:
        column.addWidget(note)
    return holder


def _place_row(data: Path, tr: Texts) -> QWidget:
    path = ElidedLabel(str(data))
    path.setProperty("kind", "muted")
    show = QPushButton(tr("Show the folder"))
    show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(data))))
    return _beside((path, 1), (show, 0))


def _beside(*widgets: tuple[QWidget, int]) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_M)
    for widget, stretch in widgets:
        row.addWidget(widget, stretch)
    return holder


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("kind", "muted")
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
