# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON as a stream of tokens that know their line and column, as the server's parsers see it.

Columns count bytes of UTF-8 from 1, like Jackson's. What is malformed is reported when the stream gets there.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from simulator.versions import Version

from .faults import Fault, parse_fault, parsing_fault

START_OBJECT, END_OBJECT = "START_OBJECT", "END_OBJECT"
START_ARRAY, END_ARRAY = "START_ARRAY", "END_ARRAY"
FIELD_NAME = "FIELD_NAME"
STRING, NUMBER, BOOLEAN, NULL = "VALUE_STRING", "VALUE_NUMBER", "VALUE_BOOLEAN", "VALUE_NULL"
SCALARS = {STRING, NUMBER, BOOLEAN, NULL}

_LITERALS = {"true": (BOOLEAN, True), "false": (BOOLEAN, False), "null": (NULL, None)}
_ESCAPE = r"""\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})"""
_STRING = rf'"(?:[^"\\\x00-\x1f]|{_ESCAPE})*"'
_NUMBER = r"-?(?:0|[1-9]\d*)(?P<real>(?:\.\d+)?(?:[eE][-+]?\d+)?)"
_SCALAR = re.compile(rf"(?P<string>{_STRING})|(?P<number>{_NUMBER})(?![\w.])|(?P<word>true|false|null)(?!\w)")
_BLANK = re.compile(r"(?:[ \t\r\n]|/\*.*?\*/|//[^\n]*)*", re.DOTALL)
_BYTE_ORDER_MARK = "\ufeff"
_NOT_UTF_8 = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of bytes that aren't UTF-8
_SOURCES = (
    ((7, 11), "(org.elasticsearch.common.io.stream.ByteBufferStreamInput)"),
    ((7, 4), "(org.elasticsearch.common.bytes.AbstractBytesReference$MarkSupportingStreamInputWrapper)"),
    ((0,), "org.elasticsearch.transport.netty4.ByteBufStreamInput@0"),
)
_TOKENS = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


@dataclass(frozen=True)
class Token:
    """`unreadable` is what reading the value raises."""

    kind: str | None
    content: Any
    start: int
    unreadable: Fault | None = None

    @property
    def value(self) -> Any:
        """Raises Fault."""
        if self.unreadable:
            raise self.unreadable
        return self.content


