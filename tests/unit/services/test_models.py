"""Choosing, checking and loading models."""

from __future__ import annotations

import os

import pytest

from app.core.errors import ModelMissing, ModelTruncated, NotGguf, ProfileNotWritable
from app.core.events import Finished, FinishReason, Loaded
from app.core.model import Device, LoadOptions, ModelFacts
from app.hardware.machine import Memory
from app.services.memory import can_repack, kv_bytes, needed_bytes
from app.services.models import ModelChoice, Models
from app.userdata import SettingsFile
from tests.helpers.tiny_model import write_tiny_model


@pytest.fixture
def settings(where):
    return SettingsFile(where.settings)


@pytest.fixture
def file(tmp_path):
    return write_tiny_model(tmp_path / "other-model.gguf", context_tokens=4096)


def gpt_oss_20b(tmp_path):
    return ModelFacts(
        tmp_path, "20b", "gpt-oss", 12_110_000_000, 24, 32, 4, 2880, 8, 64, 128, 131_072, 201_088
    )


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
    monkeypatch.setattr("app.services.models.memory", lambda: Memory(64 << 30, 64 << 30))
    settings.change(context_tokens=16_384, threads=3, gpu_layers=7)
    list(models.load(None))
    assert engine.loads[-1][1] == LoadOptions(16_384, threads=3, gpu_layers=7, repack=True)
    list(models.load(file))
    assert engine.loads[-1][1].context_tokens == 4096, "the model's own limit"


@pytest.mark.parametrize(("free_bytes", "layers"), [(64 << 30, 25), (1 << 20, 0)])
def test_a_gpu_the_engine_sees_is_used(models, engine, file, free_bytes, layers):
    engine.devices = (Device("CUDA0", "a card", is_gpu=True, free_bytes=free_bytes),)
    list(models.load(file))
    assert engine.loads[-1][1].gpu_layers == layers


def test_memory_of_the_full_model(tmp_path):
    facts = gpt_oss_20b(tmp_path)
    # facts/engine.md: 201 MB for the full layers at 8,192 and 19 MB for the windows; 3.22 GB at 131,072.
    assert kv_bytes(facts, 8192) == pytest.approx(201.3e6 + 18.9e6, rel=0.001)
    assert kv_bytes(facts, 131_072) == kv_bytes(facts, 1 << 20) == pytest.approx(3.24e9, rel=0.001)
    needed = needed_bytes(facts, 8192)
    assert needed == pytest.approx(12.66e9, rel=0.001)
    assert can_repack(facts, needed, 23 * 10**9) and not can_repack(facts, needed, 22 * 10**9)


@pytest.mark.parametrize(("free_bytes", "fits"), [(64 << 30, True), (1 << 20, False)])
def test_a_check_says_whether_a_model_fits(models, file, monkeypatch, free_bytes, fits):
    monkeypatch.setattr("app.services.models.memory", lambda: Memory(64 << 30, free_bytes))
    check = models.check(file)
    assert (check.facts.layers, check.free_bytes, check.fits) == (24, free_bytes, fits)


def test_the_way_the_last_event_ends_a_cancelled_load(models, engine, file):
    engine.is_held = True
    loading = models.load(file)
    loading.take()
    loading.cancel()
    (last,) = loading.take()
    assert last.reason is FinishReason.CANCELLED and loading.ended
