"""Questions are kept before they are answered; versions, branches, the trash and the start after a death."""

from __future__ import annotations

import pytest

from app.core.conversation import Options
from app.core.errors import (
    Busy,
    EmptyPrompt,
    EngineCrashed,
    EngineFault,
    EngineNotReady,
    ModelMissing,
    NotFound,
    ProfileNotWritable,
    PromptTooLarge,
    PromptTooLong,
)
from app.core.events import FinishReason
from app.core.message import Role, Status
from app.core.request import Turn
from app.core.sampling import Effort, Sampling
from app.services.chat import KEEP_DELETED_S, Chat
from app.services.models import Models
from app.storage.conversations import Conversations
from app.storage.opening import open_nothing
from app.userdata import SettingsFile
from tests.helpers.fake_engine import final, finished

DAY_S = 24 * 3600.0


def ids(summaries):
    return [summary.id for summary in summaries]


def texts(conversation):
    return [message.text for message in conversation.active_path]


def ask(chat, text="Hello?", conversation_id=None):
    answer = chat.send(conversation_id, text)
    list(answer)
    return answer


def test_a_question_is_kept_before_anything_is_generated(loaded, engine):
    engine.is_held = True
    answer = loaded.send(None, "Hello?\nSecond line")
    conversation = loaded.open(answer.conversation_id)
    question, empty = conversation.active_path
    assert (question.text, question.status) == ("Hello?\nSecond line", Status.COMPLETE)
    assert (empty.id, empty.text, empty.status) == (answer.message_id, "", Status.STREAMING)
    assert conversation.title == "Hello?"
    assert (answer.changes.list_changed, answer.changes.messages_changed) == (True, True)
    assert engine.requests == []


def test_an_answer_is_kept_with_what_it_cost(loaded):
    answer = ask(loaded)
    kept = loaded.open(answer.conversation_id).last
    assert kept == answer.message
    assert (kept.text, kept.reasoning, kept.status) == ("Hello there", "hm ", Status.COMPLETE)
    assert (kept.model, kept.usage, kept.timing) == ("Tiny", finished().usage, finished().timing)


@pytest.mark.parametrize(
    ("reason", "status"),
    [(FinishReason.LENGTH, Status.CUT), (FinishReason.CANCELLED, Status.CANCELLED)],
)
def test_how_an_answer_ended_is_kept(loaded, engine, reason, status):
    engine.answer[-1] = finished(reason)
    answer = ask(loaded)
    assert loaded.open(answer.conversation_id).last.status is status


@pytest.mark.parametrize(
    ("error", "status"),
    [(EngineCrashed(exit_code=-9), Status.INTERRUPTED), (EngineFault(reason="x"), Status.FAILED)],
)
def test_what_came_before_an_engines_fault_is_kept(loaded, engine, error, status):
    engine.answer = [final("Half an"), error]
    answer = loaded.send(None, "Hello?")
    taken = answer.take()
    assert taken == [final("Half an")]
    with pytest.raises(type(error)):
        answer.take()
    assert answer.ended
    kept = loaded.open(answer.conversation_id).last
    assert (kept.text, kept.status) == ("Half an", status)
    engine.answer = [final("Whole"), finished()]
    assert ask(loaded, "Next?", answer.conversation_id).message.status is Status.COMPLETE


def test_the_conversation_so_far_is_told_to_the_model(loaded, engine):
    options = Options("Be brief", Sampling(temperature=0.5, effort=Effort.HIGH))
    first = loaded.send(None, "One?", options)
    list(first)
    ask(loaded, "Two?", first.conversation_id)
    request = engine.requests[-1]
    assert request.turns == (
        Turn(Role.USER, "One?"),
        Turn(Role.ASSISTANT, "Hello there"),
        Turn(Role.USER, "Two?"),
    )
    assert (request.instructions, request.sampling) == (options.instructions, options.sampling)
    assert request.conversation == str(first.conversation_id) == engine.requests[0].conversation


def test_an_answer_without_text_is_not_told(loaded, engine):
    engine.answer = [finished(FinishReason.CANCELLED)]
    first = ask(loaded, "One?")
    ask(loaded, "Two?", first.conversation_id)
    assert [turn.text for turn in engine.requests[-1].turns] == ["One?", "Two?"]


