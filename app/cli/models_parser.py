"""The flags of `models` and of all it can do."""

from __future__ import annotations

import argparse
import re
from typing import Any

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
from app.cli.flags import add_command, add_json, path
from app.core.settings import CONTEXT_CHOICES
from app.i18n import Texts

_SIZE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*([kMG]?)(?:B(?:/s)?)?")
_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}


def add_models(commands: Any, tr: Texts) -> None:
    meaning = tr("find, fetch, check and remove model files")
    models = commands.add_parser(
        "models", help=meaning, description=meaning[:1].upper() + meaning[1:] + ".", allow_abbrev=False
    )
    actions = models.add_subparsers(dest="action", metavar="ACTION", required=True)
    for add in (
        _add_list,
        _add_search,
        _add_fetch,
        _add_verify,
        _add_repair,
        _add_remove,
        _add_fit,
        _add_info,
        _add_neighbours,
        _add_token,
    ):
        add(actions, tr)


def _add_list(actions: Any, tr: Texts) -> None:
    meaning = tr("list the model files that are here, and the downloads that can go on")
    add_json(add_command(actions, "list", meaning, lambda found: ListModels(found.json)), tr)


def _add_search(actions: Any, tr: Texts) -> None:
    meaning = tr("list the catalogue, or ask the hub which GGUF files OWNER/NAME holds")
    search = add_command(
        actions, "search", meaning, lambda found: SearchModels(found.words, found.endpoint, found.json)
    )
    search.add_argument(
        "words",
        nargs="?",
        default="",
        metavar="WORDS|OWNER/NAME",
        help=tr("words in the name of an entry, or a repository"),
    )
    _add_endpoint(search, tr)
    add_json(search, tr)


def _add_fetch(actions: Any, tr: Texts) -> None:
    meaning = tr("download a model file, or go on with it, and check its SHA-256")
    fetch = add_command(actions, "fetch", meaning, _fetch)
    fetch.add_argument(
        "name",
        nargs="?",
        default="",
        metavar="ID|OWNER/NAME[/FILE]",
        help=tr("an entry of the catalogue or a file of the hub; default: what is recommended"),
    )
    _add_endpoint(fetch, tr)
    _add_limit(fetch, tr)
    add_json(fetch, tr)


def _fetch(found: argparse.Namespace) -> FetchModel:
    return FetchModel(found.name, found.endpoint, found.limit, found.json)


def _add_verify(actions: Any, tr: Texts) -> None:
    meaning = tr("read model files through and compare their SHA-256 with what it should be")
    verify = add_command(
        actions, "verify", meaning, lambda found: VerifyModels(tuple(found.paths), found.json)
    )
    _add_paths(verify, tr)
    add_json(verify, tr)


def _add_repair(actions: Any, tr: Texts) -> None:
    meaning = tr("download those blocks of a model file again that have changed")
    repair = add_command(actions, "repair", meaning, _repair)
    _add_paths(repair, tr)
    _add_endpoint(repair, tr)
    _add_limit(repair, tr)
    add_json(repair, tr)


def _repair(found: argparse.Namespace) -> RepairModels:
    return RepairModels(tuple(found.paths), found.endpoint, found.limit, found.json)


def _add_remove(actions: Any, tr: Texts) -> None:
    meaning = tr("put model files, or what was fetched of them, into the system's trash")
    remove = add_command(
        actions,
        "remove",
        meaning,
        lambda found: RemoveModels(tuple(found.paths), found.for_good, found.json),
    )
    _add_paths(remove, tr)
    remove.add_argument("--for-good", action="store_true", help=tr("delete them instead"))
    add_json(remove, tr)


def _add_fit(actions: Any, tr: Texts) -> None:
    meaning = tr("plan how a model would be loaded: what goes onto which device, and how fast it will be")
    fit = add_command(actions, "fit", meaning, _fit)
    fit.add_argument(
        "path",
        nargs="?",
        type=path,
        metavar="FILE",
        help=tr("a GGUF file of gpt-oss; default: gpt-oss-20b, which need not be here"),
    )
    fit.add_argument(
        "--machine",
        type=path,
        metavar="FILE.json",
        help=tr("a computer that is not this one, as “machine” in what --json prints"),
    )
    fit.add_argument(
        "--context",
        type=int,
        choices=CONTEXT_CHOICES,
        metavar="TOKENS",
        help=tr("the context to plan for; default: what is worth its memory"),
    )
    add_json(fit, tr)


def _fit(found: argparse.Namespace) -> FitModel:
    return FitModel(found.path, found.machine, found.context, found.json)


def _add_info(actions: Any, tr: Texts) -> None:
    meaning = tr("tell what a model is made of")
    info = add_command(actions, "info", meaning, lambda found: ModelInfo(found.path, found.json))
    info.add_argument(
        "path",
        nargs="?",
        type=path,
        metavar="FILE|demo",
        help=tr("a GGUF file of gpt-oss, or demo; default: the one last chosen"),
    )
    add_json(info, tr)


def _add_neighbours(actions: Any, tr: Texts) -> None:
    meaning = tr("find models that other programs left on this disk")
    neighbours = add_command(
        actions,
        "neighbours",
        meaning,
        lambda found: FindNeighbours(found.link, found.copy, found.json),
    )
    take = neighbours.add_mutually_exclusive_group()
    take.add_argument(
        "--link",
        type=path,
        metavar="FILE",
        help=tr("give this one a second name among the models, which takes no room"),
    )
    take.add_argument("--copy", type=path, metavar="FILE", help=tr("copy this one to the models"))
    add_json(neighbours, tr)


def _add_token(actions: Any, tr: Texts) -> None:
    meaning = tr("keep the token of a hub in the system keyring, or forget it")
    token = add_command(actions, "token", meaning, lambda found: Token(found.what == "keep", found.endpoint))
    token.add_argument(
        "what", choices=["keep", "forget"], help=tr("keep reads the token from standard input")
    )
    _add_endpoint(token, tr)


def _add_paths(parser: argparse.ArgumentParser, tr: Texts) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        type=path,
        metavar="FILE",
        help=tr("a path, or the name of a file that “models list” shows"),
    )


def _add_endpoint(parser: argparse.ArgumentParser, tr: Texts) -> None:
    parser.add_argument(
        "--endpoint",
        default="",
        metavar="URL",
        help=tr("a mirror of the hub; default: the settings, HF_ENDPOINT, or the hub itself"),
    )


def _add_limit(parser: argparse.ArgumentParser, tr: Texts) -> None:
    parser.add_argument(
        "--limit",
        type=_bytes,
        metavar="SIZE",
        help=tr("at most so much a second, such as 5MB; 0 for no limit"),
    )


def _bytes(word: str) -> int:
    found = _SIZE.fullmatch(word)
    if not found:
        raise argparse.ArgumentTypeError("500k, 5MB, 1.5G")
    return round(float(found[1]) * _UNITS[found[2]])
