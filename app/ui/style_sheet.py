"""The one style sheet of the program, written from the tokens.

A widget asks for its look by its class and, where there are several, by the dynamic property `kind`:

QPushButton   primary · soft · danger · quiet · link · place · segment (checkable); without a kind: a plain
              bordered button
QToolButton   always a quiet icon button; `round` is the composer's filled send button
QPushButton   `choice` shows what is chosen and opens a menu
QLabel        headline · lead · title · section · muted · small · danger · number · badge
QFrame        bubble · card · answer · banner · notice · rule · sidebar · inspector · header · composer
              · track · ring · menu · frame · field-row
QLineEdit     a field; `number` right-aligned and narrow; `title` a heading edited in place; `remark` small
QTextEdit, QPlainTextEdit   `field` with an outline; `code` within a frame; otherwise bare text
QListWidget   `faults` small and red
QTreeView, QTableView   `data` draws its rows itself
"""

from __future__ import annotations

from string import Template

from app.ui.tokens import DARK, HEADLINE_PX, LIGHT, RADIUS_L, RADIUS_S, SMALL_PX, TITLE_PX, Tokens

_BASE = """
QMainWindow, QDialog { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 8px;
           font-size: ${small_px}px; }
QSplitter::handle { background: $border; }
QScrollArea, QAbstractScrollArea { border: none; }
"""

_LABELS = """
QLabel { background: transparent; }
QLabel[kind="title"] { font-size: ${title_px}px; font-weight: 600; }
QLabel[kind="section"] { font-weight: 600; }
QLabel[kind="muted"] { color: $muted; font-size: ${small_px}px; }
QLabel[kind="small"], QLabel[kind="number"] { font-size: ${small_px}px; }
QLabel[kind="danger"] { color: $danger; font-size: ${small_px}px; }
QLabel[kind="headline"] { font-size: ${headline_px}px; font-weight: 600; }
QLabel[kind="lead"] { color: $muted; }
QLabel[kind="badge"] { color: $accent; background: $raised; border-radius: ${radius_s}px; font-weight: 600;
    font-size: ${small_px}px; padding: 3px 12px; }
"""

_BUTTONS = """
QPushButton { background: $surface; color: $text; border: 1px solid $border; border-radius: ${radius_s}px;
              padding: 6px 14px; min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $selected; }
QPushButton:focus { border-color: $accent; outline: none; }
QPushButton:disabled { color: $muted; background: $window; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent;
    font-weight: 600; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed { background: $accent_hover; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; padding: 5px 13px; }
QPushButton[kind="primary"]:disabled { background: $selected; color: $muted; border-color: $selected; }
QPushButton[kind="soft"] { background: $raised; border: 1px solid $raised; }
QPushButton[kind="soft"]:hover { background: $selected; }
QPushButton[kind="soft"]:focus { border-color: $accent; }
QPushButton[kind="danger"] { color: $danger; }
QPushButton[kind="quiet"], QPushButton[kind="link"] { background: transparent; border: 1px solid transparent;
    color: $muted; padding: 3px 8px; font-size: ${small_px}px; }
QPushButton[kind="link"] { color: $accent; }
QPushButton[kind="place"] { background: transparent; border: 1px solid transparent; color: $danger;
    padding: 0 7px; min-height: 20px; text-align: left; }
QPushButton[kind="place"]:hover { background: $hover; }
QPushButton[kind="place"]:focus { border-color: $accent; }
QPushButton[kind="quiet"]:hover, QPushButton[kind="link"]:hover { background: $hover; color: $text; }
QPushButton[kind="quiet"]:focus, QPushButton[kind="link"]:focus { border-color: $accent; }
QPushButton[kind="segment"] { background: transparent; border: 1px solid transparent; color: $muted;
    padding: 3px 12px; font-size: ${small_px}px; min-height: 16px; }
QPushButton[kind="segment"]:hover { color: $text; }
QPushButton[kind="segment"]:checked { background: $segment; color: $text; font-weight: 600; }
QPushButton[kind="segment"]:focus { border-color: $accent; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: ${radius_s}px;
              padding: 4px; color: $muted; font-size: ${small_px}px; }
QToolButton:hover, QToolButton:pressed, QToolButton:checked { background: $hover; color: $text; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $outline; }
QToolButton[kind="fold"] { padding: 3px 6px 3px 2px; }
QToolButton[kind="fold"]:checked:!hover { background: transparent; color: $muted; }
QToolButton::menu-indicator { image: none; }
QToolButton[kind="float"] { background: $surface; border: 1px solid $border; border-radius: 15px;
    padding: 5px; }
QToolButton[kind="float"]:hover { background: $hover; }
QToolButton[kind="round"] { background: $accent; border-radius: 17px; min-width: 24px; min-height: 24px; }
QToolButton[kind="round"]:hover { background: $accent_hover; }
QToolButton[kind="round"]:focus { border: 2px solid $text; padding: 3px; }
QToolButton[kind="round"]:disabled { background: $selected; }
"""

