"""The client and its child, over the real pipes, with a scripted backend behind them."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from app.core.errors import EngineCrashed, EngineFault, EngineGaveUp, EngineNotReady, PromptTooLong
from app.core.events import Delta, Finished, FinishReason, Loaded, LoadProgress
from app.core.message import Channel
from app.core.model import LoadOptions
from app.engine import client as client_module
from app.engine import generation as generation_module
from app.engine.client import EngineClient
from tests.helpers.scripted import question, scripted_command

TEXT = "Hello there. " * 10


@pytest.fixture
def client(tmp_path: Path) -> Iterator[EngineClient]:
    command = scripted_command(
        tmp_path,
        {"question": "crash", "final": "one two three", "ends_with": "crash"},
        {"question": "fault", "final": "x", "ends_with": "EngineFault"},
        {"question": "long", "final": "word " * 3000},
        {"reasoning": "think a bit", "final": TEXT, "tokens_per_s": 2000},
    )
    engine = EngineClient(command)
    list(engine.load(tmp_path, LoadOptions()))
    yield engine
    engine.close()


def _child_pid(engine: EngineClient) -> int:
    assert engine._life is not None
    return engine._life.process.pid


def test_a_load_tells_its_progress_and_ends_with_the_model(client: EngineClient, tmp_path: Path) -> None:
    events = list(client.load(tmp_path, LoadOptions(context_tokens=4096)))
    assert isinstance(events[0], LoadProgress)
    assert isinstance(events[-1], Loaded)
    assert events[-1].model.context_tokens == 4096
    assert events[-1].model.path == tmp_path


def test_an_answer_arrives_whole_and_in_order(client: EngineClient) -> None:
    events = list(client.generate(question("hi")))
    texts = dict.fromkeys(Channel, "")
    for event in events:
        if isinstance(event, Delta):
            texts[event.channel] += event.text
    assert texts == {Channel.ANALYSIS: "think a bit", Channel.COMMENTARY: "", Channel.FINAL: TEXT}
    assert isinstance(events[-1], Finished)
    assert events[-1].reason is FinishReason.STOP


def test_a_cancel_ends_the_answer_at_once(client: EngineClient) -> None:
    generation = client.generate(question("long"))
    while not any(isinstance(event, Delta) for event in generation.take()):
        pass
    asked_at = time.monotonic()
    generation.cancel()
    last = list(generation)[-1]
    assert isinstance(last, Finished)
    assert last.reason is FinishReason.CANCELLED
    assert time.monotonic() - asked_at < 2


def test_a_take_with_a_timeout_may_come_back_empty(tmp_path: Path) -> None:
    engine = EngineClient(scripted_command(tmp_path, load_s=2.0))
    loading = engine.load(tmp_path, LoadOptions())
    assert loading.take(0.0) == []
    assert not loading.ended
    loading.cancel()
    assert isinstance(list(loading)[-1], Finished)
    engine.close()


def test_count_answers_while_an_answer_is_written(client: EngineClient) -> None:
    generation = client.generate(question("long"))
    assert client.count(question("one two three")).prompt_tokens == 3
    generation.cancel()
    list(generation)


def test_an_error_comes_after_the_events_before_it(client: EngineClient) -> None:
    generation = client.generate(question("fault"))
    seen = []
    with pytest.raises(EngineFault):
        seen.extend(generation)
    assert any(isinstance(event, Delta) for event in seen)
    assert generation.ended


def test_a_prompt_beyond_the_context_is_refused_with_the_counts(client: EngineClient) -> None:
    with pytest.raises(PromptTooLong) as caught:
        list(client.generate(question("word " * 9000 + "end")))
    assert caught.value.values == {"prompt_tokens": 9001, "context_tokens": 8192}


def test_after_a_crash_the_engine_and_its_model_come_back(client: EngineClient) -> None:
    with pytest.raises(EngineCrashed):
        list(client.generate(question("crash")))
    events = list(client.generate(question("hi")))
    assert isinstance(events[0], LoadProgress)
    assert isinstance(events[-1], Finished)


def test_an_engine_that_keeps_crashing_is_given_up(client: EngineClient) -> None:
    for _ in range(client_module.RESTARTS + 1):
        with pytest.raises(EngineCrashed):
            list(client.generate(question("crash")))
    with pytest.raises(EngineGaveUp):
        client.generate(question("hi"))


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="signals of a Unix system")
def test_a_hung_engine_is_ended_after_a_cancel(client: EngineClient, monkeypatch) -> None:
    monkeypatch.setattr(generation_module, "CANCEL_PATIENCE_S", 0.2)
    generation = client.generate(question("long"))
    generation.take()
    os.kill(_child_pid(client), signal.SIGSTOP)
    generation.cancel()
    with pytest.raises(EngineCrashed):
        list(generation)
    assert isinstance(list(client.generate(question("hi")))[-1], Finished)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="signals of a Unix system")
def test_an_engine_that_hangs_while_idle_is_ended_by_the_next_question(
    client: EngineClient, monkeypatch
) -> None:
    monkeypatch.setattr(client_module, "QUESTION_PATIENCE_S", 0.2)
    os.kill(_child_pid(client), signal.SIGSTOP)
    with pytest.raises(EngineCrashed):
        client.count(question("hi"))
    assert isinstance(list(client.generate(question("hi")))[-1], Finished)


def test_a_load_that_was_cancelled_is_not_what_a_restart_loads(tmp_path: Path) -> None:
    crash = {"question": "crash", "final": "one", "ends_with": "crash"}
    engine = EngineClient(scripted_command(tmp_path, crash, {"final": "two"}, load_s=0.5))
    list(engine.load(tmp_path, LoadOptions()))
    loading = engine.load(tmp_path / "other", LoadOptions())
    loading.cancel()
    assert isinstance(list(loading)[-1], Finished)
    with pytest.raises(EngineCrashed):
        list(engine.generate(question("crash")))
    loaded = [event for event in engine.generate(question("hi")) if isinstance(event, Loaded)]
    assert [event.model.path for event in loaded] == [tmp_path]
    engine.close()


def test_a_child_that_talks_nonsense_is_ended(tmp_path: Path) -> None:
    import sys

    engine = EngineClient([sys.executable, "-c", "print('nonsense')"])
    with pytest.raises(EngineFault):
        list(engine.load(tmp_path, LoadOptions()))
    engine.close()


def test_nothing_is_counted_without_a_model(tmp_path: Path) -> None:
    engine = EngineClient(scripted_command(tmp_path))
    with pytest.raises(EngineNotReady):
        engine.count(question("hi"))
    engine.info()
    with pytest.raises(EngineNotReady):
        engine.count(question("hi"))
    engine.close()


def test_the_engine_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    """The kernel's "die with the parent" means the parent's thread: it must not be used."""
    engine = EngineClient(scripted_command(tmp_path))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(engine.info).result()
    pid = _child_pid(engine)
    assert engine.info().version == "scripted"
    assert _child_pid(engine) == pid
    engine.close()


def test_closing_leaves_no_process(client: EngineClient) -> None:
    pid = _child_pid(client)
    running = client.generate(question("long"))
    client.close()
    with pytest.raises(EngineCrashed):
        list(running)
    assert not psutil.pid_exists(pid)
