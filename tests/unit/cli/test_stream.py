"""Following a source of events to its end, and stopping it."""

from app.cli.interrupt import Stop
from app.cli.stream import follow, progress_text
from app.core.events import Delta, Event, Finished, FinishReason, LoadProgress, PromptProgress
from app.core.message import Channel, Timing, Usage
from app.core.settings import Language
from app.i18n import load_texts

TR = load_texts(Language.ENGLISH)


class Source:
    """Gives one list of events at each taking; after a cancel only the end."""

    def __init__(self, *events: list[Event]) -> None:
        self.waiting = list(events)
        self.cancels = 0
        self.ended = False

    def take(self, timeout_s: float | None = None) -> list[Event]:
        assert timeout_s is not None
        taken = self.waiting.pop(0)
        self.ended = any(isinstance(event, Finished) for event in taken)
        return taken

    def cancel(self) -> None:
        self.cancels += 1
        self.waiting = [[Finished(FinishReason.CANCELLED, Usage(), Timing())]]


def end() -> Finished:
    return Finished(FinishReason.STOP, Usage(), Timing())


def test_every_event_comes_and_quiet_moments_do_not_matter() -> None:
    delta = Delta(Channel.FINAL, "Hi")
    source = Source([LoadProgress(0.5)], [], [delta, delta], [end()])
    assert list(follow(source, Stop())) == [LoadProgress(0.5), delta, delta, end()]
    assert source.cancels == 0


def test_a_stop_cancels_once_and_the_end_still_comes() -> None:
    source, stop = Source([Delta(Channel.FINAL, "Hi")], [], []), Stop()
    events = []
    for event in follow(source, stop):
        stop.requested = True
        events.append(event)
    assert isinstance(events[-1], Finished)
    assert source.cancels == 1


def test_progress_in_words() -> None:
    assert progress_text(LoadProgress(0.456, 3.2), TR) == "Loading the model: 46 %, 3.2 s left"
    shown = progress_text(PromptProgress(1024, 4000, 0, 65.0), TR)
    assert shown == "Reading the prompt: 1024 of 4000 tokens, 1 min 5 s left"
    assert progress_text(Delta(Channel.ANALYSIS, "hm"), TR) == "Thinking…"
    assert progress_text(Delta(Channel.FINAL, "hm"), TR) == ""
