"""The documents in a folder, and what is left out."""

from __future__ import annotations

import os

import pytest

from app.core.errors import DocumentMissing, DocumentUnreadable
from app.documents.folder import LeftOut, Reason, list_documents


def test_documents_come_in_the_order_people_count_in(tmp_path):
    names = ["Q2.txt", "q1.md", "q10.TXT", "q02.csv", "第10章.txt", "第2章.txt", "10.json", "9.json", "a.txt"]
    for name in names:
        (tmp_path / name).touch()
    listing = list_documents(tmp_path)
    assert [path.name for path in listing.documents] == [
        "9.json", "10.json", "a.txt", "q1.md", "q02.csv", "Q2.txt", "q10.TXT", "第2章.txt", "第10章.txt",
    ]  # fmt: skip
    assert listing.left_out == () and listing == list_documents(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes among files")
def test_what_is_no_document_is_left_out_and_told(tmp_path):
    (tmp_path / "a.txt").touch()
    (tmp_path / "link.md").symlink_to(tmp_path / "a.txt")
    (tmp_path / ".hidden.txt").touch()
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "picture.png").touch()
    (tmp_path / "no suffix").touch()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere")
    listing = list_documents(tmp_path)
    assert [path.name for path in listing.documents] == ["a.txt", "link.md"]
    assert listing.left_out == (
        LeftOut(tmp_path / ".hidden.txt", Reason.HIDDEN),
        LeftOut(tmp_path / "dangling.txt", Reason.NOT_REGULAR),
        LeftOut(tmp_path / "folder.txt", Reason.FOLDER),
        LeftOut(tmp_path / "no suffix", Reason.OTHER_KIND),
        LeftOut(tmp_path / "picture.png", Reason.OTHER_KIND),
        LeftOut(tmp_path / "pipe.txt", Reason.NOT_REGULAR),
    )


def test_a_folder_that_is_none_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DocumentMissing):
        list_documents(tmp_path / "missing")
    with pytest.raises(DocumentUnreadable):
        list_documents(tmp_path / "file")
