"""Read the command line into an `Invocation`; the sampling flags come from their declarations."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.cli.arguments import Ask, Chat, Chats, Command, Doctor, Extract, Invocation
from app.core.answer_format import FileKind
from app.core.conversation import Options
from app.core.errors import OutOfRange
from app.core.sampling import EFFORT_MEANING, PARAMETERS, Effort, Parameter, Sampling
from app.core.settings import Language
from app.i18n import Texts, load_texts
from app.i18n.locale import system_language

MOST_JOBS = 64


def parse(words: Sequence[str]) -> Invocation:
    """Read the words; leaves by `SystemExit`, code 2, after saying what is wrong with them."""
    tr = system_texts()
    parser, sampled = _parser(tr)
    found = parser.parse_args(words)
    try:
        command = _command(found)
    except OutOfRange as error:
        from app.i18n.sentences import explain

        sampled[found.command].error(explain(error, tr))
    return Invocation(command, found.profile, found.temp_profile)


def system_texts() -> Texts:
    """The texts in the system's language, before the settings are known."""
    if system_language() is Language.ENGLISH:
        return load_texts(Language.ENGLISH)
    from app.userdata import resource

    return load_texts(Language.SYSTEM, resource("i18n"))


def _command(found: argparse.Namespace) -> Command | None:
    match found.command:
        case "ask":
            return Ask(
                found.prompt,
                found.model,
                Options(found.instructions, _sampling(found)),
                found.json,
                found.save,
                found.schema,
            )
        case "extract":
            return Extract(
                schema=found.schema,
                inputs=tuple(found.input),
                prompt=found.prompt,
                kind=FileKind(found.format) if found.format else None,
                out=found.out,
                jobs=found.jobs,
                resume=found.resume,
                replaces=found.force,
                with_source=found.source,
                model=found.model,
                sampling=_sampling(found),
            )
        case "chat":
            return Chat(found.model)
        case "chats":
            return Chats(found.json)
        case "doctor":
            return Doctor(found.json)
    return None


def _sampling(found: argparse.Namespace) -> Sampling:
    """The parameters that were given; the others keep their defaults.

    Raises:
        OutOfRange: a number lies outside its parameter's range.
    """
    names = ("effort", *(parameter.name for parameter in PARAMETERS))
    given = {name: value for name in names if (value := getattr(found, name)) is not None}
    return Sampling.from_values(given)


