"""The flags of `models`, what is told of a download, and the words for an architecture and a plan."""

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli import fit as fit_command
from app.cli import info
from app.cli.arguments import (
    FetchModel,
    FindNeighbours,
    FitModel,
    ListModels,
    ModelInfo,
    RemoveModels,
    RepairModels,
    SearchModels,
    Token,
    VerifyModels,
)
from app.cli.exit_codes import ExitCode, exit_code
from app.cli.following import Teller, bar, for_each, progress_text
from app.cli.parser import parse
from app.cli.screen import Screen
from app.core.download import Damaged, DownloadProgress, Retrying
from app.core.errors import HostStalled, KeyringLocked, ModelMissing, NoRoom, NotGguf
from app.core.settings import Language
from app.hardware.machine import Machine, Memory, Processor
from app.hardware.machine_file import machine_json
from app.i18n import load_texts
from tests.helpers.full_size import architecture

TR = load_texts(Language.ENGLISH)
GB = 10**9


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["list", "--json"], ListModels(as_json=True)),
        (["search"], SearchModels()),
        (["search", "o/n", "--endpoint", "http://x"], SearchModels("o/n", "http://x")),
        (["fetch"], FetchModel()),
        (["fetch", "o/n/f.gguf", "--limit", "5MB"], FetchModel("o/n/f.gguf", bytes_per_s=5_000_000)),
        (["fetch", "--limit", "0", "--json"], FetchModel(bytes_per_s=0, as_json=True)),
        (["verify", "a", "b"], VerifyModels((Path("a"), Path("b")))),
        (["repair", "a", "--limit", "1.5G"], RepairModels((Path("a"),), bytes_per_s=1_500_000_000)),
        (["remove", "a", "--for-good"], RemoveModels((Path("a"),), for_good=True)),
        (["fit"], FitModel()),
        (["fit", "a", "--machine", "m.json", "--context", "8192"], FitModel(Path("a"), Path("m.json"), 8192)),
        (["info", "demo"], ModelInfo(Path("demo"))),
        (["neighbours", "--link", "a"], FindNeighbours(link=Path("a"))),
        (["token", "keep"], Token(is_kept=True)),
        (["token", "forget", "--endpoint", "http://x"], Token(is_kept=False, endpoint="http://x")),
    ],
)
def test_each_action_becomes_plain_data(words: list[str], command: object) -> None:
    assert parse(["models", *words]).command == command


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["sing"],
        ["verify"],
        ["fetch", "a", "b"],
        ["fetch", "--limit", "fast"],
        ["fetch", "--limit", "-1"],
        ["fit", "--context", "7"],
        ["neighbours", "--link", "a", "--copy", "b"],
        ["token"],
        ["token", "keep", "hf_secret"],
    ],
)
def test_nonsense_is_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse(["models", *words])
    assert left.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_what_goes_wrong_with_a_file_has_one_code() -> None:
    assert exit_code(NoRoom(path="a", needed_bytes=2, free_bytes=1)) == ExitCode.SOME_FAILED
    assert exit_code(KeyringLocked()) == ExitCode.SOME_FAILED
    assert exit_code(NotGguf(path="a")) == ExitCode.MODEL


def test_a_bar_is_as_full_as_the_file() -> None:
    assert bar(0, True) == "░" * 24
    assert bar(50, True) == "█" * 12 + "░" * 12
    assert bar(100, False) == "#" * 24
    assert bar(120, False) == "#" * 24


def test_progress_tells_how_much_how_fast_and_how_long_still() -> None:
    some = DownloadProgress(3 * GB, 12 * GB, 2 * GB, 100e6, 90.0, 4)
    assert progress_text(some, 25, TR) == " 25 %  3.0 GB of 12.0 GB  100 MB/s  1 min 30 s left"
    stalled = DownloadProgress(3 * GB, 12 * GB, 2 * GB, 0.0, None, 1)
    assert progress_text(stalled, 25, TR) == " 25 %  3.0 GB of 12.0 GB"


