"""Secrets on command lines: in the words of one command, and in text that a shell would take apart."""
from __future__ import annotations

import re
from typing import Dict, Iterator, List, NamedTuple, Sequence, Tuple

from .secret_names import is_secret
from .secret_shapes import looks_opaque
from .secret_spans import Span, literal_spans
from .secret_text import find_named
from .secret_urls import find_in_urls

_DEPTH = 5
_LONGEST_COMMAND = 200_000


class _Tool(NamedTuple):
    """How one family of programs takes passwords where no name gives them away.

    `next`: options whose next word is one; `glued`: options it is glued to; `pair`: options with `user:password`;
    `after`: sub-commands and how many words behind them the password stands.
    """

    next: Tuple[str, ...] = ()
    glued: Tuple[str, ...] = ()
    pair: Tuple[str, ...] = ()
    after: Tuple[Tuple[str, int], ...] = ()


# Source: each program's own manual page.
_TOOLS: Tuple[Tuple[str, _Tool], ...] = (
    (r"(?:mysql|mariadb)(?:d?|dump|admin|check|show|import|slap|-dump|-admin|pump|binlog|_upgrade)", _Tool(glued=("-p",))),
    (r"(?:redis|valkey|keydb)-cli", _Tool(next=("-a", "--pass"), after=(("auth", 1), ("requirepass", 1), ("masterauth", 1)))),
    (r"(?:redis|valkey|keydb)-(?:server|benchmark)", _Tool(next=("-a", "--requirepass", "--masterauth"))),
    (r"curl|http|https", _Tool(next=("--oauth2-bearer", "--pass", "--proxy-pass"), pair=("-u", "--user", "-U", "--proxy-user", "-a", "--auth"))),
    (r"wget", _Tool(next=("--http-passwd",))),
    (r"sshpass", _Tool(next=("-p",), glued=("-p",))),
    (r"mongo(?:sh|dump|restore|export|import|stat|top|files)?|mongod", _Tool(next=("-p",), glued=("-p",))),
    (r"ldap(?:search|add|modify|delete|whoami|passwd|compare)", _Tool(next=("-w", "-s", "-a"), glued=("-w",))),
    (r"sqlcmd|bcp|osql|isql|tsql", _Tool(next=("-P",), glued=("-P",))),
    (r"docker|podman|nerdctl|helm|skopeo|buildah|crane|oras", _Tool(next=("-p",), pair=("--creds", "--dest-creds", "--src-creds"))),
    (r"zip|unzip", _Tool(next=("-P",))),
    (r"7z[ar]?", _Tool(glued=("-p",))),
    (r"openssl", _Tool(next=("-k", "-K", "-pass", "-passin", "-passout"))),
    (r"rabbitmqctl|rabbitmqadmin", _Tool(next=("-p",), after=(("add_user", 2), ("change_password", 2), ("authenticate_user", 2)))),
    (r"vault", _Tool(after=(("login", 1), ("unseal", 1)))),
    (r"ngrok", _Tool(after=(("authtoken", 1), ("add-authtoken", 1)))),
    (r"mc", _Tool(after=(("set", 4), ("add", 4)))),
    (r"etcdctl|nats|smbclient|rclone|cadaver|lftp|ftp|influx|cypher-shell", _Tool(next=("-p",), pair=("--user", "-u", "-U"))),
    (r"snmp(?:get|walk|set|bulkwalk)", _Tool(next=("-c", "-A", "-X"))),
    (r"cqlsh|clickhouse(?:-client)?|beeline|hdbsql|vsql|isql-fb|arangosh", _Tool(next=("-p", "-w"))),
    (r"useradd|usermod", _Tool(next=("-p",))),
    (r"keytool|jarsigner", _Tool(next=("-storepass", "-keypass", "-srcstorepass", "-deststorepass", "-new"))),
    (r"net|kinit|rdesktop|xfreerdp", _Tool(next=("-p",), glued=("/p:", "-p"))),
    (r"psql|pg_dump|pg_restore|pg_isready|pgcli", _Tool()),
    (r"htpasswd", _Tool()),
)
_TOOL = {program: re.compile(program + r"(?:\.exe)?\Z") for program, _ in _TOOLS}
_OPERATORS = frozenset(("|", "||", "&&", ";", "&", "\n", "(", ")"))
_LONG = re.compile(r"(?:--?|/)(?P<name>[A-Za-z][\w.-]{1,80})\Z")
_LONG_WITH_VALUE = re.compile(r"(?:--?|/)?(?P<name>[A-Za-z_][\w.-]{0,120})(?:=|:=)(?P<value>[\s\S]+)\Z")
_OPENSSL = re.compile(r"(?:pass|env|file|fd|stdin):?")


class Found(NamedTuple):
    """A secret in one word of a command: words[word][start:end]."""

    word: int
    span: Span


def find_in_words(command: Sequence[str], depth: int = 0) -> Iterator[Found]:
    """Yield the secrets in the words of a command (after quotes are gone); words that are commands are looked into."""
    tool = ""
    behind: Dict[int, bool] = {}
    for index, word in enumerate(command):
        if word in _OPERATORS:
            tool = ""
            continue
        tool = _program(word) or tool
        for found in _in_word(command, index, tool, behind):
            yield found
        if depth < _DEPTH and len(word) < _LONGEST_COMMAND and re.search(r"\s", word):
            for span in find_in_command(word, depth + 1):
                yield Found(index, span)
    if _program_of(command) == "htpasswd":
        yield from _htpasswd(command)


