"""`extract` and `ask --schema` as processes: data alone on stdout, a word for all that can go wrong."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from app.services.journal import ENDING
from tests.helpers.batch_killing import kill_until_done
from tests.helpers.program import PATIENCE_S, run, scripted, start

SCHEMA = {
    "title": "Bill",
    "type": "object",
    "properties": {"name": {"type": "string"}, "total": {"type": "integer", "minimum": 0}},
    "required": ["name", "total"],
    "additionalProperties": False,
}
ACME, BETA = {"name": "=Acme", "total": 30}, {"name": "Beta", "total": 7}


def answer(value: Any, question: str = "", **more: Any) -> dict[str, Any]:
    text = value if isinstance(value, str) else json.dumps(value)
    return {"question": question, "reasoning": "hm", "final": text, "tokens_per_s": 2000, **more}


class Extracting:
    """A folder with a schema, two documents and a profile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.schema = folder / "bill.json"
        self.schema.write_text(json.dumps(SCHEMA))
        self.texts = folder / "texts"
        self.texts.mkdir()
        (self.texts / "2.txt").write_text("The bill of Beta.")
        (self.texts / "1.md").write_text("The bill of Acme.")
        self.program = scripted(folder, answer(ACME, "Acme"), answer(BETA, "Beta"), answer("?"))

    def __call__(self, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
        given = {"program": self.program, **more}
        return run("extract", "--schema", str(self.schema), *words, profile=self.folder / "profile", **given)


@pytest.fixture
def extract(tmp_path: Path) -> Extracting:
    return Extracting(tmp_path)


def test_one_text_gives_one_bare_object(extract: Extracting) -> None:
    done = extract("-", text="The bill of Acme.")
    assert (done.returncode, done.stderr, json.loads(done.stdout)) == (0, "", ACME)


def test_a_folder_gives_one_list_in_its_order(extract: Extracting) -> None:
    (extract.texts / "photo.png").write_bytes(b"\x89PNG")
    done = extract(str(extract.texts))
    assert done.returncode == 0
    assert json.loads(done.stdout) == [ACME, BETA]
    assert "photo.png: left out" in done.stderr


@pytest.mark.parametrize("how", [("--format", "csv"), ()])
def test_a_table_in_which_nothing_is_a_formula(extract: Extracting, how: tuple[str, ...]) -> None:
    out = extract.folder / "bills.csv"
    done = extract("--jobs", "4", *how, "--out", str(out), str(extract.texts))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    rows = list(csv.reader(out.read_text("utf-8-sig").splitlines()))
    assert rows == [["name", "total"], ["'=Acme", "30"], ["Beta", "7"]]
    assert not list(extract.folder.glob(f"*{ENDING}"))


def test_the_source_of_each_answer_is_told_on_demand(extract: Extracting) -> None:
    done = extract("--format", "jsonl", "--source", str(extract.texts))
    sources = [json.loads(line)["source"] for line in done.stdout.splitlines()]
    assert [Path(source).name for source in sources] == ["1.md", "2.txt"]


def test_rows_fill_the_prompt(extract: Extracting) -> None:
    table = extract.folder / "rows.csv"
    table.write_text("who;what\nAcme;x\nBeta;y\n")
    done = extract("--prompt", "The bill of {{who}}", "--format", "jsonl", str(table))
    assert [json.loads(line) for line in done.stdout.splitlines()] == [ACME, BETA]
    missing = extract("--prompt", "Of {{nobody}}", str(table))
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "no column named “nobody”" in missing.stderr


def test_what_fails_is_listed_and_the_rest_is_kept(extract: Extracting) -> None:
    (extract.texts / "3.txt").write_text("About nothing.")
    (extract.texts / "4.txt").write_bytes(b"caf\xe9")
    (extract.texts / "5.txt").write_text("")
    out = extract.folder / "bills.jsonl"
    done = extract("--out", str(out), str(extract.texts))
    assert (done.returncode, done.stdout) == (4, "")
    told = done.stderr.splitlines()
    assert [any(f"{n}.txt: failed" in line for line in told) for n in (3, 4, 5)] == [True] * 3
    assert [json.loads(line) for line in out.read_text().splitlines()] == [ACME, BETA]
    better = scripted(
        extract.folder, answer(ACME, "Acme"), answer(BETA, "Beta"), answer({**BETA, "total": 1})
    )
    again = extract("--out", str(out), "--resume", str(extract.texts), program=better)
    assert again.returncode == 4
    assert len(out.read_text().splitlines()) == 3


def test_an_answer_that_is_cut_is_no_answer(extract: Extracting) -> None:
    cut = scripted(extract.folder, answer('{"name": "Ac', finish_reason="length"))
    done = extract("-", text="x", program=cut)
    assert (done.returncode, done.stdout) == (4, "")
    assert "was cut" in done.stderr


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ("{", "$"),
        ('{"type": "strnig"}', "$.type"),
        ('{"type": "object", "properties": {"a": {"$ref": "https://example.org/x"}}}', "$.properties.a"),
        ("[" * 60_000, "$"),
    ],
)
def test_a_schema_that_is_refused_is_named_by_its_path(extract: Extracting, schema: str, told: str) -> None:
    extract.schema.write_text(schema)
    for done in (extract("-", text="x"), _ask(extract, "--json")):
        assert (done.returncode, done.stdout) == (5, "")
        assert told in done.stderr and len(done.stderr.splitlines()) == 1


