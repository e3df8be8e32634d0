"""In the window of models: what is here: our models, broken-off downloads, other programs' models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from app.core.errors import AlcoveError
from app.core.model import DEMO_NAME, ModelFacts
from app.core.shelf import Neighbour, ShelfItem, Verdict, Way
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.i18n.sentences import explain
from app.ui.models.model_row import Act, ModelRow, Shown
from app.ui.models.section import Page, Section
from app.ui.models.work import ModelWork
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.core.shelf import Unfinished
    from app.services.on_disk import OnDisk


class Installed(Page):
    """`chosen` gives the path to use, None for the demo; so do `about_wanted` and `fit_wanted`."""

    chosen = Signal(object)
    about_wanted = Signal(object)
    fit_wanted = Signal(object)

    def __init__(self, work: ModelWork, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._theme = theme
        self._tr = tr
        self._current: Path | None = None
        self.mine = Section(tr("On this computer"))
        self.others = Section(tr("Left by other programs"))
        self.put(self.mine, self.others)
        self.others.say(tr("Looking…"))

    def show_disk(self, disk: OnDisk, current: Path | None) -> None:
        """What there is to choose from; `current` is the model in use."""
        self._current = current
        self.mine.clear()
        self._add_demo()
        for item in disk.items:
            self._add_item(item)
        for path in disk.recent:
            self._add_recent(path)
        for unfinished in disk.unfinished:
            self._add_unfinished(unfinished)

    def show_found(self, found: Sequence[Neighbour]) -> None:
        """What other programs left on this disk."""
        tr = self._tr
        self.others.clear()
        self.others.say("" if found else tr("No model of LM Studio, Jan, Ollama or others was found."))
        for neighbour in found:
            self._add_neighbour(neighbour)

    # Ours

    def _add_demo(self) -> None:
        detail = self._tr("Ships with Alcove; knows the program, and little else")
        self._add(self.mine, None, Shown(DEMO_NAME, detail, self._badge(None)), ())

    def _add_item(self, item: ShelfItem) -> None:
        tr, path = self._tr, item.path
        is_damaged = item.verdict is Verdict.DAMAGED
        title = item.entry.title if item.entry else path.stem
        details = (*_facts(item.facts, tr), size_text(item.size_bytes), tr(item.verdict.text))
        note = self._problem(item.problem)
        if is_damaged and not note:
            note = tr("Parts of this file have changed on the disk: repair it before it is used.")
        shown = Shown(title, " · ".join(details), self._badge(path), note, is_fault=bool(note))
        more = [
            Act(tr("Verify again"), lambda: self._work.verify(path)),
            Act(tr("Repair"), lambda: self._work.repair(path)),
            Act(tr("Show in folder"), lambda: show_in_folder(path)),
            Act(tr("Remove…"), lambda: self._ask_remove(path)),
        ]
        self._add(self.mine, path, shown, more, can_use=item.problem is None and not is_damaged)

    def _add_recent(self, path: Path) -> None:
        """A file that was opened from somewhere else."""
        shown = Shown(path.stem, str(path.parent), self._badge(path), icon="file")
        self._add(self.mine, path, shown, [Act(self._tr("Show in folder"), lambda: show_in_folder(path))])

    def _add_unfinished(self, unfinished: Unfinished) -> None:
        if self._work.of_file(unfinished.file) is not None:
            return  # it has a row among those on their way
        tr = self._tr
        done, total = size_text(unfinished.done_bytes), size_text(unfinished.file.size_bytes)
        shown = Shown(
            unfinished.target.name,
            tr("Broken off · {done} of {total}", done=done, total=total),
            icon="download",
        )
        acts = [Act(tr("Go on"), lambda: self._work.resume(unfinished))]
        more = [Act(tr("Throw away"), lambda: self._work.throw_away(unfinished.target))]
        self.mine.add(ModelRow(self._theme, tr, shown, acts, more))

    # Others'

    def _add_neighbour(self, neighbour: Neighbour) -> None:
        tr = self._tr
        name = neighbour.name.rpartition("/")[2]
        details = (neighbour.program.value, *_facts(neighbour.facts, tr), size_text(neighbour.size_bytes))
        note = self._problem(neighbour.problem)
        shown = Shown(name, " · ".join(details), self._badge(neighbour.path), note, icon="disk")
        texts = {
            Way.LINK: tr("Keep it in Alcove’s folder, too (takes no room)"),
            Way.COPY: tr("Copy it to Alcove’s folder"),
        }
        more = [
            Act(text, lambda way=way: self._work.bring(neighbour, way))  # type: ignore[misc]
            for way, text in texts.items()
            if way in neighbour.ways and not neighbour.is_on_shelf
        ]
        more.append(Act(tr("Show in folder"), lambda: show_in_folder(neighbour.path)))
        self._add(self.others, neighbour.path, shown, more, can_use=Way.IN_PLACE in neighbour.ways)

    # Both

    def _add(
        self, section: Section, path: Path | None, shown: Shown, more: Sequence[Act], *, can_use: bool = True
    ) -> None:
        tr = self._tr
        use = Act(tr("Use"), lambda: self.chosen.emit(path))
        acts = [use] if can_use and not shown.badge else []
        about = (
            Act(tr("About this model…"), lambda: self.about_wanted.emit(path)),
            Act(tr("How it fits here…"), lambda: self.fit_wanted.emit(path)),
        )
        section.add(ModelRow(self._theme, tr, shown, acts, [*(about if can_use else ()), *more]))

    def _badge(self, path: Path | None) -> str:
        if path is not None and self._work.of(path) is not None:
            return self._tr("at work")
        return self._tr("in use") if path == self._current else ""

    def _problem(self, problem: AlcoveError | None) -> str:
        return explain(problem, self._tr) if problem is not None else ""

    def _ask_remove(self, path: Path) -> None:
        box = QMessageBox(self.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setText(self._tr("Move “{name}” to the trash?", name=path.name))
        remove = box.addButton(self._tr("Move to the trash"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self._tr("Keep it"), QMessageBox.ButtonRole.RejectRole)
        remove.clicked.connect(lambda: self._work.remove(path))
        box.open()


def show_in_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _facts(facts: ModelFacts | None, tr: Texts) -> tuple[str, ...]:
    """What a header tells in a few words."""
    if facts is None:
        return ()
    return (
        tr(
            "{layers} layers, {used} of {n} experts",
            layers=facts.layers,
            used=facts.experts_used,
            n=facts.experts,
        ),
    )
