"""The program's texts in the person's language: English message ids, gettext catalogues."""

from __future__ import annotations

from dataclasses import dataclass, field
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from app.core.settings import Language
from app.i18n.locale import system_language

DOMAIN = "alcove"


@dataclass(frozen=True, slots=True)
class Texts:
    """Gives messages in one language; passed in as `tr` wherever something is shown.

    A message without values is given as it stands; with values it is a `str.format` pattern.
    """

    language: str
    catalogue: NullTranslations = field(default_factory=NullTranslations, repr=False)

    def __call__(self, message: str, /, **values: Any) -> str:
        translated = self.catalogue.gettext(message) if message else ""
        return translated.format(**values) if values else translated

    def plural(self, one: str, many: str, n: int, /, **values: Any) -> str:
        """The form that fits the number `n`, which the pattern may show as `{n}`."""
        return self.catalogue.ngettext(one, many, n).format(n=n, **values)


def load_texts(language: Language, folder: Path | None = None) -> Texts:
    """The texts in `language`; `SYSTEM` asks the operating system.

    `folder` holds the compiled catalogues (`userdata.resource("i18n")`); without it all is English.
    """
    chosen = system_language() if language is Language.SYSTEM else language
    if chosen is Language.ENGLISH or folder is None:
        return Texts(Language.ENGLISH.value)
    with (folder / chosen.value / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return Texts(chosen.value, GNUTranslations(file))
