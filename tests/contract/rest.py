# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchanges with genuine servers without the ML plugin: HTTP, media types, paths, limits, authentication, privileges.

What had to be masked (credentials) or wasn't recorded (users, keys, requests in between) is in `rest.yml`.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import yaml

from contract import compare, replies, wire
from contract.recordings import HERE, Listing
from contract.replay import Outcome
from contract.server import Server

WITH_WARNINGS = ("7.10.0",)  # the others ran without the logging configuration that writes them
UNSECURED = ("7.10.0", "7.17.29")
VERSIONS = ("7.10.0", "7.17.29", "8.19.21", "9.5.3")
HEADERS = (
    "X-elastic-product",
    "content-type",
    "Allow",
    "WWW-Authenticate",
    "X-Opaque-Id",
    "content-encoding",
    "Warning",
)
NAMES = {"now-0": "node-0", "real-0": "node-0", "es-now": "simulator", "es-real": "simulator"}
RECORDED_ON = "2026.11.22"
CUT = re.compile(r"(.*?)\.\.\.<(\d+)(?: characters)?>", re.DOTALL)
SHORT_WAIT = 0.3
SECRETS = ("api_key", "encoded", "access_token", "refresh_token")


@dataclass(frozen=True)
class Exchange:
    """One recorded request and its reply; `status` None where the server gave no answer."""

    n: int
    method: str
    path: str
    status: int | None
    query: str | None = None
    note: str | None = None
    user: str | None = None
    headers: tuple = ()
    body: str | None = None
    body_base64: str | None = None
    response_headers: tuple = ()
    response_body: object = None
    response_body_left_out: bool = False
    error: str | None = None
    interim: str | None = None
    connection_closed_by_server: bool = False

    @property
    def request_body(self) -> str | None:
        return self.body

    @property
    def target(self) -> str:
        return self.path if self.query is None else f"{self.path}?{self.query}"

    @property
    def full_target(self) -> str:
        """The target as it was sent: long ones are cut in the recording."""
        return uncut(self.path) if self.query is None else f"{self.path}?{uncut(self.query)}"

    @property
    def content(self) -> str | None:
        return self.body if self.body_base64 is None else base64.b64decode(self.body_base64)

    def recorded(self, name: str) -> list[str]:
        return [value for key, value in self.response_headers if key.lower() == name.lower()]


