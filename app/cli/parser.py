"""Read the command line into an `Invocation`; the sampling flags come from their declarations."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from app.cli.arguments import Ask, Chat, Chats, Doctor, Extract, Invocation
from app.cli.flags import (
    add_command,
    add_json,
    add_model,
    add_sampling,
    add_schema,
    path,
    sampling_of,
    system_texts,
)
from app.cli.models_parser import add_models
from app.core.answer_format import FileKind
from app.core.conversation import Options
from app.core.errors import OutOfRange
from app.core.text import visible
from app.i18n import Texts

MOST_JOBS = 64


def parse(words: Sequence[str]) -> Invocation:
    """Read the words; leaves by `SystemExit`, code 2, after saying what is wrong with them."""
    tr = system_texts()
    found = _parser(tr).parse_args(words)
    command = None
    if found.command is not None:
        try:
            command = found.build(found)
        except OutOfRange as error:
            from app.i18n.sentences import explain

            found.refuse(explain(error, tr))
    return Invocation(command, found.profile, found.temp_profile)


def _parser(tr: Texts) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=tr(
            "Private chat with gpt-oss-20b on your own computer. Without a command the window opens."
        ),
        epilog=tr(
            "Exit codes: 0 done, 2 usage or no display, 3 the model cannot be used, "
            "4 an answer does not fit its schema or a model file is damaged or could not be fetched, "
            "5 the schema is refused, "
            "6 the profile or its database cannot be used, 130 interrupted."
        ),
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help=tr("print the version and leave"))
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--profile", type=path, metavar="DIR",
                       help=tr("keep conversations and settings in this folder"))  # fmt: skip
    where.add_argument("--temp-profile", action="store_true",
                       help=tr("use a throw-away profile that is gone afterwards"))  # fmt: skip
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for add in (_add_ask, _add_extract, _add_chat, _add_chats, add_models, _add_doctor):
        add(commands, tr)
    return parser


def _add_ask(commands: Any, tr: Texts) -> None:
    ask = add_command(commands, "ask", tr("answer one question on standard output"), _ask)
    ask.add_argument("prompt", metavar="PROMPT|-", help=tr("the question; - reads it from standard input"))
    add_model(ask, tr)
    ask.add_argument("--instructions", default="", metavar="TEXT", help=tr("how the model should answer"))
    add_sampling(ask, tr)
    add_schema(ask, tr)
    add_json(ask, tr)
    ask.add_argument("--save", action="store_true", help=tr("keep question and answer as a conversation"))


def _ask(found: argparse.Namespace) -> Ask:
    options = Options(found.instructions, sampling_of(found))
    return Ask(found.prompt, found.model, options, found.json, found.save, found.schema)


def _add_extract(commands: Any, tr: Texts) -> None:
    meaning = tr("fill in a schema from documents or rows, into one file")
    extract = add_command(commands, "extract", meaning, _extract)
    add = extract.add_argument
    extract.epilog = tr("One document or row gives a bare object, several give a list of them.")
    add("input", nargs="+", type=path, metavar="INPUT",
        help=tr("text, Markdown, CSV or JSON files, folders of them, or - for standard input"))  # fmt: skip
    add_schema(extract, tr, is_needed=True)
    add("--prompt", default="", metavar="TEXT",
        help=tr("what to extract; with {{column}} in it, filled for every row of the inputs"))  # fmt: skip
    add("--format", choices=[kind.value for kind in FileKind],
        help=tr("of the result; default: what the name of the file tells, else json"))  # fmt: skip
    add("--out", type=path, metavar="FILE", help=tr("the file for the result; default: standard output"))
    add("--jobs", type=_jobs, default=1, metavar="N",
        help=tr("how many items to keep ready; the engine works on one after the other"))  # fmt: skip
    add("--source", action="store_true", help=tr("name the document of each answer in the result"))
    add("--resume", action="store_true", help=tr("go on with a run into the same file that was stopped"))
    add("--force", action="store_true", help=tr("replace the file if it exists"))
    add_model(extract, tr)
    add_sampling(extract, tr)


def _extract(found: argparse.Namespace) -> Extract:
    _refuse_nonsense(found, system_texts())
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
        sampling=sampling_of(found),
    )


def _refuse_nonsense(found: argparse.Namespace, tr: Texts) -> None:
    """Words that each make sense, but not together."""
    if found.resume and found.out is None:
        found.refuse(tr("--resume needs --out: only a run into a file is kept to be gone on with"))
    kinds = [kind.suffix for kind in FileKind]
    suffix = "" if found.out is None or found.format else found.out.suffix
    if suffix and suffix.lower() not in kinds:
        found.refuse(
            tr(
                "no result can be written as “{suffix}”: end --out in {kinds}, or say --format",
                suffix=visible(suffix),
                kinds=", ".join(kinds),
            )
        )
    if len(found.input) > 1 and "-" in map(str, found.input):
        found.refuse(tr("- (standard input) cannot be combined with other inputs"))


def _add_chat(commands: Any, tr: Texts) -> None:
    meaning = tr("chat in the terminal; /help there lists what it can do")
    add_model(add_command(commands, "chat", meaning, lambda found: Chat(found.model)), tr)


def _add_chats(commands: Any, tr: Texts) -> None:
    meaning = tr("list the conversations")
    add_json(add_command(commands, "chats", meaning, lambda found: Chats(found.json)), tr)


def _add_doctor(commands: Any, tr: Texts) -> None:
    meaning = tr("show versions, memory, GPUs and files; check the database")
    add_json(add_command(commands, "doctor", meaning, lambda found: Doctor(found.json)), tr)


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
