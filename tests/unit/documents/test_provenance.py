"""What is written beside an answer's file."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime

import pytest

from app.core.errors import DocumentExists
from app.documents.provenance import Provenance, prompt_hash, write_beside

WHERE_FROM = Provenance(
    model="gpt-oss-20b",
    model_sha256="ab" * 32,
    sampling={"temperature": 0.7, "top_k": 40},
    prompt_sha256=prompt_hash("提取Q3营收"),
    written_at=datetime(2026, 11, 25, 12, 30, tzinfo=UTC),
    schema='{"type": "object"}',
)


def test_provenance_and_schema_lie_beside_the_file(tmp_path):
    made = write_beside(tmp_path / "q3.json", WHERE_FROM)
    assert [path.name for path in made] == ["q3.json.provenance.json", "q3.json.schema.json"]
    assert json.loads(made[0].read_text("utf-8")) == {
        "model": "gpt-oss-20b",
        "model_sha256": "ab" * 32,
        "sampling": {"temperature": 0.7, "top_k": 40},
        "prompt_sha256": hashlib.sha256("提取Q3营收".encode()).hexdigest(),
        "written_at": "2026-11-25T12:30:00+00:00",
    }
    assert made[1].read_text("utf-8") == '{"type": "object"}\n'


def test_without_a_schema_there_is_no_file_of_one(tmp_path):
    without = Provenance("m", "", {}, "", WHERE_FROM.written_at)
    write_beside(tmp_path / "a.csv", without)
    assert os.listdir(tmp_path) == ["a.csv.provenance.json"]


def test_what_lies_there_is_replaced_only_if_that_is_allowed(tmp_path):
    write_beside(tmp_path / "a.csv", WHERE_FROM)
    with pytest.raises(DocumentExists):
        write_beside(tmp_path / "a.csv", WHERE_FROM)
    assert len(write_beside(tmp_path / "a.csv", WHERE_FROM, replace=True)) == 2
