"""Sizes and durations as short texts."""

from __future__ import annotations

from app.i18n import Texts

_UNITS = ("B", "kB", "MB", "GB", "TB")


def size_text(size_bytes: float) -> str:
    """Decimal units with at most one digit after the point: 14, "14 B"; 12_100_000_000, "12.1 GB"."""
    unit = 0
    while abs(size_bytes) >= 999.5 and unit < len(_UNITS) - 1:
        size_bytes /= 1000
        unit += 1
    digits = 1 if unit >= 2 and abs(size_bytes) < 99.95 else 0
    return f"{size_bytes:.{digits}f} {_UNITS[unit]}"


def duration_text(seconds: float, tr: Texts) -> str:
    """One unit below a minute, two above: "0.6 s", "12 s", "3 min 20 s", "1 h 5 min"."""
    if seconds < 9.95:
        return tr("{seconds} s", seconds=f"{seconds:.1f}")
    whole = round(seconds)
    if whole < 60:
        return tr("{seconds} s", seconds=whole)
    if whole < 3600:
        return tr("{minutes} min {seconds} s", minutes=whole // 60, seconds=whole % 60)
    return tr("{hours} h {minutes} min", hours=whole // 3600, minutes=whole % 3600 // 60)
