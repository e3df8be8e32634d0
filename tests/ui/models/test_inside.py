"""How a model fits, decided by hand or not, and what it is made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.catalogue.index import read_index
from app.core.model import KvType
from app.core.plan import Overrides, Plan, Refusal
from app.core.settings import Language
from app.core.settings import Theme as Choice
from app.hardware.fit import plan_for
from app.hardware.machine import Gpu, UnusedGpu, Vendor
from app.i18n import load_texts
from app.services.advice import advise
from app.services.computer import Computer
from app.ui.models.about import AboutDialog
from app.ui.models.drawing import ArchitectureDrawing
from app.ui.models.expert import ExpertFold
from app.ui.models.fit_dialog import FitDialog
from app.ui.models.fit_picture import FitPicture
from app.ui.models.wording import architecture_text, device_names, plan_text, refusal_text
from app.ui.theme import Theme
from app.ui.tokens import DARK, LIGHT
from app.ui.welcome.cards import RecommendedCard
from app.userdata import resource
from tests.helpers import full_size, machines

if TYPE_CHECKING:
    from app.ui.application import Program

pytestmark = pytest.mark.qt_log_ignore("does not support (grabbing|raise|propagate)", extend=True)
MODEL = full_size.architecture()
TR = load_texts(Language.ENGLISH, resource("i18n"))


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, resource("icons"), Choice.LIGHT)


def planned(machine: machines.Machine) -> Plan:
    plan = plan_for(MODEL, machine)
    assert isinstance(plan, Plan)
    return plan


def test_the_picture_shows_every_memory_that_holds_something(qtbot: QtBot, theme: Theme) -> None:
    machine = machines.GPU_12_RAM_32
    plan = planned(machine)
    picture = FitPicture(theme, TR)
    qtbot.addWidget(picture)
    picture.show_plan(plan, device_names(machine.devices))
    picture.show()
    assert len(picture.bars) == 2
    told = picture.accessibleDescription()
    assert "RTX 4070" in told and "Memory" in told and "experts: " in told
    for bar, share in zip(picture.bars, (*plan.shares[1:], plan.shares[0]), strict=True):
        *pieces, free = bar.areas()
        wide = sum(area.width() for area in pieces)
        assert wide / (wide + free.width()) == pytest.approx(share.used_bytes / share.free_bytes, abs=0.05)


def test_without_a_gpu_there_is_one_bar(qtbot: QtBot, theme: Theme) -> None:
    picture = FitPicture(theme, TR)
    qtbot.addWidget(picture)
    picture.show_plan(planned(machines.GPU_12_RAM_32), {})
    picture.show_plan(planned(machines.CPU_24), {})
    assert len(picture.bars) == 1


def test_words_of_a_plan_and_of_a_refusal() -> None:
    plan = planned(machines.GPU_12_RAM_32)
    text = plan_text(plan, 24, TR)
    assert f"{round(plan.decode_tokens_per_s)} tokens a second" in text
    assert "of 24 layers’ experts fit the graphics card" in text
    assert "It runs on the processor." in plan_text(planned(machines.CPU_24), 24, TR)
    assert "All of it fits the graphics card." in plan_text(planned(machines.GPU_24_RAM_32), 24, TR)
    refusal = plan_for(MODEL, machines.CPU_8)
    assert isinstance(refusal, Refusal)
    assert "of free memory" in refusal_text(refusal, TR)


def test_what_is_decided_by_hand_is_told_and_taken_back(qtbot: QtBot, theme: Theme) -> None:
    expert = ExpertFold(theme, TR)
    qtbot.addWidget(expert)
    expert.set_layers(24)
    expert.show_options(planned(machines.GPU_12_RAM_32).options)
    expert.fold.set_open(True)
    expert.show()
    told: list[Overrides] = []
    expert.changed.connect(told.append)
    field = expert.numbers["gpu_layers"]
    assert field.placeholderText() == "automatic: 25"
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    combo = expert.combos["kv_type"]
    assert combo.itemText(0) == "automatic: 16 bits"
    combo.setCurrentIndex(2)
    combo.activated.emit(2)
    assert told == [Overrides(gpu_layers=7), Overrides(gpu_layers=7, kv_type=KvType.Q8_0)]
    qtbot.mouseClick(expert.reset, Qt.MouseButton.LeftButton)
    assert told[-1] == Overrides() and field.text() == "" and combo.currentIndex() == 0


def test_half_a_number_and_too_large_a_one_are_not_taken(qtbot: QtBot, theme: Theme) -> None:
    expert = ExpertFold(theme, TR)
    qtbot.addWidget(expert)
    expert.set_layers(24)
    told: list[Overrides] = []
    expert.changed.connect(told.append)
    field = expert.numbers["gpu_layers"]
    qtbot.keyClicks(field, "99x")
    assert field.value is None
    field.clear()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert told == []


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_the_drawing_lights_as_many_experts_as_work(qtbot: QtBot, qapp: QApplication, tokens: object) -> None:
    theme = Theme(qapp, resource("icons"), Choice.LIGHT if tokens is LIGHT else Choice.DARK)
    drawing = ArchitectureDrawing(theme, TR)
    qtbot.addWidget(drawing)
    drawing.show_model(MODEL)
    told = drawing.accessibleDescription()
    assert "4 of 32 experts" in told and "20.9 billion" in told and "3.6 billion" in told
    image = drawing.grab().toImage()
    ratio = image.devicePixelRatio()
    colour = theme.tokens.fill.experts.lower()
    lit = [
        [image.pixelColor(int(x * ratio), int(y * ratio)).name() == colour for x in range(360, 560, 2)]
        for y in range(150, 300, 2)
    ]
    assert _blots(lit) == 4


def _blots(lit: list[list[bool]]) -> int:
    """How many separate patches there are."""
    left = {(x, y) for y, row in enumerate(lit) for x, is_lit in enumerate(row) if is_lit}
    count = 0
    while left:
        count, edge = count + 1, [left.pop()]
        while edge:
            x, y = edge.pop()
            near = {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} & left
            left -= near
            edge += near
    return count


def test_the_table_of_parts_sums_up_to_the_file(qtbot: QtBot, theme: Theme) -> None:
    dialog = AboutDialog(MODEL, theme, TR, None)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    told = dialog.bar.accessibleDescription()
    assert "Experts: 10.2 GB" in told and "Router" in told
    assert "4 of 32 experts" in architecture_text(MODEL, TR)


def test_a_model_is_planned_anew_and_loaded_as_decided(start: Any, qtbot: QtBot) -> None:
    program: Program = start({"final": "Yes."})
    program.window.actions_of["model_fit"].trigger()
    dialogs = program.window.findChildren
    qtbot.waitUntil(lambda: any(d.plan is not None for d in dialogs(FitDialog)), timeout=20_000)
    (dialog,) = dialogs(FitDialog)
    assert dialog.overrides == Overrides() and not dialog.expert.reset.isEnabled(), "nothing was decided"
    combo = dialog.expert.combos["context_tokens"]
    assert combo.currentText().startswith("automatic")
    combo.setCurrentIndex(combo.findData(4096))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(
        lambda: isinstance(dialog.plan, Plan) and dialog.plan.options.context_tokens == 4096, timeout=10_000
    )
    qtbot.mouseClick(dialog.load, Qt.MouseButton.LeftButton)
    settings_file = program.opening.alcove.settings_file
    qtbot.waitUntil(lambda: settings_file.load().context_tokens == 4096)
    loading = program.window.loading
    qtbot.waitUntil(
        lambda: loading.model is not None and loading.model.context_tokens == 4096, timeout=10_000
    )


def test_a_graphics_card_this_build_cannot_use_is_told_with_the_command(
    start: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    unused = UnusedGpu(Gpu(Vendor.NVIDIA, "GeForce RTX 4070"), "CMAKE_ARGS=-DGGML_CUDA=on pip install x")
    now = Computer.now
    monkeypatch.setattr(Computer, "now", lambda self: replace(now(self), unused_gpus=(unused,)))
    program: Program = start({"final": "Yes."})
    program.window.actions_of["model_fit"].trigger()
    dialogs = program.window.findChildren
    qtbot.waitUntil(lambda: any(d.plan is not None for d in dialogs(FitDialog)), timeout=20_000)
    (dialog,) = dialogs(FitDialog)
    assert dialog.remark.isVisible()
    assert "GeForce RTX 4070" in dialog.remark.text() and unused.rebuild in dialog.remark.text()


def test_the_recommended_card_of_a_refusal_has_no_picture(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    card = RecommendedCard(theme, TR)
    qtbot.addWidget(card)
    entries = read_index(resource("catalogue.json"))
    advice = advise(entries, MODEL, machines.CPU_8)
    assert isinstance(advice.plan, Refusal)
    card.show_entry(advice.entry, refusal_text(advice.plan, TR), None, {})
    card.show_place(str(tmp_path), 5_000_000_000)
    card.show()
    assert not card.picture.isVisible() and not card.badge.isVisible() and card.download.isVisible()
    wanted: list[object] = []
    card.wanted.connect(wanted.append)
    qtbot.mouseClick(card.download, Qt.MouseButton.LeftButton)
    assert wanted == [advice.entry]