_FRAMES = """
QFrame[kind="sidebar"], QFrame[kind="inspector"] { background: $window; }
QFrame[kind="surface"], QFrame[kind="header"] { background: $surface; }
QFrame[kind="header"] { border: none; border-bottom: 1px solid $border; }
QFrame[kind="bubble"] { background: $raised; border-radius: ${radius_l}px; }
QFrame[kind="card"] { background: $code_surface; border: 1px solid $border; border-radius: ${radius_l}px; }
QFrame[kind="answer"] { background: $surface; border: 1px solid $border; border-radius: ${radius_l}px; }
QFrame[kind="composer"] { background: $surface; border: 1px solid $composer; border-radius: 14px; }
QFrame[kind="composer"][focused="true"] { border-color: $outline; }
QFrame[kind="track"] { background: $raised; border-radius: ${radius_s}px; }
QFrame[kind="banner"], QFrame[kind="notice"] { background: $raised; border: 1px solid $border;
    border-radius: ${radius_l}px; }
QFrame[kind="notice"] { border-color: $danger; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QFrame[kind="ring"] { border: 1px solid $accent; }
QFrame[kind="rule"] { background: $border; border: none; max-height: 1px; min-height: 1px; }
QFrame[kind="fold"] { border: none; border-left: 2px solid $border; }
"""

_FIELDS = """
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QTextEdit[kind="field"], QPlainTextEdit[kind="field"] {
    background: $surface; color: $text; border: 1px solid $outline; border-radius: ${radius_s}px;
    selection-background-color: $marked; selection-color: $text; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { padding: 5px 10px; min-height: 20px; }
QTextEdit[kind="field"], QPlainTextEdit[kind="field"] { padding: 6px; font-size: ${small_px}px; }
QTextEdit, QPlainTextEdit, QTextBrowser { background: transparent; border: none;
    selection-background-color: $marked; selection-color: $text; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QTextEdit[kind="field"]:focus,
QPlainTextEdit[kind="field"]:focus { border: 2px solid $accent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { padding: 4px 9px; }
QTextEdit[kind="field"]:focus, QPlainTextEdit[kind="field"]:focus { padding: 5px; }
QLineEdit[kind="number"]:!focus:!hover { border-color: $border; }
QLineEdit[kind="number"] { font-size: ${small_px}px; padding: 1px 7px; min-height: 18px; }
QLineEdit[kind="number"]:focus { padding: 0px 6px; }
QLineEdit[kind="title"] { font-weight: 600; border: 1px solid transparent; background: transparent; }
QLineEdit[kind="title"]:hover { border-color: $border; }
QLineEdit[kind="title"]:focus { border: 2px solid $accent; background: $surface; }
QLineEdit[wrong="true"], QLineEdit[wrong="true"]:focus { border-color: $danger; }
QLineEdit:disabled, QComboBox:disabled { color: $muted; background: $window; border-color: $border; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url(mark:chevron-down-$scheme.svg); width: 16px; height: 16px; }
QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator, QRadioButton::indicator { width: 16px; height: 16px; background: $surface;
    border: 1px solid $outline; border-radius: 4px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent;
    image: url(mark:check-$scheme.svg); }
QRadioButton::indicator:checked { width: 8px; height: 8px; border: 5px solid $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; width: 14px;
    height: 14px; }
QCheckBox::indicator:checked:focus { border-color: $text; }
QRadioButton::indicator:checked:focus { width: 8px; height: 8px; border: 5px solid $text; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; padding: 4px; outline: none;
    selection-background-color: $selected; selection-color: $text; }
"""

