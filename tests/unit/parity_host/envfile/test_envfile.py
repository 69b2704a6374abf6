"""Env files are read as Compose reads them, and leave the host without a secret but otherwise the same."""

import functools
import re

import pytest
from compose_oracle import LONG, SHELL, project_values, service_values
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from parity_host.envfile.reader import ENV_FILE_LIMIT_BYTES, EnvFile, effective, read_env_file
from parity_host.envfile.redaction import redact_env_file
from parity_host.secrets import token
from parity_host.secrets.redact import Redactor


def values(parsed: EnvFile) -> dict[str, str]:
    return {key: entry.value for key, entry in effective(parsed).items() if entry.value is not None}


# --- what Compose reads; each row goes through the real Compose too

READ: list[tuple[str, bytes, dict[str, str]]] = [
    ("plain", b"A=1\nB=two words\n", {"A": "1", "B": "two words"}),
    ("no final newline", b"A=1", {"A": "1"}),
    ("empty", b"A=\nB=\n", {"A": "", "B": ""}),
    ("byte order mark", b"\xef\xbb\xbfA=1\n", {"A": "1"}),
    ("crlf", b"A=1\r\nB='2'\r\n", {"A": "1", "B": "2"}),
    ("crlf within quotes stays", b'A="x\r\ny"\r\n', {"A": "x\r\ny"}),
    ("export", b"export A=1\nexport\tB=2\nexportC=3\n", {"A": "1", "B": "2", "exportC": "3"}),
    ("yaml style", b"A: v\nB : w\n", {"A": "v", "B": "w"}),
    ("spaces round the sign", b"  A = 1  \n", {"A": "1"}),
    ("value on the line only", b"A=   \n  B=1\n", {"A": "", "B": "1"}),
    ("inline comment", b"A=1 # c\nB=1#c\nC=1\t# c\n", {"A": "1", "B": "1#c", "C": "1\t# c"}),
    ("comment sign first", b"A=#c\nB= #c\n", {"A": "#c", "B": "#c"}),
    ("comment behind quotes", b"A=\"1\" # c\nB='x # y'\n", {"A": "1", "B": "x # y"}),
    ("second entry behind quotes", b'A="1"c=2\n', {"A": "1", "c": "2"}),
    ("equals in value", b"A==b=c\n", {"A": "=b=c"}),
    ("several lines", b"A=\"x\ny\"\nB='\nz'\n", {"A": "x\ny", "B": "\nz"}),
    ("escapes", b'A="a\\nb\\tc\\\\d\\"e\\$f\\q"\n', {"A": 'a\nb\tc\\d"e$f\\q'}),
    ("octal escapes", b'A="\\0101\\0377\\012\\0\\08\\0400"\n', {"A": "A\xff\\12\\\\8\\400"}),
    ("no escapes without double quotes", b"A=\\n\nB='\\n'\n", {"A": "\\n", "B": "\\n"}),
    ("escaped single quote", b"A='it\\'s'\n", {"A": "it's"}),
    ("single quotes are literal", b"A='$OUT ${OUT} $$'\n", {"A": "$OUT ${OUT} $$"}),
    ("doubled dollar", b'A=a$$b\nB="a$$b"\n', {"A": "a$b", "B": "a$b"}),
    ("cut", b"A=pa$word\nB=$\nC=$1x\n", {"A": "pa", "B": "$", "C": "$1x"}),
    ("earlier keys", b"A=1\nB=${A}2\nA=3\nC=$A$B\n", {"A": "3", "B": "12", "C": "312"}),
    ("the outside wins", b"OUT=mine\nB=$OUT\n", {"OUT": "mine", "B": "outer $value"}),
    ("defaults", b"A=${N:-d}\nB=${N-d}\nC=${EMPTY:-d}\nD=${EMPTY-d}\n", {"A": "d", "B": "d", "C": "d", "D": ""}),
    ("alternatives", b"A=${N+a}\nB=${OUT+a}\nC=${EMPTY:+a}\nD=${EMPTY+a}\n", {"A": "", "B": "a", "C": "", "D": "a"}),
    ("nested defaults", b"A=${N:-${M:-${OUT}}}\n", {"A": "outer $value"}),
    ("braces in defaults", b"A=${N:-{}}x}\nB=${N:-a{b}c}d}e\n", {"A": "{}}x", "B": "a{b}cd}e"}),
    ("required and there", b"A=${OUT:?m}\n", {"A": "outer $value"}),
    (
        "lower case, dots, dashes, digits",
        b"aB=1\na.b=2\na-b=3\n1a=4\na[0]=5\n",
        {"aB": "1", "a.b": "2", "a-b": "3", "1a": "4", "a[0]": "5"},
    ),
    ("tab in a key", b"a\tb=1\n", {"a\tb": "1"}),
    ("unicode", "é=ü\nA=x\xa0\n".encode(), {"é": "ü", "A": "x"}),
    ("not utf-8", b"A=\xff\xc3x\n", {"A": "\ufffd\ufffdx"}),
    ("taken from outside", b"OUT\nNOWHERE\nA=1\nA\n", {"OUT": "outer $value", "A": "1"}),
    ("last line without sign or end", b"A=1\nword", {"A": "1", "": "word"}),
    ("no name", b"=1\n", {"": "1"}),
    ("blank lines and comments", b"\n  # x=1\n\t\n#A=2\nB=3\n", {"B": "3"}),
    ("nothing", b"", {}),
]