def told(err: io.StringIO, *events: Any) -> str:
    teller = Teller(TR, Screen(io.StringIO(), err))
    for event in events:
        teller.tell(event)
    teller.close()
    return err.getvalue()


def test_off_a_terminal_there_is_a_line_every_few_percent() -> None:
    steps = [DownloadProgress(n, 1000, n, 0.0, None, 1) for n in range(0, 1001, 5)]
    lines = told(io.StringIO(), *steps).splitlines()
    assert [line.split()[0] for line in lines] == [str(percent) for percent in range(0, 101, 5)]


def test_on_a_terminal_one_line_is_replaced_and_gone_in_the_end() -> None:
    shown = told(Terminal(), *[DownloadProgress(n, 10, n, 0.0, None, 1) for n in range(11)])
    assert "\n" not in shown
    assert shown.endswith("\r")


def test_what_goes_wrong_on_the_way_is_told() -> None:
    shown = told(
        io.StringIO(),
        Retrying(HostStalled(host="hub.example"), 2.0, 1),
        Damaged((3,)),
        Damaged((3, 4)),
        Damaged(None),
    )
    assert "hub.example stopped sending: try again later. Trying again in 2.0 s." in shown
    assert "1 block is damaged" in shown and "2 blocks are damaged" in shown
    assert "all of it is fetched again" in shown


def test_of_several_files_one_that_fails_does_not_keep_the_others_from_it() -> None:
    done: list[Path] = []

    def do(path: Path) -> int:
        if path == Path("bad"):
            raise ModelMissing(path="bad")
        done.append(path)
        return ExitCode.INTERRUPTED if path == Path("stop") else ExitCode.DONE

    screen = Screen(io.StringIO(), io.StringIO())
    assert for_each([Path("a"), Path("bad"), Path("b")], do, TR, screen) == ExitCode.SOME_FAILED
    assert for_each([Path("a"), Path("b")], do, TR, screen) == ExitCode.DONE
    assert for_each([Path("stop"), Path("c")], do, TR, screen) == ExitCode.INTERRUPTED
    assert done == [Path(name) for name in ("a", "b", "a", "b", "stop")]
    with pytest.raises(ModelMissing):
        for_each([Path("bad")], do, TR, screen)


def program() -> Any:
    model = architecture()
    models = SimpleNamespace(architecture=lambda path: model, current=SimpleNamespace(path=None))
    return SimpleNamespace(models=models, library=SimpleNamespace(folder=Path("models")), tr=TR)


def test_the_20b_in_words_and_numbers() -> None:
    out = io.StringIO()
    assert info.run(ModelInfo(), program(), Screen(out, io.StringIO())) == 0
    for said in (
        "20.91 billion, of which 3.61 billion take part in each token",
        "24; every other one sees the last 128 tokens only",
        "32 in each layer, 4 chosen for each token, 2,880 wide",
        "64 heads in 8 groups, 64 wide",
        "131,072 tokens",
        "201,088 tokens",
        "MXFP4 10.2 GB",
    ):
        assert said in out.getvalue()


def fitted(folder: Path, free_gb: int) -> tuple[int, str]:
    path = folder / "machine.json"
    memory = Memory((free_gb + 2) * GB, free_gb * GB)
    path.write_text(machine_json(Machine(Processor("CPU", 8, 16, 8), memory)))
    out = io.StringIO()
    code = fit_command.run(FitModel(machine=path), program(), Screen(out, io.StringIO()))
    return code, out.getvalue()


def test_a_plan_and_a_refusal_in_words(tmp_path: Path) -> None:
    code, said = fitted(tmp_path, 28)
    assert (code, said.splitlines()[0]) == (ExitCode.DONE, "gpt-oss-20b fits.")
    assert "Main memory" in said and "experts 10.2 GB" in said
    code, said = fitted(tmp_path, 5)
    assert code == ExitCode.MODEL
    assert "gpt-oss-20b does not fit: main memory lacks " in said.splitlines()[0]
