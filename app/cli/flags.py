"""The flags that several commands share, and how a command's parser is made."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.cli.arguments import Command
from app.core.sampling import EFFORT_MEANING, PARAMETERS, Effort, Parameter, Sampling
from app.core.settings import Language
from app.i18n import Texts, load_texts
from app.i18n.locale import system_language

Build = Callable[[argparse.Namespace], Command]
"""Makes the plain data of a command from what was found; may raise OutOfRange."""


def system_texts() -> Texts:
    """The texts in the system's language, before the settings are known."""
    if system_language() is Language.ENGLISH:
        return load_texts(Language.ENGLISH)
    from app.userdata import resource

    return load_texts(Language.SYSTEM, resource("i18n"))


def add_command(commands: Any, name: str, meaning: str, build: Build) -> argparse.ArgumentParser:
    """A command's own parser; what is found by it is made into plain data by `build`."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=meaning, description=meaning[:1].upper() + meaning[1:] + ".", allow_abbrev=False
    )
    parser.set_defaults(build=build, refuse=parser.error)
    return parser


def add_sampling(parser: argparse.ArgumentParser, tr: Texts) -> None:
    parser.add_argument("--effort", choices=[effort.value for effort in Effort], help=tr(EFFORT_MEANING))
    for parameter in PARAMETERS:
        _add_parameter(parser, parameter, tr)


def sampling_of(found: argparse.Namespace) -> Sampling:
    """The parameters that were given; the others keep their defaults.

    Raises:
        OutOfRange: a number lies outside its parameter's range.
    """
    names = ("effort", *(parameter.name for parameter in PARAMETERS))
    given = {name: value for name in names if (value := getattr(found, name)) is not None}
    return Sampling.from_values(given)


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


def add_model(parser: argparse.ArgumentParser, tr: Texts) -> None:
    meaning = tr("a GGUF file of gpt-oss, or demo; default: the one last chosen, at first the demo")
    parser.add_argument("--model", type=path, metavar="FILE|demo", help=meaning)


def add_schema(parser: argparse.ArgumentParser, tr: Texts, *, is_needed: bool = False) -> None:
    meaning = tr("a file with the JSON Schema that the answer has to fit")
    parser.add_argument("--schema", type=path, metavar="FILE", required=is_needed, help=meaning)


def add_json(parser: argparse.ArgumentParser, tr: Texts) -> None:
    parser.add_argument("--json", action="store_true", help=tr("print one JSON object"))


def path(word: str) -> Path:
    """A path as it was given; a relative one needs a working directory that is still there."""
    found = Path(word)
    try:
        found.absolute()
    except FileNotFoundError as error:
        told = system_texts()("the folder this was started in no longer exists")
        raise argparse.ArgumentTypeError(told) from error
    return found