@pytest.mark.parametrize(("data", "expected"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_reads(data: bytes, expected: dict[str, str]) -> None:
    parsed = read_env_file(data, SHELL)
    assert parsed.problems == ()
    assert values(parsed) == expected


def test_the_table_is_what_compose_reads() -> None:
    assert service_values([data for _, data, _ in READ]) == [expected for _, _, expected in READ]


REFUSED: list[tuple[str, bytes, int, str, str]] = [
    ("space in a key", b"A=1\na b=2\n", 2, "space-in-key", "key cannot contain a space"),
    ("space in a key alone", b"a b\n", 1, "space-in-key", "key cannot contain a space"),
    ("odd character", b"A=1\n\nB'C=hunter2\n", 3, "character", 'unexpected character "\'" in variable name'),
    ("odd character behind quotes", b"A='it''s'\n", 1, "character", 'unexpected character "\'" in variable name'),
    ("unterminated", b'A="hunter2\nB=1\n', 1, "unterminated", "unterminated quoted value"),
    ("no end of a reference", b"A=1\nB=hunter2${\n", 2, "invalid", "Invalid template"),
    ("no name in a reference", b"B=${1}\n", 1, "invalid", "Invalid template"),
    ("default over two lines", b'B="${A:-x\ny}"\n', 1, "invalid", "Invalid template"),
    ("required and unset", b"B=${NEED:?hunter2}\n", 1, "required", "required variable NEED is missing a value"),
    ("required and empty", b"B=${EMPTY:?}\n", 1, "required", "required variable EMPTY is missing a value"),
]


@pytest.mark.parametrize(
    ("data", "line", "kind", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refuses_what_compose_refuses(data: bytes, line: int, kind: str, words: str) -> None:
    (problem,) = read_env_file(data, SHELL).problems
    assert (problem.line, problem.kind) == (line, kind)
    assert problem.message.startswith(words)
    assert "hunter2" not in problem.message
    (said,) = service_values([data])
    assert isinstance(said, str)
    assert words in said


@pytest.mark.parametrize(
    ("data", "line", "kind", "words"),
    [
        (b"A=1\nB=\0\n", 2, "not-text", "NUL"),
        ("A=1\n".encode("utf-16"), 1, "not-text", "UTF-16"),
        ("A=1\n".encode("utf-16-be"), 1, "not-text", "NUL"),
        (b"A=1\n" * (10 * 1024 * 256), 1, "too-large", "10.0 MB"),
    ],
    ids=["nul", "utf-16 with mark", "utf-16 without", "ten megabytes"],
)
def test_says_what_is_no_env_file(data: bytes, line: int, kind: str, words: str) -> None:
    parsed = read_env_file(data)
    assert [(problem.line, problem.kind) for problem in parsed.problems] == [(line, kind)]
    assert words in parsed.problems[0].message
    assert parsed.entries == ()
    assert isinstance(service_values([redact_env_file(data, redactor()).encode()])[0], str)


def test_largest_file_is_read() -> None:
    line = b"KEY=value\n"
    assert not read_env_file(line * (ENV_FILE_LIMIT_BYTES // len(line))).problems


def test_says_where_and_how_an_entry_stands() -> None:
    parsed = read_env_file(
        b"# x\nexport A='1'\n\nB=\"x\n$A ${N} $M\"\nA = 2 # c\nC\n#D=4\n # export E_1 = 5\n# a sentence\n", SHELL
    )
    assert [(e.key, e.line, e.raw, e.quote, e.exported, e.references, e.notes) for e in parsed.entries] == [
        ("A", 2, "'1'", "'", True, (), ()),
        ("B", 4, '"x\n$A ${N} $M"', '"', False, ("A", "N", "M"), ("dollar-cut", "unset-variable")),
        ("A", 6, "2", "", False, (), ()),
        ("C", 7, "", "", False, (), ()),
    ]
    assert [(c.key, c.line) for c in parsed.commented] == [("D", 8), ("E_1", 9)]
    assert effective(parsed)["A"].line == 6
    assert effective(parsed)["C"].value is None
    assert all(parsed.text[e.start : e.end] == e.raw for e in parsed.entries)


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        (b"A=p$ssw0rd\n", ("dollar-cut",)),
        (b'A="p$ssw0rd"\n', ("dollar-cut",)),
        (b"A='p$ssw0rd'\n", ()),
        (b"A=p$$ssw0rd\n", ()),
        (b"A=$OUT\n", ()),
        (b"A=${N}\n", ("unset-variable",)),
        (b"A=${N:-d}\n", ()),
        (b"A=a$\n", ()),
    ],
)
def test_notes_what_silently_vanishes(data: bytes, notes: tuple[str, ...]) -> None:
    assert read_env_file(data, SHELL).entries[0].notes == notes


# --- held against the real Compose

KEYS = [
    "A",
    "B",
    "C_1",
    "lower",
    "a.b",
    "A-B",
    "A[0]",
    "1A",
    "é",
    "",
    "A B",
    "A\tB",
    "_x",
    "OUT",
    "EMPTY",
    "export",
    "exportA",
    "A$",
    '"A"',
    "A\u2003",
]
ATOMS = [
    "x", "value", "1", "a b", " ", "  ", "\t", "#", " #", "# c", "$", "$$", "$A", "$OUT", "${A}", "${B}", "${NOPE}",
    "$NOPE", "${NOPE:-d}", "${NOPE-d}", "${EMPTY:-e}", "${EMPTY-e}", "${A:+p}", "${OUT+q}", "${NOPE:?m}",
    "${EMPTY:?m}", "${EMPTY?m}", "${A?m}", "${OUT:?}", "${NOPE:-${A}}", "${NOPE:-${NOPE:-deep}}", "${NOPE:-{}}",
    "${NOPE:-a{b}c}", "${", "}", "{", "${}", "${1}", "${A", "${A:}", "${A:-", "${NOPE:-}", "${A b}", "$1", "$(x)",
    "`x`", "'", '"', "\\", "\\n", '\\"', "\\'", "\\$", "\\\\", "\\t", "\\012", "\\0101", "\\0", "\\08", "\\x41",
    "\\u00e9", "=", ":", "é", "\u2003", "\xa0", "\x85", "\x0b", "\x0c", "\r", "%", "@", "-", "[", "]", "/", "😀",
    "\x01", "${NOPE:-a}b}", '${A:-"q"}', "${NOPE:-'q'}", "${A:+${B:-z}}", "$A$B", "$A-", "$A.b", "${NOPE+${", "it's",
    'a"b',
]  # fmt: skip
TAME = [
    atom
    for atom in ATOMS
    if atom not in ("${", "${}", "${1}", "${A", "${A:}", "${A:-", "${A b}", "${NOPE+${") and ":?" not in atom
]


@st.composite
def value_texts(draw: st.DrawFn) -> str:
    atoms = draw(st.sampled_from([ATOMS, TAME, TAME]))
    body = "".join(draw(st.lists(st.sampled_from(atoms), max_size=5)))
    quote = draw(st.sampled_from(["", "", "", '"', '"', "'"]))
    if quote:
        body += draw(st.sampled_from(["", "", "\n", "\nx"]))
        body = body.replace(quote, "\\" + quote) if draw(st.booleans()) else body.replace(quote, "")
    return quote + body + (quote if draw(st.integers(0, 19)) else "")


@st.composite
def env_files(draw: st.DrawFn) -> bytes:
    statements = []
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.integers(0, 19))
        if kind == 0:
            statements.append(
                draw(st.sampled_from(["# comment", "#A=1", "  # x=y", "#", '\t#"', "", "\t", "\u2003", "\r"]))
            )
        elif kind == 1:
            statements.append(draw(st.sampled_from(KEYS)))
        elif kind == 2 and draw(st.booleans()):
            statements.append("".join(draw(st.lists(st.sampled_from(ATOMS), max_size=3))))
        else:
            before = draw(
                st.sampled_from(["", "", "", "", " ", "\t", "export ", "export  ", "export\t", "export\v", "export\n"])
            )
            key = draw(st.sampled_from(KEYS if draw(st.integers(0, 5)) == 0 else KEYS[:4]))
            sign = draw(st.sampled_from(["=", "=", "=", ":", ": ", " = ", "=  ", "\t=\t", " :", "==", "=\xa0"]))
            statements.append(
                before
                + key
                + sign
                + draw(value_texts())
                + draw(st.sampled_from(["", "", "", " ", "  # c", " #", "\t# c", " c=2", "#x", "\r"]))
            )
    data = (
        draw(st.sampled_from(["\n", "\n", "\r\n"])).join(statements) + draw(st.sampled_from(["\n", "", "\r\n"]))
    ).encode()
    if draw(st.integers(0, 30)) == 0:
        data = b"\xef\xbb\xbf" + data
    if draw(st.integers(0, 30)) == 0:
        at = draw(st.integers(0, len(data)))
        data = data[:at] + bytes([draw(st.sampled_from([0xFF, 0xC3, 0x80, 0xED]))]) + data[at:]
    return data


many = functools.partial(settings, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@many(max_examples=160 if LONG else 3, derandomize=not LONG)
@given(st.lists(env_files(), min_size=25, max_size=25))
def test_agrees_with_compose_on_generated_files(files: list[bytes]) -> None:
    ours = [read_env_file(data, SHELL) for data in files]
    read = [(data, values(parsed)) for data, parsed in zip(files, ours, strict=True) if not parsed.problems]
    for (data, mine), theirs in zip(read, service_values([data for data, _ in read]), strict=True):
        assert (data, mine) == (data, theirs)
    refused = [data for data, parsed in zip(files, ours, strict=True) if parsed.problems]
    for data in refused if LONG else refused[:8]:
        (said,) = service_values([data])
        assert isinstance(said, str), (data, said)


@many(max_examples=60 if LONG else 4, derandomize=not LONG)
@given(env_files())
@example(b"A=1\nB=$A\nC=${HOME}\nHOME=9\nD=$HOME\nHOME\nNOPE\nE='x'\n")
def test_compose_reads_the_projects_file_by_the_same_grammar(data: bytes) -> None:
    # Compose reads that file again with its own values set, and may then refuse a `${A:+…}` that it skipped before.
    if b"+" in data:
        return
    parsed = read_env_file(data, SHELL)
    theirs = project_values(data)
    if parsed.problems or isinstance(theirs, str):
        assert bool(parsed.problems) == isinstance(theirs, str)
        return
    mine = {**values(parsed), **SHELL}
    if not any("\n" in text or "\r" in text for text in mine.values()):  # what is printed cannot be taken apart then
        assert theirs == mine


# --- redaction

SECRETS = ("hunter2", "s3cr3t", "Tr0ub4dor")


def redactor() -> Redactor:
    return Redactor(b"k" * 32)


def shown(text: str) -> str:
    """Return redacted text with tokens shortened to `<kind>`."""
    return token.TOKEN.sub("<>", text)


REDACTED: list[tuple[str, str, str]] = [
    ("plain", "A=1\nDB_PASSWORD=hunter2\nB=2\n", 'A=1\nDB_PASSWORD="<>"\nB=2\n'),
    ("comments go", "# hunter2\nA=1 # hunter2\n  #A=hunter2\n# A: hunter2\n", "\nA=1\n#A=\n\n"),
    ("commented keys stay", "#DB_PASSWORD=hunter2\n# export X = 1\n", "#DB_PASSWORD=\n#X=\n"),
    ("how a key is written stays", "export  DB_PASSWORD = 'hunter2'\nk: v\n", 'export  DB_PASSWORD = "<>"\nk: v\n'),
    ("url", "URL=postgres://u:hunter2@db/x\n", 'URL="postgres://u:<>@db/x"\n'),
    (
        "dollars beside a secret",
        "URL=postgres://u:hunter2@db/x?a=$$b\\n\n",
        'URL="postgres://u:<>@db/x?a=\\$b\\\\n"\n',
    ),
    ("several lines", 'PASSWORD="hunter2\ns3cr3t"\nB=2\n', 'PASSWORD="<>"\n\nB=2\n'),
    ("several lines without a secret", 'TEXT="one\ntwo" # hunter2\nB=2\n', 'TEXT="one\ntwo"\nB=2\n'),
    ("second entry behind quotes", 'PASSWORD="hunter2"c=2\n', 'PASSWORD="<>"c=2\n'),
    (
        "reference to a secret stays",
        "DB_PASSWORD=hunter2\nURL=postgres://u:${DB_PASSWORD}@db/x\n",
        'DB_PASSWORD="<>"\nURL=postgres://u:${DB_PASSWORD}@db/x\n',
    ),
    (
        "reference to an outer secret stays",
        "URL=postgres://u:$OUTER_PASSWORD@db/x\n",
        "URL=postgres://u:$OUTER_PASSWORD@db/x\n",
    ),
    (
        "part of a reference does not",
        "DB_PASSWORD=hunter2\nURL=postgres://u:pre${DB_PASSWORD}@db/x\n",
        'DB_PASSWORD="<>"\nURL="postgres://u:<>@db/x"\n',
    ),
    ("default", "PASSWORD=${N:-hunter2}\n", 'PASSWORD="<>"\n'),
    ("default that is not used", "A=${HOST:-redis}\nHOST=1\n", "A=${HOST:-redis}\nHOST=1\n"),
    ("secret default that is not used", "A=x\nB=${A:-postgres://u:hunter2@h}\n", 'A=x\nB="x"\n'),
    ("cut password", "PASSWORD=Tr0ub4dor$hunter2\n", 'PASSWORD="<>"\n'),
    ("cut to nothing", "PASSWORD=$hunter2$s3cr3t\n", 'PASSWORD=""\n'),
    ("dollars and quotes", "A='$x\"y'\nTOKEN='s3cr3t$x\"'\n", 'A=\'$x"y\'\nTOKEN="<>"\n'),
    ("name taken from outside", "OUT\nhunter2\nS3CR3T-x\n", "OUT\n\n\n"),
    ("last word", "A=1\nhunter2", "A=1\n<>"),
    ("no name", "=hunter2\n='hunter2\n'\n", '="<>"\n="<>"\n\n'),
    ("empty secret", "PASSWORD=\nPASSWORD=''\n", "PASSWORD=\nPASSWORD=''\n"),
    ("crlf", "A=1\r\nPASSWORD=hunter2\r\n", 'A=1\nPASSWORD="<>"\n'),
    (
        "unquoted private key",
        "KEY_PEM=-----BEGIN PRIVATE KEY-----\nMIIEs3cr3t\nMIIEABCD\nhunter2Abc=\nA=1\n",
        "KEY_PEM=-----BEGIN PRIVATE KEY-----\n\n\n\nA=1\n",
    ),
    ("refused: unterminated", "A=1\nPASSWORD='hunter2\nB=2\n", "A=1\nX='\n\n"),
    ("refused: character", "A=1\nPASS/WORD=hunter2\nB=s3cr3t\n", "A=1\nX/\n\n"),
    ("refused: space", "hunter2 s3cr3t=1\nB=2\n", "X X=\n\n"),
    ("refused: reference", "PASSWORD=hunter2${\nB=2\n", "X=${\n\n"),
    ("refused: required", "PASSWORD=${NEED:?hunter2}\nB=2\n", "X=${NEED:?}\n\n"),
]
OUTER = {"OUTER_PASSWORD": "hunter2", "OUT": "x"}


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in REDACTED], ids=[row[0] for row in REDACTED])
def test_redacts(text: str, expected: str) -> None:
    assert shown(redact_env_file(text.encode(), redactor(), OUTER)) == expected


def test_the_token_is_the_one_of_the_containers_value() -> None:
    one = redactor()
    text = redact_env_file(b'A_PASSWORD="hun\\ter2"\nB_PASSWORD=${A_PASSWORD}\nC_PASSWORD=${N:-$A_PASSWORD}9\n', one)
    values_now = {key: entry.value for key, entry in effective(read_env_file(text.encode())).items()}
    assert values_now == {
        "A_PASSWORD": one.value("PASSWORD", "hun\ter2"),
        "B_PASSWORD": one.value("PASSWORD", "hun\ter2"),
        "C_PASSWORD": one.value("PASSWORD", "hun\ter29"),
    }


def expected_after(data: bytes, one: Redactor) -> dict[str, str]:
    """Return what must be read in the redacted file: each value redacted."""
    return {key: one.value(key or "PASSWORD", value) for key, value in values(read_env_file(data, SHELL)).items()}


@many(max_examples=4000 if LONG else 120, derandomize=not LONG)
@given(env_files())
def test_redacted_files_read_the_same_but_for_secrets(data: bytes) -> None:
    one = redactor()
    text = redact_env_file(data, one, SHELL)
    parsed, again = (
        read_env_file(data, SHELL),
        read_env_file(text.encode(), {key: one.value(key, value) for key, value in SHELL.items()}),
    )
    assert text.count("\n") == parsed.text.count("\n")
    if not parsed.problems:
        hidden = {entry.key for entry in parsed.entries} - {entry.key for entry in again.entries}
        assert not [key for key in hidden if re.fullmatch("[A-Z][A-Z0-9_]*", key)]
        assert {key: value for key, value in expected_after(data, one).items() if key not in hidden} == values(again)
    assert [(p.line, p.kind) for p in again.problems] == [(p.line, p.kind) for p in parsed.problems]


@many(max_examples=2000 if LONG else 80, derandomize=not LONG)
@given(env_files(), st.data())
def test_no_planted_secret_is_left(data: bytes, draw: st.DataObject) -> None:
    text = data.decode("utf-8", "replace")
    keys = ["PASSWORD", "DB_PASSWORD", "API_SECRET", "URL"]
    for _ in range(draw.draw(st.integers(1, 3))):
        key, secret = draw.draw(st.sampled_from(keys)), draw.draw(st.sampled_from(SECRETS))
        body = f"postgres://u:{secret}@h/d" if key == "URL" else secret
        form = draw.draw(
            st.sampled_from(
                [
                    "{}={}",
                    '{}="{}"',
                    "{}='{}'",
                    "export {}: {}",
                    "{}=${{N:-{}}}",
                    "#{}={}",
                    '{}="\\n{}"',
                    "{}='x\n{}'",
                    "{} = {} # c",
                ]
            )
        )
        at = draw.draw(st.integers(0, text.count("\n")))
        lines = text.split("\n")
        text = "\n".join([*lines[:at], form.format(key, body), *lines[at:]])
    # Cut up by a quote that was open before, a piece of a secret may become another value or key: `x"KEY="hunter2`.
    if not read_env_file(text.encode(), SHELL).problems and not re.search("[\"'\\\\]", data.decode("utf-8", "replace")):
        left = redact_env_file(text.encode(), redactor(), SHELL)
        assert not [secret for secret in SECRETS if secret in left]


def test_values_that_grow_without_end_are_refused() -> None:
    lines = ["A0=" + "x" * 64, *(f"A{n + 1}=" + f"${{A{n}}}" * 4 for n in range(50)), "LAST=1"]
    parsed = read_env_file("\n".join(lines).encode())
    assert [problem.kind for problem in parsed.problems] == ["too-large"]
    assert sum(len(entry.value or "") for entry in parsed.entries) < 1024 * 1024 + 64


def test_many_values_of_one_that_is_long_are_refused() -> None:
    lines = ["A=" + "x" * 500_000, *(f"B{n}=${{A}}b" for n in range(1000))]
    parsed = read_env_file("\n".join(lines).encode())
    assert ([problem.kind for problem in parsed.problems], len(parsed.entries)) == (["too-large"], 3)
