"""Advice: what a computer can run before anything was downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.catalogue.index import read_index
from app.core.catalogue import Origin
from app.core.errors import ModelUnreadable
from app.core.plan import Plan, Refusal
from app.services.advice import advise, original
from app.userdata import resource
from tests.helpers import full_size, machines

ENTRIES = read_index(resource("catalogue.json"))
MODEL = original()


def test_what_ships_is_the_real_shape_byte_for_byte() -> None:
    assert full_size.architecture() == MODEL


def test_what_ships_must_make_sense(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"facts": 1}')
    with pytest.raises(ModelUnreadable):
        original(path)


def test_the_original_is_recommended_where_it_fits() -> None:
    for machine in (machines.CPU_16, machines.GPU_12_RAM_32, machines.M1_16):
        advice = advise(ENTRIES, MODEL, machine)
        assert advice.entry.origin is Origin.ORIGINAL
        assert isinstance(advice.plan, Plan) and advice.fits
        assert advice.devices == machine.devices


def test_a_pruned_one_is_recommended_where_only_that_fits() -> None:
    tight = machines.computer(6, 16.6, 11.8, 40)
    advice = advise(ENTRIES, MODEL, tight)
    assert advice.entry.origin is Origin.PRUNED and advice.entry.experts == 28
    assert isinstance(advice.plan, Plan)
    assert advice.plan.main_bytes <= tight.memory.available_bytes


def test_where_nothing_fits_the_reason_is_that_of_the_original() -> None:
    advice = advise(ENTRIES, MODEL, machines.CPU_8)
    assert advice.entry.origin is Origin.ORIGINAL and not advice.fits
    assert isinstance(advice.plan, Refusal) and advice.plan.missing_bytes > 0
