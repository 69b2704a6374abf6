"""Redacting texts that Compose will put variables in: references stay, defaults and what is around them may be secret.

References are hidden from the redactor behind words of ours and put back afterwards. When the redactor takes such a
word for a secret, the reference stands where a secret belongs, so its default is one.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Callable, Dict, FrozenSet, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..secrets import token
from ..secrets.redact import Redactor
from ..secrets.spans import MASK
from .interpolate import InterpolationError, Part, VariableReference, parse

_MASK = "parityref"
_WORD = re.compile(_MASK + "([0-9]+)([xs])")
_BARE = re.compile(r"\$(\w+)\Z")
_SPACE = re.compile(r"(\s+)")
_OPTION = re.compile(r"--?[A-Za-z][\w-]*=")
_USUAL_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
_SECRET_NAME = "PASSWORD"  # noqa: S105 - a name under which the redactor hides whatever it is given
_CACHED_LENGTH = 400
_DEPTH_LIMIT = 8
# A text with more references than this in it is hidden whole.
_RUNS_LIMIT = 300

How = Callable[[List[str]], Sequence[str]]


class _Masked(NamedTuple):
    """A template, and the text the redactor sees: each run of references is one word, or nothing where one was cut."""

    template: str
    text: str
    runs: Dict[int, List[VariableReference]]
    cut: bool = False
    refused: bool = False


class _Of(NamedTuple):
    """What a template is: a value of that name (None where no name says anything), or a default so deep in one.

    A `setting` is a value whose meaning is known.
    """

    name: Optional[str]
    depth: int = 0
    setting: bool = False


class TemplateRedactor:
    """A redactor for texts in Compose's template language. What it does not have to change stays as it is written."""

    def __init__(self, redactor: Redactor) -> None:
        """Take the redactor that judges what is secret."""
        self._redactor = redactor
        self._cache: Dict[Tuple[_Of, str], str] = {}
        self._masks: Dict[str, int] = {}  # the token of each of our words
        self._masks_made = 0

    def value(self, name: str, template: str) -> str:
        """Return a named value as far as it is known to be public, with tokens for the rest."""
        return self._kept(template, _Of(name))

    def setting(self, name: str, template: str) -> str:
        """Return a value whose meaning is known with its secret parts replaced by tokens."""
        return self._kept(template, _Of(name, setting=True))

    def _kept(self, template: str, of: _Of) -> str:
        key = (of, template)
        known = self._cache.get(key)
        if known is None:
            known = self._value(template, of)
            if len(template) < _CACHED_LENGTH:
                self._cache[key] = known
        return known

    def text(self, template: str) -> str:
        """Return free text with its secret parts replaced by tokens."""
        return self._redacted([template], self._as_text, _Of(None))[0]

    def command(self, template: str) -> str:
        """Return a command line with its secret parts replaced by tokens."""
        return self._redacted([template], lambda texts: [self._redactor.command(text) for text in texts], _Of(None))[0]

    def argv(self, templates: Sequence[str]) -> List[str]:
        """Return a command's words with their secret parts replaced by tokens."""
        return self._redacted(templates, self._redactor.argv, _Of(None))

    def _as_text(self, texts: List[str]) -> List[str]:
        return [self._redactor.text(text) for text in texts]

    def _value(self, template: str, of: _Of) -> str:
        name = of.name or ""
        redact = self._redactor.setting if of.setting else self._redactor.value
        return self._redacted([template], lambda texts: [redact(name, text) for text in texts], of)[0]

    def _token(self, text: str) -> str:
        return _escaped(self._redactor.value(_SECRET_NAME, text))

    def _redacted(self, templates: Sequence[str], how: How, of: _Of) -> List[str]:
        """Pass templates through `how`, the redactor's part.

        A bare `$word` within a secret may be a part of the password that Compose takes for a variable, and cuts: when
        references turn out to be parts of secrets, it is all done again without such words.
        """
        if not any("$" in template for template in templates):
            return list(how(list(templates)))
        masked = _mask(templates, frozenset())
        words = sum(len(one.runs) for one in masked)
        if words > _RUNS_LIMIT:
            return [self._token(template.replace("$", "")) for template in templates]
        results = [self._with_words(result, words) for result in how([one.text for one in masked])]
        shown = {int(word.group(1)) for result in results for word in _WORD.finditer(result)}
        lost = frozenset(number for one in masked for number in one.runs if number not in shown)
        if lost:
            masked = _mask(templates, lost)
            results = [
                self._with_words(result.replace(MASK, ""), words) for result in how([one.text for one in masked])
            ]
        return [self._unmasked(one, result, of) for one, result in zip(masked, results)]  # noqa: B905 - Python 3.8

    def _with_words(self, result: str, words: int) -> str:
        """Return the redactor's answer with our words, so many, back where it took one for a secret, and marked."""
        if token.TOKEN.search(result) is None:
            return result
        for number in range(self._masks_made, words):
            self._masks[self._redactor.value(_SECRET_NAME, _word(number))] = number
        self._masks_made = max(self._masks_made, words)
        return token.TOKEN.sub(lambda match: self._secret_word(match.group()), result)

    def _secret_word(self, found: str) -> str:
        number = self._masks.get(found)
        return found if number is None else _word(number, secret=True)

    def _unmasked(self, masked: _Masked, result: str, of: _Of) -> str:
        if masked.refused:
            return masked.template if result == masked.text else self._token(masked.template) + "${"
        found = list(_WORD.finditer(result))
        if [int(match.group(1)) for match in found] != list(masked.runs):
            # References are parts of what is secret: they stay, and the rest is hidden.
            by_words = self._by_words(masked, result, of) if of.name is None else None
            return self._hidden(masked.template, of.depth) if by_words is None else by_words
        written: Dict[int, str] = {}
        for match in found:
            number = int(match.group(1))
            secret = match.group(2) == "s"
            written[number] = "".join([self._in_place(one, masked, secret, of) for one in masked.runs[number]])
        if not masked.cut and _WORD.sub(_without_mark, result) == masked.text:
            return _rebuilt(masked, written)
        pieces: List[str] = []
        position = 0
        for match in found:
            before, reference = _escaped(result[position : match.start()]), written[int(match.group(1))]
            position = match.end()
            # What follows may be a token now, which would be a part of the name.
            pieces += [
                before,
                _BARE.sub(r"${\1}", reference) if result[position : position + 1].isalnum() else reference,
            ]
        return "".join(pieces) + _escaped(result[position:])

    def _by_words(self, masked: _Masked, result: str, of: _Of) -> Optional[str]:
        """Return a command of which only the words are hidden that lost a reference; None where that cannot be told.

        A token has no space in it. So as long as there are as many words as before, none was hidden with another.
        """
        before, after = _SPACE.split(masked.text), _SPACE.split(result)
        if len(before) < 2 or len(before) != len(after):
            return None
        pieces = []
        for word, hidden in zip(before, after):  # noqa: B905 - Python 3.8
            runs = {int(match.group(1)): masked.runs[int(match.group(1))] for match in _WORD.finditer(word)}
            if [int(match.group(1)) for match in _WORD.finditer(hidden)] == list(runs):
                pieces.append(self._unmasked(masked._replace(text=word, runs=runs, cut=True), hidden, of))
                continue
            option = _OPTION.match(word)
            shown = option.group() if option and hidden.startswith(option.group()) else ""
            rest = _WORD.sub(lambda match: _written(masked, int(match.group(1))), word[len(shown) :].replace("$", "$$"))
            pieces.append(shown + self._hidden(rest, of.depth))
        return "".join(pieces)

    def _in_place(self, reference: VariableReference, masked: _Masked, secret: bool, of: _Of) -> str:
        """Return a reference redacted; where a secret belongs, an unusual `$word` is a part of a password."""
        if reference.is_bare:
            unusual = secret and not _USUAL_NAME.fullmatch(reference.name)
            shown = not unusual and self._redactor.text(reference.name) == reference.name
            return masked.template[reference.start : reference.end] if shown else ""
        # A value that is only a reference is judged by its default; a default within a text by where it stands.
        alone = of.name is not None and len(masked.runs) == 1 and masked.text == _word(next(iter(masked.runs)))
        return self._reference(reference, masked.template, secret and not alone, of)

    def _reference(self, reference: VariableReference, template: str, secret: bool, of: _Of) -> str:
        """Return a reference as it is written, its default redacted."""
        if not reference.argument:
            return template[reference.start : reference.end]
        redacted = self._argument(reference, secret, of)
        if redacted == reference.argument:
            return template[reference.start : reference.end]
        written = "${%s%s%s}" % (reference.name, reference.operator, redacted)
        if _is_one_reference(written, redacted):
            return written
        whole = self._redactor.value(_SECRET_NAME, reference.argument)
        return "${%s%s%s}" % (reference.name, reference.operator, whole)

    def _argument(self, reference: VariableReference, secret: bool, of: _Of) -> str:
        argument, depth = reference.argument, of.depth + 1
        if depth > _DEPTH_LIMIT:
            return self._redactor.value(_SECRET_NAME, argument)
        if reference.operator.endswith("?"):
            return self._value(argument, _Of("message", depth))
        if secret:
            return self._hidden(argument, depth)
        redacted = self._value(argument, _Of(reference.name, depth, of.setting))
        return self._value(argument, of._replace(depth=depth)) if redacted == argument and of.name else redacted

    def _hidden(self, template: str, depth: int) -> str:
        """Return a text that is secret whatever it says: of it only references stay, and not their defaults."""
        try:
            parts = parse(template)
        except InterpolationError:
            return self._token(template) + "${"  # Compose refuses it, and shall again
        mixed = any(isinstance(part, str) for part in parts)
        return "".join([self._hidden_part(part, template, mixed, depth) for part in parts])

    def _hidden_part(self, part: Part, template: str, mixed: bool, depth: int) -> str:
        if isinstance(part, str):
            return self._token(part) if any(map(str.isalnum, part)) else _escaped(part)
        if part.is_bare and (mixed or not _USUAL_NAME.fullmatch(part.name)):
            return ""
        return self._reference(part, template, True, _Of(None, depth))


