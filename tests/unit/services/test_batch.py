"""A batch: every item once, checked, tried again where it fails, and gone on with after any end."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from app.core.answer_format import AnswerFormat
from app.core.batch import BatchPlan, Item, Outcome
from app.core.errors import (
    AlcoveError,
    BatchDiffers,
    BatchUnfinished,
    DocumentNotWritable,
    EngineCrashed,
    EngineGaveUp,
    PromptTooLong,
)
from app.core.events import Event, FinishReason
from app.core.request import GenerationRequest
from app.core.sampling import Sampling
from app.engine.generation import Generation
from app.services.batch import ATTEMPTS, BatchRun
from app.services.journal import ENDING, Journal, open_journal
from tests.helpers.fake_engine import FakeEngine, final, finished

NUMBER = AnswerFormat("Number", '{"type": "integer"}')
PLAN = BatchPlan("Find the number.", NUMBER)
ITEMS = tuple(Item(f"{name}.txt", f"text of {name}") for name in "abcd")
DAY = date(2026, 11, 25)

Played = list[Event | AlcoveError]


def says(text: str) -> Played:
    return [final(text), finished()]


CUT: Played = [final('{"a'), finished(FinishReason.LENGTH)]


class Engine(FakeEngine):
    """Plays by the item: its script's first part at the first asking, and so on; the last part stays."""

    def __init__(self, **scripts: list[Played]) -> None:
        super().__init__()
        self.scripts = scripts

    def generate(self, request: GenerationRequest) -> Generation:
        script = self.scripts.get(request.turns[0].text[-1], [says("1")])
        self.answer = script.pop(0) if len(script) > 1 else script[0]
        return super().generate(request)


def run(engine: Engine, journal: Journal, items: tuple[Item, ...] = ITEMS, **more: int) -> BatchRun:
    return BatchRun(PLAN, items, journal, engine, DAY, **more)


def outcomes(journal: Journal) -> dict[str, str]:
    return {key: outcome.error or outcome.text for key, outcome in journal.outcomes.items()}


@pytest.mark.parametrize("jobs", [1, 3, 10])
def test_every_item_is_asked_once_with_the_same_beginning(jobs: int) -> None:
    engine, journal = Engine(), Journal(None, ITEMS)
    progress = list(run(engine, journal, jobs=jobs))
    assert outcomes(journal) == {item.key: "1" for item in ITEMS}
    assert [p.done for p in progress] == [1, 2, 3, 4]
    assert {(r.instructions, r.format, r.conversation, len(r.turns)) for r in engine.requests} == {
        ("Find the number.", NUMBER, "batch", 1)
    }
    assert [r.turns[0].text for r in engine.requests] == [item.text for item in ITEMS]


def test_an_answer_that_does_not_fit_is_asked_for_again_with_its_faults() -> None:
    engine, journal = Engine(b=[says('"x"'), says("2")]), Journal(None, ITEMS)
    list(run(engine, journal))
    again = engine.requests[2]
    assert again.turns[1].text == '"x"'
    assert "$" in again.turns[2].text and "integer" in again.turns[2].text
    assert journal.outcomes["b.txt"] == Outcome("b.txt", "2", attempts=2)


@pytest.mark.parametrize(
    ("played", "error"),
    [(says('"x"'), ""), (CUT, "AnswerCut"), ([EngineCrashed(exit_code=-9)], "EngineCrashed")],
)
def test_an_item_that_fails_is_tried_twice_more_and_does_not_hold_up_the_rest(
    played: Played, error: str
) -> None:
    engine, journal = Engine(b=[played]), Journal(None, ITEMS)
    last = list(run(engine, journal))[-1]
    failed = journal.outcomes["b.txt"]
    assert (failed.attempts, failed.error, failed.is_good) == (ATTEMPTS, error, False)
    assert bool(failed.faults) is not bool(error)
    assert (last.done, last.failed, last.total) == (4, 1, 4)


def test_what_cannot_fit_the_context_is_not_tried_again() -> None:
    engine = Engine(b=[[PromptTooLong(prompt_tokens=9, context_tokens=8)]])
    journal = Journal(None, ITEMS)
    list(run(engine, journal))
    assert journal.outcomes["b.txt"].attempts == 1
    assert len(engine.requests) == 4


def test_a_seed_is_moved_on_so_that_another_answer_can_come() -> None:
    engine, journal = Engine(a=[says("x"), says("1")]), Journal(None, ITEMS)
    plan = BatchPlan("", NUMBER, Sampling(seed=7))
    list(BatchRun(plan, ITEMS[:1], journal, engine, DAY))
    assert [request.sampling.seed for request in engine.requests] == [7, 8]


def test_an_engine_that_gives_up_ends_the_run_and_a_later_one_goes_on() -> None:
    engine, journal = Engine(c=[[EngineGaveUp(restarts=3)], says("1")]), Journal(None, ITEMS)
    with pytest.raises(EngineGaveUp):
        list(run(engine, journal))
    assert list(journal.outcomes) == ["a.txt", "b.txt"]
    list(run(engine, journal))
    assert outcomes(journal) == {item.key: "1" for item in ITEMS}


