"""Make one sentence of an error: what happened, and what to do next where that helps."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Final

from app.core.answer_format import Fault
from app.core.errors import AlcoveError, SchemaRefused, Value
from app.core.sampling import PARAMETERS
from app.core.text import visible
from app.core.words import mark
from app.i18n import Texts
from app.i18n.faults import explain_fault
from app.i18n.quantities import size_text

SENTENCES: Final[Mapping[str, str]] = {
    "AlcoveError": mark("Something went wrong that Alcove has no words for."),
    "RequestError": mark("This cannot be done as asked."),
    "EmptyPrompt": mark("There is nothing to answer yet: write a message first."),
    "PromptTooLong": mark(
        "The conversation needs {prompt_tokens} tokens and the context holds {context_tokens}: "
        "shorten the message or start a new chat."
    ),
    "PromptTooLarge": mark("The message has {size_bytes}, at most {limit_bytes} are accepted: shorten it."),
    "OutOfRange": mark("{name} must lie between {minimum} and {maximum}, not {value}."),
    "Busy": mark("An answer is still being written in this chat: wait for it or stop it first."),
    "NotFound": mark("The {what} no longer exists."),
    "AnswerCut": mark("The answer was cut at {completion_tokens} tokens: allow a longer one."),
    "SchemaRefused": mark("The schema cannot be used, at {path}: {rule}."),
    "DocumentError": mark("The file “{path}” cannot be used."),
    "DocumentMissing": mark("There is no file or folder at “{path}”."),
    "DocumentUnreadable": mark("“{path}” cannot be read: {reason}."),
    "DocumentNotText": mark("“{path}” is not UTF-8 text (byte {position}): convert it first."),
    "DocumentTooLarge": mark("“{path}” has {size_bytes}, at most {limit_bytes} are accepted: split it."),
    "DocumentEmpty": mark("There is nothing in “{path}”."),
    "DocumentExists": mark("“{path}” exists already: choose another name or allow it to be replaced."),
    "DocumentNotWritable": mark("“{path}” cannot be written: {reason}."),
    "ColumnMissing": mark("“{path}” has no column named “{column}”."),
    "BatchUnfinished": mark(
        "An earlier run into “{path}” was not finished: resume it, or allow it to be replaced."
    ),
    "BatchDiffers": mark(
        "The earlier run into “{path}” had another schema, prompt, model or sampling: "
        "choose another name or allow it to be replaced."
    ),
    "ModelError": mark("“{path}” cannot be used as a model."),
    "ModelMissing": mark("There is no model file at “{path}”."),
    "ModelUnreadable": mark("The model file “{path}” cannot be read: {reason}."),
    "NotGguf": mark("“{path}” is not a GGUF file: choose a GGUF of gpt-oss."),
    "ModelTruncated": mark(
        "“{path}” is not complete, it has {size_bytes} of {needed_bytes}: download it again."
    ),
    "WrongArchitecture": mark(
        "“{path}” holds a model of another architecture, “{architecture}”: Alcove runs gpt-oss only."
    ),
    "OtherConversion": mark(
        "“{path}” is a gpt-oss converted for {program} alone: Alcove needs a GGUF made for llama.cpp."
    ),
    "WrongVocabulary": mark("“{path}” does not have gpt-oss's vocabulary: choose another gpt-oss GGUF."),
    "ModelTooLarge": mark(
        "“{path}” needs {needed_bytes} of memory and {free_bytes} are free: close other programs "
        "or choose a smaller model."
    ),
    "ModelLoadFailed": mark("“{path}” could not be loaded: {reason}."),
    "ModelMiscalculates": mark(
        "What “{path}” calculates is nonsense ({reason}): its file is damaged, check it or download it again."
    ),
    "GpuMiscalculates": mark(
        "What “{path}” calculates on the graphics processor is nonsense ({reason}): "
        "load it on the processor instead, and update the graphics driver."
    ),
    "EngineError": mark("The engine failed."),
    "EngineCrashed": mark(
        "The engine stopped unexpectedly (code {exit_code}); what was written so far is kept, "
        "and it starts again with the next question."
    ),
    "EngineGaveUp": mark("The engine failed {restarts} times within a minute: wait, then try again."),
    "EngineNotReady": mark("The engine is not ready yet: wait until the model is loaded."),
    "EngineFault": mark("The engine could not do this: {reason}."),
    "ProfileError": mark("The profile at “{path}” cannot be used."),
    "ProfileLocked": mark("Another Alcove is using the profile at “{path}”: close it first."),
    "ProfileNotWritable": mark("Alcove cannot write to “{path}”: {reason}."),
    "DatabaseCorrupt": mark(
        "The database “{path}” is damaged ({reason}) and was left as it is: restore it from a backup."
    ),
    "DatabaseTooNew": mark(
        "The database “{path}” was written by a newer Alcove (version {found}, this one knows {known}): "
        "update Alcove. Nothing was changed."
    ),
    "DiskFull": mark("The disk with “{path}” is full: free some space, then try again."),
    "DownloadError": mark("The model file could not be fetched."),
    "HostUnreachable": mark("{host} cannot be reached: {reason}. Check the network connection."),
    "ProxyFailed": mark("The proxy {proxy} does not let the download through: {reason}."),
    "TlsFailed": mark("The secure connection to {host} cannot be trusted: {reason}."),
    "CaptivePortal": mark(
        "A web page came in place of what {host} should send: sign in to this network in a browser, "
        "then try again."
    ),
    "AccessDenied": mark(
        "“{repository}” is not open to everyone: accept its terms at {url} and give Alcove a token, "
        "then try again."
    ),
    "TokenRefused": mark("{host} does not accept the token: give Alcove a new one, or remove it."),
    "RepositoryMissing": mark("There is no repository “{repository}”, or it is private."),
    "FileMissing": mark("“{file}” is no longer in the repository “{repository}”."),
    "FileChanged": mark("“{file}” in “{repository}” is not the file Alcove knows: it was not fetched."),
    "TooManyRequests": mark("{host} has had too many requests: try again in {wait_s} s."),
    "HostFailed": mark("{host} failed (status {status}): try again later."),
    "HostStalled": mark("{host} stopped sending: try again later."),
    "AnswerRefused": mark("{host} sent something else than was asked for: {reason}."),
    "RedirectRefused": mark("{host} points to {target}, which is not safe: it was not followed."),
    "ContentWrong": mark(
        "“{file}” arrived damaged twice (its SHA-256 is wrong) and was thrown away: try again later."
    ),
    "NoRoom": mark(
        "“{path}” needs {needed_bytes} and the disk has {free_bytes} free: make room or choose "
        "another folder."
    ),
    "TooLargeForDisk": mark(
        "“{path}” would have {size_bytes}, and this disk's format takes files up to {limit_bytes}: "
        "choose a folder on another disk."
    ),
    "DownloadBusy": mark("Another Alcove is fetching “{path}” already."),
    "TargetTaken": mark("There is another file at “{path}”: move it away or choose another folder."),
    "NotRepairable": mark("“{path}” cannot be repaired: {reason}. Download it again."),
    "NotLinkable": mark("“{path}” cannot be linked: {reason}. Use it where it is, or copy it."),
    "NotRemovable": mark("“{path}” cannot be removed: {reason}."),
    "VaultError": mark("The system keyring cannot be used."),
    "NoToken": mark(
        "This is no access token: one is a single word of letters, digits and signs, at Hugging Face "
        "beginning with “hf_”. Copy it once more, whole."
    ),
    "KeyringMissing": mark(
        "There is no system keyring to keep the token in: {reason}. It is not kept anywhere else."
    ),
    "KeyringLocked": mark("The system keyring is locked: unlock it, then try again."),
    "KeyringSilent": mark("The system keyring gave no answer within {limit_s} s."),
    "KeyringRefused": mark("The keyring “{backend}” would not keep a token safe: it is not used."),
    "KeyringFault": mark("The system keyring failed: {reason}."),
    "NoDisplay": mark("No window can be opened here: {reason}."),
}
"""By kind; the fields are the values `app.core.errors` lists for it. Sizes are shown in GB, MB, kB."""

THINGS: Final = (mark("chat"), mark("message"), mark("answer"), mark("model"), mark("file"))
"""What `NotFound` may name as `what`."""


def explain(error: AlcoveError, tr: Texts) -> str:
    """The sentence for `error` in the language of `tr`; a kind without one uses its parent's."""
    known = next(kind.__name__ for kind in type(error).__mro__ if kind.__name__ in SENTENCES)
    message = SENTENCES[known]
    values = error.values
    if isinstance(error, SchemaRefused):
        fault = Fault(**{name: str(value) for name, value in values.items()})
        values = {"path": fault.path, "rule": explain_fault(fault, tr)}
    fields = {name for _, name, _, _ in Formatter().parse(message) if name}
    shown = {name: _shown(name, values.get(name), tr) for name in fields}
    sizes = [name for name in fields if name.endswith("_bytes")]
    if len({shown[name] for name in sizes}) < len(sizes):  # "12.1 GB of 12.1 GB" would say nothing
        shown |= {name: f"{values.get(name):,} B" for name in sizes}
    return tr(message, **shown)


def _shown(name: str, value: Value, tr: Texts) -> str:
    if value is None:
        return "?"
    if name.endswith("_bytes") and not isinstance(value, str):
        return size_text(value)
    if name in ("what", "reason"):
        return visible(tr(str(value))).rstrip(".")
    if name == "name":
        return tr(next((p.label for p in PARAMETERS if p.name == value), str(value)))
    if name.endswith("_tokens") and isinstance(value, int):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else visible(str(value))
