"""What is wrong within the env files of one environment, and between them and their template."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from parity.compare.env_files import EnvFiles
from parity.domain.environment_names import environments_named
from parity.domain.fill_in import placeholder_kind
from parity.domain.findings import Difference, Evidence
from parity.domain.secret_purposes import is_secret_name
from parity.domain.stack import File
from parity.domain.titles import named
from parity.domain.values import as_boolean, as_url, has_secret, is_number, show
from parity_host.envfile.reader import Entry, EnvFile, effective, read_env_file

_DOLLAR_CUT: Final = "dollar-cut"
_COMPOSE_ROLES: Final = frozenset({"compose", "include", "extends"})
_BASE_AND_OVERRIDE: Final = 2
_KEYS_SHOWN: Final = 8
_TEMPLATE_WORD: Final = re.compile(r"[._-]?(?:template|example|sample|dist|tmpl)(?=$|\.)", re.IGNORECASE)


def differences(files: EnvFiles, nowhere: frozenset[str]) -> Iterator[Difference]:
    """Yield what is wrong within the env files of one environment; `nowhere` are template keys that none sets."""
    for path, parsed in files.parsed.items():
        yield from _duplicates(files, path, parsed)
        yield from _refused(files, path, parsed)
    for file in files.stack.files:
        if file.path in files.parsed or _COMPOSE_ROLES & set(file.roles):
            yield from _cut(files, file)
    yield from _unused(files)
    yield from _overlaps(files)
    yield from _against_template(files, nowhere)
    yield from _beyond_template(files)


def _piece(files: EnvFiles, path: str, line: int, shown: str) -> Evidence:
    return Evidence(files.stack.environment, shown, f"{files.stack.shorten(path)}:{line}")


def _found(
    of: EnvFiles,
    rule: str,
    item: str,
    pieces: tuple[Evidence, ...],
    ways: frozenset[str] = frozenset(),
    **words: str,
) -> Difference:
    return Difference(rule, (of.stack.environment,), "", item, pieces, words, ways)


def _duplicates(files: EnvFiles, path: str, parsed: EnvFile) -> Iterator[Difference]:
    lines: dict[str, list[tuple[int, str | None]]] = {}
    for entry in parsed.entries:
        lines.setdefault(entry.key, []).append((entry.line, entry.value))
    for key, places in lines.items():
        if len(places) > 1:
            pieces = tuple(_piece(files, path, line, show(value)) for line, value in places)
            way = "different" if len({value for _, value in places}) > 1 else "same"
            yield _found(
                files,
                "environment.duplicate",
                key,
                pieces,
                frozenset({way}),
                file=files.stack.shorten(path),
                last=pieces[-1].shown,
            )


def _refused(files: EnvFiles, path: str, parsed: EnvFile) -> Iterator[Difference]:
    for problem in parsed.problems:
        shown = show(problem.message)
        yield _found(
            files,
            "environment.refused-file",
            files.stack.shorten(path),
            (_piece(files, path, problem.line, shown),),
            reason=shown,
        )


def _cut(files: EnvFiles, file: File) -> Iterator[Difference]:
    ways = frozenset({"compose-file"} if _COMPOSE_ROLES & set(file.roles) else ())
    lines: dict[str, list[int]] = {}
    for line, key, note in file.notes:
        if note == _DOLLAR_CUT:
            lines.setdefault(key, []).append(line)
    for key, found in lines.items():
        said = "Compose reads the part after $ as an unset variable"
        pieces = tuple(_piece(files, file.path, line, said) for line in found)
        yield _found(files, "environment.dollar-cut", key, pieces, ways, file=files.stack.shorten(file.path))


def _unused(files: EnvFiles) -> Iterator[Difference]:
    """Yield the variables of each project file that neither Compose nor any container reads, as one difference."""
    taken = {path for paths in files.of_service.values() for path in paths}
    for path in files.stack.env_files if files.stack.production else ():
        if path in files.parsed and path not in taken:
            unread = [entry for key, entry in effective(files.parsed[path]).items() if not files.reads(key)]
            pieces = tuple(_piece(files, path, entry.line, entry.key) for entry in unread)
            if pieces:
                keys = named([entry.key for entry in unread], _KEYS_SHOWN)
                name = files.stack.shorten(path)
                ways = frozenset({"one"} if len(unread) == 1 else ())
                found = _found(files, "environment.unused", name, pieces, ways, count=str(len(unread)), keys=keys)
                meant = any(entry.value and _is_meant_for_literal(files, entry.key) for entry in unread)
                yield replace(found, facts=frozenset({"holds-credentials"} if meant else ()))


def _is_meant_for_literal(files: EnvFiles, key: str) -> bool:
    """Return whether a secret of an env file has the name of one that compose files have a value of their own for.

    Before that name may stand the application's: `SHOP_DB_PASSWORD`, where they set `DB_PASSWORD`.
    """
    literal = (name for name in files.assigned if is_secret_name(name) and not files.is_used(name))
    return is_secret_name(key) and any(key == name or key.endswith(f"_{name}") for name in literal)


def _overlaps(files: EnvFiles) -> Iterator[Difference]:
    found: dict[str, dict[str, Evidence]] = {}
    users: dict[str, set[str]] = {}
    meant: dict[str, bool] = {}
    for service, paths in files.of_service.items():
        for key, pieces in _overlapping(files, paths).items():
            found.setdefault(key, {}).update(pieces)
            users.setdefault(key, set()).add(service)
            meant[key] = meant.get(key, True) and _is_meant_to_win(list(pieces))
    for key, by_path in sorted(found.items()):
        shown = ", ".join(files.stack.shorten(path) for path in by_path)
        last = list(by_path.values())[-1].shown
        overlap = _found(
            files,
            "environment.overlap",
            key,
            tuple(by_path.values()),
            services=", ".join(sorted(users[key])),
            files=shown,
            last=last,
        )
        yield replace(overlap, facts=frozenset({"meant-to-win"} if meant[key] else ()))


def _is_meant_to_win(paths: Sequence[str]) -> bool:
    """Return whether the last of the files that set a key is an override: the second of two, or named for that."""
    name = posixpath.basename(paths[-1]).lower()
    return len(paths) == _BASE_AND_OVERRIDE or bool(environments_named(name)) or "override" in name


def _overlapping(files: EnvFiles, paths: list[str]) -> dict[str, dict[str, Evidence]]:
    """Return the keys to which several files of one service give different values, with where."""
    table: dict[str, dict[str, tuple[int, str]]] = {}
    for path in paths:
        for key, entry in (effective(files.parsed[path]) if path in files.parsed else {}).items():
            if entry.value is not None:
                table.setdefault(key, {})[path] = (entry.line, entry.value)
    return {
        key: {path: _piece(files, path, line, show(value)) for path, (line, value) in by_path.items()}
        for key, by_path in table.items()
        if len({value for _, value in by_path.values()}) > 1
    }


def lacking(files: EnvFiles) -> dict[str, tuple[str, Entry]]:
    """Return the keys of an environment's templates that nothing in it sets, each with the template.

    Of a general template beside the environment's own one only the secrets that it leaves open count: the rest has a
    value there that programs may have as their default.
    """
    known = {*_present(files, list(files.parsed)), *_given(files), *_left_out(files)}
    general = files.stack.general_template
    wanted = {
        **{key: (general, entry) for key, entry in _keys_of(files, general).items() if _is_open_secret(key, entry)},
        **{key: (path, entry) for path in _of_services(files) for key, entry in _keys_of(files, path).items()},
        **{key: (files.stack.template, entry) for key, entry in _keys_of(files, files.stack.template).items()},
    }
    return {key: wanted[key] for key in sorted(set(wanted) - known)}


def _of_services(files: EnvFiles) -> list[str]:
    """Return the templates of env files of services: of those that are no template of the project."""
    of_project = (files.stack.template, files.stack.general_template)
    return [one.path for one in files.stack.files if "template" in one.roles and one.path not in of_project]


def _left_out(files: EnvFiles) -> set[str]:
    """Return the keys that the env files themselves have commented out: somebody decided to do without them."""
    return {commented.key for parsed in files.parsed.values() for commented in parsed.commented}


def _keys_of(files: EnvFiles, path: str) -> dict[str, Entry]:
    file = files.by_path.get(path)
    return effective(read_env_file(file.text.encode("utf-8", "replace"), {})) if file and file.text else {}


def _is_open_secret(key: str, entry: Entry) -> bool:
    return is_secret_name(key) and entry.value == ""


def _against_template(files: EnvFiles, nowhere: frozenset[str]) -> Iterator[Difference]:
    for key, (path, entry) in lacking(files).items():
        piece = _piece(files, path, entry.line, "in the template, not set")
        shown = files.stack.shorten(path)
        found = _found(files, "environment.template-key-missing", key, (piece,), template=shown)
        # Compose says of the same key that it is not set.
        covers = frozenset({f"compose.unset-variable/{key}@{files.stack.environment}"})
        yield replace(found, covers=covers, facts=frozenset(_facts(entry.value or "", key in nowhere)))


def _beyond_template(files: EnvFiles) -> Iterator[Difference]:
    template = files.by_path.get(files.stack.template)
    if template is None or template.text is None:
        return
    parsed = read_env_file(template.text.encode("utf-8", "replace"), {})
    known = {*effective(parsed), *(commented.key for commented in parsed.commented)}
    present = _present(files, _pairs_of(files, template.path, known))
    for key in sorted(set(present) - known):
        name = files.stack.shorten(template.path)
        yield _found(files, "environment.not-in-template", key, (present[key],), template=name)


def _facts(value: str, nowhere: bool) -> Iterator[str]:
    """Yield what a template's value tells: that programs have a default for it, or that all do without the key."""
    if as_boolean(value) is not None or is_number(value):
        yield "switch-or-number"
    elif nowhere and value and not (has_secret(value) or placeholder_kind(value) or as_url(value)):
        yield "set-nowhere"


def _pairs_of(files: EnvFiles, template: str, keys: set[str]) -> list[str]:
    """Return the env files that a template is for: by their name without its ending, or by most of their keys."""
    folder, name = posixpath.split(template)
    bare = _TEMPLATE_WORD.sub("", name) or ".env"
    pairs = []
    for path, parsed in files.parsed.items():
        own = set(effective(parsed))
        if posixpath.split(path) == (folder, bare) or len(own & keys) * 2 > len(own):
            pairs.append(path)
    return pairs


def _given(files: EnvFiles) -> set[str]:
    """Return the variables that services get from their compose files, or from containers that run."""
    services = files.stack.services.values()
    return {name for service in services if service.config for name in service.config.environment}


def _present(files: EnvFiles, paths: Sequence[str]) -> Mapping[str, Evidence]:
    present: dict[str, Evidence] = {}
    for path in paths:
        for key, entry in effective(files.parsed[path]).items():
            present.setdefault(key, _piece(files, path, entry.line, show(entry.value)))
    return present