def test_options_given_with_a_question_are_kept(loaded, engine):
    first = ask(loaded)
    options = Options("Now in French", Sampling(seed=3))
    list(loaded.send(first.conversation_id, "Again?", options))
    assert loaded.open(first.conversation_id).options == options
    assert engine.requests[-1].sampling.seed == 3
    loaded.set_options(first.conversation_id, Options("x\x00"))
    assert loaded.open(first.conversation_id).options == Options("x\ufffd")


def test_one_answer_at_a_time_in_a_conversation(loaded, engine):
    engine.is_held = True
    first = loaded.send(None, "One?")
    for act in (
        lambda: loaded.send(first.conversation_id, "Two?"),
        lambda: loaded.edit(first.conversation_id, first.message_id - 1, "Two?"),
        lambda: loaded.regenerate(first.conversation_id, first.message_id),
    ):
        with pytest.raises(Busy):
            act()
    other = loaded.send(None, "Elsewhere?")
    for answer in (first, other):
        assert answer.take(0) == []
        answer.cancel()
        list(answer)
    engine.is_held = False
    assert ask(loaded, "Two?", first.conversation_id).ended


def test_a_refused_question_leaves_the_conversation_free(loaded, engine):
    first = ask(loaded)
    with pytest.raises(PromptTooLong):
        loaded.send(first.conversation_id, "word " * 200)
    with pytest.raises(NotFound):
        loaded.edit(first.conversation_id, 99, "x")
    assert ask(loaded, "Short?", first.conversation_id).ended


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u3000"])
def test_an_empty_question_is_refused(loaded, text):
    for act in (lambda: loaded.send(None, text), lambda: loaded.ask(text, Options())):
        with pytest.raises(EmptyPrompt):
            act()
    assert loaded.list() == ()


def test_two_megabytes_are_taken_and_more_than_four_refused(loaded, engine):
    engine.context_tokens = 10_000_000
    text = "ü" * 1_000_000
    answer = ask(loaded, text)
    assert loaded.open(answer.conversation_id).active_path[0].text == text
    with pytest.raises(PromptTooLarge) as caught:
        loaded.send(None, "ü" * 2_000_001)
    assert caught.value.values == {"size_bytes": 4_000_002, "limit_bytes": 4_000_000}
    assert len(loaded.list()) == 1


def test_odd_characters_are_accepted(loaded):
    answer = ask(loaded, "a\x00b\ud800c\u202ed")
    conversation = loaded.open(answer.conversation_id)
    assert conversation.active_path[0].text == "a\ufffdb\ufffdc\u202ed"
    assert conversation.title == "a\ufffdb\ufffdc d"


def test_a_question_too_long_for_the_context_is_refused_before_it_is_kept(loaded):
    with pytest.raises(PromptTooLong) as caught:
        loaded.send(None, "word " * 150)
    assert caught.value.values == {"prompt_tokens": 150, "context_tokens": 100}
    assert loaded.list() == ()


def test_a_question_is_kept_though_the_engine_dies_while_counting_it(loaded, engine):
    engine.count_error = EngineCrashed(exit_code=-9)
    answer = ask(loaded, "One?")
    assert texts(loaded.open(answer.conversation_id)) == ["One?", "Hello there"]


def test_editing_a_question_makes_a_version_of_it(loaded):
    answer = ask(loaded, "One?")
    conversation_id = answer.conversation_id
    ask(loaded, "Two?", conversation_id)
    second = loaded.open(conversation_id).active_path[2]
    list(loaded.edit(conversation_id, second.id, "Two, again?"))
    conversation = loaded.open(conversation_id)
    assert texts(conversation) == ["One?", "Hello there", "Two, again?", "Hello there"]
    assert len(conversation.siblings(second.id)) == 2
    loaded.switch(conversation_id, second.id)
    assert texts(loaded.open(conversation_id))[2] == "Two?"


def test_the_title_follows_the_first_question_until_a_person_gives_one(loaded):
    answer = ask(loaded, "Oen?")
    conversation_id, first_id = answer.conversation_id, answer.message_id - 1
    list(loaded.edit(conversation_id, first_id, "One?"))
    assert loaded.open(conversation_id).title == "One?"
    loaded.rename(conversation_id, "My\nown ")
    list(loaded.edit(conversation_id, first_id, "Three?"))
    assert loaded.open(conversation_id).title == "My own"
    loaded.rename(conversation_id, " ")
    assert loaded.open(conversation_id).title == "Three?"


