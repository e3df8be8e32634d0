"""What the headers of an answer say, checked before a byte of its body is believed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from app.core.catalogue import RemoteFile
from app.core.errors import (
    AccessDenied,
    AlcoveError,
    AnswerRefused,
    CaptivePortal,
    FileChanged,
    FileMissing,
    HostFailed,
    RepositoryMissing,
    TokenRefused,
    TooManyRequests,
)
from app.core.words import mark

Headers = Mapping[str, str]
"""Looked up in any case."""

DEFAULT_WAIT_S = 5
"""Where a host has had too many requests and does not say how long to wait."""

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_RATE_LIMIT = re.compile(r"\bt\s*=\s*(\d{1,6})")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_WAIT_S = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request to the hub at `origin` is for; `file` is "" where it is not for one file."""

    origin: str
    repository: str
    file: str = ""
    with_token: bool = False

    @property
    def page(self) -> str:
        """Where a person reads about the repository and accepts its terms."""
        return f"{self.origin}/{self.repository}"


def refusal(status: int, headers: Headers, asked: Asked, origin: str) -> AlcoveError:
    """The error that an answer with this status (400 or above) from `origin` stands for."""
    host = origin.partition("://")[2]
    code, message = headers.get("x-error-code", ""), headers.get("x-error-message", "")
    if status == 429:
        return TooManyRequests(host=host, wait_s=wait_s(headers) or DEFAULT_WAIT_S)
    if status == 511:  # the network itself says that one has to sign in
        return CaptivePortal(host=host)
    if origin != asked.origin:  # what a store of files says tells nothing of the hub's terms
        return HostFailed(host=host, status=status)
    if code == "RepoNotFound":
        return RepositoryMissing(repository=asked.repository)
    if asked.file and (code in ("EntryNotFound", "RevisionNotFound") or status in (404, 410)):
        return FileMissing(repository=asked.repository, file=asked.file)
    if code == "GatedRepo" or status == 403:
        return AccessDenied(repository=asked.repository, url=asked.page)
    if status == 401:
        if asked.with_token or message.startswith("Invalid credentials"):
            return TokenRefused(host=host)
        return AccessDenied(repository=asked.repository, url=asked.page)
    if status in (404, 410) or code == "RevisionNotFound":
        return RepositoryMissing(repository=asked.repository)
    return HostFailed(host=host, status=status)


def wait_s(headers: Headers, now: datetime | None = None) -> int:
    """How long the host asks to wait: by `Retry-After` as seconds or a date, or by `RateLimit`; else 0."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal() and text.isascii():
        return min(int(text[:9]), _LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        found = _RATE_LIMIT.search(headers.get("ratelimit", ""))
        return min(int(found[1]), _LONGEST_WAIT_S) if found else 0
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    seconds = (until - (now or datetime.now(UTC))).total_seconds()
    return max(0, min(round(seconds), _LONGEST_WAIT_S))


def is_page(headers: Headers) -> bool:
    """Whether this is a page for people: what a hotel's network sends in place of anything else."""
    return headers.get("content-type", "").lower().startswith(("text/html", "application/xhtml"))


def check_linked(headers: Headers, file: RemoteFile, host: str) -> None:
    """Refuse a hub's answer that speaks of another file than the one that was chosen.

    Raises:
        FileChanged: its SHA-256, size or commit is another.
        AnswerRefused: the size makes no sense.
    """
    etag = headers.get("x-linked-etag", "").removeprefix("W/").strip('"').lower()
    size, commit = headers.get("x-linked-size", ""), headers.get("x-repo-commit", "")
    if size and not size.isdecimal():
        raise AnswerRefused(host=host, reason=mark("a size that is no number"))
    is_other = (
        (_SHA256.fullmatch(etag) and etag != file.sha256)
        or (size and int(size) != file.size_bytes)
        or (commit and commit != file.commit)
    )
    if is_other:
        raise FileChanged(repository=file.repository, file=file.path)


def body_start(status: int, headers: Headers, first: int, last: int, size_bytes: int, host: str) -> int:
    """Where in the file of `size_bytes` the body begins that answers the request for `first` to `last`.

    That is `first`, or 0 where the host sends the whole file regardless.

    Raises:
        CaptivePortal, AnswerRefused: this is not a part of the file.
    """
    if is_page(headers):
        raise CaptivePortal(host=host)
    if headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise AnswerRefused(host=host, reason=mark("packed data"))
    if status == 200:
        _check_length(headers, size_bytes, host)
        return 0
    if status != 206:
        raise AnswerRefused(host=host, reason=mark("a status that does not belong here"))
    found = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
    if found is None:
        raise AnswerRefused(host=host, reason=mark("a part without saying which"))
    if int(found[1]) != first or not first <= int(found[2]) <= last:  # less than asked for is allowed
        raise AnswerRefused(host=host, reason=mark("another part of the file"))
    if found[3] not in ("*", str(size_bytes)):
        raise AnswerRefused(host=host, reason=mark("a part of a file of another size"))
    _check_length(headers, int(found[2]) - first + 1, host)
    return first


def _check_length(headers: Headers, expected: int, host: str) -> None:
    length = headers.get("content-length")
    if length is not None and length.strip() != str(expected):
        raise AnswerRefused(host=host, reason=mark("another length than there should be"))
