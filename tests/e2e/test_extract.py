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


@pytest.mark.parametrize("inputs", [("nowhere.txt",), ()])
def test_inputs_that_are_not_there(extract: Extracting, inputs: tuple[str, ...]) -> None:
    done = extract(*inputs)
    assert done.returncode in (2, 4) and done.stdout == ""
    assert "Traceback" not in done.stderr and done.stderr


def test_stdin_that_is_no_text(extract: Extracting) -> None:
    for text, told in ((b"caf\xe9", "byte 3"), (b" \n", "nothing in")):
        done = extract("-", text=text)
        assert done.returncode == 2 and told in done.stderr.lower()


def test_an_output_that_cannot_be_written_is_said_and_nothing_is_lost(extract: Extracting) -> None:
    done = extract("--out", str(extract.folder / "no" / "where.json"), str(extract.texts))
    assert done.returncode == 2
    assert "cannot be written" in done.stderr and "Traceback" not in done.stderr


def test_ctrl_c_stops_and_resume_goes_on(extract: Extracting) -> None:
    for number in range(10, 40):
        (extract.texts / f"{number}.txt").write_text("Of Beta.")
    out = extract.folder / "bills.jsonl"
    slow = scripted(extract.folder, answer(BETA, tokens_per_s=40))
    words = ("extract", "--schema", str(extract.schema), "--out", str(out), str(extract.texts))
    process = start(*words, profile=extract.folder / "profile", program=slow)
    journal = out.with_name(out.name + ENDING)
    until = time.monotonic() + PATIENCE_S
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 2) and time.monotonic() < until:
        time.sleep(0.02)
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
