"""The tree, the list and the trash survive the way to disk and back."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app.core.conversation import ROOT, Options, Summary
from app.core.errors import DatabaseCorrupt, NotFound, ProfileNotWritable
from app.core.message import Draft, Role, Status, Timing, Usage
from app.core.sampling import Effort, Sampling
from app.storage.conversations import Conversations
from app.storage.opening import open_to_read, open_to_write

QUESTION = Draft(Role.USER, "Why?")
ANSWER = Draft(Role.ASSISTANT, "", status=Status.STREAMING)


def ids(summaries):
    return [summary.id for summary in summaries]


def talk(conversations, at=1.0):
    conversation = conversations.create("Why?", Options(), at)
    question = conversations.add(conversation, None, QUESTION, at)
    answer = conversations.add(conversation, question.id, ANSWER, at)
    return conversation, question, answer


def test_a_conversation_comes_back_as_it_was(conversations, path, backups, database):
    options = Options("Be brief 简短", Sampling(temperature=0.3, seed=7, effort=Effort.HIGH))
    conversation = conversations.create("A title", options, 10.5)
    question = conversations.add(conversation, None, QUESTION, 11.0)
    full = Draft(
        Role.ASSISTANT, "Because 🙂", "hm", Status.CUT, "demo", Usage(5, 3, 2), Timing(1.5, 0.25, 2.0, 30.0)
    )
    answer = conversations.add(conversation, question.id, full, 12.0)
    database.close()
    loaded = Conversations(again := open_to_write(path, backups)).load(conversation)
    again.close()
    assert (loaded.title, loaded.options) == ("A title", options)
    assert loaded.active_path == (question, answer)
    assert loaded.messages[answer.id].timing == Timing(1.5, 0.25, 2.0, 30.0)


def test_versions_are_siblings_and_choices_are_kept(conversations):
    conversation, question, first = talk(conversations)
    second = conversations.add(conversation, question.id, ANSWER, 2.0)
    edited = conversations.add(conversation, None, QUESTION, 3.0)
    loaded = conversations.load(conversation)
    assert loaded.siblings(first.id) == (first.id, second.id)
    assert loaded.siblings(question.id) == (question.id, edited.id)
    assert loaded.active_path == (edited,)
    conversations.choose(conversation, {ROOT: question.id, question.id: first.id})
    assert conversations.load(conversation).active_path == (question, first)


def test_saving_changes_one_message(conversations):
    conversation, question, answer = talk(conversations)
    done = replace(
        answer,
        text="Done",
        reasoning="r",
        status=Status.COMPLETE,
        model="m",
        usage=Usage(1, 2, 3),
        timing=Timing(4.0, 5.0, 6.0, 7.0),
    )
    conversations.save(done)
    assert conversations.load(conversation).active_path == (question, done)


def test_the_newest_change_is_first_whatever_the_clock_says(conversations):
    a, b = talk(conversations, at=2_000_000.0)[0], talk(conversations, at=5.0)[0]
    assert ids(conversations.summaries()) == [b, a]
    conversations.add(a, None, QUESTION, 1.0)
    assert ids(conversations.summaries()) == [a, b]
    conversations.rename(b, "new name")
    assert ids(conversations.summaries()) == [a, b]
    assert conversations.summaries()[0] == Summary(a, "Why?", 1.0)


def test_trash_restore_and_purge(conversations):
    a, b = talk(conversations)[0], talk(conversations)[0]
    conversations.set_deleted(a, 100.0)
    assert ids(conversations.summaries()) == [b]
    assert conversations.summaries(deleted=True) == (Summary(a, "Why?", 1.0, 100.0),)
    conversations.set_deleted(a, None)
    assert ids(conversations.summaries()) == [b, a]
    conversations.set_deleted(a, 100.0)
    assert conversations.purge(100.0) == 0
    assert conversations.purge(100.5) == 1
    with pytest.raises(NotFound):
        conversations.load(a)
    assert conversations.load(b).active_path


def test_what_is_purged_is_gone_from_the_disk(conversations, path, tmp_path):
    secret = Draft(Role.USER, "a most secret question")
    conversation = conversations.create("t", Options(), 1.0)
    conversations.add(conversation, None, secret, 1.0)
    assert any(b"most secret" in file.read_bytes() for file in tmp_path.iterdir())
    conversations.set_deleted(conversation, 1.0)
    conversations.purge(2.0)
    assert not any(b"most secret" in file.read_bytes() for file in tmp_path.iterdir())


def test_purging_does_not_wait_for_ever_for_a_reader(conversations, path):
    conversation = talk(conversations)[0]
    conversations.set_deleted(conversation, 1.0)
    reader = open_to_read(path)
    conversations._database._connection.set_busy_timeout(1)
    with reader.reading() as connection:
        connection.execute("SELECT * FROM message").fetchall()
        assert conversations.purge(2.0) == 1
    reader.close()


def test_ids_are_never_used_twice(conversations):
    conversation, *_ = talk(conversations)
    conversations.set_deleted(conversation, 0.0)
    conversations.purge(1.0)
    assert talk(conversations)[0] > conversation


def test_answers_cut_off_by_a_death_are_marked(conversations):
    conversation = talk(conversations)[0]
    conversations.interrupt_streaming()
    statuses = [message.status for message in conversations.load(conversation).active_path]
    assert statuses == [Status.COMPLETE, Status.INTERRUPTED]


def test_what_is_not_there_is_said(conversations):
    for act in (
        lambda: conversations.load(9),
        lambda: conversations.rename(9, "x"),
        lambda: conversations.set_options(9, Options()),
        lambda: conversations.set_deleted(9, 1.0),
    ):
        with pytest.raises(NotFound):
            act()


def test_several_writes_are_kept_together_or_not_at_all(conversations):
    def talk_and_fail():
        with conversations.transaction():
            talk(conversations)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        talk_and_fail()
    assert conversations.summaries() == ()
    with conversations.transaction():
        conversation = talk(conversations)[0]
    assert ids(conversations.summaries()) == [conversation]


@pytest.mark.parametrize("text", ["\u202eabc", "\uffff", "a" * 4_000_000, "' OR 1=1; --", "𝄞 👩‍👩‍👧", ""])
def test_any_text_comes_back_as_it_was(conversations, text):
    conversation = conversations.create(text, Options(text), 1.0)
    conversations.add(conversation, None, Draft(Role.USER, text), 1.0)
    loaded = conversations.load(conversation)
    assert (loaded.title, loaded.options.instructions, loaded.active_path[0].text) == (text,) * 3


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE message SET status = 'nonsense'",
        "UPDATE message SET role = ''",
        "UPDATE conversation SET sampling = '{'",
        "UPDATE conversation SET sampling = '[]'",
        """UPDATE conversation SET sampling = '{"temperature": 99}'""",
        """UPDATE conversation SET sampling = '{"temperature": "hot"}'""",
        "UPDATE message SET text = CAST(x'ff41' AS TEXT)",
    ],
)
def test_values_no_version_writes_are_damage(conversations, database, damage):
    conversation = talk(conversations)[0]
    with database.transaction() as connection:
        connection.execute(damage)
    with pytest.raises(DatabaseCorrupt):
        conversations.load(conversation)


def test_threads_take_turns(conversations):
    conversation = conversations.create("t", Options(), 1.0)

    def write(number):
        for count in range(20):
            conversations.add(conversation, None, Draft(Role.USER, f"{number} {count}"), 1.0)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = [message.text for message in conversations.load(conversation).messages.values()]
    assert len(texts) == 80
    assert [t for t in texts if t.startswith("2 ")] == [f"2 {count}" for count in range(20)]


def test_a_reader_sees_what_was_kept_and_writes_nothing(conversations, path):
    conversation, question, answer = talk(conversations)
    reader = Conversations(database := open_to_read(path))
    assert reader.load(conversation).active_path == (question, answer)
    with pytest.raises(ProfileNotWritable):
        reader.rename(conversation, "x")
    conversations.rename(conversation, "seen at once")
    assert reader.summaries()[0].title == "seen at once"
    database.close()


def test_the_time_of_the_start_before(conversations):
    assert conversations.swap_start(5.0) is None
    assert conversations.swap_start(7.0) == 5.0
    assert conversations.swap_start(6.0) == 7.0
