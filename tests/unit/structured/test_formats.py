"""Every `format`: texts that its RFC allows and such as it does not, in the check and while sampling."""

from __future__ import annotations

import ipaddress
import json
import random
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.structured.formats import FORMATS
from app.structured.json_grammar import json_grammar
from app.structured.schema import read_schema
from tests.helpers.byte_matcher import ByteMatcher
from tests.helpers.byte_walk import ByteWalk

GOOD = {
    # RFC 3339
    "date-time": [
        "1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-08:00", "1937-01-01T12:00:27.87+00:20",
        "2024-02-29t00:00:00z", "2000-02-29T23:59:59-23:59",
    ],
    "date": ["2025-01-31", "2024-02-29", "2000-02-29", "0000-02-29", "9999-12-31"],
    "time": ["00:00:00Z", "23:59:59.999999999+23:59", "12:30:45-00:00", "12:30:45z"],
    # RFC 3339, appendix A
    "duration": ["P4Y3M2D", "P1Y", "P2M3D", "PT1H", "PT5M6S", "P1DT12H", "P3W", "PT0S", "P0D"],
    # RFC 5321
    "email": ["a@example.com", "first.last+tag@sub.example.org", "o'neil@x", "a@[127.0.0.1]", "{_}@a-b.c"],
    "idn-email": ["a@example.com", "用户@例子.广告", "müller@übung.de", "δοκιμή@παράδειγμα.ελ"],
    # RFC 1123
    "hostname": ["localhost", "example.com", "3com.com", "a-b.c-d", "x" * 63, "xn--4gbwdl.xn--wgbh1c"],
    "idn-hostname": ["example.com", "bücher.example", "例子.广告", "ß.de"],
    # RFC 2673, section 3.2
    "ipv4": ["0.0.0.0", "127.0.0.1", "255.255.255.255", "1.22.100.249"],
    # RFC 4291, section 2.2
    "ipv6": [
        "::", "::1", "2001:db8::8:800:200c:417a", "FF01:0:0:0:0:0:0:101", "::FFFF:129.144.52.38", "1::",
        "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
    ],
    # RFC 3986, section 1.1.2
    "uri": [
        "ftp://ftp.is.co.za/rfc/rfc1808.txt", "http://www.ietf.org/rfc/rfc2396.txt",
        "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:John.Doe@example.com",
        "news:comp.infosystems.www.servers.unix", "tel:+1-816-555-1212", "telnet://192.0.2.16:80/",
        "urn:oasis:names:specification:docbook:dtd:xml:4.1.2", "http://a@b:8/%20?q=/?#f/?", "file:///etc/x",
    ],
    "uri-reference": ["", "/", "//host/p", "../a/b?c#d", "?q", "#f", "a/b", "./a:b", "http://x"],
    # RFC 3987
    "iri": ["http://例子.广告/路径?查=询#片", "http://rosé.example.org/", "urn:ß"],
    "iri-reference": ["", "路径", "#片段", "//例子/"],
    # RFC 6570
    "uri-template": ["http://x/{a}", "{+path,x}/here", "{?x,y*}", "{#v:3}", "{&a.b}", "plain", ""],
    # RFC 9562
    "uuid": ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
             "00000000-0000-0000-0000-000000000000"],
    # RFC 6901
    "json-pointer": ["", "/", "/foo/0", "/a~1b", "/m~0n", "/ ", "/ü", "//"],
    "relative-json-pointer": ["0", "1/0", "2/highly/nested/objects", "0#", "10#", "0/"],
    # ECMA-262
    "regex": ["", "^a+$", "(?<=x)y", r"\p{L}", "a{2,3}", "(?<name>a)\\k<name>"],
}  # fmt: skip
BAD = {
    "date-time": [
        "1985-04-12 23:20:50Z", "1985-04-12T23:20:50", "1985-04-12T23:20Z", "1985-04-12T24:00:00Z",
        "1990-02-31T15:59:59Z", "1985-04-12T23:20:50.Z", "1985-04-12T23:20:50+24:00", "1985-04-12",
        "1985-04-12T23:20:50.52Z ", "1998-12-31T22:59:60Z", "1998-12-31T23:59:61Z",
        "1985-04-12T23:20:50+0100",
    ],
    "date": ["2025-02-29", "1900-02-29", "2025-04-31", "2025-13-01", "2025-00-01", "2025-01-00", "25-01-01",
             "2025-1-1", "2025-01-01\n", "２０２５-01-01", "20250101", ""],
    "time": ["24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:00", "12:00Z", "12:00:00.Z", "12:00:00+1:00",
             "22:59:60Z", "١٢:00:00Z"],
    "duration": ["", "P", "PT", "P1", "1D", "P1D2Y", "P1Y2D", "PT1H2S", "P1W2D", "P-1D", "P1.5D", "p1d",
                 "P1DT"],
    "email": ["", "a", "@x", "a@", "a..b@x", ".a@x", "a.@x", "a b@x", "a@-x", "a@x-", "a@x..y",
              "a@[256.0.0.1]", "用户@x", "a@b@c"],
    "idn-email": ["", "a", "@例子", "用户@", "用 户@例子"],
    "hostname": ["", ".", "-a", "a-", "a..b", "a_b", "a b", "x" * 64, ".".join(["x" * 63] * 4), "ü", "a.",
                 "a\n"],
    "idn-hostname": ["", "-ü", "ü-", "a..ü", "a b"],
    "ipv4": ["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4 ", "0x1.2.3.4", "1.2.3.٤"],
    "ipv6": ["", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::g", "::1.2.3",
             "1:2:3:4:5:6:7:1.2.3.4", "fe80::1%eth0", "[::1]", "::01.2.3.4"],
    "uri": ["", "a", "/a", "//host", "1a:b", "http://a b", "http://[::1", "http://a/%2", "http://a/%zz",
            "x:{}", "http://a:b:c/", "http://例子/", ":a", "http://a\\b", "x:#a#b"],
    "uri-reference": ["a b", "1a:b", "%", "{a}", "路径", "a#b#c", "\\"],
    "iri": ["", "路径", "http://a b", "http://a/%zz", "x:\ue000"],
    "iri-reference": ["a b", "%", "<路>", "\ufdd0"],
    "uri-template": ["{", "}", "{}", "{a", "{a b}", "{a:0}", "{a:10000}", "{a,}", "a b", "{{a}}", "{=a}"],
    "uuid": ["", "f81d4fae7dec11d0a76500a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
             "g81d4fae-7dec-11d0-a765-00a0c91e6bf6", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}"],
    "json-pointer": ["a", "#/a", "/~", "/~2", "/a~"],
    "relative-json-pointer": ["", "/a", "01", "-1/a", "0##", "1#/a", "+1", "0a"],
    "regex": ["(", "[", "a**", "*", "(?<1>a)", "a{2,1}", "\\u12"],
}  # fmt: skip
ONLY_CHECKED = {
    "date-time": ["1998-12-31T23:59:60Z", "1998-12-31t15:59:60.123-08:00", "1999-01-01T05:29:60+05:30"],
    "time": ["23:59:60Z", "15:59:60-08:00", "00:29:60+00:30"],
    "email": ['"a b"@x', '"a\\"b"@x', "a@[IPv6:::1]"],
    "idn-email": ['"a b"@x'],
}  # fmt: skip


