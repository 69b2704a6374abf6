"""Which programs a health check needs to start at all, as far as its words tell for certain.

Source: https://docs.docker.com/reference/dockerfile/#healthcheck, and #shell for what runs CMD-SHELL.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import List, Sequence

_SHELL = ("/bin/sh", "-c")
_SHELLS = frozenset({"sh", "ash", "bash", "dash"})
_PROGRAM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}\Z|/[A-Za-z0-9_./+-]{1,255}\Z")
_SIGNS = "();<>|&"
# After these the script still fails where the program before them cannot be started.
_PASSING_ON = frozenset({"|", "&&", ">", ">>", "<", ">&", "&>"})
_FAILING = (["false"], ["exit"], ["kill"])
_MOST_CHARACTERS = 4000
# What a shell does by itself, without a program (POSIX 2.14 and 2.9.4, and what dash, ash and bash have beside it).
_OF_THE_SHELL = frozenset(
    {
        ".",
        ":",
        "[",
        "[[",
        "alias",
        "bg",
        "break",
        "builtin",
        "case",
        "cd",
        "command",
        "continue",
        "declare",
        "do",
        "done",
        "echo",
        "elif",
        "else",
        "esac",
        "eval",
        "exec",
        "exit",
        "export",
        "false",
        "fg",
        "fi",
        "for",
        "function",
        "getopts",
        "hash",
        "if",
        "in",
        "jobs",
        "kill",
        "let",
        "local",
        "printf",
        "pwd",
        "read",
        "readonly",
        "return",
        "select",
        "set",
        "shift",
        "source",
        "test",
        "then",
        "time",
        "times",
        "trap",
        "true",
        "type",
        "typeset",
        "ulimit",
        "umask",
        "unalias",
        "unset",
        "until",
        "wait",
        "while",
    }
)


def needed(test: Sequence[str], shell: Sequence[str]) -> List[str]:
    """Return the programs that a health check's `test` starts first, a shell before the first word of its script.

    `shell` is the container's own (the image's SHELL), empty where it has the usual one. Of a script that could do
    without its first program only the shell is returned, and nothing of a test that is no command.
    """
    kind, words = (test[0], test[1:]) if test else ("", [])
    if kind == "CMD-SHELL" and words:
        own = (shell or _SHELL)[0]
        return [own, *_first(words[0])] if _is_shell(own) else []
    if kind != "CMD" or not words or not _PROGRAM.match(words[0]):
        return []
    script = words[2] if _is_shell(words[0]) and len(words) > 2 and words[1] == "-c" else ""
    return [words[0], *_first(script)]


def _is_shell(program: str) -> bool:
    return bool(_PROGRAM.match(program)) and posixpath.basename(program) in _SHELLS


def _first(script: str) -> List[str]:
    """Return the first program of a plain script, one that fails without it; nothing of any other."""
    if len(script) > _MOST_CHARACTERS or "\n" in script.strip():
        return []
    lexer = shlex.shlex(script, posix=True, punctuation_chars=_SIGNS)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        words = list(lexer)
    except ValueError:
        return []
    if not words or not _PROGRAM.match(words[0]) or words[0] in _OF_THE_SHELL:
        return []
    for at, word in enumerate(words):
        if not set(word) <= set(_SIGNS) or not word or word in _PASSING_ON:
            continue
        plainly = word == "||" and words[at + 1 : at + 2] in _FAILING and words[at + 2 : at + 3] != ["0"]
        return [words[0]] if plainly and not set("".join(words[at + 1 :])) & set(_SIGNS) else []
    return [words[0]]
