"""The menu of answer formats: free text, the library, a person's own, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.core.answer_format import AnswerFormat
from app.i18n import Texts
from app.ui.structured.wording import ABOUT
from app.ui.theme import Theme
from app.ui.widgets.choice_menu import Choice, ChoiceMenu

if TYPE_CHECKING:
    from app.services.formats import KnownFormat


class Act(StrEnum):
    """What else can be chosen than a format."""

    NONE = "none"
    NEW = "new"
    EDIT = "edit"
    DELETE = "delete"


def format_menu(
    known: Sequence[KnownFormat],
    in_force: AnswerFormat | None,
    theme: Theme,
    tr: Texts,
    parent: QWidget,
    *,
    has_acts: bool = True,
) -> ChoiceMenu:
    """Its rows give an `AnswerFormat` or an `Act`; Delete on a person's own one gives it as removed.

    Without acts there are only formats to choose from.
    """
    menu = ChoiceMenu(theme, tr("Answer format"), parent)
    if has_acts:
        menu.add(Choice(Act.NONE, tr("Free text"), icon="prose", is_chosen=in_force is None))
    own = [one for one in known if one.is_own]
    is_listed = in_force is not None and any(one.format.name == in_force.name for one in known)
    if in_force is not None and not is_listed:
        menu.add(Choice(in_force, in_force.name, tr("Of this chat alone; not saved"), is_chosen=True))
    if own:
        menu.add(Choice(title=tr("My formats")))
        for one in own:
            menu.add(_choice(one, one.format.name, one.description, in_force, []))
    menu.add(Choice(title=tr("Library")))
    for one in known:
        if not one.is_own:
            about = ABOUT.get(one.format.name, one.description)
            menu.add(_choice(one, tr(one.format.name), tr(about), in_force, own))
    if has_acts:
        _add_acts(menu, own, in_force, tr)
    return menu


def _add_acts(menu: ChoiceMenu, own: Sequence[KnownFormat], in_force: AnswerFormat | None, tr: Texts) -> None:
    menu.add(Choice())
    menu.add(Choice(Act.NEW, tr("New format…"), icon="plus"))
    if in_force is not None:
        menu.add(Choice(Act.EDIT, tr("Edit “{name}”…", name=tr(in_force.name)), icon="edit"))
        if any(one.format.name == in_force.name for one in own):
            menu.add(Choice(Act.DELETE, tr("Delete “{name}”", name=in_force.name), icon="trash"))


def _choice(
    one: KnownFormat, title: str, detail: str, in_force: AnswerFormat | None, before: Sequence[KnownFormat]
) -> Choice:
    """A row; of two with the name in force it is the person's own that is."""
    is_chosen = in_force is not None and one.format.name == in_force.name
    is_chosen &= all(other.format.name != one.format.name for other in before)
    return Choice(one.format, title, detail, icon="braces", is_chosen=is_chosen, can_remove=one.is_own)