def cases(texts: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, text) for name, those in texts.items() for text in those]


def text_of(name: str) -> str:
    text, coverage, _ = json_grammar(read_schema(json.dumps({"type": "string", "format": name})))
    assert coverage.is_full is (name != "regex")
    return text


@pytest.mark.parametrize(("name", "text"), cases(GOOD) + cases(ONLY_CHECKED))
def test_what_the_standard_allows_fits(name: str, text: str) -> None:
    assert FORMATS[name].fits(text)


@pytest.mark.parametrize(("name", "text"), cases(BAD))
def test_what_the_standard_does_not_allow_is_refused(name: str, text: str) -> None:
    assert not FORMATS[name].fits(text)


def test_every_format_has_examples() -> None:
    assert GOOD.keys() == BAD.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_is_held_while_sampling(name: str) -> None:
    matcher = ByteMatcher(text_of(name))
    refused = [text for text in GOOD[name] if not matcher.takes(json.dumps(text, ensure_ascii=False))]
    assert refused == []
    if FORMATS[name].pattern is not None:
        assert [text for text in BAD[name] if matcher.takes(json.dumps(text, ensure_ascii=False))] == []


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "regex"])
def test_what_is_sampled_passes_the_check(name: str) -> None:
    dice = random.Random(3)
    walk = ByteWalk(text_of(name))
    for _ in range(8):
        text = walk.text(dice, longest=600)
        assert text is None or FORMATS[name].fits(json.loads(text)), text


@given(st.dates())
def test_every_date_fits(day: date) -> None:
    assert FORMATS["date"].fits(day.isoformat())


@given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32))
def test_a_date_that_is_in_no_calendar_does_not_fit(year: int, month: int, day: int) -> None:
    try:
        date(year or 2000, month, day)  # the year 0 is a leap year, too
    except ValueError:
        is_date = False
    else:
        is_date = True
    assert FORMATS["date"].fits(f"{year:04}-{month:02}-{day:02}") is is_date


@given(st.uuids())
def test_every_uuid_fits(uuid: UUID) -> None:
    assert FORMATS["uuid"].fits(str(uuid))


@given(
    st.text("0123456789abcdef:.", max_size=20)
    | st.from_regex("(?:[0-9a-f]{0,4}:){2,8}[0-9a-f]{0,4}", fullmatch=True)
)
def test_addresses_are_judged_as_by_the_standard_library(text: str) -> None:
    for name, kind in (("ipv4", ipaddress.IPv4Address), ("ipv6", ipaddress.IPv6Address)):
        try:
            kind(text)
        except ValueError:
            assert not FORMATS[name].fits(text)
        else:
            assert FORMATS[name].fits(text)


@given(st.ip_addresses())
def test_every_address_fits(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert FORMATS[f"ipv{address.version}"].fits(str(address))
    if isinstance(address, ipaddress.IPv6Address):
        assert FORMATS["ipv6"].fits(address.exploded)
