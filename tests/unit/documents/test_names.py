"""File names from any text: accepted everywhere, and never out of the folder."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DocumentNotWritable
from app.documents.names import LONGEST, inside, safe_name

HOSTILE = st.text(
    st.sampled_from('/\\:.~-*?"<>| \t\n\0\u202e\u200b\ufeff\ud800CONAUXcom1¹.$；／＼Éé') | st.characters(),
    max_size=300,
)


@given(HOSTILE, st.sampled_from(["", ".json", ".csv"]))
def test_a_name_means_a_file_in_the_folder_on_every_system(text, suffix):
    name = safe_name(text, suffix)
    for system in (PurePosixPath, PureWindowsPath):
        assert system(name).name == name and not system(name).is_absolute()
    assert not PureWindowsPath(name).is_reserved()
    assert name.endswith(suffix) and name.removesuffix(suffix)
    assert len(name.encode()) <= LONGEST + len(suffix) + 1
    assert not name.startswith((".", "-", " ", "~")) and not name.endswith((".", " "))
    assert not re.search(r'[/\\:*?"<>|]', name)
    assert not any(
        unicodedata.category(char)[0] == "C" or unicodedata.bidirectional(char) in BIDI for char in name
    )
    assert unicodedata.is_normalized("NFC", name)


BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(HOSTILE)
def test_a_safe_name_stays_as_it_is(text):
    assert safe_name(safe_name(text)) == safe_name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Quarterly report", "Quarterly report.json"),
        ("季度报告：Q3/2024", "季度报告 Q3 2024.json"),
        ("../../etc/passwd", "etc passwd.json"),
        ("C:\\Windows\\win.ini", "C Windows win.ini.json"),
        ("", "answer.json"),
        ("...", "answer.json"),
        ("con", "_con.json"),
        ("Com1.backup", "_Com1.backup.json"),
        ("NUL .txt", "_NUL .txt.json"),
        ("console", "console.json"),
        ("-rf", "rf.json"),
        ("photo\u202egpj.exe", "photo gpj.exe.json"),
        ("e\u0301te\u0301", "été.json"),
    ],
)
def test_names_are_as_near_to_the_text_as_they_can_be(text, name):
    assert safe_name(text, ".json") == name


def test_a_long_name_is_cut_between_letters():
    assert safe_name("报" * 100) == "报" * 40
    accented = "x" * (LONGEST - 1) + "q\u0323"
    assert safe_name(accented) == "x" * (LONGEST - 1)


def test_a_suffix_stays_in_a_name_within_a_folder(tmp_path):
    assert inside(tmp_path, "Q3: report.json") == tmp_path / "Q3 report.json"
    assert inside(tmp_path, "x" * 300 + ".json").name == "x" * LONGEST + ".json"
    assert inside(tmp_path, ".json") == tmp_path / "json"
    assert inside(tmp_path, "a.\u202ejson") == tmp_path / "a. json"
    assert inside(tmp_path, "con.json") == tmp_path / "_con.json"


@given(HOSTILE)
def test_no_name_leaves_the_folder(tmp_path_factory, name):
    folder = tmp_path_factory.getbasetemp()
    path = inside(folder, name)
    assert path.parent == folder and os.path.realpath(path) == os.path.join(
        os.path.realpath(folder), path.name
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few people make links")
def test_a_link_out_of_the_folder_is_refused_and_one_within_is_not(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "out.json").symlink_to(tmp_path / "elsewhere.json")
    (folder / "in.json").symlink_to(folder / "real.json")
    (tmp_path / "linked").symlink_to(folder)
    with pytest.raises(DocumentNotWritable):
        inside(folder, "out.json")
    assert inside(folder, "in.json") == folder / "in.json"
    assert inside(tmp_path / "linked", "new.json") == tmp_path / "linked" / "new.json"
