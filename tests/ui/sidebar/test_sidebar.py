"""The list of chats: grouped by day, searched as one types, renamed in place, quick with ten thousand."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.core.conversation import Summary
from app.i18n import Texts
from app.ui.actions import Command
from app.ui.sidebar.chat_list import ChatList
from app.ui.sidebar.groups import OLDER, TODAY, WEEK, YESTERDAY, group_of
from tests.helpers.window import ask, give

ANSWER = {"final": "Yes."}


DAYS = [(-1, TODAY), (0, TODAY), (1, YESTERDAY), (2, WEEK), (7, WEEK), (8, OLDER), (400, OLDER)]


@pytest.mark.parametrize(("days", "group"), DAYS)
def test_groups_by_the_calendar_day(days: int, group: str) -> None:
    today = date(2026, 3, 1)
    changed = datetime(2026, 3, 1, 23, 59) - timedelta(days=days)
    assert group_of(changed.timestamp(), today) == group
    assert group_of(changed.replace(hour=0, minute=0).timestamp(), today) == group


def test_ten_thousand_chats_are_shown_quickly(qapp: object) -> None:
    summaries = [Summary(n, f"Chat {n}", time.time() - n * 60) for n in range(10_000)]
    chats = ChatList(Texts("en"))
    started = time.process_time()
    chats.show(summaries)
    assert time.process_time() - started < 0.3
    assert chats.rowCount() > 10_000
    assert chats.data(chats.index(0)) == TODAY
    assert chats.flags(chats.index(0)) == Qt.ItemFlag.NoItemFlags
    assert chats.data(chats.index_of(9_999)) == "Chat 9999"
    assert not chats.index_of(12_345).isValid()


def test_search_opens_and_goes_back(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    sidebar = program.window.sidebar
    for title in ("Trip to Kyoto", "Recipe", "京都之行"):
        ask(program, qtbot, title)
        give(program, Command.NEW_CHAT)
    qtbot.waitUntil(lambda: sidebar.titles() == ["京都之行", "Recipe", "Trip to Kyoto"])
    give(program, Command.SEARCH)
    search = sidebar.search
    qtbot.keyClicks(search, "KYOTO")
    qtbot.waitUntil(lambda: sidebar.titles() == ["Trip to Kyoto"])
    qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: program.window.page.header.title.text() == "Trip to Kyoto")
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(sidebar.titles()) == 3)
    give(program, Command.NEW_CHAT)
    qtbot.keyClick(search, Qt.Key.Key_Down)
    qtbot.keyClick(sidebar.list_view, Qt.Key.Key_Down)
    qtbot.keyClick(sidebar.list_view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: program.window.page.header.title.text() == "Recipe")
    search.setText("no such chat")
    qtbot.waitUntil(lambda: sidebar.titles() == [])


def test_rename_in_the_list_and_delete_by_key(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    sidebar, view = program.window.sidebar, program.window.sidebar.list_view
    ask(program, qtbot, "first name")
    qtbot.waitUntil(lambda: sidebar.titles() == ["first name"])
    qtbot.waitUntil(lambda: view.currentIndex().isValid())
    view.edit_title(view.currentIndex())
    editor = view.findChild(QLineEdit)
    editor.setText("second name")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sidebar.titles() == ["second name"])
    qtbot.waitUntil(lambda: program.window.page.header.title.text() == "second name")
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: sidebar.titles() == [])
    assert [s.title for s in program.opening.chat.trash()] == ["second name"]


def test_the_trash_gives_back(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    ask(program, qtbot, "gone")
    give(program, Command.DELETE)
    qtbot.waitUntil(lambda: program.window.sidebar.titles() == [])
    give(program, Command.TRASH)
    qtbot.waitUntil(lambda: _dialog(program) is not None)
    _dialog(program).restore_current()
    qtbot.waitUntil(lambda: program.window.sidebar.titles() == ["gone"])
    _dialog(program).close()


def _dialog(program: Any) -> Any:
    from app.ui.sidebar.trash import TrashDialog

    return program.window.findChild(TrashDialog)
