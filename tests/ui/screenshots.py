"""Pictures of the real window, for looking at: `.venv/bin/python -m tests.ui.screenshots OUT`.

A scripted engine answers; each scene is shot in light, dark and Chinese at 1280x800, at scale 1 and 2,
under a real display server (Xvfb is started where there is no display).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.ui import answer_scenes, batch_scenes, format_scenes, model_scenes

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from app.assembly import Alcove
    from app.ui.application import Program

LOOKS = {"light": ("light", "en"), "dark": ("dark", "en"), "zh": ("light", "zh_CN")}
SCALES = ("1", "2")

SORT_EN = """Sort twice. Python’s sort is **stable**, so the second pass keeps the order of equals:

```python
rows.sort(key=lambda r: r[1], reverse=True)
rows.sort(key=lambda r: r[2])   # the main key comes last
```

| Rows | Two sorts | One key with a tuple |
| --- | ---: | ---: |
| 10 000 | 4 ms | 6 ms |
| 1 000 000 | 0.7 s | 1.1 s |

1. The **least** important key goes first.
2. Each later sort keeps the order of equals.

> A tuple key cannot reverse a single text column; two sorts can.
"""
SORT_ZH = """排序两次即可。Python 的排序是**稳定的**，第二次排序会保留相等元素之前的顺序：

```python
rows.sort(key=lambda r: r[1], reverse=True)
rows.sort(key=lambda r: r[2])   # 主键放在最后
```

