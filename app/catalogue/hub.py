"""The hub: which GGUF files a repository holds, and where their bytes are.

The hub's own library knows its addresses, names and answers; what goes over the network goes through
`app.catalogue.web`, so that nothing is sent but the question, and nothing is kept but its answer.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from app.catalogue.answers import Asked, is_page
from app.catalogue.job import Stop
from app.catalogue.names import ENDING
from app.catalogue.source import Source
from app.catalogue.web import Answer, Token, Web, origin
from app.core.catalogue import Entry, Listing, RemoteFile
from app.core.errors import (
    AnswerRefused,
    CaptivePortal,
    FileChanged,
    FileMissing,
    HostUnreachable,
    RepositoryMissing,
)
from app.core.text import one_line, without_password
from app.core.words import mark

if TYPE_CHECKING:
    from huggingface_hub import ModelInfo

ENDPOINT = "https://huggingface.co"
ENDPOINT_VARIABLE = "HF_ENDPOINT"
_NEWEST = "main"
_LARGEST_ANSWER_BYTES = 16 << 20
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PLAIN_PATH = re.compile(r"[^\\\x00-\x1f\x7f]{1,1000}")


def endpoint_in_use(setting: str = "") -> str:
    """The hub or its mirror: the setting, else `HF_ENDPOINT`, else Hugging Face itself."""
    return (setting or os.environ.get(ENDPOINT_VARIABLE) or ENDPOINT).rstrip("/")


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub as one person reaches it; `token` is the one kept for its origin, "" for none."""

    endpoint: str = field(default_factory=endpoint_in_use)
    proxy: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a token is kept for.

        Raises:
            HostUnreachable: the endpoint is no address of the web.
        """
        import httpx2

        try:
            parts = urlsplit(self.endpoint)
            if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc:
                return origin(httpx2.URL(self.endpoint))
        except (ValueError, httpx2.InvalidURL):
            pass
        raise HostUnreachable(
            host=without_password(self.endpoint), reason=mark("this is no address of the web")
        )

    def list(self, repository: str, revision: str = "") -> Listing:
        """The GGUF files of a repository as they are at one commit; those without a SHA-256 that could be
        checked are left out.

        Raises:
            DownloadError: the hub cannot be reached, refuses, or has no such repository.
        """
        info = self._info(repository, revision)
        if info.sha is None or not _COMMIT.fullmatch(info.sha):
            raise AnswerRefused(host=self.origin, reason=mark("a revision that is none"))
        found = (_remote_file(repository, info.sha, sibling) for sibling in info.siblings or ())
        files = sorted((file for file in found if file), key=lambda file: file.path)
        architecture = info.gguf.get("architecture") if isinstance(info.gguf, dict) else None
        return Listing(repository, info.sha, one_line(str(architecture or "")), tuple(files))

    def find(self, entry: Entry) -> RemoteFile:
        """The file an entry of the catalogue stands for, as it is now.

        Raises:
            DownloadError: as `list`; FileMissing, FileChanged: it is no longer there, or another.
        """
        files = self.list(entry.repository, entry.revision).files
        if entry.sha256 and (same := next((file for file in files if file.sha256 == entry.sha256), None)):
            return same  # whatever it is called there
        pattern = entry.pattern.lower()
        fitting = [file for file in files if fnmatchcase(file.path.rpartition("/")[2].lower(), pattern)]
        if not fitting:
            raise FileMissing(repository=entry.repository, file=entry.pattern)
        if entry.sha256:
            raise FileChanged(repository=entry.repository, file=fitting[0].path)
        return fitting[0]

    def web(self, stop: Stop | None = None, stall_s: float = 20.0) -> Web:
        """Connections of one's own to this hub.

        Raises:
            HostUnreachable: the environment says that no hub is to be asked.
        """
        from huggingface_hub import constants

        if constants.is_offline_mode():
            raise HostUnreachable(host=without_password(self.endpoint), reason=mark("HF_HUB_OFFLINE is set"))
        return Web(self.proxy, stop, stall_s)

    def source(self, web: Web, file: RemoteFile) -> Source:
        """Where the bytes of this file come from."""
        from huggingface_hub import hf_hub_url

        url = hf_hub_url(file.repository, file.path, revision=file.commit, endpoint=self.endpoint)
        return Source(web, file, url, self.origin, self._token())

    def _token(self) -> Token | None:
        return Token(self.origin, self.token) if self.token else None

    def _info(self, repository: str, revision: str) -> ModelInfo:
        """What the hub says of a repository at a revision, with the sizes and hashes of its files."""
        from huggingface_hub import ModelInfo
        from huggingface_hub.errors import HFValidationError
        from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

        try:
            validate_repo_id(repository)
        except HFValidationError:
            raise RepositoryMissing(repository=repository) from None
        revision = quote(revision or _NEWEST, safe="")
        url = f"{self.endpoint}/api/models/{repository}/revision/{revision}?blobs=true"
        asked = Asked(self.origin, repository, with_token=bool(self.token))
        with self.web() as web, web.get(url, asked, token=self._token()) as answer:
            try:
                return ModelInfo(**_json(answer))  # type: ignore[no-untyped-call]
            except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
                raise AnswerRefused(host=answer.host, reason=mark("a list that makes no sense")) from None


def _json(answer: Answer) -> dict[str, Any]:
    if is_page(answer.response.headers):
        raise CaptivePortal(host=answer.host)
    body = bytearray()
    for chunk in answer.response.iter_raw():
        body += chunk
        if len(body) > _LARGEST_ANSWER_BYTES:
            raise AnswerRefused(host=answer.host, reason=mark("a list that does not end"))
    found = json.loads(body)
    return found if isinstance(found, dict) else {}


def _remote_file(repository: str, commit: str, sibling: Any) -> RemoteFile | None:
    """None for what is no GGUF, or cannot be checked once it is here."""
    path, lfs = sibling.rfilename, sibling.lfs
    if not isinstance(path, str) or not path.lower().endswith(ENDING) or lfs is None:
        return None
    if not _PLAIN_PATH.fullmatch(path) or ".." in path.split("/"):
        return None
    if type(lfs.size) is not int or lfs.size <= 0 or not _SHA256.fullmatch(str(lfs.sha256)):
        return None
    return RemoteFile(repository, commit, path, lfs.size, lfs.sha256)
