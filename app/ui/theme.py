"""The theme in force: light or dark, its palette, style sheet, fonts and tinted icons."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QDir, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from app.core.settings import Theme as Choice
from app.ui.style_sheet import style_sheet
from app.ui.tokens import BODY_PX, DARK, ICON_PX, LIGHT, SMALL_PX, Tokens

INK = "#000000"
"""What the icons are drawn in, to be replaced."""

_NAMELESS = ("DejaVu Sans", "Sans Serif", "Sans", "sans-serif", "sans")
"""What a Linux without a desktop gives as its interface font: then better ones are asked for first."""
_BETTER = ("Inter", "Noto Sans")
_CHINESE = ("PingFang SC", "Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC")

_ROLES: tuple[tuple[QPalette.ColorRole, str], ...] = (
    (QPalette.ColorRole.Window, "window"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.Base, "surface"),
    (QPalette.ColorRole.AlternateBase, "raised"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.Button, "surface"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.BrightText, "danger"),
    (QPalette.ColorRole.ToolTipBase, "raised"),
    (QPalette.ColorRole.ToolTipText, "text"),
    (QPalette.ColorRole.PlaceholderText, "muted"),
    (QPalette.ColorRole.Highlight, "marked"),
    (QPalette.ColorRole.HighlightedText, "text"),
    (QPalette.ColorRole.Accent, "accent"),
    (QPalette.ColorRole.Link, "accent"),
    (QPalette.ColorRole.LinkVisited, "accent"),
    (QPalette.ColorRole.Mid, "border"),
    (QPalette.ColorRole.Midlight, "hover"),
    (QPalette.ColorRole.Light, "surface"),
    (QPalette.ColorRole.Dark, "outline"),
    (QPalette.ColorRole.Shadow, "outline"),
)


class Theme(QObject):
    """Dresses the application and tells (`changed`) when it was dressed anew.

    Follows the system's scheme, also while running, unless a scheme was chosen. A widget that draws
    with colours of its own takes them from `tokens` and draws again on `changeEvent` (PaletteChange).
    Nothing in the program moves by itself, so there is no motion to reduce.
    """

    changed = Signal()

    def __init__(self, application: QApplication, icons: Path, choice: Choice = Choice.SYSTEM) -> None:
        """`icons` is the folder of the SVG files; `choice` the person's setting."""
        super().__init__(application)
        self._application = application
        self._icons_folder = icons
        self._icons: dict[tuple[str, str], QIcon] = {}
        self._choice = choice
        self.tokens: Tokens = LIGHT
        QDir.setSearchPaths("mark", [str(icons / "marks")])
        application.setStyle("Fusion")
        application.setFont(_interface_font())
        application.styleHints().colorSchemeChanged.connect(self._follow)
        self.choose(choice)

    @property
    def is_dark(self) -> bool:
        return self.tokens is DARK

    def choose(self, choice: Choice) -> None:
        """Take the person's setting; `SYSTEM` follows the desktop."""
        self._choice = choice
        forced = {Choice.LIGHT: Qt.ColorScheme.Light, Choice.DARK: Qt.ColorScheme.Dark}.get(choice)
        hints = self._application.styleHints()
        if forced is None:
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(forced)
        self._dress()

    def icon(self, name: str, role: str = "muted", size_px: int = ICON_PX) -> QIcon:
        """The icon `name`.svg tinted in a token's colour (`muted`, `text`, `on_accent`, ...)."""
        key = (f"{name}/{size_px}", getattr(self.tokens, role))
        if key not in self._icons:
            self._icons[key] = self._tint(name, key[1], size_px)
        return self._icons[key]

    def _tint(self, name: str, colour: str, size_px: int) -> QIcon:
        drawing = (self._icons_folder / f"{name}.svg").read_text(encoding="utf-8")
        renderer = QSvgRenderer(QByteArray(drawing.replace(INK, colour).encode()))
        icon = QIcon()
        for scale in (1, 2):
            pixmap = QPixmap(size_px * scale, size_px * scale)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(pixmap.rect()))
            painter.end()
            pixmap.setDevicePixelRatio(scale)
            icon.addPixmap(pixmap)
        return icon

    def _follow(self) -> None:
        if self._choice is Choice.SYSTEM:
            self._dress()

    def _dress(self) -> None:
        self.tokens = self._wanted()
        self._icons.clear()
        self._application.setPalette(_palette(self.tokens))
        self._application.setStyleSheet(style_sheet(self.tokens))
        self.changed.emit()

    def _wanted(self) -> Tokens:
        if self._choice is not Choice.SYSTEM:
            return DARK if self._choice is Choice.DARK else LIGHT
        scheme = self._application.styleHints().colorScheme()
        return DARK if scheme is Qt.ColorScheme.Dark else LIGHT


def code_font() -> QFont:
    """The system's monospace font at the size code is shown in."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(SMALL_PX)
    return font


def _interface_font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    family = font.family()
    before = _BETTER if family in _NAMELESS else ()
    font.setFamilies([*before, family, *_CHINESE])
    font.setPixelSize(BODY_PX)
    return font


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    for role, name in _ROLES:
        palette.setColor(role, QColor(getattr(tokens, name)))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.outline))
    return palette