def test_regenerating_makes_a_version_of_the_answer(loaded, engine):
    answer = ask(loaded, "One?")
    again = loaded.regenerate(answer.conversation_id, answer.message_id)
    list(again)
    conversation = loaded.open(answer.conversation_id)
    assert conversation.siblings(answer.message_id) == (answer.message_id, again.message_id)
    assert conversation.last.id == again.message_id
    assert engine.requests[0].turns == engine.requests[1].turns
    third = loaded.regenerate(answer.conversation_id, answer.message_id - 1)
    list(third)
    assert len(loaded.open(answer.conversation_id).siblings(answer.message_id)) == 3


def test_what_is_not_there_is_said(loaded):
    answer = ask(loaded)
    there = answer.conversation_id
    for act in (
        lambda: loaded.open(99),
        lambda: loaded.send(99, "x"),
        lambda: loaded.edit(there, answer.message_id, "an answer is no question"),
        lambda: loaded.regenerate(there, 99),
        lambda: loaded.switch(there, 99),
        lambda: loaded.rename(99, "x"),
        lambda: loaded.delete(99),
        lambda: loaded.count(99, "x"),
    ):
        with pytest.raises(NotFound):
            act()


def test_the_list_and_its_search(loaded):
    for question in ("Why is the sky blue?", "我想知道天空为什么是蓝色的", "STRASSE"):
        ask(loaded, question)
    assert ids(loaded.list()) == [3, 2, 1]
    assert ids(loaded.find("天空")) == [2]
    assert ids(loaded.find("straße")) == [3]
    assert ids(loaded.find("sky blue")) == [1]
    assert ids(loaded.find("%")) == []


def test_deleting_can_be_undone(loaded):
    a, b = ask(loaded, "A?").conversation_id, ask(loaded, "B?").conversation_id
    assert loaded.delete(b).list_changed
    assert (ids(loaded.list()), ids(loaded.trash())) == ([a], [b])
    assert loaded.find("B") == ()
    loaded.restore(b)
    assert (ids(loaded.list()), ids(loaded.trash())) == ([b, a], [])


def test_deleting_stops_the_answer(loaded, engine):
    engine.is_held = True
    answer = loaded.send(None, "One?")
    answer.take(0)
    loaded.delete(answer.conversation_id)
    list(answer)
    assert loaded.open(answer.conversation_id).last.status is Status.CANCELLED


def test_the_trash_is_emptied_after_thirty_days(loaded, clock):
    a = ask(loaded).conversation_id
    loaded.recover()
    loaded.delete(a)
    clock.now += KEEP_DELETED_S - DAY_S
    loaded.recover()
    assert ids(loaded.trash()) == [a]
    clock.now += 2 * DAY_S
    loaded.recover()
    assert ids(loaded.trash()) == [a], "the clock of the start before must agree"
    loaded.recover()
    assert loaded.trash() == ()


@pytest.mark.parametrize("jump_s", [-400 * DAY_S, 3650 * DAY_S])
def test_a_wrong_clock_deletes_nothing(loaded, clock, jump_s):
    a = ask(loaded).conversation_id
    loaded.recover()
    loaded.delete(a)
    right = clock.now
    clock.now = right + jump_s
    loaded.recover()
    clock.now = right + DAY_S
    loaded.recover()
    assert ids(loaded.trash()) == [a]


def test_what_was_deleted_under_a_wrong_clock_is_kept_for_a_while(loaded, clock):
    a = ask(loaded).conversation_id
    right = clock.now
    clock.now = right + 3650 * DAY_S
    loaded.delete(a)
    clock.now = right
    for _ in range(3):
        loaded.recover()
    assert ids(loaded.trash()) == [a]


def test_answers_cut_off_by_a_death_are_marked_at_the_next_start(loaded, engine):
    engine.is_held = True
    answer = loaded.send(None, "One?")
    answer.take(0)
    engine.jobs[-1].put(final("Half"))
    answer.take()
    loaded.recover()
    kept = loaded.open(answer.conversation_id).last
    assert (kept.text, kept.status) == ("Half", Status.INTERRUPTED)


