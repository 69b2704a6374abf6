"""A missing `;` within a line: the next directive, on the same line, became a value of the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Proposal
from parity.programs.nginx.repair.statements import ended
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.tokens import Word

_MOST = 40  # words of a statement: nobody writes more on a line
_SWITCH = (b"on", b"off")
# What they take is free text, in which "index", "root" and "alias" are words; a name with "_" in it is none.
_TEXTS = frozenset({"return", "auth_basic"})
_REDIRECTS = frozenset({b"301", b"302", b"303", b"307", b"308"})  # what follows is an address, which has no blanks


def joined(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Add the `;` if there is only one way to split the statement into two valid ones."""
    named = (problem.argument or "").encode()
    for node in source.outline(problem.file or "").every():
        if node.line != problem.line or problem.directive not in (None, node.name) or len(node.words) > _MOST:
            continue
        if problem.directive is None and not any(named and named in (arg, arg.partition(b"=")[2]) for arg in node.args):
            continue
        data = source.files[node.file]
        beside = [(one, two) for one, two in pairwise(node.words) if b"\n" not in data[one.end : two.start]]
        cuts = [before.end for before, word in beside if _two(source, node, word)]
        if len(cuts) == 1:
            one = ended(source, node.file, cuts[0])
            yield Proposal(one.edits, one.action, "the next directive, on the same line, became a value", verify=True)


def _two(source: Source, node: OutlineNode, word: Word) -> bool:
    """Whether what stands before `word` is a right statement, and so is what begins with it."""
    at = node.words.index(word)
    text = node.name in _TEXTS and node.args[0] not in _REDIRECTS
    if word.quote or at == 0 or (text and b"_" not in word.value):
        return False
    return _right(source, node, node.words[:at], ";") and _right(source, node, node.words[at:], node.kind)


def _right(source: Source, node: OutlineNode, words: tuple[Word, ...], kind: str) -> bool:
    legal = source.table.get(words[0].value.decode("latin-1"), {})
    for context in {source.context(node, site) for site in source.sites[node.file]}:
        rule = legal.get(context)
        if rule is None or not rule.takes(len(words) - 1) or rule.block is not (kind == "{"):
            return False
        if rule.flag and words[1].value not in _SWITCH:
            return False
    return True