def test_a_stop_leaves_what_is_being_made_for_the_next_run() -> None:
    engine, journal = Engine(), Journal(None, ITEMS)
    first = run(engine, journal)
    first.take()
    engine.is_held = True
    assert first.take(0) == []
    first.cancel()
    assert list(first) == []
    assert first.ended and outcomes(journal) == {"a.txt": "1"}
    engine.is_held = False
    list(run(engine, journal))
    assert [r.turns[0].text[-1] for r in engine.requests] == ["a", "b", "b", "c", "d"]
    assert outcomes(journal) == {item.key: "1" for item in ITEMS}


def test_nothing_to_do_is_an_end() -> None:
    engine = Engine()
    assert run(engine, Journal(None, ()), ()).ended
    assert list(run(engine, Journal(None, ()), ())) == []


def opened(
    result: Path,
    plan: BatchPlan = PLAN,
    items: tuple[Item, ...] = ITEMS,
    model: str = "m",
    *,
    resume: bool = False,
    replace: bool = False,
) -> closing[Journal]:
    """A journal on disk, for a block."""
    return closing(open_journal(result, plan, items, model, resume=resume, replace=replace))


def keep_all(result: Path) -> None:
    """A whole run."""
    with opened(result) as journal:
        list(run(Engine(), journal))


def test_the_journal_brings_back_everything(tmp_path: Path) -> None:
    result = tmp_path / "out.json"
    engine = Engine(b=[says('"\u2028x"')], c=[CUT])
    with opened(result) as journal:
        list(run(engine, journal))
    with opened(result, resume=True) as again:
        assert again.outcomes == journal.outcomes
        engine = Engine()
        list(run(engine, again))
        assert [r.turns[0].text[-1] for r in engine.requests] == ["b", "c"]
        again.remove()
    assert list(tmp_path.iterdir()) == []


def test_two_runs_into_one_file_at_once_are_one_too_many(tmp_path: Path) -> None:
    result = tmp_path / "out.json"
    with opened(result) as journal:
        journal.add(Outcome("a.txt", "1"))
        for resume, replace in ((False, False), (True, False), (False, True)):
            with pytest.raises(DocumentNotWritable) as caught:
                open_journal(result, PLAN, ITEMS, "m", resume=resume, replace=replace)
            assert caught.value.values["path"] == str(result)
        journal.add(Outcome("b.txt", "1"))
    with opened(result, resume=True) as again:
        assert set(again.outcomes) == {"a.txt", "b.txt"}


def test_an_item_that_changed_meanwhile_is_asked_again(tmp_path: Path) -> None:
    keep_all(tmp_path / "o")
    changed = (Item("a.txt", "other text of a"), *ITEMS[1:])
    with opened(tmp_path / "o", items=changed, resume=True) as again:
        assert set(again.outcomes) == {"b.txt", "c.txt", "d.txt"}


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_torn_last_line_is_asked_again(tmp_path: Path, cut: int) -> None:
    result = tmp_path / "o"
    keep_all(result)
    path = result.with_name(result.name + ENDING)
    path.write_bytes(path.read_bytes()[:-cut])
    whole = {item.key for item in ITEMS}
    with opened(result, resume=True) as again:
        assert set(again.outcomes) == (whole if cut == 1 else {"a.txt", "b.txt", "c.txt"})
        list(run(Engine(), again))
    lines = path.read_text().splitlines()
    assert [json.loads(line) for line in lines]
    with opened(result, resume=True) as again:
        assert set(again.outcomes) == whole


def test_a_line_torn_within_a_character_was_never_kept(tmp_path: Path) -> None:
    items = (Item("a", "x"), Item("季", "季度"))
    with opened(tmp_path / "o", items=items) as journal:
        for item in items:
            journal.add(Outcome(item.key, "季"))
    path = tmp_path / f"o{ENDING}"
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex("季".encode()) + 1])
    with opened(tmp_path / "o", items=items, resume=True) as again:
        assert set(again.outcomes) == {"a"}


def test_an_earlier_run_is_neither_forgotten_nor_mixed_in(tmp_path: Path) -> None:
    result = tmp_path / "o"
    keep_all(result)
    with pytest.raises(BatchUnfinished):
        open_journal(result, PLAN, ITEMS, "m", resume=False, replace=False)
    other = BatchPlan("Something else.", NUMBER)
    for plan, model in ((other, "m"), (PLAN, "another")):
        with pytest.raises(BatchDiffers):
            open_journal(result, plan, ITEMS, model, resume=True, replace=False)
    with opened(result, other, replace=True) as fresh:
        assert not fresh.outcomes
    with opened(result, other, resume=True) as again:
        assert again.outcomes == {}
