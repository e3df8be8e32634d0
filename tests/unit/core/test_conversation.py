"""The tree of messages: edits and regenerations are siblings, and each fork remembers its choice."""

from app.core.conversation import Conversation
from app.core.message import Message, Role


def _message(id: int, parent_id: int | None, role: Role = Role.USER) -> Message:
    return Message(id, parent_id, float(id), role, f"text {id}")


def _tree() -> Conversation:
    """1 - 2 - 3 - 4, with 5 an edit of 3, 6 its answer, and 7 another version of 2."""
    conversation = Conversation(1, "t")
    for id, parent in ((1, None), (2, 1), (3, 2), (4, 3), (5, 2), (6, 5), (7, 1)):
        conversation = conversation.append(_message(id, parent))
    return conversation


def _ids(conversation: Conversation) -> list[int]:
    return [message.id for message in conversation.active_path]


def test_appending_puts_the_new_branch_in_view() -> None:
    assert _ids(_tree()) == [1, 7]


def test_switching_to_a_sibling_returns_to_where_that_branch_was_left() -> None:
    conversation = _tree().switch(2)
    assert _ids(conversation) == [1, 2, 5, 6]
    conversation = conversation.switch(3)
    assert _ids(conversation) == [1, 2, 3, 4]
    assert _ids(conversation.switch(7).switch(2)) == [1, 2, 3, 4]


def test_siblings_are_all_versions_oldest_first() -> None:
    conversation = _tree()
    assert conversation.siblings(7) == (2, 7)
    assert conversation.siblings(3) == (3, 5)
    assert conversation.siblings(1) == (1,)


def test_a_choice_that_is_gone_falls_back_to_the_newest() -> None:
    conversation = Conversation(1, "t", messages={1: _message(1, None)}, chosen={0: 99})
    assert _ids(conversation) == [1]


def test_the_path_to_a_message_does_not_depend_on_what_is_in_view() -> None:
    assert [m.id for m in _tree().path_to(4)] == [1, 2, 3, 4]
    assert _tree().path_to(None) == ()


def test_an_empty_conversation_has_no_last_message() -> None:
    assert Conversation(1, "").last is None
