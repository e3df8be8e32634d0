"""Validate a value with `jsonschema`, made safe against hostile schemas and exact where it is not.

Of its keywords we replace those that match patterns (ours cannot hang), compare every item with every other
(ours take one pass) or divide floats (19.99 is a multiple of 0.01), and those whose errors do not say which
name is meant. `format` is checked by our own functions. Nothing is ever fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from app.core.answer_format import Fault
from app.structured.dialect import Draft, Node
from app.structured.formats import FORMATS
from app.structured.json_text import JsonValue
from app.structured.matching import Matcher, TookTooLong

if TYPE_CHECKING:
    from jsonschema import FormatChecker, ValidationError
    from jsonschema.protocols import Validator

SECONDS = 10.0
"""The longest a check may take; a good one takes milliseconds."""

Keyword = Callable[[Any, Any, Any, Any], Any]


def validation_faults(document: Node, draft: Draft, value: JsonValue) -> Iterator[tuple[Fault, Any]]:
    """Where a value does not fit, each with the value of the keyword that it breaks.

    Raises:
        TookTooLong: the check was given up.
    """
    for error in validator_of(document, draft, Matcher(SECONDS)).iter_errors(value):
        rule = str(error.validator) if error.validator else "false"
        yield Fault(error.json_path, rule), error.validator_value


def is_valid(document: Node, draft: Draft, value: JsonValue) -> bool:
    """Whether a value fits, as far as can be told in time."""
    try:
        return next(validation_faults(document, draft, value), None) is None
    except (TookTooLong, RecursionError):
        return False


def validator_of(document: Node, draft: Draft, matcher: Matcher) -> Validator:
    """A validator of one draft that cannot hang, fetch or miscount."""
    import jsonschema
    from jsonschema.validators import extend
    from referencing import Registry

    kind = getattr(jsonschema, _CLASSES[draft])
    keywords = _Keywords(matcher).by_name
    known = {name: function for name, function in keywords.items() if name in kind.VALIDATORS}
    timed = {name: _timed(kind.VALIDATORS[name], matcher) for name in _DESCENDING if name in kind.VALIDATORS}
    safe = extend(kind, {**timed, **known})  # type: ignore[no-untyped-call]
    made: Validator = safe(document, format_checker=_format_checker(), registry=Registry())
    return made


_CLASSES = {
    Draft.D4: "Draft4Validator",
    Draft.D6: "Draft6Validator",
    Draft.D7: "Draft7Validator",
    Draft.D2019: "Draft201909Validator",
    Draft.D2020: "Draft202012Validator",
}
_DESCENDING = ("$ref", "allOf", "anyOf", "oneOf", "items")


def _timed(keyword: Keyword, matcher: Matcher) -> Keyword:
    """A schema can be built so that checking a small value takes for ever."""

    def check(validator: Any, wanted: Any, value: Any, schema: Any) -> Any:
        matcher.tick("its schemas within schemas")
        return keyword(validator, wanted, value, schema)

    return check


def _format_checker() -> FormatChecker:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    for name, wanted in FORMATS.items():
        checker.checks(name)(lambda value, fits=wanted.fits: not isinstance(value, str) or fits(value))
    return checker


def _plain(keyword: Callable[[Any, Any], Iterator[ValidationError]]) -> Keyword:
    """A keyword that looks at nothing but its own value and the one it is about."""
    return lambda _validator, wanted, value, _schema: keyword(wanted, value)


def _error(name: str, keyword: str, wanted: Any, *place: str) -> ValidationError:
    from jsonschema import ValidationError

    return ValidationError(f"{keyword}: {name}", validator=keyword, validator_value=wanted, path=place)


class _Keywords:
    """Our own keywords, in the form that `jsonschema` calls them."""

    def __init__(self, matcher: Matcher) -> None:
        self._matches = matcher.matches
        self._tick = matcher.tick
        self.by_name: Mapping[str, Keyword] = {
            "properties": self._properties,
            "pattern": _plain(self._pattern),
            "patternProperties": self._pattern_properties,
            "additionalProperties": self._additional_properties,
            "unevaluatedProperties": self._unevaluated_properties,
            "required": _plain(_required),
            "uniqueItems": _plain(_unique_items),
            "multipleOf": _plain(_multiple_of),
        }

    def _properties(self, validator: Any, wanted: Any, value: Any, _schema: Any) -> Iterator[Any]:
        self._tick("its schemas within schemas")
        for name, inner in wanted.items() if isinstance(value, dict) else ():
            if name in value and inner is False:
                yield _error(name, "false", False, name)
            elif name in value:
                yield from validator.descend(value[name], inner, path=name, schema_path=name)

    def _pattern(self, wanted: str, value: Any) -> Iterator[ValidationError]:
        if isinstance(value, str) and not self._matches(wanted, value):
            yield _error(value[:50], "pattern", wanted)

    def _pattern_properties(self, validator: Any, wanted: Any, value: Any, _schema: Any) -> Iterator[Any]:
        if not isinstance(value, dict):
            return
        for pattern, inner in wanted.items():
            for name, member in value.items():
                if self._matches(pattern, name):
                    yield from validator.descend(member, inner, path=name, schema_path=pattern)

    def _additional_properties(self, validator: Any, wanted: Any, value: Any, schema: Any) -> Iterator[Any]:
        if not isinstance(value, dict):
            return
        for name in self._additional(value, schema):
            if wanted is False:
                yield _error(name, "additionalProperties", name)
            else:
                yield from validator.descend(value[name], wanted, path=name)

    def _additional(self, value: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
        declared, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        return [
            name
            for name in value
            if name not in declared and not any(self._matches(pattern, name) for pattern in patterns)
        ]

    def _unevaluated_properties(self, validator: Any, wanted: Any, value: Any, schema: Any) -> Iterator[Any]:
        if not isinstance(value, dict):
            return
        evaluated = self._evaluated(validator, value, schema)
        for name in value:
            if name not in evaluated and not _fits(validator, value[name], wanted):
                yield _error(name, "unevaluatedProperties", name)

    def _evaluated(self, validator: Any, value: dict[str, Any], schema: Any) -> set[str]:
        """The names that a schema, or one that applies beside it, has looked at."""
        if isinstance(schema, bool):
            return set()
        names = set(schema.get("properties", {})) & value.keys()
        for pattern in schema.get("patternProperties", {}):
            names |= {name for name in value if self._matches(pattern, name)}
        if "additionalProperties" in schema:
            names |= set(self._additional(value, schema))
        if "unevaluatedProperties" in schema:
            names |= {
                name for name in value if _fits(validator, value[name], schema["unevaluatedProperties"])
            }
        for inner_validator, inner in self._beside(validator, value, schema):
            names |= self._evaluated(inner_validator, value, inner)
        return names

    def _beside(self, validator: Any, value: dict[str, Any], schema: Any) -> Iterator[tuple[Any, Any]]:
        """The schemas that apply to the same value, and that it fits."""
        for found in _referred(validator._resolver, schema):
            yield validator.evolve(schema=found.contents, _resolver=found.resolver), found.contents
        for key in ("allOf", "anyOf", "oneOf"):
            yield from ((validator, inner) for inner in schema.get(key, ()) if _fits(validator, value, inner))
        for name, inner in schema.get("dependentSchemas", {}).items():
            if name in value:
                yield validator, inner
        if "if" in schema:
            applies = _fits(validator, value, schema["if"])
            yield from [(validator, schema["if"])] if applies else []
            yield validator, schema.get("then" if applies else "else", True)


def _referred(resolver: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    from referencing.jsonschema import lookup_recursive_ref

    yield from (resolver.lookup(schema[key]) for key in ("$ref", "$dynamicRef") if key in schema)
    if "$recursiveRef" in schema:
        yield lookup_recursive_ref(resolver)


def _required(wanted: Any, value: Any) -> Iterator[ValidationError]:
    if isinstance(value, dict):
        yield from (_error(name, "required", name) for name in wanted if name not in value)


def _unique_items(wanted: Any, value: Any) -> Iterator[ValidationError]:
    if wanted is True and isinstance(value, list) and len(set(map(identity, value))) < len(value):
        yield _error("an item stands twice", "uniqueItems", True)


def _multiple_of(wanted: Any, value: Any) -> Iterator[ValidationError]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if (_exact(value) / _exact(wanted)).denominator != 1:
        yield _error(str(wanted), "multipleOf", wanted)


def _fits(validator: Any, value: Any, schema: Any) -> bool:
    return next(validator.descend(value, schema), None) is None


def _exact(number: int | float) -> Fraction:
    """The number as it is written, not as a float holds it."""
    return Fraction(number) if isinstance(number, int) else Fraction(Decimal(repr(number)))


def identity(value: JsonValue) -> object:
    """Equal for values that JSON Schema calls equal: 1 is 1.0, but not true."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, list):
        return ("array", tuple(map(identity, value)))
    if isinstance(value, dict):
        return ("object", frozenset((name, identity(member)) for name, member in value.items()))
    return value
