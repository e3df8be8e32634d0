"""What a form is made of: fields of a few kinds, some of which hold others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Kind(StrEnum):
    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    YES_NO = "yes_no"
    DATE = "date"
    CHOICE = "choice"
    """One of some texts."""
    LIST = "list"
    GROUP = "group"


ROOTS = (Kind.GROUP, Kind.LIST, Kind.CHOICE)
"""What a whole answer can be."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `items` is what a list holds, `fields` what a group does.

    `kept` is the part of the schema the field was read from, as JSON. What the form does not show, such
    as `maxLength`, stays there and is written back, as long as it means something for the field's kind.
    """

    name: str
    kind: Kind = Kind.TEXT
    description: str = ""
    is_required: bool = True
    can_be_null: bool = False
    choices: tuple[str, ...] = ()
    items: Field | None = None
    fields: tuple[Field, ...] = ()
    kept: str = field(default="{}", repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """`root` is what the whole answer is: a group, a list, or one of some choices. It has no name."""

    title: str
    root: Field

    @property
    def description(self) -> str:
        return self.root.description

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the group that the answer is, or is a list of."""
        group = self.root.items if self.root.kind is Kind.LIST else self.root
        return group.fields if group is not None else ()


EMPTY = Form("", Field("", Kind.GROUP))


def chain(field: Field) -> tuple[Field, ...]:
    """The field, what it lists, what that lists, and so on; the last one is no list."""
    links = [field]
    while links[-1].kind is Kind.LIST:
        links.append(links[-1].items or Field(""))
    return tuple(links)


def chained(links: tuple[Field, ...]) -> Field:
    """The field that has these links; the inverse of `chain`."""
    *outer, made = links
    for link in reversed(outer):
        made = replace(link, items=made)
    return made
