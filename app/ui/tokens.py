"""The look's tokens, each declared once: colours of both schemes, spacing, radii, type sizes."""

from __future__ import annotations

from dataclasses import dataclass

SPACE_XS, SPACE_S, SPACE_M, SPACE_L, SPACE_XL, SPACE_XXL = 4, 8, 12, 16, 24, 32
RADIUS_S, RADIUS_L = 6, 10
SMALL_PX, BODY_PX, TITLE_PX, HEADLINE_PX = 13, 15, 18, 28
LINE_HEIGHT = 1.55
TEXT_COLUMN_PX = 760
ICON_PX = 18


@dataclass(frozen=True, slots=True)
class CodeColours:
    """What highlighted code is drawn in; `comment` is the muted text's colour."""

    keyword: str
    name: str
    string: str
    number: str
    comment: str
    inserted: str
    deleted: str


@dataclass(frozen=True, slots=True)
class FillColours:
    """What the parts of a bar are filled with; what is free is drawn in the scheme's `raised`."""

    experts: str
    repack: str
    weights: str
    context: str
    working: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours of one scheme as #RRGGBB."""

    window: str
    surface: str
    raised: str
    selected: str
    hover: str
    border: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    outline: str
    danger: str
    code_surface: str
    marked: str
    code: CodeColours
    fill: FillColours


LIGHT = Tokens(
    window="#F7F6F3",
    surface="#FFFFFF",
    raised="#F1EFEA",
    selected="#E9E6DF",
    hover="#EFEDE8",
    border="#E6E3DC",
    text="#1D1C1A",
    muted="#6B675F",
    accent="#0F6E66",
    accent_hover="#0C5C55",
    on_accent="#FFFFFF",
    outline="#8C877D",
    danger="#B3261E",
    code_surface="#F7F6F3",
    marked="#CFE5E2",
    code=CodeColours(
        keyword="#8046AB",
        name="#20619E",
        string="#2C6E37",
        number="#935600",
        comment="#6B675F",
        inserted="#2C6E37",
        deleted="#B3261E",
    ),
    fill=FillColours(
        experts="#0F6E66", repack="#3F8F87", weights="#7FB5AE", context="#D9A441", working="#A59F94"
    ),
)

DARK = Tokens(
    window="#1C1B1A",
    surface="#232220",
    raised="#2E2C29",
    selected="#31302C",
    hover="#2A2926",
    border="#383632",
    text="#EDEBE6",
    muted="#A8A49B",
    accent="#4DB6A9",
    accent_hover="#66C4B8",
    on_accent="#10201E",
    outline="#79756D",
    danger="#F2857C",
    code_surface="#282624",
    marked="#24514C",
    code=CodeColours(
        keyword="#CE93D8",
        name="#8ABBEA",
        string="#9CCB92",
        number="#E2A85C",
        comment="#A8A49B",
        inserted="#9CCB92",
        deleted="#F2857C",
    ),
    fill=FillColours(
        experts="#4DB6A9", repack="#8AD2C8", weights="#2F7F76", context="#D9A441", working="#79756D"
    ),
)


def contrast(first: str, second: str) -> float:
    """The WCAG 2 contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