def _parser(tr: Texts) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The parser, and those of the commands that sample, which report what their numbers break."""
    parser = argparse.ArgumentParser(
        description=tr(
            "Private chat with gpt-oss-20b on your own computer. Without a command the window opens."
        ),
        epilog=tr(
            "Exit codes: 0 done, 2 usage or no display, 3 the model cannot be used, "
            "4 an answer does not fit its schema, 5 the schema is refused, "
            "6 the profile or its database cannot be used, 130 interrupted."
        ),
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help=tr("print the version and leave"))
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--profile", type=_path, metavar="DIR",
                       help=tr("keep conversations and settings in this folder"))  # fmt: skip
    where.add_argument("--temp-profile", action="store_true",
                       help=tr("use a throw-away profile that is gone afterwards"))  # fmt: skip
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    asking = _add_ask(commands, tr)
    extracting = _add_extract(commands, tr)
    chat = _add(commands, "chat", tr("chat in the terminal; /help there lists what it can do"))
    _add_model(chat, tr)
    _add_json(_add(commands, "chats", tr("list the conversations")), tr)
    _add_json(_add(commands, "doctor", tr("show versions, memory, GPUs and files; check the database")), tr)
    return parser, {"ask": asking, "extract": extracting}


def _add(commands: Any, name: str, meaning: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=meaning, description=meaning[:1].upper() + meaning[1:] + ".", allow_abbrev=False
    )
    return parser


def _add_ask(commands: Any, tr: Texts) -> argparse.ArgumentParser:
    ask = _add(commands, "ask", tr("answer one question on standard output"))
    ask.add_argument("prompt", metavar="PROMPT|-", help=tr("the question; - reads it from standard input"))
    _add_model(ask, tr)
    ask.add_argument("--instructions", default="", metavar="TEXT", help=tr("how the model should answer"))
    _add_sampling(ask, tr)
    _add_schema(ask, tr)
    _add_json(ask, tr)
    ask.add_argument("--save", action="store_true", help=tr("keep question and answer as a conversation"))
    return ask


def _add_extract(commands: Any, tr: Texts) -> argparse.ArgumentParser:
    extract = _add(commands, "extract", tr("fill in a schema from documents or rows, into one file"))
    add = extract.add_argument
    add("input", nargs="+", type=_path, metavar="INPUT",
        help=tr("text, Markdown, CSV or JSON files, folders of them, or - for standard input"))  # fmt: skip
    _add_schema(extract, tr, is_needed=True)
    add("--prompt", default="", metavar="TEXT",
        help=tr("what to extract; with {{column}} in it, filled for every row of the inputs"))  # fmt: skip
    add("--format", choices=[kind.value for kind in FileKind],
        help=tr("of the result; default: what the name of the file tells, else json"))  # fmt: skip
    add("--out", type=_path, metavar="FILE", help=tr("the file for the result; default: standard output"))
    add("--jobs", type=_jobs, default=1, metavar="N",
        help=tr("how many items to keep ready; the engine works on one after the other"))  # fmt: skip
    add("--source", action="store_true", help=tr("name the document of each answer in the result"))
    add("--resume", action="store_true", help=tr("go on with a run into the same file that was stopped"))
    add("--force", action="store_true", help=tr("replace the file if it exists"))
    _add_model(extract, tr)
    _add_sampling(extract, tr)
    return extract


def _add_sampling(parser: argparse.ArgumentParser, tr: Texts) -> None:
    parser.add_argument("--effort", choices=[effort.value for effort in Effort], help=tr(EFFORT_MEANING))
    for parameter in PARAMETERS:
        _add_parameter(parser, parameter, tr)


def _add_parameter(parser: argparse.ArgumentParser, parameter: Parameter, tr: Texts) -> None:
    limits = tr(
        "{minimum} to {maximum}, default {default}",
        minimum=parameter.minimum,
        maximum=parameter.maximum,
        default=parameter.default,
    )
    parser.add_argument(
        parameter.flag,
        type=int if parameter.is_whole else float,
        metavar="N",
        help=f"{tr(parameter.meaning)} ({limits})".replace("%", "%%"),
    )


def _add_model(parser: argparse.ArgumentParser, tr: Texts) -> None:
    meaning = tr("a GGUF file of gpt-oss, or demo; default: the one last chosen, at first the demo")
    parser.add_argument("--model", type=_path, metavar="FILE|demo", help=meaning)


def _add_schema(parser: argparse.ArgumentParser, tr: Texts, *, is_needed: bool = False) -> None:
    meaning = tr("a file with the JSON Schema that the answer has to fit")
    parser.add_argument("--schema", type=_path, metavar="FILE", required=is_needed, help=meaning)


def _add_json(parser: argparse.ArgumentParser, tr: Texts) -> None:
    parser.add_argument("--json", action="store_true", help=tr("print one JSON object"))


def _path(word: str) -> Path:
    """A path as it was given; a relative one needs a working directory that is still there."""
    path = Path(word)
    try:
        path.absolute()
    except FileNotFoundError as error:
        told = system_texts()("the folder this was started in no longer exists")
        raise argparse.ArgumentTypeError(told) from error
    return path


def _jobs(word: str) -> int:
    if not 1 <= (jobs := int(word)) <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"1 - {MOST_JOBS}")
    return jobs


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"Alcove {version('alcove')}")
        except PackageNotFoundError:
            print("Alcove, not installed")
        parser.exit()
