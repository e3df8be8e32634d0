"""An unused model gives its memory back, comes again with the next question; short memory is told."""

from __future__ import annotations

import pytest

from app.core.settings import Settings
from app.hardware.machine import Memory, Power
from app.services.idle import LOOK_S, Idle, is_short, limit_s
from app.userdata import SettingsFile

GIB = 1 << 30


class Surroundings:
    """The power and memory that a test wants."""

    def __init__(self):
        self.power = Power.BATTERY
        self.memory = Memory(16 * GIB, 8 * GIB)


@pytest.fixture
def around():
    return Surroundings()


@pytest.fixture
def idle(models, where, clock, around):
    return Idle(models, SettingsFile(where.settings), clock, lambda: around.power, lambda: around.memory)


def test_on_battery_it_is_unloaded_after_half_an_hour(loaded, models, engine, idle, clock):
    clock.now += 29 * 60
    assert idle.look(is_busy=False).next_s == LOOK_S
    clock.now += 50
    look = idle.look(is_busy=False)
    assert (look.was_unloaded, look.next_s) == (False, 10.0)
    assert not models.must_load
    clock.now += 10
    assert idle.look(is_busy=False).was_unloaded
    assert models.must_load and not engine.is_loaded
    assert not idle.look(is_busy=False).was_unloaded, "once is enough"


def test_the_next_question_loads_it_again(loaded, models, engine, idle, clock):
    clock.now += 3600
    assert idle.look(is_busy=False).was_unloaded
    list(loaded.send(None, "Hello"))
    assert len(engine.loads) == 2
    assert not models.must_load


def test_use_and_work_begin_the_time_anew(loaded, idle, clock):
    clock.now += 1799
    idle.used()
    clock.now += 1799
    assert not idle.look(is_busy=True).was_unloaded
    clock.now += 1799
    assert not idle.look(is_busy=False).was_unloaded
    clock.now += 1
    assert idle.look(is_busy=False).was_unloaded


def test_on_the_mains_it_stays(loaded, idle, clock, around):
    around.power = Power.MAINS
    clock.now += 1_000_000
    assert not idle.look(is_busy=False).was_unloaded
    around.power = Power.BATTERY
    assert idle.look(is_busy=False).was_unloaded, "the plug was pulled"


def test_nothing_is_unloaded_where_nothing_is_loaded_or_a_load_goes_on(models, engine, idle, clock):
    clock.now += 3600
    assert not idle.look(is_busy=False).was_unloaded
    engine.is_held = True
    loading = models.load(None)
    assert not idle.look(is_busy=False).was_unloaded
    engine.end_load()
    list(loading)
    assert not models.must_load


@pytest.mark.parametrize(
    ("settings", "power", "expected"),
    [
        (Settings(), Power.BATTERY, 1800.0),
        (Settings(), Power.MAINS, None),
        (Settings(unload_on_mains_min=5), Power.MAINS, 300.0),
        (Settings(unload_on_battery_min=0), Power.BATTERY, None),
        (Settings(unload_on_battery_min=-3), Power.BATTERY, None),
    ],
)
def test_the_limit_is_a_setting(settings, power, expected):
    assert limit_s(settings, power) == expected


def test_short_memory_is_warned_of_once(idle, around):
    looks = []
    for free in (8.0, 0.6, 0.5, 0.9, 1.1, 0.6):
        around.memory = Memory(16 * GIB, int(free * GIB))
        looks.append(idle.look(is_busy=False))
    assert [look.is_short for look in looks] == [False, True, True, True, False, True]
    assert [look.warns for look in looks] == [False, True, False, False, False, True]
    assert looks[1].free_bytes == int(0.6 * GIB)


@pytest.mark.parametrize(
    ("total", "free", "expected"), [(4, 0.45, True), (4, 0.55, False), (64, 2.4, True), (64, 2.7, False)]
)
def test_how_much_is_short_depends_on_the_computer(total, free, expected):
    assert is_short(Memory(total * GIB, int(free * GIB)), was_short=False) is expected
