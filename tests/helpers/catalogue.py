"""Collect the program's texts and compile their translations: `poe texts`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "resources" / "i18n" / "zh_CN" / "LC_MESSAGES"
PO = FOLDER / "alcove.po"
MO = FOLDER / "alcove.mo"

KEYWORDS = {"tr": None, "_tr": None, "tr_": None, "mark": None, "plural": (1, 2)}


def extract() -> Catalog:
    """Every message in `app`, by file and text (Python's versions find those in f-strings at other times)."""
    catalog = _empty()
    for path in sorted((ROOT / "app").rglob("*.py")):
        found = (message for _, message, _, _ in extract_from_file("python", path, KEYWORDS))
        for message in sorted(found, key=str):
            catalog.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalog


def translated() -> Catalog:
    """The committed translations."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def update() -> Catalog:
    """Today's messages with the translations that are known; what is new has none yet."""
    known = translated() if PO.exists() else _empty()
    catalog = extract()
    for message in messages(catalog):
        old = known.get(message.id)
        if old is not None:
            message.string = old.string
    return catalog


def messages(catalog: Catalog) -> Iterator[Message]:
    """All but the header."""
    return (message for message in catalog if message.id)


def untranslated(catalog: Catalog) -> list[Message]:
    return [message for message in messages(catalog) if not all(_strings(message))]


def _strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple | list) else (message.string or "",)


def po_bytes(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalog, width=100, include_lineno=False)
    return file.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


class _Undated(Catalog):
    """A catalogue whose header tells no day and no tool's version: the same texts give the same bytes."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        left_out = ("POT-Creation-Date", "PO-Revision-Date", "Report-Msgid-Bugs-To", "Generated-By")
        return [(name, value) for name, value in super().mime_headers if name not in left_out]


def _empty() -> Catalog:
    return _Undated(
        locale="zh_CN",
        project="Alcove",
        version="1",
        header_comment="# Simplified Chinese texts of Alcove.",
        last_translator="Alcove",
        language_team="Alcove",
        fuzzy=False,
    )


def main() -> None:
    """Write the catalogue and its compiled form; list what still wants a translation."""
    catalog = update()
    FOLDER.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po_bytes(catalog))
    MO.write_bytes(mo_bytes(catalog))
    missing = untranslated(catalog)
    for message in missing:
        print(f"not translated: {message.id!r} ({message.locations[0][0]})")
    print(f"{len(list(messages(catalog)))} messages, {len(missing)} not translated")


if __name__ == "__main__":
    main()
