"""Every error the program can meet, as one tree of kinds with values.

AlcoveError
├── RequestError               what was asked cannot be done as asked
│   ├── EmptyPrompt
│   ├── PromptTooLong          prompt_tokens, context_tokens
│   ├── PromptTooLarge         size_bytes, limit_bytes
│   ├── OutOfRange             name, value, minimum, maximum
│   ├── Busy                   an answer is already being written in this conversation
│   ├── NotFound               what
│   ├── AnswerCut              completion_tokens
│   └── SchemaRefused          path, rule, detail; where in the schema, and what is wrong there
├── DocumentError              a file to be read or written for a person; path
│   ├── DocumentMissing
│   ├── DocumentUnreadable     reason
│   ├── DocumentNotText        position
│   ├── DocumentTooLarge       size_bytes, limit_bytes
│   ├── DocumentEmpty
│   ├── DocumentExists
│   ├── DocumentNotWritable    reason
│   ├── ColumnMissing          column
│   ├── BatchUnfinished        an earlier run into this file was not finished
│   └── BatchDiffers           the earlier run into this file asked something else
├── ModelError                 this file cannot be used as a model; path
│   ├── ModelMissing
│   ├── ModelUnreadable        reason
│   ├── NotGguf
│   ├── ModelTruncated         size_bytes, needed_bytes
│   ├── WrongArchitecture      architecture
│   ├── OtherConversion        program; a gpt-oss converted for that program alone
│   ├── WrongVocabulary
│   ├── ModelTooLarge          needed_bytes, free_bytes
│   ├── ModelLoadFailed        reason
│   ├── ModelMiscalculates     reason; what it calculates is nonsense, so its file must be damaged
│   └── GpuMiscalculates       reason; the same, of layers on a GPU: the CPU may do better
├── EngineError                the engine child failed
│   ├── EngineCrashed          exit_code
│   ├── EngineGaveUp           restarts
│   ├── EngineNotReady
│   └── EngineFault            reason
├── ProfileError               the profile on disk cannot be used; path
│   ├── ProfileLocked
│   ├── ProfileNotWritable     reason
│   ├── DatabaseCorrupt        reason
│   ├── DatabaseTooNew         found, known
│   └── DiskFull
├── DownloadError              a model file cannot be fetched, checked, repaired, moved or removed
│   ├── HostUnreachable        host, reason
│   ├── ProxyFailed            proxy, reason
│   ├── TlsFailed              host, reason
│   ├── CaptivePortal          host; a page for people came in place of what was asked for
│   ├── AccessDenied           repository, url; the page where its terms are accepted
│   ├── TokenRefused           host
│   ├── RepositoryMissing      repository
│   ├── FileMissing            repository, file
│   ├── FileChanged            repository, file; it is no longer the one in the catalogue
│   ├── TooManyRequests        host, wait_s
│   ├── HostFailed             host, status
│   ├── HostStalled            host
│   ├── AnswerRefused          host, reason; the answer does not fit the question
│   ├── RedirectRefused        host, target
│   ├── ContentWrong           file; its SHA-256 was wrong again after a second try
│   ├── NoRoom                 path, needed_bytes, free_bytes
│   ├── TooLargeForDisk        path, size_bytes, limit_bytes
│   ├── DownloadBusy           path
│   ├── TargetTaken            path
│   ├── NotRepairable          path, reason
│   ├── NotLinkable            path, reason
│   └── NotRemovable           path, reason
├── VaultError                 a token cannot be kept or read in the system keyring
│   ├── NoToken                what was given for one cannot be one
│   ├── KeyringMissing         reason
│   ├── KeyringLocked
│   ├── KeyringSilent          limit_s
│   ├── KeyringRefused         backend; it would not keep a secret safe
│   └── KeyringFault           reason
└── NoDisplay                  reason; there is no screen to open a window on

An error carries values, never a sentence: `app.i18n.sentences` turns it into one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Value = str | int | float | None


class AlcoveError(Exception):
    """The root; `kind` and `values` are all that crosses the wire to and from the engine."""

    def __init__(self, **values: Value) -> None:
        super().__init__(type(self).__name__, values)
        self.values: Mapping[str, Value] = values

    @property
    def kind(self) -> str:
        return type(self).__name__

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.kind}({inside})"


class RequestError(AlcoveError):
    pass


class EmptyPrompt(RequestError):
    pass


class PromptTooLong(RequestError):
    pass


class PromptTooLarge(RequestError):
    pass


class OutOfRange(RequestError):
    pass


class Busy(RequestError):
    pass


class NotFound(RequestError):
    pass


class AnswerCut(RequestError):
    pass


class SchemaRefused(RequestError):
    pass


class DocumentError(AlcoveError):
    pass


class DocumentMissing(DocumentError):
    pass


class DocumentUnreadable(DocumentError):
    pass


class DocumentNotText(DocumentError):
    pass


class DocumentTooLarge(DocumentError):
    pass


class DocumentEmpty(DocumentError):
    pass


class DocumentExists(DocumentError):
    pass


class DocumentNotWritable(DocumentError):
    pass


class ColumnMissing(DocumentError):
    pass


class BatchUnfinished(DocumentError):
    pass


class BatchDiffers(DocumentError):
    pass


class ModelError(AlcoveError):
    pass


class ModelMissing(ModelError):
    pass


class ModelUnreadable(ModelError):
    pass


class NotGguf(ModelError):
    pass


class ModelTruncated(ModelError):
    pass


class WrongArchitecture(ModelError):
    pass


class OtherConversion(ModelError):
    pass


class WrongVocabulary(ModelError):
    pass


class ModelTooLarge(ModelError):
    pass


class ModelLoadFailed(ModelError):
    pass


class ModelMiscalculates(ModelError):
    pass


class GpuMiscalculates(ModelError):
    pass


class EngineError(AlcoveError):
    pass


class EngineCrashed(EngineError):
    pass


class EngineGaveUp(EngineError):
    pass


class EngineNotReady(EngineError):
    pass


class EngineFault(EngineError):
    pass


class ProfileError(AlcoveError):
    pass


class ProfileLocked(ProfileError):
    pass


class ProfileNotWritable(ProfileError):
    pass


class DatabaseCorrupt(ProfileError):
    pass


class DatabaseTooNew(ProfileError):
    pass


class DiskFull(ProfileError):
    pass


class DownloadError(AlcoveError):
    pass


class HostUnreachable(DownloadError):
    pass


class ProxyFailed(DownloadError):
    pass


class TlsFailed(DownloadError):
    pass


class CaptivePortal(DownloadError):
    pass


class AccessDenied(DownloadError):
    pass


class TokenRefused(DownloadError):
    pass


class RepositoryMissing(DownloadError):
    pass


class FileMissing(DownloadError):
    pass


class FileChanged(DownloadError):
    pass


class TooManyRequests(DownloadError):
    pass


class HostFailed(DownloadError):
    pass


class HostStalled(DownloadError):
    pass


class AnswerRefused(DownloadError):
    pass


class RedirectRefused(DownloadError):
    pass


class ContentWrong(DownloadError):
    pass


class NoRoom(DownloadError):
    pass


class TooLargeForDisk(DownloadError):
    pass


class DownloadBusy(DownloadError):
    pass


class TargetTaken(DownloadError):
    pass


class NotRepairable(DownloadError):
    pass


class NotLinkable(DownloadError):
    pass


class NotRemovable(DownloadError):
    pass


class VaultError(AlcoveError):
    pass


class NoToken(VaultError):
    pass


class KeyringMissing(VaultError):
    pass


class KeyringLocked(VaultError):
    pass


class KeyringSilent(VaultError):
    pass


class KeyringRefused(VaultError):
    pass


class KeyringFault(VaultError):
    pass


class NoDisplay(AlcoveError):
    pass


def _tree(root: type[AlcoveError]) -> Iterator[type[AlcoveError]]:
    yield root
    for branch in root.__subclasses__():
        yield from _tree(branch)


def from_kind(kind: str, values: Mapping[str, Value]) -> AlcoveError:
    """Rebuild an error that crossed the wire; an unknown kind becomes an `EngineFault`."""
    for error in _tree(AlcoveError):
        if error.__name__ == kind:
            return error(**values)
    return EngineFault(reason=f"{kind} {dict(values)}")