def _program(word: str) -> str:
    """Return which of the known programs `word` runs, or an empty string."""
    name = word.replace("\\", "/").rpartition("/")[2]
    if not name or name[0] in "-$" or len(name) > 40:
        return ""
    return next((program for program, pattern in _TOOL.items() if pattern.match(name)), "")


def _program_of(command: Sequence[str]) -> str:
    return next((found for found in map(_program, command) if found), "")


_BY_PROGRAM = dict(_TOOLS)


def _in_word(command: Sequence[str], index: int, program: str, behind: Dict[int, bool]) -> Iterator[Found]:
    word = command[index]
    tool = _BY_PROGRAM.get(program, _Tool())
    following = command[index + 1] if index + 1 < len(command) and command[index + 1] not in _OPERATORS else ""
    for glued in tool.glued:
        if word.startswith(glued) and len(word) > len(glued) and not word.startswith("--"):
            yield from _literal(index, word, len(glued))
    if word in tool.next and following:
        yield from _literal(index + 1, following, _openssl_start(program, following))
    if word in tool.pair and following:
        yield from _after_colon(index + 1, following, 0)
    for pair in tool.pair:
        glue = pair + "=" if pair.startswith("--") else pair
        if word.startswith(glue) and len(word) > len(glue):
            yield from _after_colon(index, word, len(glue))
    for subcommand, distance in tool.after:
        if word.lower() == subcommand and index + distance < len(command) and not command[index + distance].startswith("-"):
            yield from _literal(index + distance, command[index + distance], 0)
    yield from _by_name(index, word, following)


def _by_name(index: int, word: str, following: str) -> Iterator[Found]:
    """Yield what a telling name gives away: `--password X`, `--password=X`, `PASSWORD=X`."""
    option = _LONG.match(word)
    if option and following and not option.group("name").startswith("no-"):
        name = option.group("name")
        looks_like_option = following.startswith("--") or (following.startswith("-") and len(following) <= 3)
        if not looks_like_option and is_secret(name, following):
            yield from _literal(index + 1, following, 0)
    assigned = _LONG_WITH_VALUE.match(word)
    if assigned and is_secret(assigned.group("name"), assigned.group("value")):
        yield from _literal(index, word, assigned.start("value"))
    elif re.search(r"(?i)(?:secret|password|passwd|api_?key|access_?key|token)\Z", word) and word[:1] not in "-/$" and following and " " not in word:
        # `aws configure set aws_secret_access_key X`, `CONFIG SET requirepass X`
        if looks_opaque(following):
            yield from _literal(index + 1, following, 0)


def _openssl_start(program: str, word: str) -> int:
    """Return where the password begins in openssl's `pass:…`; its other sources name it without telling it."""
    if program != "openssl":
        return 0
    source = _OPENSSL.match(word)
    if source is None:
        return 0
    return source.end() if source.group().startswith("pass") else len(word)


def _after_colon(index: int, word: str, start: int) -> Iterator[Found]:
    for sign in (":", "%", ","):
        at = word.find(sign, start)
        if at >= 0:
            yield from _literal(index, word, at + 1)
            return


def _literal(index: int, word: str, start: int) -> Iterator[Found]:
    for span in literal_spans(word, start, len(word)):
        yield Found(index, span)


def _htpasswd(command: Sequence[str]) -> Iterator[Found]:
    options = [word for word in command if re.match(r"-[A-Za-z]*b[A-Za-z]*\Z", word)]
    if options and len(command) >= 3:
        index = len(command) - 1
        while index > 0 and command[index] in _OPERATORS:
            index -= 1
        yield from _literal(index, command[index], 0)


class _Word(NamedTuple):
    """One word of a command line without its quotes, and where in the line each of its characters stands."""

    text: str
    places: List[int]


def find_in_command(text: str, depth: int = 0) -> Iterator[Span]:
    """Yield the secrets in a command line as a shell reads it."""
    if len(text) > _LONGEST_COMMAND:
        return
    taken = split(text)
    for found in find_in_words([word.text for word in taken], depth):
        places = taken[found.word].places
        start, end = places[found.span.start], places[found.span.end - 1] + 1
        meant = found.span.secret
        yield Span(start, end, taken[found.word].text[found.span.start : found.span.end] if meant is None else meant)


def split(text: str) -> List[_Word]:
    """Return the words and operators of a command line, with the quotes of the shell undone. Never raises."""
    result: List[_Word] = []
    characters: List[str] = []
    places: List[int] = []
    quote, position, inside = "", 0, False

    def close() -> None:
        nonlocal inside
        if inside:
            result.append(_Word("".join(characters), places[:]))
        characters.clear()
        places.clear()
        inside = False

    while position < len(text):
        character = text[position]
        if character == "\\" and quote != "'" and position + 1 < len(text):
            if not quote or text[position + 1] in "\"\\$`":
                position += 1
                character = text[position]
            characters.append(character)
            places.append(position)
            inside = True
        elif quote:
            if character == quote:
                quote = ""
            else:
                characters.append(character)
                places.append(position)
        elif character in "\"'":
            quote, inside = character, True
        elif character in " \t\r":
            close()
        elif character in "|&;\n" or (character in "()" and not inside):
            close()
            result.append(_Word(character, [position]))
        else:
            characters.append(character)
            places.append(position)
            inside = True
        position += 1
    close()
    return result


def find_in_command_text(text: str) -> Iterator[Span]:
    """Yield what the rules of commands and those of text find in a command line."""
    yield from find_in_command(text)
    yield from find_in_urls(text)
    yield from find_named(text)