| 行数 | 两次排序 | 一个元组键 |
| --- | ---: | ---: |
| 10 000 | 4 ms | 6 ms |
| 1 000 000 | 0.7 s | 1.1 s |
"""
THINK = (
    "The rows should be ordered by the third column first. A stable sort keeps the order of equals, "
    "so sorting by the second column in reverse and then by the third does it. "
)
TITLES = {
    "en": [
        "Trip to Kyoto in autumn",
        "Q3 figures, summed up",
        "Letter to the landlord",
        "Why the sky is blue",
        "Minutes of the board meeting on Thursday",
        "Recipe for four",
        "Names for a sailing boat",
    ],
    "zh_CN": [
        "秋天的京都之行",
        "第三季度数据小结",
        "给房东的信",
        "天空为什么是蓝的",
        "周四董事会会议纪要",
        "四人份食谱",
        "给帆船起名字",
    ],
}
QUESTIONS = {
    "en": "How do I sort rows by the third column, then by the second in reverse, in plain Python?",
    "zh_CN": "怎样用纯 Python 先按第三列排序，再按第二列倒序？",
}
MORE = {"en": "One more thing:\n- first\n- second", "zh_CN": "还有一件事：\n- 第一\n- 第二"}
AGES_DAYS = (0, 0, 0, 1, 1, 4, 40)


def script(language: str) -> list[dict[str, Any]]:
    final = SORT_ZH if language == "zh_CN" else SORT_EN
    cost = {"prompt_tokens": 3120, "cached_tokens": 2980, "prefill_s": 0.05}
    return [
        {"question": "slow", "reasoning": THINK * 3, "final": final, "tokens_per_s": 25, **cost},
        *({**answer, **cost} for answer in answer_scenes.answers(language)),
        *format_scenes.ANSWERS,
        *batch_scenes.ANSWERS,
        {"question": "crash", "final": "Here is the first half of", "ends_with": "crash", **cost},
        {"reasoning": THINK, "final": final, "tokens_per_s": 40, **cost},
    ]


class Studio:
    """The window on a stage, and the camera."""

    def __init__(
        self, application: QApplication, program: Program, folder: Path, language: str, theme: str
    ) -> None:
        self.application = application
        self.theme = theme
        self.program = program
        self.window = program.window
        self._folder = folder
        self.language = language

    def wait(self, ready: Callable[[], bool], timeout_s: float = 15.0) -> None:
        until = time.monotonic() + timeout_s
        while not ready():
            if time.monotonic() > until:
                raise TimeoutError("the scene never became ready")
            self.application.processEvents()
            time.sleep(0.005)

    def rest(self, seconds: float = 0.3) -> None:
        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() >= until)

    def shoot(self, name: str, widget: QWidget | None = None) -> None:
        self.rest()
        path = self._folder / f"{name}.png"
        (widget or self.window).grab().save(str(path))
        print(path)

    def ask(self, text: str) -> None:
        self.window.page.composer.field.setPlainText(text)
        self.window.page.composer.field.sent.emit()

    def wait_for_answer(self) -> None:
        session = self.window.session
        self.wait(lambda: bool(session.path) and not session.is_answering and not session.is_sending)


def scene_loading(studio: Studio) -> None:
    studio.wait(lambda: "%" in studio.window.page.load_bar.text())
    studio.rest(0.5)
    studio.shoot("loading")
    studio.wait(lambda: studio.window.loading.is_ready)
    studio.shoot("empty")


def scene_chat(studio: Studio) -> None:
    studio.ask(QUESTIONS[studio.language])
    studio.wait_for_answer()
    studio.window.page.transcript.verticalScrollBar().setValue(0)
    studio.shoot("chat")
    last = studio.window.session.path[-1].id
    studio.window.session.regenerate(last)
    studio.wait(lambda: studio.window.session.is_answering)
    studio.wait_for_answer()
    studio.window.page.transcript.jump_to_end()
    studio.window.page.composer.field.setPlainText(MORE[studio.language])
    studio.shoot("branches")
    studio.window.page.composer.field.clear()


def scene_streaming(studio: Studio) -> None:
    studio.ask("slow")
    transcript = studio.window.page.transcript
    studio.wait(lambda: studio.window.session.is_answering)
    studio.rest(0.6)
    open_last_fold(transcript)
    studio.rest(1.5)
    studio.shoot("streaming")
    studio.window.session.stop()
    studio.wait_for_answer()


def scene_inspector(studio: Studio) -> None:
    page = studio.window.inspector.page
    assert page is not None
    page.sliders.fold.set_open(True)
    page.sliders.row("temperature").changed.emit(0.7)
    page.sliders.row("temperature").set_value(0.7)
    page.instructions.field.setPlainText("Answer briefly. Prefer the standard library.")
    studio.shoot("inspector")
    page.sliders.fold.set_open(False)


def scene_trouble(studio: Studio) -> None:
    studio.ask("crash")
    studio.wait_for_answer()
    studio.wait(lambda: studio.window.page.notices.current is not None)
    studio.shoot("error")
    studio.window.page.notices.clear()


def scene_edit(studio: Studio) -> None:
    question = studio.window.session.last_question()
    assert question is not None
    studio.window.page.edit(question.id)
    studio.shoot("editing")
    studio.window.page.composer.stop_editing()


def scene_delete(studio: Studio) -> None:
    studio.window.actions_of["delete"].trigger()
    studio.wait(lambda: studio.window.page.notices.current is not None)
    studio.shoot("deleted")


def scene_narrow(studio: Studio) -> None:
    studio.window.resize(760, 640)
    studio.shoot("narrow")
    studio.window.resize(1280, 800)


def scene_dialogs(studio: Studio) -> None:
    from PySide6.QtWidgets import QDialog

    for name in ("settings", "shortcuts", "trash"):
        studio.window.actions_of[name].trigger()
        studio.wait(lambda: any(d.isVisible() for d in studio.window.findChildren(QDialog)))
        dialog = next(d for d in studio.window.findChildren(QDialog) if d.isVisible())
        studio.shoot(name, dialog)
        dialog.close()


SCENES = (
    scene_loading,
    scene_chat,
    scene_streaming,
    scene_inspector,
    scene_trouble,
    scene_edit,
    scene_delete,
    scene_narrow,
    scene_dialogs,
    answer_scenes.scene_structured,
    *format_scenes.SCENES,
    batch_scenes.scene_batch,
    *model_scenes.SCENES,
)


def open_last_fold(transcript: QWidget) -> None:
    """Open the reasoning of the answer in view, as a click does."""
    from PySide6.QtWidgets import QToolButton

    folds = [b for b in transcript.findChildren(QToolButton) if b.isCheckable() and b.isVisible()]
    if folds:
        folds[-1].click()


def fill(language: str) -> Callable[[Alcove], None]:
    """Chats of several days, through the services."""

    def fill(alcove: Alcove) -> None:
        now = time.time()
        for title, age in reversed(list(zip(TITLES[language], AGES_DAYS, strict=True))):
            alcove.chat._clock = lambda age=age: now - age * 86_400
            answer = alcove.chat.send(None, title)
            for _ in answer:
                pass
        alcove.chat._clock = time.time

    return fill


def shoot_look(folder: Path, look: str) -> None:
    """Every scene in one look, in this process."""
    from PySide6.QtGui import QCursor

    from app.ui.application import make_application
    from tests.helpers.window import fill_profile, open_window

    theme, language = LOOKS[look]
    application = make_application()
    QCursor.setPos(0, 0)  # nothing is hovered over
    with tempfile.TemporaryDirectory() as profile:
        fill_profile(Path(profile), fill(language), {"final": "Yes.", "tokens_per_s": 5000})
        settings = {"theme": theme, "language": language}
        program = open_window(
            application,
            Path(profile),
            *script(language),
            settings=settings,
            load_s=2.0,
            size_bytes=12_104_900_000,
        )
        studio = Studio(application, program, folder, language, theme)
        for scene in SCENES:
            scene(studio)
        program.window.close()
        program.close()


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """The environment with a display: the one there is, or an Xvfb of our own."""
    if "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ:
        yield dict(os.environ)
        return
    program = shutil.which("Xvfb")
    if program is None:
        raise SystemExit("There is no display and no Xvfb.")
    reader, writer = os.pipe()
    words = [program, "-displayfd", str(writer), "-screen", "0", "2600x1700x24", "-nolisten", "tcp"]
    with subprocess.Popen(words, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as pipe:
            number = pipe.readline().strip()
        yield {**os.environ, "DISPLAY": f":{number}"}
        server.terminate()


def main(words: list[str]) -> None:
    """Without a look: start one process for each look and scale, as both are fixed when Qt starts."""
    out, *chosen = words
    if len(chosen) == 1:
        shoot_look(Path(out), chosen[0])
        return
    with display() as environment:
        for scale in SCALES:
            for look in LOOKS:
                folder = Path(out) / f"{look}-{scale}x"
                folder.mkdir(parents=True, exist_ok=True)
                subprocess.run(
                    [sys.executable, "-m", "tests.ui.screenshots", str(folder), look],
                    env={**environment, "QT_SCALE_FACTOR": scale},
                    check=True,
                )


if __name__ == "__main__":
    main(sys.argv[1:])
