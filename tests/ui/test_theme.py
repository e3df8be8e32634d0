"""The theme: readable in both schemes, follows the system, icons in its colours."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from app.core.settings import Theme as Choice
from app.ui.style_sheet import MARKS, scheme
from app.ui.theme import INK, Theme
from app.ui.tokens import DARK, LIGHT, CodeColours, Tokens, contrast

ICONS = Path(__file__).parents[2] / "resources" / "icons"


def _pairs(tokens: Tokens) -> list[tuple[str, str, str]]:
    grounds = ("window", "surface", "raised", "selected", "hover", "code_surface", "marked")
    pairs = [(f"text on {g}", tokens.text, getattr(tokens, g)) for g in grounds]
    pairs += [(f"muted on {g}", tokens.muted, getattr(tokens, g)) for g in grounds[:-1]]
    pairs += [
        (f"{ink} on {g}", getattr(tokens, ink), getattr(tokens, g))
        for ink in ("accent", "danger")
        for g in ("window", "surface", "raised", "hover")
    ]
    pairs += [
        ("on accent", tokens.on_accent, tokens.accent),
        ("hovered", tokens.on_accent, tokens.accent_hover),
    ]
    pairs += [(ink, getattr(tokens.code, ink), tokens.code_surface) for ink in CodeColours.__slots__]
    return pairs


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_is_readable(tokens: Tokens) -> None:
    ratios = {name: round(contrast(ink, ground), 2) for name, ink, ground in _pairs(tokens)}
    assert not {name: ratio for name, ratio in ratios.items() if ratio < 4.5}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_outlines_of_controls_are_visible(tokens: Tokens) -> None:
    for ground in (tokens.window, tokens.surface):
        assert contrast(tokens.outline, ground) >= 3
        assert contrast(tokens.accent, ground) >= 3


def test_contrast_of_black_and_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_choosing_a_scheme_dresses_the_application(qapp: QApplication) -> None:
    theme = Theme(qapp, ICONS, Choice.DARK)
    told: list[bool] = []
    theme.changed.connect(lambda: told.append(theme.is_dark))
    assert theme.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.window
    theme.choose(Choice.LIGHT)
    assert told == [False]
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == LIGHT.window
    assert LIGHT.accent in qapp.styleSheet() and DARK.accent not in qapp.styleSheet()


def test_every_icon_is_drawn_in_the_colour_asked_for(qapp: QApplication) -> None:
    theme = Theme(qapp, ICONS, Choice.LIGHT)
    files = sorted(ICONS.glob("*.svg"))
    assert files
    for file in files:
        if file.stem == "alcove":
            continue
        image = theme.icon(file.stem, "danger", 96).pixmap(96, 96).toImage()
        pixels = (image.pixelColor(x, y) for x in range(96) for y in range(96))
        inks = {pixel.name().upper() for pixel in pixels if pixel.alpha() == 255}
        assert inks == {LIGHT.danger}, file.stem


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_the_marks_of_controls_have_the_colours_of_the_tokens(tokens: Tokens) -> None:
    for name, role in MARKS:
        drawing = (ICONS / f"{name}.svg").read_text("utf-8").replace(INK, getattr(tokens, role))
        assert (ICONS / "marks" / f"{name}-{scheme(tokens)}.svg").read_text("utf-8") == drawing