def uncut(text: str) -> str:
    """`aaaa...<4083 characters>` at its full length; numbered ids go on counting."""
    found = CUT.fullmatch(text)
    if not found:
        return text
    length, start = int(found[2]), found[1]
    if "job-00000," not in start:
        return start + start[-1] * (length - len(start))
    before = start.split("job-00000,")[0]
    ids = ",".join(f"job-{number:05}" for number in range(length // 10))
    return (before + ids).ljust(length, "0")[:length]


def options(version: str, topic: str) -> tuple[str, ...]:
    """How the simulator is started: the recorded servers had no ML, but for one, and for the stand-ins of a topic."""
    has_ml = version == "7.10.0" or topic.startswith("07_")
    return () if has_ml else ("--no-ml",)


def settings() -> dict:
    return yaml.safe_load((HERE / "rest.yml").read_text(encoding="utf-8"))


def listing() -> Listing:
    declared = settings()["not_replayed"]
    return Listing(declared["paths"], declared["exchanges"], declared["members"])


def topics(version: str) -> list[str]:
    return sorted(path.stem for path in (HERE / "recordings/rest" / version).glob("*.jsonl"))


def exchanges(version: str, topic: str) -> list[Exchange]:
    text = (HERE / "recordings/rest" / version / f"{topic}.jsonl").read_text(encoding="utf-8")
    return [Exchange(**json.loads(line)) for line in text.splitlines()]


@dataclass
class RestReplay:
    """One file against one server, in order; what replies bring (keys, tokens, ids) is used in later requests."""

    server: Server
    version: str
    topic: str
    declared: dict = field(default_factory=settings)
    learned: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=lambda: dict(NAMES))

    def run(self) -> Iterator[Outcome]:
        topic = self.declared["topics"].get(self.topic, {})
        security = topic.get("security", {}) if self.version not in UNSECURED else {}
        keys = topic.get("api_keys", {}).get(self.version, [])
        self.server.control("version", {"version": self.version})
        self.server.control("security", {**security, "api_keys": keys} if security else {})
        self.server.control("reset", {"seed": {"indices": self._indices(bool(security))}})
        self.server.control("clock", {"freeze": True})
        today = datetime.fromtimestamp(self.server.control("clock")["now"] / 1000, UTC)
        self.renamed[RECORDED_ON] = f"{today:%Y.%m.%d}"
        for exchange in exchanges(self.version, self.topic):
            for step in topic.get("before", {}).get(exchange.n, []):
                self._arrange(**step)
            reply = self._sent(exchange)
            self._learn(exchange, reply)
            yield Outcome(exchange, reply, list(self._differences(exchange, reply)))

    def _indices(self, is_secured: bool) -> list[dict]:
        """What the recorded servers kept for themselves."""
        kept = self.declared["indices"].get("secured" if is_secured else self.version, {})
        return [
            {"name": name, "hidden": True, "settings": {"number_of_replicas": replicas}}
            for name, replicas in kept.items()
        ]

    def _arrange(self, control: dict | None = None, request: dict | None = None) -> None:
        if control:
            self.server.control(control["path"], control["body"])
        if request:
            headers = [("Authorization", wire.basic("elastic", "recorded"))]
            reply = wire.send(self.server.address, request["method"], request["path"], headers)
            assert reply.status == 200, (request, reply)

    def _sent(self, exchange: Exchange) -> wire.Reply:
        content = self._instead(exchange) or exchange.content
        if isinstance(content, str):
            content = self._unmasked(self._translated(content), exchange, "body").encode()
        headers = [(name, self._header(name, value, exchange)) for name, value in exchange.headers]
        if content is not None and exchange.body not in (None, content.decode("utf-8", "replace")):
            headers = [(name, str(len(content)) if name == "Content-Length" else value) for name, value in headers]
        target = self._translated(exchange.full_target)
        timeout = SHORT_WAIT if exchange.error else 10
        head = [("Host", "127.0.0.1"), *headers]
        return wire.exchange(
            self.server.address, exchange.method, target, self._padded(head, exchange), content, timeout
        )

    def _instead(self, exchange: Exchange) -> str | None:
        """A body that the API reads, where a stand-in read none and so none was sent that it could read."""
        bodies = self.declared["topics"].get(self.topic, {}).get("bodies", [])
        request = f"{exchange.method} {exchange.path}"
        return next((entry["body"] for entry in bodies if entry["request"] == request), None)

    def _header(self, name: str, value: str, exchange: Exchange) -> str:
        if name.lower() == "es-secondary-authorization":
            return self._unmasked(value, exchange, "secondary")
        return self._unmasked(self._translated(value), exchange, "authorization")

    def _unmasked(self, text: str, exchange: Exchange, place: str) -> str:
        if replies.MASK not in text:
            return text.replace(f"<base64 of ID:{'A' * 22}>", self._right_id_wrong_key())
        return text.replace(replies.MASK, self._secret(text, exchange, place))

    def _right_id_wrong_key(self) -> str:
        known = next((here for recorded, here in self.renamed.items() if recorded not in (*NAMES, RECORDED_ON)), "")
        return base64.b64encode(f"{known}:{'A' * 22}".encode()).decode()

    def _secret(self, text: str, exchange: Exchange, place: str) -> str:
        """What the mask stands for: as `rest.yml` says, else the credentials of the exchange's user."""
        for entry in self.declared["topics"].get(self.topic, {}).get("credentials", []):
            if exchange.n in entry["n"] and place in entry:
                return self._stated(**entry[place])
        if place == "body":
            return "recorded"
        user = exchange.user if exchange.user and " " not in exchange.user else "elastic"
        key = next((key for key in self._keys() if key["name"] == user), None)
        return self._stated(basic=f"{key['id']}:{key['key']}" if key else f"{user}:recorded")

    def _keys(self) -> list[dict]:
        return self.declared["topics"].get(self.topic, {}).get("api_keys", {}).get(self.version, [])

    def _stated(self, basic: str | None = None, learned: str | None = None, text: str | None = None, encoding="utf-8"):
        if basic is not None:
            return base64.b64encode(basic.encode(encoding)).decode()
        return self.learned.get(learned, f"nothing learned as {learned}") if learned else text

    def _learn(self, exchange: Exchange, reply: wire.Reply) -> None:
        if not isinstance(reply.body, dict) or not isinstance(exchange.response_body, dict):
            return
        for name in SECRETS:
            if isinstance(reply.body.get(name), str):
                self.learned[f"{exchange.n}.{name}"] = reply.body[name]
        if isinstance(reply.body.get("token"), dict):
            self.learned[f"{exchange.n}.token"] = reply.body["token"].get("value", "")
            self._rename(exchange.response_body.get("token"), reply.body["token"], "name")
        if replies.single_node(exchange.response_body) and replies.single_node(reply.body):
            self.renamed[replies.single_node(exchange.response_body)] = replies.single_node(reply.body)
        if "api_key" in reply.body:
            self._rename(exchange.response_body, reply.body, "id")

    def _rename(self, recorded, here: dict, name: str) -> None:
        """What was generated then is called as it was generated now."""
        if isinstance(recorded, dict) and name in recorded and name in here:
            self.renamed[recorded[name]] = here[name]

    def _translated(self, text: str) -> str:
        """A text with the ids that keys have here in place of those that they had when it was recorded."""
        for recorded, here in self.renamed.items():
            text = text.replace(recorded, here)
        return text

    def _padded(self, headers: list[tuple[str, str]], exchange: Exchange) -> list[tuple[str, str]]:
        """The padding header at the length that makes all headers as long as the note says."""
        wanted = re.search(r"all headers (\d+) bytes", exchange.note or "")
        if not wanted:
            return headers
        others = sum(len(f"{name}: {value}\r\n") for name, value in headers if name != "X-Pad")
        missing = int(wanted[1]) - others - len("X-Pad: \r\n")
        return [(name, "a" * missing if name == "X-Pad" else value) for name, value in headers]

    def _differences(self, exchange: Exchange, reply: wire.Reply) -> Iterator[tuple[str, str]]:
        if self._is_stand_in(exchange):
            if reply.status in (401, 403):
                yield "status", f"expected to be allowed, got {reply.status} {reply.body}"
            return
        if reply.status != (exchange.status or 0):
            yield "status", f"expected {exchange.status} {exchange.response_body}, got {reply.status} {reply.body}"
            return
        if exchange.interim and not reply.interim:
            yield "interim", f"expected {exchange.interim}"
        if exchange.connection_closed_by_server and not reply.closed:
            yield "connection", "expected it to be closed"
        for name in HEADERS if self.version in WITH_WARNINGS else HEADERS[:-1]:
            expected = [replies.in_order(name, value) for value in exchange.recorded(name)]
            got = [replies.in_order(name, value) for value in reply.all(name)]
            if expected != got:
                yield name, f"expected {expected}, got {got}"
        if exchange.method != "HEAD" and exchange.status and not exchange.response_body_left_out:
            expected, got = self._expected(exchange), replies.comparable(reply.body)
            yield from compare.differences(replies.with_masks(expected, got), got, "body")

    def _is_stand_in(self, exchange: Exchange) -> bool:
        """A handler of the recorder's own stood for the ML API: its replies aren't the server's, its refusals are."""
        return isinstance(exchange.response_body, dict) and "stand_in" in exchange.response_body

    def _expected(self, exchange: Exchange):
        text = json.dumps(exchange.response_body, ensure_ascii=False)
        return replies.comparable(json.loads(self._translated(text)))