_CHOOSING = """
QPushButton[kind="choice"] { text-align: left; padding: 7px 34px 7px 10px; border-color: $outline; }
QPushButton[kind="choice"]:focus { border: 2px solid $accent; padding: 6px 33px 6px 9px; }
QPushButton[kind="segment"]:disabled { color: $outline; background: transparent; }
QFrame[kind="menu"] { background: $surface; border: 1px solid $border; }
QFrame[kind="frame"] { background: $surface; border: 1px solid $border; border-radius: ${radius_s}px; }
QFrame[kind="field-row"] { border: none; border-bottom: 1px solid $border; }
QPlainTextEdit[kind="code"] { background: $surface; border: 1px solid transparent; padding: 4px 0; }
QPlainTextEdit[kind="code"]:focus { border-color: $accent; }
QPlainTextEdit[kind="code"], QPlainTextEdit[kind="field"], QLineEdit { placeholder-text-color: $muted; }
QLineEdit[kind="remark"] { border: 1px solid transparent; background: transparent; color: $muted;
    font-size: ${small_px}px; padding: 2px 10px; min-height: 18px; }
QLineEdit[kind="remark"]:hover { border-color: $border; }
QLineEdit[kind="remark"]:focus { border: 1px solid $accent; background: $surface; color: $text;
    padding: 2px 10px; }
QListWidget[kind="faults"] { font-size: ${small_px}px; }
QListWidget[kind="faults"]::item { padding: 3px 1px; color: $danger; }
QListWidget[kind="faults"]::item:focus { padding: 2px 0; }
"""

_LISTS = """
QListView, QTreeView, QListWidget { background: transparent; border: none; outline: none; }
QListView::item, QTreeView::item { border-radius: ${radius_s}px; padding: 7px 10px; color: $text; }
QListView::item:hover, QTreeView::item:hover { background: $hover; }
QListView::item:selected, QTreeView::item:selected { background: $selected; color: $text; }
QListView::item:focus { border: 1px solid $accent; padding: 6px 9px; }
QTableView[kind="items"] { background: $surface; border: 1px solid $border; border-radius: ${radius_s}px; }
QTableView[kind="items"]::item { padding: 4px 6px; border-bottom: 1px solid $border; }
QTableView[kind="items"] QHeaderView { background: $surface; }
QTreeView[kind="data"]::item, QTreeView[kind="data"]::item:hover, QTreeView[kind="data"]::item:selected,
QTreeView[kind="data"]::branch { background: transparent; border: none; padding: 0; }
QTableView { background: transparent; border: none; outline: none; }
QTableView::item, QTableView::item:selected { background: transparent; border: none; padding: 0; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: transparent; color: $muted; border: none; padding: 0 8px;
    font-size: ${small_px}px; font-weight: 600; }
QTableCornerButton::section { background: transparent; border: none; }
QMenu { background: $surface; border: 1px solid $border; border-radius: ${radius_s}px; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; font-size: ${small_px}px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $outline; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenuBar { background: $window; }
QMenuBar::item:selected { background: $selected; }
"""

_MOVING = """
QSlider { min-height: 18px; background: transparent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -6px 0; border-radius: 8px;
    background: $surface; border: 2px solid $accent; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { background: $accent; }
QSlider::sub-page:horizontal:disabled { background: $outline; }
QSlider::handle:horizontal:disabled { border-color: $outline; }
QProgressBar { background: $border; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QProgressBar[full="true"]::chunk { background: $danger; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: $scroll; border-radius: 3px; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $outline; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""

_SHEET = Template(_BASE + _LABELS + _BUTTONS + _FRAMES + _FIELDS + _CHOOSING + _LISTS + _MOVING)


MARKS = (("check", "on_accent"), ("chevron-down", "muted"))
"""Icons that controls are drawn with, and the token each is tinted in. A sheet takes pictures from files
alone: they lie tinted in `icons/marks`, found as `mark:NAME-SCHEME.svg`."""


def scheme(tokens: Tokens) -> str:
    return "dark" if tokens is DARK else "light"


def style_sheet(tokens: Tokens) -> str:
    """The application's style sheet in one scheme."""
    is_light = tokens is LIGHT
    colours = {name: getattr(tokens, name) for name in Tokens.__slots__ if name not in ("code", "fill")}
    return _SHEET.substitute(
        colours,
        scheme=scheme(tokens),
        segment=tokens.surface if is_light else tokens.window,
        composer=tokens.border if is_light else tokens.outline,
        scroll=tokens.selected if is_light else tokens.border,
        small_px=SMALL_PX,
        title_px=TITLE_PX,
        headline_px=HEADLINE_PX,
        radius_s=RADIUS_S,
        radius_l=RADIUS_L,
    )