def _ask(extract: Extracting, *words: str, text: str = "The bill of Acme.") -> Any:
    asked = ("ask", text, "--schema", str(extract.schema), *words)
    return run(*asked, profile=extract.folder / "profile", program=extract.program)


def test_ask_prints_what_fits(extract: Extracting) -> None:
    done = _ask(extract)
    assert (done.returncode, done.stderr, json.loads(done.stdout)) == (0, "", ACME)
    values = json.loads(_ask(extract, "--json").stdout)
    assert (json.loads(values["answer"]), values["value"]) == (ACME, ACME)


def test_ask_never_prints_what_does_not_fit(extract: Extracting) -> None:
    done = _ask(extract, text="Nothing.")
    assert (done.returncode, done.stdout) == (4, "")
    assert "does not fit" in done.stderr
    values = json.loads(_ask(extract, "--json", text="Nothing.").stdout)
    assert (values["answer"], values["value"]) == ("?", None)


def test_nothing_is_replaced_unasked(extract: Extracting) -> None:
    out = extract.folder / "bills.json"
    out.write_text("precious")
    refused = extract("--out", str(out), str(extract.texts))
    assert (refused.returncode, out.read_text()) == (2, "precious")
    assert "exists already" in refused.stderr
    assert extract("--out", str(out), "--force", str(extract.texts)).returncode == 0
    assert json.loads(out.read_text()) == [ACME, BETA]


def test_the_result_is_never_one_of_the_inputs(extract: Extracting) -> None:
    table = extract.folder / "in.csv"
    table.write_text("who\nAcme\n")
    words = ("--prompt", "The bill of {{who}}", "--out", str(table), "--force", str(table))
    done = extract(*words)
    assert (done.returncode, table.read_text()) == (2, "who\nAcme\n")
    assert "one of the inputs" in done.stderr


def test_where_all_of_several_failed_there_is_an_empty_list(extract: Extracting) -> None:
    for name in ("1.md", "2.txt"):
        (extract.texts / name).write_text("Nothing.")
    done = extract(str(extract.texts))
    assert (done.returncode, json.loads(done.stdout)) == (4, [])


NO_MODEL = ("--model", "nowhere.gguf")
"""Whoever tries to load it leaves with 3."""


def test_inputs_of_which_none_is_there_load_no_model(extract: Extracting) -> None:
    (empty := extract.folder / "empty").mkdir()
    done = extract(*NO_MODEL, "nowhere.txt", str(empty))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "nowhere.txt: failed: There is no file or folder at “nowhere.txt”.",
        "There is no document that can be read: nothing was asked.",
    ]
    assert extract().returncode == 2


def test_an_input_that_is_not_there_is_told_before_the_model_is_loaded(extract: Extracting) -> None:
    done = extract(*NO_MODEL, "nowhere.txt", str(extract.texts))
    assert done.returncode == 3
    first, *others = done.stderr.splitlines()
    assert "nowhere.txt: failed" in first and len(others) == 1
    done = extract("nowhere.txt", str(extract.texts))
    assert (done.returncode, done.stderr.count("nowhere.txt: failed"), json.loads(done.stdout)) == (
        4,
        1,
        [ACME, BETA],
    )


def test_stdin_is_held_to_what_a_document_is(extract: Extracting) -> None:
    for text, told in (
        (b"caf\xe9", "“standard input” is not UTF-8 text (byte 3)"),
        (b"a\0", "“standard input” is not UTF-8 text (byte 1)"),
        (b" \n", "nothing in “standard input”"),
        (b"a" * 5_000_000, "at most"),
    ):
        done = extract(*NO_MODEL, "-", text=text)
        assert done.returncode == 2 and told in done.stderr
    assert extract("-", text="\ufeffThe bill of Acme.".encode("utf-16-le")).returncode == 0
    assert "standard input: failed: " in extract("-", text="Nothing.").stderr


