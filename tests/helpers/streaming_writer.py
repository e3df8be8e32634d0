"""A program to be killed: asks a scripted engine one question after the other and tells what is kept.

Its lines, each written once the fact is on disk or has happened:

    ready
    kept QUESTION_ID ANSWER_ID        the question and the empty answer are kept
    text ANSWER_ID CHARACTERS TIME    so much of the answer had come by then (monotonic seconds)
    done ANSWER_ID CHARACTERS         the whole answer is kept
"""

from __future__ import annotations

import os
import sys
import time
from itertools import count
from pathlib import Path

from app.assembly import assemble
from app.core.message import Message
from app.launch import engine_command


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def written(message: Message) -> int:
    return len(message.reasoning) + len(message.text)


def main(profile: str, script: str) -> None:
    alcove = assemble(Path(profile), storage="write", engine_command=engine_command("scripted", script))
    list(alcove.models.load(alcove.models.current.path))
    say("ready")
    conversation_id = None
    for number in count():
        answer = alcove.chat.send(conversation_id, f"{'short' if number < 2 else 'long'} {number}")
        conversation_id = answer.conversation_id
        say("kept", answer.message.parent_id, answer.message_id)
        while not answer.ended:
            answer.take()
            say("text", answer.message_id, written(answer.message), time.monotonic())
        say("done", answer.message_id, written(answer.message))


if __name__ == "__main__":
    main(*sys.argv[1:])