def test_closing_stops_every_answer_and_keeps_it(loaded, engine):
    engine.is_held = True
    answers = [loaded.send(None, "One?"), loaded.send(None, "Two?")]
    answers[0].take(0)
    engine.jobs[-1].put(final("Half"))
    loaded.close()
    kept = [loaded.open(answer.conversation_id).last for answer in answers]
    assert [(m.text, m.status) for m in kept] == [("Half", Status.CANCELLED), ("", Status.CANCELLED)]


def test_counting_a_draft(loaded, engine):
    answer = ask(loaded, "One two")
    assert loaded.count(answer.conversation_id, "three four").prompt_tokens == 6
    assert loaded.count(answer.conversation_id, " ").prompt_tokens == 4
    assert loaded.count(None, "").prompt_tokens == 0
    loaded.count(None, "x", Options("Be brief"))
    assert engine.counted[-1].instructions == "Be brief"
    assert engine.counted[-2].instructions == ""


def test_asking_keeps_nothing(loaded, engine):
    answer = loaded.ask("One?", Options("Be brief"))
    list(answer)
    assert (answer.message_id, answer.conversation_id) == (None, None)
    assert (answer.message.text, answer.message.model) == ("Hello there", "Tiny")
    assert engine.requests[-1].instructions == "Be brief"
    assert loaded.list() == ()


def test_where_nothing_can_be_written_nothing_is_generated(engine, where, models):
    database = open_nothing()
    chat = Chat(Conversations(database), engine, models)
    with pytest.raises(ProfileNotWritable):
        chat.send(None, "One?")
    database.close()
    assert engine.requests == []


def test_sending_loads_the_chosen_model_first(chat, engine, models):
    answer = chat.send(None, "One?")
    assert chat.open(answer.conversation_id).active_path[0].text == "One?"
    kinds = [type(event).__name__ for event in answer]
    assert kinds == ["LoadProgress", "Loaded", "Delta", "Delta", "Delta", "Finished"]
    assert answer.message.timing.load_s == 1.5
    assert (answer.message.model, models.must_load) == ("Tiny", False)
    ask(chat, "Two?")
    assert len(engine.loads) == 1


def test_a_question_sent_while_a_model_loads_waits_for_it(chat, engine, models):
    engine.is_held = True
    loading = models.load(None)
    answer = chat.send(None, "One?")
    assert answer.take(0) == []
    assert len(engine.loads) == 1
    assert answer.message.model == "Tiny"
    answer.cancel()
    list(answer)
    loading.cancel()
    list(loading)


def test_too_long_a_question_is_also_found_after_loading(chat, engine):
    answer = chat.send(None, "word " * 150)
    with pytest.raises(PromptTooLong):
        list(answer)
    question, empty = chat.open(answer.conversation_id).active_path
    assert (len(question.text), empty.status) == (750, Status.FAILED)
    assert engine.requests == []


def test_a_model_that_cannot_be_loaded_leaves_the_question(chat, engine, where):
    SettingsFile(where.settings).change(model=str(where.data / "gone.gguf"))
    models = Models(engine, SettingsFile(where.settings), where, remembers=True)
    chat = Chat(chat._conversations, engine, models)
    answer = chat.send(None, "One?")
    with pytest.raises(ModelMissing):
        answer.take()
    statuses = [message.status for message in chat.open(answer.conversation_id).active_path]
    assert statuses == [Status.COMPLETE, Status.FAILED]


def test_stopping_while_the_model_loads(chat, engine):
    engine.is_held = True
    answer = chat.send(None, "One?")
    assert [type(event).__name__ for event in answer.take()] == ["LoadProgress"]
    answer.cancel()
    assert [event.reason for event in answer] == [FinishReason.CANCELLED]
    assert chat.open(answer.conversation_id).last.status is Status.CANCELLED
    assert engine.requests == []


def test_stopping_before_anything_began(chat, engine):
    answer = chat.send(None, "One?")
    answer.cancel()
    assert [event.reason for event in answer] == [FinishReason.CANCELLED]
    assert (engine.loads, engine.requests) == ([], [])
    assert chat.open(answer.conversation_id).last.status is Status.CANCELLED


def test_counting_needs_a_model(chat):
    with pytest.raises(EngineNotReady):
        chat.count(None, "x")