def test_a_folder_that_is_missing_for_the_result_is_named(extract: Extracting) -> None:
    done = extract(*NO_MODEL, "--out", str(extract.folder / "no" / "where.json"), str(extract.texts))
    assert done.returncode == 2
    assert done.stderr == f"There is no file or folder at “{extract.folder / 'no'}”.\n"


def test_what_xml_and_csv_cannot_hold_is_told(extract: Extracting) -> None:
    nul = scripted(extract.folder, answer('{"name": "a\\u0000b\\u0000", "total": 1}'))
    for kind in ("xml", "csv"):
        done = extract("--format", kind, "-", text="x", program=nul)
        assert done.returncode == 0 and "a\ufffdb\ufffd" in done.stdout
        assert done.stderr == (
            f"standard input: 2 characters that {kind.upper()} cannot hold were replaced by “\ufffd”.\n"
        )
    out = extract.folder / "out.xml"
    assert "2 characters" in extract("--out", str(out), "-", text="x", program=nul).stderr
    done = extract("-", text="x", program=nul)
    assert (done.stderr, json.loads(done.stdout)["name"]) == ("", "a\0b\0")


def test_what_is_only_checked_afterwards_is_named(extract: Extracting) -> None:
    name = {"type": "string", "not": {"format": "email"}, "format": "house style"}
    schema = {**SCHEMA, "properties": {**SCHEMA["properties"], "name": name}}
    extract.schema.write_text(json.dumps(schema))
    for done in (extract("-", text="The bill of Acme."), _ask(extract)):
        assert (done.returncode, json.loads(done.stdout)) == (0, ACME)
        assert done.stderr.splitlines() == [
            "Only checked once the answer is finished: not ($.properties.name).",
            "Not enforced: format ($.properties.name).",
        ]


def test_a_second_run_into_the_same_file_is_refused(extract: Extracting) -> None:
    out = extract.folder / "bills.jsonl"
    words = ("--out", str(out), str(extract.texts))
    slow = scripted(extract.folder, answer(BETA, tokens_per_s=0.1))
    first = start(
        "extract", "--schema", str(extract.schema), *words, profile=extract.folder / "first", program=slow
    )
    wait_for(out.with_name(out.name + ENDING))
    for how in ((), ("--resume",), ("--force",)):
        done = extract(*NO_MODEL, *how, *words)
        assert done.returncode == 2
        assert done.stderr == f"“{out}” cannot be written: another run into it is under way.\n"
    first.kill()
    first.communicate()
    quick = scripted(extract.folder, answer(BETA))
    assert extract(*words, "--resume", program=quick).returncode == 0
    assert [path.name for path in extract.folder.glob("bills*")] == ["bills.jsonl"]


def wait_for(path: Path, lines: int = 1) -> None:
    until = time.monotonic() + PATIENCE_S
    while not (path.exists() and path.read_bytes().count(b"\n") >= lines) and time.monotonic() < until:
        time.sleep(0.02)


def test_ctrl_c_stops_and_resume_goes_on(extract: Extracting) -> None:
    for number in range(10, 40):
        (extract.texts / f"{number}.txt").write_text("Of Beta.")
    out = extract.folder / "bills.jsonl"
    slow = scripted(extract.folder, answer(BETA, tokens_per_s=40))
    words = ("extract", "--schema", str(extract.schema), "--out", str(out), str(extract.texts))
    process = start(*words, profile=extract.folder / "profile", program=slow)
    journal = out.with_name(out.name + ENDING)
    wait_for(journal, 3)
    os.kill(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert b"--resume" in told and not out.exists()
    done_before = journal.read_bytes().count(b"\n")
    unfinished = extract("--out", str(out), str(extract.texts))
    assert unfinished.returncode == 2 and "was not finished" in unfinished.stderr
    assert journal.read_bytes().count(b"\n") == done_before
    assert extract("--out", str(out), "--resume", str(extract.texts)).returncode == 0
    assert len(out.read_text().splitlines()) == 32


def test_a_killed_batch_goes_on_with_nothing_lost_or_done_twice(tmp_path: Path) -> None:
    damage = kill_until_done(tmp_path, documents=12, kills=3, dice=random.Random(1))
    assert (damage.lost, damage.twice, damage.torn) == (0, 0, 0)


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv", "xml"])
def test_the_real_engine_fills_in_a_schema(extract: Extracting, kind: str) -> None:
    schema = {**SCHEMA, "properties": {"name": {"maxLength": 9, "type": "string"}, "total": {"enum": [1, 2]}}}
    extract.schema.write_text(json.dumps(schema))
    limits = ("--thinking-budget", "32", "--format", kind)
    done = extract(*limits, "-", text="The bill of Acme.", program=None)
    assert done.returncode == 0, done.stderr
    assert "Acme" not in done.stderr
    if kind.startswith("json"):
        assert json.loads(done.stdout)["total"] in (1, 2)
