"""The `format`s that mean something here: what a text of each looks like, and how it is checked.

What is sampled and what passes the check come from the same expressions, so that the two cannot disagree;
where the check knows more than an expression can say (a leap second, a quoted mailbox), it lets more pass.
All other names are annotations, as JSON Schema has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.structured.pattern import PatternError, parse


@dataclass(frozen=True, slots=True)
class Format:
    """`pattern` is written so that Python's and Rust's engines read it alike, to be matched as a whole; None
    where no automaton can tell. `longest` is in characters. `also` passes what the pattern leaves out."""

    pattern: str | None
    longest: int | None = None
    also: Callable[[str], bool] | None = None

    def fits(self, text: str) -> bool:
        if self.longest is not None and len(text) > self.longest:
            return False
        if self.pattern is not None and re.fullmatch(self.pattern, text):
            return True
        return self.also is not None and self.also(text)


_LEAP_YEAR = r"(?:[0-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DATE = (
    r"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    rf"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}-02-29)"
)
_ZONE = r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_TIME = rf"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?{_ZONE}"

_LONG_TIME = r"T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)"
_DAYS = r"(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)"
_DURATION = rf"P(?:{_DAYS}(?:{_LONG_TIME})?|{_LONG_TIME}|[0-9]+W)"

_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"(?:{_BYTE}\.){{3}}{_BYTE}"
_WORD = r"[0-9A-Fa-f]{1,4}"
_TAIL = rf"(?:{_WORD}:{_WORD}|{_IPV4})"
_IPV6 = (
    rf"(?:(?:{_WORD}:){{6}}{_TAIL}|::(?:{_WORD}:){{5}}{_TAIL}|(?:{_WORD})?::(?:{_WORD}:){{4}}{_TAIL}"
    rf"|(?:(?:{_WORD}:){{0,1}}{_WORD})?::(?:{_WORD}:){{3}}{_TAIL}"
    rf"|(?:(?:{_WORD}:){{0,2}}{_WORD})?::(?:{_WORD}:){{2}}{_TAIL}"
    rf"|(?:(?:{_WORD}:){{0,3}}{_WORD})?::{_WORD}:{_TAIL}|(?:(?:{_WORD}:){{0,4}}{_WORD})?::{_TAIL}"
    rf"|(?:(?:{_WORD}:){{0,5}}{_WORD})?::{_WORD}|(?:(?:{_WORD}:){{0,6}}{_WORD})?::)"
)
_LABEL = r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_ATOM = r"[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = rf"{_ATOM}(?:\.{_ATOM})*@(?:{_HOST}|\[{_IPV4}\])"
_HEX = "[0-9A-Fa-f]"
_UUID = rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"


_BEYOND_ASCII = (
    "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    "\U00010000-\U0001fffd\U00020000-\U0002fffd\U00030000-\U0003fffd\U000e1000-\U000efffd"
)


def _locators(more: str) -> tuple[str, str]:
    """RFC 3986: what a URI and a reference to one look like, with `more` characters let in by RFC 3987."""
    plain = rf"0-9A-Za-z._~!$&'()*+,;=\-{more}"
    escape = rf"%{_HEX}{_HEX}"
    segment = rf"(?:[{plain}:@]|{escape})"
    ip = rf"\[(?:{_IPV6}|v{_HEX}+\.[0-9A-Za-z._~!$&'()*+,;=:-]+)\]"
    authority = rf"(?:(?:[{plain}:]|{escape})*@)?(?:{ip}|(?:[{plain}]|{escape})*)(?::[0-9]*)?"
    absolute = rf"/(?:{segment}+(?:/{segment}*)*)?"
    rootless = rf"{segment}+(?:/{segment}*)*"
    relative = rf"(?:[{plain}@]|{escape})+(?:/{segment}*)*"
    end = rf"(?:\?(?:{segment}|[/?])*)?(?:\#(?:{segment}|[/?])*)?"
    from_host = rf"//{authority}(?:/{segment}*)*"
    whole = rf"[A-Za-z][0-9A-Za-z+.-]*:(?:{from_host}|{absolute}|{rootless})?{end}"
    return whole, rf"(?:{whole}|(?:{from_host}|{absolute}|{relative})?{end})"


_URI, _URI_REFERENCE = _locators("")
_IRI, _IRI_REFERENCE = _locators(_BEYOND_ASCII)

_POINTER = r"(?:/(?:[^/~]|~[01])*)*"
_VARIABLE = rf"(?:[0-9A-Za-z_]|%{_HEX}{_HEX})(?:\.?(?:[0-9A-Za-z_]|%{_HEX}{_HEX}))*(?::[1-9][0-9]{{0,3}}|\*)?"
_TEMPLATE = rf"(?:[^\x00-\x20\"'<>\\^`{{|}}]|\{{[+#./;?&]?{_VARIABLE}(?:,{_VARIABLE})*\}})*"

_WIDE_LABEL = r"[0-9A-Za-z\u00df-\uffef](?:[0-9A-Za-z\u00df-\uffef\u00b7-]{0,61}[0-9A-Za-z\u00df-\uffef])?"
_WIDE_HOST = rf"{_WIDE_LABEL}(?:\.{_WIDE_LABEL})*"
_WIDE_ATOM = r"[0-9A-Za-z!#$%&'*+/=?^_`{|}~\u0080-\uffef-]+"
_QUOTED_MAILBOX = re.compile(
    rf'(?:"(?:[ !#-\[\]-~]|\\[ -~])*"|{_ATOM}(?:\.{_ATOM})*)@(?:{_HOST}|\[(?:{_IPV4}|IPv6:{_IPV6})\])'
)
_LEAP_SECOND = re.compile(
    r"([01][0-9]|2[0-3]):([0-5][0-9]):60(?:\.[0-9]+)?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)


def _is_leap_time(text: str) -> bool:
    """A leap second is the last one of a day in UTC."""
    found = _LEAP_SECOND.fullmatch(text)
    if found is None or not re.fullmatch(_ZONE, text[-6:] if found[3] else text[-1:]):
        return False
    shown = datetime(2000, 1, 2, int(found[1]), int(found[2]))
    east = timedelta(hours=int(found[4] or 0), minutes=int(found[5] or 0))
    in_utc = shown - east if found[3] == "+" else shown + east
    return (in_utc.hour, in_utc.minute) == (23, 59)


def _is_leap_moment(text: str) -> bool:
    return bool(re.fullmatch(rf"{_DATE}[Tt]", text[:11])) and _is_leap_time(text[11:])


def _is_quoted_mailbox(text: str) -> bool:
    return bool(_QUOTED_MAILBOX.fullmatch(text))


def _is_regex(text: str) -> bool:
    try:
        parse(text)
    except PatternError:
        return False
    return True


FORMATS: Mapping[str, Format] = {
    "date-time": Format(rf"{_DATE}[Tt]{_TIME}", also=_is_leap_moment),
    "date": Format(_DATE),
    "time": Format(_TIME, also=_is_leap_time),
    "duration": Format(_DURATION),
    "email": Format(_EMAIL, also=_is_quoted_mailbox),
    "idn-email": Format(rf"{_WIDE_ATOM}(?:\.{_WIDE_ATOM})*@{_WIDE_HOST}", also=_is_quoted_mailbox),
    "hostname": Format(_HOST, longest=253),
    "idn-hostname": Format(_WIDE_HOST, longest=253),
    "ipv4": Format(_IPV4),
    "ipv6": Format(_IPV6),
    "uri": Format(_URI),
    "uri-reference": Format(_URI_REFERENCE),
    "iri": Format(_IRI),
    "iri-reference": Format(_IRI_REFERENCE),
    "uri-template": Format(_TEMPLATE),
    "uuid": Format(_UUID),
    "json-pointer": Format(_POINTER),
    "relative-json-pointer": Format(rf"(?:0|[1-9][0-9]*)(?:\#|{_POINTER})"),
    "regex": Format(None, also=_is_regex),
}
