"""Models of other programs, found in folders as those programs make them, on each system."""

import json
import os
from pathlib import Path

import gguf
import pytest

from app.catalogue.neighbours import find_neighbours, link
from app.catalogue.programs import Surroundings, System, roots
from app.catalogue.walk import Limits
from app.core.catalogue import Entry, Origin
from app.core.errors import (
    ModelTruncated,
    NotLinkable,
    OtherConversion,
    TargetTaken,
    WrongArchitecture,
)
from app.core.shelf import Neighbour, Program, Way
from tests.helpers.tiny_model import write_tiny_model

DIGEST = "12" * 32
OTHER = "34" * 32
ENTRY = Entry("one", "One", Origin.ORIGINAL, "owner/name", "*.gguf", sha256=DIGEST)

PLACES: list[tuple[System, Program, str]] = [
    ("linux", Program.LM_STUDIO, ".lmstudio/models/owner/name/model.gguf"),
    ("linux", Program.LM_STUDIO, ".cache/lm-studio/models/owner/name/model.gguf"),
    ("darwin", Program.LM_STUDIO, ".lmstudio/models/owner/name/model.gguf"),
    ("win32", Program.LM_STUDIO, ".lmstudio/models/owner/name/model.gguf"),
    ("linux", Program.JAN, ".local/share/Jan/data/llamacpp/models/gpt-oss/model.gguf"),
    ("linux", Program.JAN, ".config/Jan/data/llamacpp/models/gpt-oss/model.gguf"),
    ("darwin", Program.JAN, "Library/Application Support/Jan/data/llamacpp/models/gpt-oss/model.gguf"),
    ("win32", Program.JAN, "AppData/Roaming/Jan/data/llamacpp/models/gpt-oss/model.gguf"),
    ("linux", Program.GPT4ALL, ".local/share/nomic.ai/GPT4All/gpt-oss.gguf"),
    ("darwin", Program.GPT4ALL, "Library/Application Support/nomic.ai/GPT4All/gpt-oss.gguf"),
    ("win32", Program.GPT4ALL, "AppData/Local/nomic.ai/GPT4All/gpt-oss.gguf"),
    ("linux", Program.LLAMA_CPP, ".cache/llama.cpp/ggml-org_gpt-oss-20b.gguf"),
    ("darwin", Program.LLAMA_CPP, "Library/Caches/llama.cpp/ggml-org_gpt-oss-20b.gguf"),
    ("win32", Program.LLAMA_CPP, "AppData/Local/llama.cpp/ggml-org_gpt-oss-20b.gguf"),
    ("linux", Program.DOWNLOADS, "Downloads/gpt-oss.gguf"),
    ("darwin", Program.DOWNLOADS, "Downloads/gpt-oss.gguf"),
    ("win32", Program.DOWNLOADS, "Downloads/gpt-oss.gguf"),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def write(path: Path, architecture: str = "gpt-oss") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if architecture == "gpt-oss":
        return write_tiny_model(path)
    writer = gguf.GGUFWriter(path, architecture)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def found(home: Path, system: System = "linux", **variables: str) -> tuple[Neighbour, ...]:
    shelf = home / "shelf"
    return find_neighbours(shelf, [ENTRY], Surroundings(home, variables, system)).found


@pytest.mark.parametrize(("system", "program", "place"), PLACES)
def test_each_place_of_the_table_on_each_system(
    home: Path, system: System, program: Program, place: str
) -> None:
    path = write(home / place)
    (neighbour,) = found(home, system)
    assert (neighbour.program, neighbour.path, neighbour.problem) == (program, path, None)
    assert neighbour.facts.layers == 24
    assert neighbour.ways == (Way.IN_PLACE, Way.LINK, Way.COPY)


def hugging_face(root: Path, digest: str = DIGEST) -> Path:
    """As its library lays it out: a snapshot whose name leads to a blob."""
    repository = root / "models--ggml-org--gpt-oss-20b-GGUF"
    blob = write(repository / "blobs" / digest)
    snapshot = repository / "snapshots" / ("0" * 40) / "gpt-oss-20b-mxfp4.gguf"
    snapshot.parent.mkdir(parents=True)
    snapshot.symlink_to(os.path.relpath(blob, snapshot.parent))
    return blob


@pytest.mark.parametrize("variable", ["", "HF_HOME", "HF_HUB_CACHE"])
def test_hugging_face_names_a_blob_by_what_it_has(home: Path, tmp_path: Path, variable: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    root = {"": home / ".cache/huggingface/hub", "HF_HOME": elsewhere / "hub"}.get(variable, elsewhere)
    blob = hugging_face(root)
    (neighbour,) = found(home, **({variable: str(elsewhere)} if variable else {}))
    assert neighbour.program is Program.HUGGING_FACE
    assert (neighbour.path, neighbour.sha256, neighbour.entry) == (blob, DIGEST, ENTRY)
    assert neighbour.name == "ggml-org/gpt-oss-20b-GGUF/gpt-oss-20b-mxfp4.gguf"


def test_hugging_face_on_windows_has_no_links(home: Path) -> None:
    root = home / ".cache/huggingface/hub/models--owner--name/snapshots/0/gpt-oss.gguf"
    write(root)
    (neighbour,) = found(home, "win32")
    assert (neighbour.name, neighbour.sha256) == ("owner/name/gpt-oss.gguf", "")


def ollama(root: Path, name: str, digest: str, architecture: str = "gpt-oss") -> Path:
    manifest = root / "manifests" / name
    manifest.parent.mkdir(parents=True, exist_ok=True)
    layers = [
        {"mediaType": "application/vnd.ollama.image.license", "digest": f"sha256:{'9' * 64}", "size": 1},
        {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}", "size": 2},
    ]
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": layers}))
    return write(root / "blobs" / f"sha256-{digest}", architecture)


def test_ollama_names_a_model_and_keeps_it_under_its_digest(home: Path) -> None:
    root = home / ".ollama" / "models"
    own = ollama(root, "registry.ollama.ai/library/gpt-oss/20b", OTHER, "gptoss")
    others = ollama(root, "hf.co/ggml-org/gpt-oss-20b-GGUF/latest", DIGEST)
    by_name = {neighbour.name: neighbour for neighbour in found(home)}
    assert set(by_name) == {"gpt-oss:20b", "hf.co/ggml-org/gpt-oss-20b-GGUF:latest"}
    refused = by_name["gpt-oss:20b"]
    assert (refused.path, refused.ways) == (own, ())
    assert isinstance(refused.problem, OtherConversion)
    assert refused.problem.values["program"] == "Ollama"
    usable = by_name["hf.co/ggml-org/gpt-oss-20b-GGUF:latest"]
    assert (usable.path, usable.sha256, usable.entry) == (others, DIGEST, ENTRY)


@pytest.mark.parametrize(
    "digest", ["../../../secret", f"{DIGEST}/../../x", "sha256:short", DIGEST.upper(), f"{DIGEST}\n"]
)
def test_a_manifest_cannot_lead_out_of_its_folder(home: Path, digest: str) -> None:
    root = home / ".ollama" / "models"
    manifest = root / "manifests" / "registry.ollama.ai" / "library" / "a" / "b"
    manifest.parent.mkdir(parents=True)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"}
    manifest.write_text(json.dumps({"layers": [layer]}))
    write(home / "secret")
    assert found(home) == ()


def test_manifests_that_are_none_are_passed_over(home: Path) -> None:
    root = home / ".ollama" / "models" / "manifests" / "host"
    root.mkdir(parents=True)
    for number, nonsense in enumerate((b"", b"[]", b"\xff", b'{"layers": 3}', b"{" * 2000)):
        (root / str(number)).write_bytes(nonsense)
    assert found(home) == ()


def test_lm_studio_tells_where_its_models_went(home: Path, tmp_path: Path) -> None:
    (home / ".lmstudio").mkdir()
    settings = home / ".lmstudio" / "settings.json"
    settings.write_text(json.dumps({"downloadsFolder": str(tmp_path / "disk"), "language": "en"}))
    path = write(tmp_path / "disk" / "owner" / "name" / "model.gguf")
    (neighbour,) = found(home)
    assert (neighbour.program, neighbour.path) == (Program.LM_STUDIO, path)
    for nonsense in ("", "[]", '{"downloadsFolder": 3}', '{"downloadsFolder": "relative"}'):
        settings.write_text(nonsense)
        assert found(home) == ()


def test_what_does_not_fit_says_why(home: Path) -> None:
    folder = home / "Downloads"
    write(folder / "llama.gguf", "llama")
    cut = write(folder / "cut.gguf")
    os.truncate(cut, cut.stat().st_size - 20)
    by_name = {neighbour.name: neighbour for neighbour in found(home)}
    assert isinstance(by_name["llama.gguf"].problem, WrongArchitecture)
    assert isinstance(by_name["cut.gguf"].problem, ModelTruncated)
    assert {neighbour.ways for neighbour in by_name.values()} == {()}


def test_links_are_not_followed_out_of_a_root_nor_in_circles(home: Path, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "a.gguf")
    root = home / ".lmstudio" / "models"
    root.mkdir(parents=True)
    (root / "file.gguf").symlink_to(outside)
    (root / "folder").symlink_to(outside.parent)
    (root / "again").symlink_to(root)
    assert found(home) == ()


def test_a_root_may_itself_be_a_link_to_another_disk(home: Path, tmp_path: Path) -> None:
    write(tmp_path / "disk" / "owner" / "model.gguf")
    (home / ".lmstudio").mkdir()
    (home / ".lmstudio" / "models").symlink_to(tmp_path / "disk")
    (neighbour,) = found(home)
    assert neighbour.name == "owner/model.gguf"


def test_one_file_with_two_names_is_found_once_and_known_on_the_shelf(home: Path) -> None:
    path = write(home / "Downloads" / "a.gguf")
    os.link(path, home / "Downloads" / "b.gguf")
    assert len(found(home)) == 1
    (home / "shelf").mkdir()
    os.link(path, home / "shelf" / "c.gguf")
    (neighbour,) = found(home)
    assert neighbour.is_on_shelf


def test_our_own_shelf_is_no_neighbour(home: Path) -> None:
    write(home / "Downloads" / "models" / "a.gguf")
    here = Surroundings(home, {}, "linux")
    assert find_neighbours(home / "Downloads" / "models", [], here).found == ()


def test_a_search_ends_at_its_limits_and_says_so(home: Path) -> None:
    for number in range(30):
        write(home / ".lmstudio" / "models" / f"{number:02}.gguf")
    deep = home / ".lmstudio" / "models" / "/".join("abcdefgh") / "deep.gguf"
    write(deep)
    here = Surroundings(home, {}, "linux")
    cut = find_neighbours(home / "shelf", [], here, Limits(entries=10))
    assert cut.is_cut and len(cut.found) <= 10
    assert find_neighbours(home / "shelf", [], here, Limits(seconds=-1.0)).found == ()
    whole = find_neighbours(home / "shelf", [], here)
    assert not whole.is_cut and deep not in [each.path for each in whole.found]


def test_each_root_is_listed_once_whatever_variables_say(home: Path) -> None:
    (home / ".cache" / "llama.cpp").mkdir(parents=True)
    here = Surroundings(home, {"LLAMA_CACHE": str(home / ".cache" / "llama.cpp")}, "linux")
    assert [root.program for root in roots(here)] == [Program.LLAMA_CPP]


def test_a_second_name_takes_no_room_and_never_a_taken_one(home: Path) -> None:
    path = write(home / "Downloads" / "a.gguf")
    target = home / "shelf" / "a.gguf"
    assert link(path, target) == target
    assert target.stat().st_ino == path.stat().st_ino
    with pytest.raises(TargetTaken):
        link(path, target)
    with pytest.raises(NotLinkable):
        link(home / "none.gguf", home / "shelf" / "b.gguf")
