"""The words for answer formats: kinds of fields, notations, and what is wrong or not enforced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.core.answer_format import Fault, Notation
from app.core.text import visible
from app.core.words import mark
from app.i18n import Texts
from app.i18n.faults import explain_fault, place_text
from app.structured.coverage import Coverage, Keyword
from app.structured.examine import Examination
from app.structured.fields import Kind

NOTATIONS: Mapping[Notation, str] = {
    Notation.JSON: "JSON",
    Notation.XML: "XML",
    Notation.TABLE: mark("Table"),
    Notation.CHOICE: mark("Choice"),
}
KINDS: Mapping[Kind, str] = {
    Kind.TEXT: mark("Text"),
    Kind.WHOLE: mark("Whole number"),
    Kind.NUMBER: mark("Number"),
    Kind.YES_NO: mark("Yes or no"),
    Kind.DATE: mark("Date"),
    Kind.CHOICE: mark("Choice"),
    Kind.LIST: mark("List of"),
    Kind.GROUP: mark("Group of fields"),
}
ABOUT: Mapping[str, str] = {
    "Contact": mark("A person or a company and how to reach them"),
    "Invoice": mark("Who bills whom, the lines and the total"),
    "Meeting minutes": mark("Topics, decisions, and who does what"),
    "Quarterly report": mark("Revenue, margin and cash flow of a quarter"),
    "Product": mark("Brand, price and features"),
    "Event": mark("What, when and where"),
    "Bug report": mark("A fault, and how to see it"),
    "Citation": mark("A work as a list of references names it"),
    "Translation pair": mark("A text and its translation"),
    "Sentiment": mark("The mood of a text, and why"),
    "Table": mark("Figures or facts as rows"),
}
"""A line for the menu about each format that ships with the program, by its name."""
_NEEDS: Mapping[Notation, str] = {
    Notation.JSON: mark("This schema cannot be used"),
    Notation.XML: mark("This schema cannot be written as XML"),
    Notation.TABLE: mark("A table needs a list of records with plain values"),
    Notation.CHOICE: mark("A choice needs some texts to choose from"),
}
_MOST_NAMED = 3


def fault_text(fault: Fault, tr: Texts) -> str:
    """What is wrong with a schema: where, and how."""
    words = explain_fault(fault, tr)
    place = place_text(fault)
    return f"{place}: {words}" if place else words


def refusal_text(notation: Notation, fault: Fault, tr: Texts) -> str:
    """Why a schema cannot be written in a notation."""
    return tr(
        "{sentence} ({path}: {detail}).",
        sentence=tr(_NEEDS[notation]),
        path=visible(fault.path),
        detail=visible(fault.detail),
    )


def examination_text(found: Examination, tr: Texts) -> str:
    """One line about a sound schema: what of it is kept to."""
    if refusal := found.refusal(found.notation):
        return refusal_text(found.notation, refusal, tr)
    coverage = found.coverage
    parts = []
    if coverage.checked:
        names = keyword_names(coverage.checked, tr)
        parts.append(tr("Only checked once the answer is finished: {names}.", names=names))
    if coverage.ignored:
        parts.append(tr("Not enforced: {names}.", names=keyword_names(coverage.ignored, tr)))
    return " ".join(parts) or tr("Enforced in full while the answer is written.")


def coverage_lines(coverage: Coverage) -> str:
    """Every keyword that is not enforced while an answer is written, one a line."""
    return "\n".join(visible(_keyword(keyword)) for keyword in (*coverage.checked, *coverage.ignored))


def keyword_names(keywords: Sequence[Keyword], tr: Texts) -> str:
    """The first few, and how many more there are."""
    names = list(dict.fromkeys(visible(_keyword(keyword)) for keyword in keywords))
    shown = ", ".join(names[:_MOST_NAMED])
    if more := len(names) - _MOST_NAMED:
        return (
            tr.plural("{names} and {n} more", "{names} and {n} more", more, names=shown)
            if more > 0
            else shown
        )
    return shown


def _keyword(keyword: Keyword) -> str:
    place = place_text(Fault(keyword.path, keyword.name))
    return f"{keyword.name} ({place})" if place else keyword.name
