"""Certificate files whose server certificate does not stand first."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from parity.programs.nginx.repair.outline_source import Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.syntax.problem import Problem

_PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----[ \t]*(?:\r?\n)?")
_MOST: Final = 20


def chain_proposals(source: Source) -> Iterator[Proposal]:
    """Propose the order for every certificate file in use that begins with another than the server's own."""
    for file in sorted(_in_use(source)):
        proposal = _leaf_first(file, source.files[file], unseen=False)
        if proposal is not None:
            yield proposal


def key_mismatch(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Put the server certificate first: nginx checks the key against the first certificate."""
    key = posixpath.normpath(problem.argument or "")
    for file in sorted(_pairs(source, key)):
        proposal = _leaf_first(file, source.files[file], unseen=True)
        if proposal is not None:
            yield proposal
    raise Refused(
        f'The key "{problem.argument}" does not match the first certificate in its file, whatever the order:'
        " install the key and the certificate that were issued together."
    )


def _in_use(source: Source) -> set[str]:
    return _pairs(source, None)


def _pairs(source: Source, key: str | None) -> set[str]:
    """Return the certificate files that the configuration names; with `key`, those of the blocks that name that key."""
    found = set()
    for path in source.sites:
        for node in source.outline(path).every():
            if node.name != "ssl_certificate" or len(node.args) != 1:
                continue
            siblings = node.parent.children if node.parent else source.outline(path).nodes
            keys = {source.full(one.args[0]) for one in siblings if one.name == "ssl_certificate_key" and one.args}
            name = source.full(node.args[0])
            if name in source.files and (key is None or key in keys):
                found.add(name)
    return found


def _leaf_first(file: str, data: bytes, *, unseen: bool) -> Proposal | None:
    """Return the proposal that orders the certificates of a file by who issued whom; None where that is not certain."""
    parts = list(_PEM.finditer(data))
    if not 2 <= len(parts) <= _MOST or any(part.start() and data[part.start() - 1 :][:1] != b"\n" for part in parts):
        return None
    # The library that reads certificates takes its time to load, and few configurations have a chain.
    order = import_module("parity.programs.nginx.repair.certificate_chain").order([part[0] for part in parts])
    if order is None or order == list(range(len(parts))):
        return None
    texts = [part[0].rstrip(b" \t\r\n") for part in parts]
    edits = tuple(
        Edit(file, part.start(), part.start() + len(texts[index]), texts[order[index]])
        for index, part in enumerate(parts)
        if order[index] != index
    )
    why = "nginx uses the first certificate in the file as the server certificate; its issuers must follow in order"
    return Proposal(edits, "moved the server certificate to the start of the chain", why, unseen=unseen)
