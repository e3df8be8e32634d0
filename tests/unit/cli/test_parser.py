"""The command line becomes plain data; what makes no sense is refused with code 2."""

from pathlib import Path

import pytest

from app.cli.arguments import Ask, Chat, Chats, Doctor, Extract, Invocation
from app.cli.parser import parse
from app.core.conversation import Options
from app.core.sampling import PARAMETERS, Effort, Sampling


def test_no_words_mean_the_window() -> None:
    assert parse([]) == Invocation()


def test_commands() -> None:
    assert parse(["chat"]).command == Chat()
    assert parse(["chat", "--model", "a.gguf"]).command == Chat(Path("a.gguf"))
    assert parse(["chats", "--json"]).command == Chats(as_json=True)
    assert parse(["doctor"]).command == Doctor()
    assert parse(["--profile", "p", "ask", "-"]) == Invocation(Ask("-"), Path("p"))
    assert parse(["--temp-profile", "ask", "Hi"]).is_throwaway


def test_ask_takes_everything_an_answer_depends_on() -> None:
    words = ["ask", "Hi", "--instructions", "Be brief.", "--effort", "high", "--json", "--save"]
    sampling = Sampling(effort=Effort.HIGH)
    assert parse(words).command == Ask("Hi", None, Options("Be brief.", sampling), as_json=True, save=True)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.name)
def test_every_sampling_parameter_is_a_flag_with_its_range(parameter, capsys) -> None:
    command = parse(["ask", "Hi", parameter.flag, str(parameter.maximum)]).command
    assert isinstance(command, Ask)
    assert getattr(command.options.sampling, parameter.name) == parameter.maximum
    for wrong in (str(parameter.maximum + 1), "nan", "many"):
        with pytest.raises(SystemExit) as left:
            parse(["ask", "Hi", parameter.flag, wrong])
        assert left.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_number_out_of_range_is_said_with_the_range(capsys) -> None:
    with pytest.raises(SystemExit):
        parse(["ask", "Hi", "--top-p", "1.5"])
    assert "Top-p must lie between 0 and 1, not 1.5." in capsys.readouterr().err


@pytest.mark.parametrize("words", [["sing"], ["ask"], ["ask", "a", "b"], ["--profile", "p", "--temp-profile"],
                                   ["--prof", "p"], ["ask", "Hi", "--effort", "huge"]])  # fmt: skip
def test_nonsense_is_usage(words, capsys) -> None:
    with pytest.raises(SystemExit) as left:
        parse(words)
    assert left.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--out", "x.pdf", "a.txt"], "“.pdf”: end --out in .json, .jsonl, .csv, .xml, or say --format"),
        (["--resume", "a.txt"], "--resume needs --out"),
        (["-", "a.txt"], "standard input"),
    ],
)
def test_an_extract_that_makes_no_sense_is_refused(words, told, capsys) -> None:
    with pytest.raises(SystemExit) as left:
        parse(["extract", "--schema", "s.json", *words])
    assert left.value.code == 2
    assert told in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "words",
    [
        ["--out", "x"],
        ["--out", "x.XML"],
        ["--out", "x.pdf", "--format", "csv"],
        ["--resume", "--out", "x.csv"],
    ],
)
def test_where_a_result_may_go(words) -> None:
    assert isinstance(parse(["extract", "--schema", "s.json", *words, "a.txt"]).command, Extract)


def test_help_names_every_command_and_flag(capsys) -> None:
    for words, parts in (
        (["--help"], ["ask", "chat", "chats", "doctor", "--version", "--profile", "--temp-profile", "130"]),
        (["extract", "--help"], ["--resume", "One document or row gives a bare object, several give a list"]),
        (["ask", "--help"], [parameter.flag for parameter in PARAMETERS] + ["--effort", "--json", "--save"]),
    ):
        with pytest.raises(SystemExit) as left:
            parse(words)
        assert left.value.code == 0
        shown = " ".join(capsys.readouterr().out.split())
        assert all(part in shown for part in parts)
