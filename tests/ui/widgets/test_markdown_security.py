"""What a model writes loads nothing, opens nothing and leads nowhere but to http, https and mailto."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTextBrowser
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.markdown.blocks import Block, Paragraph, Span, Table
from app.ui.widgets.markdown.links import is_allowed
from app.ui.widgets.markdown.parse import parse
from app.ui.widgets.markdown_view import MarkdownView
from app.ui.widgets.text_view import TextView

FORBIDDEN = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "data:image/svg+xml,<svg/>",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "file://host/share",
    "qrc:/x.png",
    ":/x.png",
    "//host/x.png",
    "\\\\host\\share\\x.png",
    "smb://host/x",
    "nfs://host/x",
    "vbscript:x",
    "vscode://file/x",
    "ms-msdt:/id",
    "ms-settings:x",
    "search-ms:query=x",
    "steam://run/1",
    "tel:+1",
    "sms:+1",
    "ftp://host/x",
    "sftp://host/x",
    "ssh://host",
    "telnet://host",
    "gopher://host",
    "ldap://host",
    "jar:file:x!/",
    "about:blank",
    "blob:https://x.org/1",
    "view-source:https://x.org",
    "chrome://settings",
    "intent://x#Intent;end",
    "https://user@x.org/",
    "https://user:secret@x.org/",
    "http://x.org\\@y.org/",
    "https://",
    "http:///x",
    "https:x",
    "https://x\u202e.org/",
    "https://x.org/\u200b",
    "mailto:",
    "mailto:nobody",
    "mailto://x@y.org",
    "http:\n//x.org",
    "/etc/passwd",
    "../secret",
    "C:\\x.png",
    "x.png",
    "#part",
    "?q=1",
    "https://[::1",
    "image://x/y",
    "cid:1",
]

SHAPES = [
    "![a]({})",
    "[a]({})",
    "[![a]({})]({})",
    "[a]: {}\n\n![a]",
    "[a]: {}\n\n[a]",
    "<{}>",
    '<img src="{}">',
    '<a href="{}">a</a>',
    "![a](<{}>)",
    "<link rel=stylesheet href={}>",
]

WHOLE = [
    "<script src='{}'></script>",
    "<img srcset='{} 2x'>",
    "<svg><image href='{}'/></svg>",
    "<base href='{}'>",
    "<style>@import url({});</style>",
    "<div style='background: url({})'>",
    "<iframe src={}>",
    "<object data={}>",
    "<video poster={}>",
    "<math href='{}'>",
    "<meta http-equiv=refresh content='0;url={}'>",
    "<embed src={}>",
    "| a |\n|-|\n| ![x]({}) |",
    "> ![x]({})",
    "- ![x]({})",
    "# ![x]({})",
    "*![x]({})*",
    "`![x]({})`",
    "~~![x]({})~~",
    "```html\n<img src={}>\n```",
    "[^1]: ![x]({})\n\n[^1]",
    "&lt;img src={}&gt;",
    "\\![x]({})",
]


class Watch:
    """Counts every opening of a file in a folder, by whatever code of this process (inotify)."""

    _OPENED = 0x20

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._libc.inotify_init1(os.O_NONBLOCK)
        assert self._libc.inotify_add_watch(self._fd, bytes(folder), self._OPENED) >= 0

    def opened(self) -> int:
        try:
            data = os.read(self._fd, 65536)
        except BlockingIOError:
            return 0
        count = 0
        while data:
            _, _, _, length = struct.unpack("iIII", data[:16])
            data = data[16 + length :]
            count += 1
        return count

    def close(self) -> None:
        os.close(self._fd)


@pytest.fixture
def probe(tmp_path: Path) -> Iterator[tuple[Path, Watch]]:
    if not sys.platform.startswith("linux"):
        pytest.skip("watches files by inotify")
    secret = tmp_path / "secret.png"
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(0)
    assert image.save(str(secret))
    watch = Watch(tmp_path)
    yield secret, watch
    watch.close()


@pytest.fixture
def server() -> Iterator[socket.socket]:
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    yield listening
    listening.close()


def _payloads(secret: Path, address: str) -> list[str]:
    targets = [
        str(secret),
        secret.as_uri(),
        f"file:{secret}",
        f"http://{address}/x.png",
        f"//{address}/x.png",
        "qrc:/qt-project.org/x.png",
        ":/x.png",
        "data:image/png;base64,iVBORw0KGgo=",
        "\\\\127.0.0.1\\x\\y.png",
    ]
    return [shape.replace("{}", target) for shape, target in product(SHAPES + WHOLE, targets)]


def _show(qtbot: QtBot, theme: Theme, text: str) -> MarkdownView:
    view = MarkdownView(theme, ("Copy", "Copied"))
    qtbot.addWidget(view)
    view.show_blocks(parse(text))
    view.resize(500, view.lay_out(500))
    view.show()
    view.grab()
    return view


def test_a_plain_browser_does_open_local_files(qtbot: QtBot, probe: tuple[Path, Watch]) -> None:
    secret, watch = probe
    browser = QTextBrowser()
    qtbot.addWidget(browser)
    browser.setMarkdown(f"![x]({secret})")
    browser.show()
    browser.grab()
    assert watch.opened() > 0, "the probe sees nothing: the next test would prove nothing"


def test_nothing_is_loaded(
    qtbot: QtBot, theme: Theme, probe: tuple[Path, Watch], server: socket.socket
) -> None:
    secret, watch = probe
    host, port = server.getsockname()
    payloads = _payloads(secret, f"{host}:{port}")
    assert len(payloads) >= 200
    for start in range(0, len(payloads), 30):
        _show(qtbot, theme, "\n\n".join(payloads[start : start + 30]))
    qtbot.wait(50)
    assert watch.opened() == 0
    with pytest.raises(BlockingIOError):
        server.accept()


def test_a_document_that_asks_gets_nothing(qtbot: QtBot, theme: Theme, probe: tuple[Path, Watch]) -> None:
    secret, watch = probe
    view = MarkdownView(theme, ("Copy", "Copied"))
    qtbot.addWidget(view)
    view.show_blocks(parse("text"))
    part = view.findChild(TextView)
    assert part is not None
    part.textCursor().insertHtml(f"<img src='{secret}'><img src='{secret.as_uri()}'>")
    view.resize(300, view.lay_out(300))
    view.show()
    view.grab()
    assert watch.opened() == 0


def _links(blocks: tuple[Block, ...]) -> list[str]:
    spans: list[Span] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            spans += block.spans
        elif isinstance(block, Table):
            spans += [span for row in block.rows for cell in row for span in cell]
    return [span.link for span in spans if span.link]


@pytest.mark.parametrize("target", FORBIDDEN)
def test_forbidden_targets_stay_text(target: str) -> None:
    assert not is_allowed(target)
    for shape in SHAPES:
        links = _links(parse(shape.replace("{}", target)))
        assert all(is_allowed(link) and link != target for link in links), (shape, links)


@pytest.mark.parametrize(
    "target", ["https://x.org/a?b=c#d", "http://127.0.0.1:80/", "mailto:a@x.org", "HTTPS://X.ORG"]
)
def test_allowed_targets_are_links(target: str) -> None:
    assert is_allowed(target)
    assert _links(parse(f"[a]({target})"))


def test_only_allowed_targets_are_told(qtbot: QtBot, theme: Theme) -> None:
    view = _show(qtbot, theme, "[a](https://x.org/)")
    told: list[str] = []
    view.link_activated.connect(told.append)
    part = view.findChild(TextView)
    assert part is not None
    for target in FORBIDDEN:
        part.anchorClicked.emit(QUrl(target))
    assert all(is_allowed(target) and "user" not in target for target in told)
    told.clear()
    part.anchorClicked.emit(QUrl("https://x.org/"))
    assert told == ["https://x.org/"]


def test_foreign_letters_in_a_host_are_told_as_punycode(qtbot: QtBot, theme: Theme) -> None:
    view = _show(qtbot, theme, "[bank](https://xn--80ak6aa92e.com/) [bank](https://аррӏе.com/)")
    told: list[str] = []
    view.link_activated.connect(told.append)
    part = view.findChild(TextView)
    assert part is not None
    for link in _links(parse("[bank](https://xn--80ak6aa92e.com/) [bank](https://аррӏе.com/)")):
        part.anchorClicked.emit(QUrl(link))
    assert told == ["https://xn--80ak6aa92e.com/"] * 2


def test_what_hides_is_shown() -> None:
    shown = parse("a\u202eb `c\u200bd`\n\n```\ne\u2066f\ufeff\x1b[1m\n```")
    assert isinstance(shown[0], Paragraph)
    assert "".join(span.text for span in shown[0].spans) == "a⟨U+202E⟩b c⟨U+200B⟩d"
    assert getattr(shown[1], "text", "") == "e⟨U+2066⟩f⟨U+FEFF⟩⟨U+001B⟩[1m"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "> " * 5_000 + "x",
        "*" * 20_000,
        "`" * 20_000 + "x",
        "|" * 2000 + "\n" + "|-" * 2000 + "|\n",
        "x" * 300_000,
        "![" * 20_000,
        "- " * 3000 + "x",
        "<" * 30_000,
        "[a](" * 8000,
        "\n" * 50_000,
        "**a " * 5000,
    ],
    ids=lambda text: f"{text[:6]!r} {len(text)}",
)
def test_hard_nuts_are_cracked_in_time(text: str) -> None:
    started = time.process_time()
    parse(text)
    assert time.process_time() - started < 2.0
