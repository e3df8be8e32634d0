"""Signals: asked for while an answer is written, at once otherwise; the old handlers come back."""

import signal

import pytest

from app.cli.interrupt import stoppable, terminable, unstoppable


def test_the_first_ctrl_c_asks_and_the_second_leaves() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), stoppable() as stop:  # noqa: PT012
        assert not stop.requested
        signal.raise_signal(signal.SIGINT)
        assert stop.requested
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_sigterm_leaves_once_the_answer_has_stopped() -> None:
    passed = False
    with pytest.raises(SystemExit) as left, stoppable():  # noqa: PT012
        signal.raise_signal(signal.SIGTERM)
        passed = True
    assert passed
    assert left.value.code == 130


def test_sigterm_unwinds_at_any_other_time() -> None:
    with pytest.raises(SystemExit), terminable():
        signal.raise_signal(signal.SIGTERM)


def test_cleaning_up_is_not_disturbed() -> None:
    with unstoppable():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
