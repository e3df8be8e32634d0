"""Shared by the tests of widgets."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.core.settings import Theme as Choice
from app.ui.theme import Theme
from app.userdata import resource


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, resource("icons"), Choice.LIGHT)
