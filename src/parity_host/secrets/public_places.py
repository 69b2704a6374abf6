"""Places that are public: hosts, mail addresses, paths, files and images."""

from __future__ import annotations

import re
from typing import Container

from .known_words import KNOWN
from .public_forms import DIGIT_FORMS, REFERENCE
from .public_names import PIECE, are_few, is_camel, of_known
from .shapes import looks_opaque
from .words import wordset

_TOP = wordset(
    """
    com net org io dev app co cloud local internal lan test example localdomain localhost svc intranet corp home
    arpa eu de uk fr ca us info ai sh me tech edu gov mil int biz xyz site online store blog at ch nl be dk se no fi
    pl cz sk hu ro bg gr it es pt ie ru ua by kz tr il in pk bd lk np cn hk tw jp kr vn th my sg id ph au nz za ke
    ng eg ma mx br ar cl pe uy is lt lv ee lu hr rs si st gg so to fm tv ms ly gl space live world agency digital
    systems network services solutions software design media email zone host website click link page run works
    social chat news company team
    """
)
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(r"(?:\*\.|\.)?(?P<labels>%s(?:\.%s){0,8})\.?(?::(?P<port>[0-9]{1,5}))?" % (_LABEL, _LABEL))
_EXTENSIONS = wordset(
    """
    pem key crt cer csr der json json5 yaml yml toml txt env conf cfg ini cnf p8 p12 pfx jks pub lua html htm tmpl
    tpl gpg asc db sqlite sqlite3 sock pid log py js mjs cjs ts tsx jsx sh bash rb php go rs java jar war xml css
    scss sql csv tsv md rst lock gz tgz zip 7z tar bz2 xz so dll exe wasm png jpg jpeg gif svg ico webp pdf mo po
    ttf woff woff2 mmdb rdb aof service example dist template sample j2 properties htpasswd d ps1 bat cmd proto
    graphql vue map mp3 mp4 bin dat
    """
)
_ADDRESSEE = re.compile(r"(?P<local>[A-Za-z0-9._+-]{1,64})@(?P<host>[A-Za-z0-9.-]{1,250})")
_IMAGE = re.compile(
    r"(?P<name>(?:[a-z0-9.-]{1,100}(?::[0-9]{2,5})?/)?[a-z][a-z0-9._-]{0,80}(?:/[a-z0-9._-]{1,80}){0,6})(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}))?"
    r"(?P<digest>@sha256:[0-9a-f]{64})?"
)
_FROM_HERE = ("./", "../", "~/")


def is_host(word: str, known: Container[str], naming: bool) -> bool:
    """Return whether a word is a host with its port: of a known top-level domain where it does not name a thing."""
    found = _HOST.fullmatch(word)
    if found is None or int(found["port"] or 0) > 65_535:
        return False
    labels = found["labels"].split(".")
    if len(labels) == 1:
        return bool(found["port"]) and (
            naming or labels[0].lower() in KNOWN or labels[0] in known or of_known(labels[0], known)
        )
    if not naming and labels[-1].lower() not in _TOP and labels[-1] not in known:
        return False
    return not any(looks_opaque(label) for label in labels)


def is_addressee(word: str, known: Container[str]) -> bool:
    """Return whether a word is a mail address that is made of words."""
    found = _ADDRESSEE.fullmatch(word)
    if found is None:
        return False
    local = all(PIECE.fullmatch(part) or part in known for part in re.split(r"[._+-]+", found["local"]))
    return local and (is_host(found["host"], known, True) or found["host"] in known)


def is_file(word: str, known: Container[str]) -> bool:
    """Return whether a word is the name of a file, by its extension and words."""
    return "." in word and word.rpartition(".")[2].lower() in _EXTENSIONS and is_segment(word, known)


def is_path(word: str, known: Container[str], naming: bool) -> bool:
    """Return whether a word is a path whose parts are words."""
    text = word.replace("\\", "/")
    text = re.sub(r"^(?:[A-Za-z]:|~|\.{1,2})?/|^\.(?=\w)", "", text)
    rooted = text != word
    from_here = word.startswith(_FROM_HERE)
    parts = [part for part in re.split(r"[/:]", text) if part]
    if len(parts) > 24 or not all(is_segment(part, known, from_here) for part in parts):
        return False
    if rooted and (len(parts) > 1 or naming or from_here):
        return True
    # A relative path, or one name behind a slash: as likely a piece of something else.
    return all(of_known(without_extension(part), known) for part in parts)


def without_extension(part: str) -> str:
    """Return the name of a file without its known extension."""
    stem, dot, extension = part.rpartition(".")
    return stem if dot and stem and extension.lower() in _EXTENSIONS else part


def is_segment(part: str, known: Container[str], wordy: bool = False) -> bool:
    """Return whether one part of a path is made of words: of few unknown ones, or of any number if `wordy`."""
    if (
        part.lower() in KNOWN
        or part in known
        or of_known(part, known)
        or REFERENCE.fullmatch(part)
        or set(part) <= {"*", ".", "-", "_"}
    ):
        return True
    stem = without_extension(part)
    pieces = [piece for piece in re.split(r"[-_.+@*%~=,]+", stem) if piece]
    few = wordy or are_few(pieces)
    return few and all(map(_is_path_piece, pieces)) and not (stem.isascii() and looks_opaque(stem))


def _is_path_piece(piece: str) -> bool:
    if piece.isdigit():
        return len(piece) < 6
    return PIECE.fullmatch(piece) is not None or is_camel(piece)


def is_image(text: str, known: Container[str]) -> bool:
    """Return whether this is an image with its tag or digest: a tag is a version or a known word."""
    if len(text) > 300 or not (":" in text or "/" in text) or "://" in text:
        return False
    found = _IMAGE.fullmatch(text)
    if found is None or any(map(looks_opaque, re.split("[/:]", found["name"]))):
        return False
    tag = found["tag"] or ""
    if not tag:
        return bool(found["digest"]) or (
            found["name"].split("/")[0].rpartition(".")[2] in _TOP
            and "/" in found["name"]
            and "." in found["name"].split("/")[0]
        )
    return bool(DIGIT_FORMS.match(tag) and all(map(_tagged, re.split("[-._]", tag)))) or of_known(tag, known)


def _tagged(part: str) -> bool:
    return (
        part.lower() in KNOWN
        or re.fullmatch(r"[vr]?[0-9]{1,5}|(?:alpha|beta|rc|alpine|debian|pg|php|jdk|jre|py|cu|post)[0-9]{1,4}", part)
        is not None
    )