def _written(masked: _Masked, number: int) -> str:
    """Return a run of references as it is written."""
    return "".join([masked.template[one.start : one.end] for one in masked.runs[number]])


def _escaped(text: str) -> str:
    return text.replace("$", "$$")


def _word(number: int, secret: bool = False) -> str:
    return "%s%d%s" % (_MASK, number, "s" if secret else "x")


def _without_mark(match: "re.Match[str]") -> str:
    return _word(int(match.group(1)))


def _mask(templates: Sequence[str], cut: FrozenSet[int]) -> List[_Masked]:
    """Return the templates masked, their runs of references numbered through; bare ones in the runs `cut` left out."""
    result: List[_Masked] = []
    count = 0
    for template in templates:
        parts = _parts(template)
        pieces: List[str] = []
        runs: Dict[int, List[VariableReference]] = {}
        was_cut = gone = False
        for _, group in groupby(parts, lambda part: isinstance(part, VariableReference)):
            run = list(group)
            references = [one for one in run if isinstance(one, VariableReference)]
            if not references:
                literal = "".join(one for one in run if isinstance(one, str))
                # What is left of a word whose beginning was cut is no option.
                pieces.append(MASK + literal if gone and literal[0] == "-" else literal)
                continue
            kept = [one for one in references if not (count in cut and one.is_bare)]
            gone = not kept
            was_cut = was_cut or len(kept) < len(references)
            if kept:
                runs[count] = kept
                pieces.append(_word(count))
            count += 1
        refused = bool(template) and not parts
        result.append(_Masked(template, template if refused else "".join(pieces), runs, was_cut, refused))
    return result


def _parts(template: str) -> List[Part]:
    """Return a template's parts; none if Compose refuses it, or if it has words like ours."""
    try:
        return [] if _MASK in template else parse(template)
    except InterpolationError:
        return []


def _rebuilt(masked: _Masked, written: Mapping[int, str]) -> str:
    """Return the template as it is written, but for its references."""
    pieces: List[str] = []
    position = 0
    for number, run in masked.runs.items():
        pieces += [masked.template[position : run[0].start], written[number]]
        position = run[-1].end
    return "".join(pieces) + masked.template[position:]


def _is_one_reference(written: str, argument: str) -> bool:
    try:
        parts = parse(written)
    except InterpolationError:
        return False
    return len(parts) == 1 and isinstance(parts[0], VariableReference) and parts[0].argument == argument