class TokenStream:
    """`token` is the current token (kind None before the first and after the last); `next()` moves on."""

    def __init__(self, release: Version, body: str | dict):
        self.release = release
        self._text = (body if isinstance(body, str) else compact(body)).removeprefix(_BYTE_ORDER_MARK)
        self._at = 0
        self._open: list[tuple[str, int, set]] = []  # closing character, where it was opened, names seen
        self._after_value = False
        self.token = Token(None, None, 0)

    @property
    def kind(self) -> str | None:
        return self.token.kind

    @property
    def location(self) -> tuple[int, int]:
        return self._locate(self.token.start)

    def next(self) -> str | None:
        """Raises Fault where the text is not JSON: Jackson's own type before 8.0, wrapped by the parser since."""
        self._skip_blank()
        if self._open and self._peek() == self._open[-1][0] and self.kind != FIELD_NAME:
            return self._close()
        if self._after_value and self._open:
            self._expect(",", f"was expecting comma to separate {self._scope()} entries")
            self._skip_blank()
        if self._at >= len(self._text):
            return self._end()
        if self._open and self._open[-1][0] == "}" and self.kind != FIELD_NAME:
            return self._field_name()
        return self._value()

    def expect(self, kind: str) -> None:
        """Moves on. Raises Fault if the next token is another one (XContentParserUtils.ensureExpectedToken)."""
        if self.next() != kind:
            reason = f"Failed to parse object: expecting token of type [{kind}] but found [{self.kind}]"
            raise parsing_fault(self.location, reason)

    def read(self) -> Any:
        """The value at the current token as Python has it; the stream ends on its last token."""
        if self.kind == START_OBJECT:
            members = {}
            while self.next() != END_OBJECT:
                name = self.token.value
                self.next()
                members[name] = self.read()
            return members
        if self.kind == START_ARRAY:
            items = []
            while self.next() != END_ARRAY:
                items.append(self.read())
            return items
        return self.token.value

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip_blank(self) -> None:
        self._at = _BLANK.match(self._text, self._at).end()

    def _scope(self) -> str:
        return {"}": "Object", "]": "Array"}[self._open[-1][0]] if self._open else "root"

    def _emit(self, kind: str, value: Any, start: int, end: int) -> str:
        self.token = Token(kind, value, start)
        self._at = end
        self._after_value = kind not in (FIELD_NAME, START_OBJECT, START_ARRAY)
        return kind

    def _close(self) -> str:
        closing = self._open.pop()[0]
        return self._emit(END_OBJECT if closing == "}" else END_ARRAY, None, self._at, self._at + 1)

    def _field_name(self) -> str:
        found = _SCALAR.match(self._text, self._at)
        if not found or not found["string"]:
            raise self._unexpected("was expecting double-quote to start field name")
        name, end = json.loads(found["string"]), found.end()
        names = self._open[-1][2]
        if name in names:
            raise self._malformed("json_parse_exception", f"Duplicate field '{name}'", end)
        names.add(name)
        self._emit(FIELD_NAME, name, self._at, end)
        self._skip_blank()
        if self._at < len(self._text):
            self._expect(":", "was expecting a colon to separate field name and value")
        return FIELD_NAME

    def _value(self) -> str:
        start, opened = self._at, self._peek()
        if opened in "{[":
            self._open.append(("}" if opened == "{" else "]", start, set()))
            return self._emit(START_OBJECT if opened == "{" else START_ARRAY, None, start, start + 1)
        found = _SCALAR.match(self._text, start)
        if not found:
            raise self._bad_value()
        if found["string"]:
            self._emit(STRING, json.loads(found["string"]), start, found.end())
            if bad := _NOT_UTF_8.search(found["string"]):
                self.token = Token(STRING, None, start, self._not_utf_8(bad[0], start + bad.end()))
            return STRING
        if found["number"]:
            number = float(found["number"]) if found["real"] else int(found["number"])
            return self._emit(NUMBER, number, start, found.end())
        return self._emit(*_LITERALS[found["word"]], start, found.end())

    def _not_utf_8(self, escaped: str, at: int) -> Fault:
        byte = ord(escaped) & 0xFF
        return self._malformed("json_parse_exception", f"Invalid UTF-8 start byte 0x{byte:x}", at)

    def _expect(self, character: str, explanation: str) -> None:
        if self._at >= len(self._text):
            self._end()
        if self._peek() != character:
            raise self._unexpected(explanation)
        self._at += 1

    def _end(self) -> None:
        if not self._open:
            self.token = Token(None, None, self._at)
            return
        opened = self._open[-1][1]
        if self.kind == FIELD_NAME:
            reason = f"Unexpected end-of-input within/between {self._scope()} entries"
        else:
            line, column = self._locate(opened)
            marker = f"[Source: {self._source()}; line: {line}, column: {column}]"
            reason = f"Unexpected end-of-input: expected close marker for {self._scope()} (start marker at {marker})"
        raise self._malformed("json_e_o_f_exception", reason, len(self._text))

    def _bad_value(self) -> Fault:
        word = re.match(r"[^\W\d]\w*", self._text[self._at :])
        if not word:
            return self._unexpected("expected a value")
        end = self._at + word.end()
        if word[0] == "NaN":
            has_new_name = self.release.since(7, 11)
            feature = "`JsonReadFeature" if has_new_name else "JsonParser.Feature"
            feature += ".ALLOW_NON_NUMERIC_NUMBERS" + "`" * has_new_name
            return self._malformed("json_parse_exception", f"Non-standard token 'NaN': enable {feature} to allow", end)
        reason = f"Unrecognized token '{word[0]}': was expecting {_TOKENS}"
        return self._malformed("json_parse_exception", reason, min(end + 1, len(self._text)))

    def _unexpected(self, explanation: str) -> Fault:
        character = self._peek()
        reason = f"Unexpected character ('{character}' (code {ord(character)})): {explanation}"
        return self._malformed("json_parse_exception", reason, self._at if self.release.since(8) else self._at + 1)

    def _malformed(self, type: str, reason: str, at: int) -> Fault:
        line, column = self._locate(at)
        text = f"{reason}\n at [Source: {self._source()}; line: {line}, column: {column}]"
        cause = Fault(type, text)
        if not self.release.since(8):
            return cause
        if type == "json_e_o_f_exception":
            return Fault("x_content_e_o_f_exception", f"[{line}:{column}] Unexpected end of file", cause)
        return parse_fault((line, column), text, cause)

    def _source(self) -> str:
        if self.release.since(8):
            text = self._text.encode(errors="surrogateescape").decode(errors="replace")
            return f'(byte[])"{text}"'
        return next(source for release, source in _SOURCES if self.release.since(*release))

    def _locate(self, at: int) -> tuple[int, int]:
        line_start = self._text.rfind("\n", 0, at) + 1
        return self._text.count("\n", 0, at) + 1, len(self._text[line_start:at].encode(errors="surrogateescape")) + 1


def compact(value: Any) -> str:
    """JSON without blanks, as the server writes what it parses a second time."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
