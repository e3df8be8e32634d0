"""Choosing, checking and loading models."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from app.catalogue.hashes import Hashes
from app.core.errors import ModelMissing, ModelTruncated, NotGguf, ProfileNotWritable
from app.core.events import Finished, FinishReason, Loaded
from app.core.model import Device, LoadOptions
from app.core.plan import Plan, Refusal
from app.core.shelf import Verdict
from app.gguf.anatomy import read_architecture
from app.hardware.fit import plan_for
from app.hardware.machine import Machine, Memory, Processor
from app.services.models import ModelChoice, Models
from app.userdata import SettingsFile
from tests.helpers.tiny_model import write_tiny_model


@pytest.fixture
def settings(where):
    return SettingsFile(where.settings)


@pytest.fixture
def file(tmp_path):
    return write_tiny_model(tmp_path / "other-model.gguf", context_tokens=4096)


def computer(monkeypatch, free_bytes):
    """Make every probe find a computer with this much free memory."""
    found = Machine(Processor("", 4, 8, 4, ("AVX2",)), Memory(64 << 30, free_bytes))
    monkeypatch.setattr("app.services.computer.probe", lambda: found)
    return found


def test_the_demo_is_the_first_choice(models):
    assert models.current == models.choices()[0] == ModelChoice(None, "Alcove demo")
    assert models.current.is_demo


@pytest.mark.parametrize("left_bytes", [0, 100])
def test_a_copy_of_the_demo_that_was_cut_is_unpacked_again(models, tmp_path, monkeypatch, left_bytes):
    copy = tmp_path / "copy.gguf"
    unpack = lambda _: copy if copy.exists() else write_tiny_model(copy)  # noqa: E731
    monkeypatch.setattr("app.services.models.demo_model", unpack)
    whole = models.check(None).facts
    os.truncate(copy, left_bytes)
    assert models.check(None).facts == whole
    os.truncate(copy, left_bytes)
    with pytest.raises((NotGguf, ModelTruncated)):
        models.check(copy)
    assert copy.stat().st_size == left_bytes


def test_a_loaded_model_is_remembered(models, engine, where, settings, file):
    events = list(models.load(file))
    assert isinstance(events[-1], Loaded)
    assert models.current == ModelChoice(file, "other-model")
    assert models.choices() == (ModelChoice(None, "Alcove demo"), ModelChoice(file, "other-model"))
    again = Models(engine, settings, where, remembers=True)
    assert again.current.path == file
    list(again.load(None))
    assert settings.load().model == ""
    assert settings.load().recent_models == (str(file),)


def test_recent_models_are_newest_first_and_still_there(models, tmp_path):
    files = [write_tiny_model(tmp_path / f"{n}.gguf") for n in range(12)]
    for file in (*files, files[5]):
        list(models.load(file))
    names = [choice.name for choice in models.choices()]
    assert names == ["Alcove demo", "5", "11", "10", "9", "8", "7", "6", "4", "3", "2"]
    files[11].unlink()
    assert "11" not in [choice.name for choice in models.choices()]


def test_nothing_is_remembered_where_nothing_is_kept(engine, where, settings, file):
    list(Models(engine, settings, where, remembers=False).load(file))
    assert not where.settings.exists()


@pytest.mark.logs("cannot be remembered: ProfileNotWritable")
def test_a_model_works_though_it_cannot_be_remembered(models, where, file, monkeypatch):
    def refuse(self, settings):
        raise ProfileNotWritable(path="x", reason="read-only")

    monkeypatch.setattr(SettingsFile, "save", refuse)
    assert isinstance(list(models.load(file))[-1], Loaded)
    assert models.name == "Tiny"


def test_a_file_that_is_no_model_is_refused_before_the_engine_sees_it(models, engine, tmp_path):
    list(models.load(None))
    (tmp_path / "no.gguf").write_text("<html>")
    with pytest.raises(NotGguf):
        models.load(tmp_path / "no.gguf")
    with pytest.raises(ModelMissing):
        models.load(tmp_path / "gone.gguf")
    assert len(engine.loads) == 1
    assert not models.must_load


def test_a_failed_or_cancelled_load_leaves_none(models, engine, file):
    list(models.load(None))
    engine.load_error = ModelMissing(path="x")
    with pytest.raises(ModelMissing):
        list(models.load(file))
    assert models.must_load and models.name == "" and models.current.is_demo
    engine.load_error, engine.is_held = None, True
    loading = models.load(file)
    assert not models.must_load and models.name == "Tiny"
    loading.cancel()
    assert isinstance(list(loading)[-1], Finished)
    assert models.must_load


def test_the_settings_go_to_the_engine(models, engine, settings, file, monkeypatch):
    computer(monkeypatch, 64 << 30)
    engine.devices = (Device("CUDA0", "a card", is_gpu=True, total_bytes=64 << 30, free_bytes=64 << 30),)
    settings.change(context_tokens=16_384, threads=3, gpu_layers=7)
    list(models.load(None))
    assert engine.loads[-1][1] == LoadOptions(16_384, threads=3, gpu_layers=7, micro_batch=512, repack=False)
    list(models.load(file))
    assert engine.loads[-1][1].context_tokens == 4096, "the model's own limit"


def test_a_model_is_loaded_as_planned_for_this_computer(models, engine, file, monkeypatch):
    machine = computer(monkeypatch, 8 << 30)
    engine.devices = (Device("CUDA0", "a card", is_gpu=True, total_bytes=9 << 30, free_bytes=8 << 30),)
    plan = plan_for(read_architecture(file), replace(machine, devices=engine.devices))
    assert models.plan(file) == models.check(file).plan == plan
    list(models.load(file))
    assert engine.loads[-1][1] == plan.options


def test_what_is_loaded_makes_room_for_the_next(models, engine, file, monkeypatch):
    computer(monkeypatch, 1 << 30)
    plan = models.plan(file)
    assert isinstance(plan, Plan)
    list(models.load(file))
    taken = plan.shares[0].kv_bytes + plan.shares[0].compute_bytes
    assert taken > 0
    computer(monkeypatch, (1 << 30) - taken)
    assert models.plan(file) == plan


def test_d14_what_is_known_of_a_file_is_told_before_it_is_loaded(models, where, file):
    assert models.check(None).verdict is Verdict.GOOD
    assert models.check(file).verdict is Verdict.UNCHECKED
    list(models.load(file))
    assert models.check(file).verdict is Verdict.GOOD, "it was used before"
    Hashes(where.hashes).note(file, "ab" * 32, Verdict.DAMAGED)
    assert models.check(file).verdict is Verdict.DAMAGED


@pytest.mark.parametrize(("free_bytes", "fits"), [(64 << 30, True), (1 << 20, False)])
def test_a_check_says_whether_a_model_fits(models, engine, file, monkeypatch, free_bytes, fits):
    computer(monkeypatch, free_bytes)
    check = models.check(file)
    assert (check.facts.layers, check.free_bytes, check.fits) == (24, free_bytes, fits)
    assert isinstance(check.plan, Plan if fits else Refusal)
    list(models.load(file))
    assert engine.loads[-1][1].gpu_layers == 0, "what does not fit is tried all the same"


def test_a_smaller_context_is_loaded_where_the_wanted_one_does_not_fit(models, engine, settings, monkeypatch):
    computer(monkeypatch, 600_000_000)
    settings.change(context_tokens=16_384)
    assert not models.check(None).fits
    list(models.load(None))
    assert engine.loads[-1][1].context_tokens == 8192


def test_the_way_the_last_event_ends_a_cancelled_load(models, engine, file):
    engine.is_held = True
    loading = models.load(file)
    loading.take()
    loading.cancel()
    (last,) = loading.take()
    assert last.reason is FinishReason.CANCELLED and loading.ended
