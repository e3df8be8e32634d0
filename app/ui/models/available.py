"""In the window of models: what can be fetched: the catalogue, and any repository by its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.core.catalogue import Entry, Listing, Origin, RemoteFile
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.ui.models.model_row import Act, ModelRow, Shown
from app.ui.models.section import Page, Section
from app.ui.models.wording import error_text
from app.ui.models.work import ModelWork
from app.ui.theme import Theme
from app.ui.tokens import SPACE_S

if TYPE_CHECKING:
    from app.services.advice import Advice
    from app.services.on_disk import OnDisk


class Available(Page):
    """Nothing is asked of the network before a button is pressed."""

    def __init__(self, work: ModelWork, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._theme = theme
        self._tr = tr
        self._advice: Advice | None = None
        self._is_asked = False
        """Whether a repository was looked up, so that what comes of it is to be seen."""
        self.entries = Section(tr("From the catalogue"))
        self.name = QLineEdit()
        self.look_up = QPushButton(tr("Look it up"))
        self.results = Section("")
        self._place()
        self.look_up.clicked.connect(self._look_up)
        self.name.returnPressed.connect(self._look_up)
        work.listing.connect(self._show_listing)
        self.verticalScrollBar().rangeChanged.connect(self._follow_range)

    def show_disk(self, disk: OnDisk, advice: Advice | None) -> None:
        """The catalogue, without what is here already."""
        here = {item.entry.id for item in disk.items if item.entry is not None}
        self._advice = advice
        self.entries.clear()
        for entry in disk.entries:
            if entry.id not in here:
                self._add_entry(entry)

    def _add_entry(self, entry: Entry) -> None:
        tr = self._tr
        recommended = self._advice is not None and self._advice.fits and self._advice.entry == entry
        details = (
            size_text(entry.size_bytes) if entry.size_bytes else "",
            tr("{size} of memory", size=size_text(entry.memory_bytes)) if entry.memory_bytes else "",
            entry.licence,
            entry.repository,
        )
        shown = Shown(
            entry.title,
            " · ".join(filter(None, details)),
            self._badge(entry, recommended),
            " ".join(tr(caveat.text) for caveat in entry.caveats),
            icon="download",
        )
        act = Act(tr("Download"), lambda: self._work.fetch(entry), is_primary=recommended)
        is_coming = self._work.of(entry) is not None
        self.entries.add(ModelRow(self._theme, tr, shown, () if is_coming else (act,)))

    def _badge(self, entry: Entry, recommended: bool) -> str:
        if recommended:
            return self._tr("recommended here")
        return "" if entry.origin is Origin.ORIGINAL else self._tr(entry.origin.text)

    # Any repository

    def _look_up(self) -> None:
        name = self.name.text().strip()
        if not name:
            return
        self.results.clear()
        self.results.say(self._tr("Asking for {name}…", name=name))
        self.look_up.setEnabled(False)
        self._is_asked = True
        self._work.list(_repository(name), self._fail)

    def _show_listing(self, listing: Listing) -> None:
        tr = self._tr
        self.look_up.setEnabled(True)
        self.results.clear()
        if not listing.may_be_gpt_oss:
            text = tr(
                "This is a model of another architecture, “{name}”: Alcove runs gpt-oss only.",
                name=listing.architecture,
            )
            self.results.say(text, is_fault=True)
        elif not listing.files:
            self.results.say(tr("There is no GGUF file in this repository."), is_fault=True)
        else:
            self.results.say("")
            self._add_files(listing.files)

    def _follow_range(self, _least: int, most: int) -> None:
        """What was just found comes into view: it stands at the page's end."""
        if self._is_asked:
            self.verticalScrollBar().setValue(most)

    def _add_files(self, files: Sequence[RemoteFile]) -> None:
        for file in files:
            details = f"{size_text(file.size_bytes)} · SHA-256 {file.short_hash}…"
            shown = Shown(file.path, details, icon="file")
            act = Act(self._tr("Download"), lambda file=file: self._work.fetch_file(file))  # type: ignore[misc]
            self.results.add(ModelRow(self._theme, self._tr, shown, [act]))

    def _fail(self, error: Exception) -> None:
        self.look_up.setEnabled(True)
        self.results.say(error_text(error, self._tr), is_fault=True)

    def _place(self) -> None:
        tr = self._tr
        title = QLabel(tr("From any repository on Hugging Face"))
        title.setProperty("kind", "section")
        self.name.setPlaceholderText(tr("owner/name, or the address of its page"))
        self.name.setAccessibleName(tr("Repository"))
        self.look_up.setAutoDefault(False)
        line = QHBoxLayout()
        line.setSpacing(SPACE_S)
        line.addWidget(self.name, 1)
        line.addWidget(self.look_up)
        any_one = QWidget()
        column = QVBoxLayout(any_one)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(title)
        column.addLayout(line)
        column.addWidget(self.results)
        self.put(self.entries, any_one)


def _repository(text: str) -> str:
    """Owner and name, from these or from the address of the page."""
    path = text.split("://", 1)[1].partition("/")[2] if "://" in text else text
    return "/".join(path.strip("/").split("/")[:2])
