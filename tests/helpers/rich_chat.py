"""Long chats of rich Markdown, for tests and benchmarks of the transcript."""

from __future__ import annotations

from pathlib import Path

from app.core.conversation import Conversation, Options
from app.core.message import Draft, Message, Role, Status, Timing, Usage
from app.storage.conversations import Conversations
from app.storage.opening import open_to_write
from app.userdata import places

ANSWER = """## Sorting {n}

Sort twice. Python's sort is **stable**, so the *second* pass keeps the first one's order; see `sorted()` and
[the guide](https://docs.python.org/3/howto/sorting.html).

```python
from operator import itemgetter

def arrange(rows: list[tuple[str, int, float]]) -> None:
    \"\"\"By the third column, then by the second in reverse.\"\"\"
    rows.sort(key=itemgetter(1), reverse=True)
    rows.sort(key=itemgetter(2))   # the main key comes last: {n}
```

| Rows | Two sorts | One key with a tuple |
|-----:|:---------:|----------------------|
| 10 000 | 4 ms | 6 ms |
| 1 000 000 | 0.7 s | 1.1 s |

1. First the lesser key:
   - in reverse, if so wanted;
   - ~~by hand~~ by `key=`.
2. Then the main one.

> Stability is promised since Python 2.2, 中文也如此。

So it goes on for another paragraph of running text, long enough to be wrapped over a few lines of the column
in which it is read, because that is what answers look like.
"""

QUESTION = "How do I sort rows by the third column, then by the second in reverse, in plain Python? ({n})"


def drafts(count: int) -> list[Draft]:
    """`count` messages, questions and answers in turns."""
    usage, timing = Usage(812, 640, 186), Timing(0.0, 0.6, 4.0, 12.1)
    return [
        Draft(Role.ASSISTANT, ANSWER.format(n=n), "Two keys. Think of stability.", usage=usage, timing=timing)
        if n % 2
        else Draft(Role.USER, QUESTION.format(n=n))
        for n in range(count)
    ]


def conversation(count: int, first_id: int = 1) -> Conversation:
    """A chat of `count` messages in memory; its id is that of its first message."""
    messages = {}
    for id_, draft in enumerate(drafts(count), start=first_id):
        messages[id_] = Message(
            id_,
            id_ - 1 if id_ > first_id else None,
            0.0,
            draft.role,
            draft.text,
            draft.reasoning,
            Status.COMPLETE,
            draft.model,
            draft.usage,
            draft.timing,
        )
    return Conversation(first_id, "Sorting", messages=messages)


def write_chat(profile: Path, title: str, count: int) -> int:
    """Keep a chat of `count` messages in a profile nobody has open; its id."""
    where = places(profile)
    where.make()
    database = open_to_write(where.database, where.backups)
    kept = Conversations(database)
    with kept.transaction():
        id_ = kept.create(title, Options(), 0.0)
        parent: int | None = None
        for draft in drafts(count):
            parent = kept.add(id_, parent, draft, 0.0).id
    database.close()
    return id_
