# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An index and its documents."""

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator.mappings import extend


@dataclass
class Document:
    """A document as stored; `version` counts its writes, `seq_no` those of its index."""

    source: dict
    version: int = 1
    seq_no: int = 0


@dataclass
class Index:
    """An index: mappings and settings as its creator gave them, and documents by id."""

    mappings: dict = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    aliases: dict = field(default_factory=dict)
    created: int = 0
    uuid: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    is_hidden: bool = False
    writes: Iterator[int] = field(default_factory=itertools.count)

    @property
    def replicas(self) -> int:
        """As many as its settings ask for; one by default."""
        return int(self.settings.get("number_of_replicas", "1"))

    def add(self, source: dict, document_id: str | None = None) -> tuple[str, Document]:
        """Store a document, whose fields are mapped as their values are. Raises ApiError 400."""
        extend(self.mappings, source)
        document_id = document_id or secrets.token_urlsafe(15)
        known = self.documents.get(document_id)
        version = 1 if known is None else known.version + 1
        document = self.documents[document_id] = Document(source, version, next(self.writes))
        return document_id, document
