"""Whether a name says that its value is a secret, weighed against what the value looks like."""
from __future__ import annotations

import re
from functools import lru_cache
from typing import Callable, FrozenSet, List, NamedTuple, Tuple

from .secret_open_names import wordset as _set, words
from .secret_references import is_reference
from .secret_shapes import looks_opaque, looks_random

# Secret whatever the value is, unless the name's last word and the value agree on something harmless.
_STRONG = _set(
    """password passwords passwd passphrase passphrases passcode passwort kennwort senha contrasena mdp secret secrets pwd
    credential credentials cred creds pgpass pgpassword requirepass masterauth masterpass apikey apikeys apisecret htpasswd
    otpauth mnemonic keypair"""
)
# The same, where they are the last word (`DB_PASS`, but not `PASS_THROUGH`; `PASSWORD_SALT`, but not `SALT_MASTER`).
_STRONG_LAST = _set("pass salt pepper pin otp totp seed psk authorization cookie cookies nonce")
# Strong when one follows the other: API_KEY, accessToken.
_BEFORE_KEY = _set(
    """api access secret private encryption encrypt signing sign master shared crypto cipher aes hmac fernet jwt rsa ed25519 ecdsa
    licence license service storage account admin root write server deploy webhook ssh tls ssl session cookie account
    activation ingest integration instrumentation write recovery unseal vapid wireguard wg app"""
)
_BEFORE_TOKEN = _set(
    """api auth access refresh bearer bot id csrf xsrf session personal deploy registration root admin user client hub github gitlab
    slack discord telegram npm pypi hf vault consul influx influxdb ngrok tunnel cloudflare do digitalocean sentry notion
    verify verification webhook service account runner agent join cluster read write push device security oauth jwt app
    secret private master reset invite login signing upload publish codecov sonar snyk"""
)
# Parts that make a word without a separator secret: `dbpassword`, `authtoken`.
_GLUED = re.compile(
    "passw(?:or)?d|passphrase|secret(?!ar)|credential|apikey|privatekey|accesskey|authkey|signingkey|encryptionkey|masterkey"
    "|(?:auth|access|api|refresh|session|csrf|xsrf|bot|bearer)token|(?:db|sql|my|user|root|admin|smtp|mail|redis|mongo|pg|ftp|ssh|require|key|store|trust)pass$|pwd$|sess(?:ion)?id$"
)
# Secret unless the value is plainly harmless.
_WEAK = _set("key keys token tokens auth authentication session sessions sid sessid jwt bearer signature sig signing signed webhook hmac sas dsn license licence")

# What stands before `key`, or with it, when everybody may know it. `client_id` and its like: names of a thing, not keys to it.
_PUBLIC_KEYS = _set(
    """public pub publishable site anon gpg pgp primary partition sort foreign unique natural composite cache routing queue object lock host
    hosts known config map label metric message translation i18n group join index dedupe idempotency sharding shard hash-key hot short range"""
)
_PASSES_ON = _set("proxy fastcgi uwsgi scgi grpc memcached js")  # nginx: proxy_pass
_IDENTIFIERS = _set("client application app tenant project account subscription team workspace organization organisation org merchant user")

# Decoration behind the word that counts: SECRET_KEY_2, API_KEY_PROD, TOKEN_OLD.
_TRAILING = _set(
    """dev development prod production staging stage test testing local live sandbox old new previous prev current next primary
    secondary backup fallback default base b64 base64 hex raw plain text str string value values encoded encrypted hash hashed v data"""
)

_BOOLEAN = re.compile(r"(?i)true|false|yes|no|on|off|y|n|t|f|0|1|enabled?|disabled?|none|null|nil|auto|always|never|optional|required|strict|lax")
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?(?:\s?(?:ns|us|ms|s|m|h|d|w|y|sec|secs|min|mins|seconds?|minutes?|hours?|days?|weeks?|months?|years?|[kKmMgGtT]?[iI]?[bB]|%))?(?:[0-9]{1,4}[smh])*", re.I)
_SMALL_NUMBER = re.compile(r"[0-9]{1,5}(?:\.[0-9]+)?(?:ms|[smhdw])?")
_PATH = re.compile(r"(?:(?:[A-Za-z]:|~|\.{1,2})?[/\\][^\s:@?&=]{0,300}|[\w.-]{1,80}(?:/[\w.-]{1,80}){1,12})")
_FILE_NAME = re.compile(r"[\w.-]{1,80}\.(?:pem|key|crt|cer|der|json|ya?ml|toml|txt|env|conf|cfg|ini|p8|p12|pfx|jks|pub|lua|html?|tmpl|gpg|asc|db|sqlite3?|sock)")
_KEY_FILE = re.compile(r"(?:[A-Za-z]:|~|\.{0,2})[/\\][^\s:@?&=]{1,300}")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,40}://\S*")
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9*](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)(?::[0-9]{1,5})?")
_ADDRESS = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,12}(?::[0-9]{1,5})?(?:/[\w./-]*)?|[a-z][a-z0-9-]{0,40}:[0-9]{2,5}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]{1,5})?")
_FINGERPRINTS = re.compile(r"(?:(?:0x)?[0-9A-Fa-f]{8,64}|[0-9A-Fa-f]{4}(?:\s+[0-9A-Fa-f]{4}){3,15})(?:[\s,]+(?:0x)?[0-9A-Fa-f]{8,64})*")
_PUBLIC_VALUE = re.compile(r"(?s)\s*(?:(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+)\s+[A-Za-z0-9+/=]+.*|-----BEGIN (?:[A-Z0-9 ]* )?(?:PUBLIC KEY|CERTIFICATE)-----.*|pk_(?:live|test)_\w+|arn:aws[a-z-]*:\S+|sha256:[0-9a-f]{64})")
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What settings with a weak name are set to when they choose a way of doing things.
_CHOICES = _set(
    """none null basic bearer digest jwt oauth oauth2 oidc openid saml ldap kerberos ntlm negotiate trust peer ident md5 scram scram-sha-256
    scram-sha-512 plain login cram-md5 xoauth2 tls ssl mtls cert certificate password passwd token apikey api_key key session cookie cookies
    redis database db file files filesystem memory memcached array dynamodb cached_db signed_cookies jdbc cache local internal external
    anonymous guest proxy header headers hs256 hs384 hs512 rs256 rs384 rs512 es256 es384 es512 ps256 eddsa ed25519 rsa ecdsa aes aes-256-gcm
    aes-256-cbc sha1 sha256 sha512 hmac-sha256 bcrypt argon2 argon2id scrypt pbkdf2 lax strict native django flask express lucia nextauth
    keycloak auth0 cognito firebase supabase okta azure google github gitlab vault aws gcp iam inmemory in-memory default id uuid name email value values string"""
)


def _is_words(value: str) -> bool:
    """Return whether `value` reads as a name or a short text: nothing in it looks made up."""
    return len(value) <= 120 and not any(looks_opaque(word) for word in re.split(r"[\s,;|/]+", value))


def _matches(pattern: "re.Pattern[str]") -> Callable[[str], bool]:
    return lambda value: pattern.fullmatch(value) is not None


def _is_file(value: str) -> bool:
    return (_matches(_PATH)(value) or _matches(_FILE_NAME)(value)) and not any(looks_random(part) for part in re.split(r"[/\\]", value))


def _is_place(value: str) -> bool:
    return all(_URL.fullmatch(part) or _HOST.fullmatch(part) and not looks_random(part) or _is_file(part) for part in re.split(r"[\s,]+", value))


# What the last word of a name makes of it, when the value agrees.
_BY_SUFFIX: Tuple[Tuple[FrozenSet[str], Callable[[str], bool]], ...] = (
    (_set("file files path paths dir directory folder location mount store keystore truststore filename template"), _is_file),
    (_set("url urls uri uris endpoint endpoints host hosts hostname server servers addr address origin origins domain domains base link redirect callback page"), _is_place),
    (
        _set(
            """minutes minute seconds second secs hours hour days day weeks months ms ttl expire expires expiry expiration exp lifetime age timeout
            interval delay duration leeway window length len size sizes min max limit limits count counts rounds iterations cost attempts retries
            budget bits version versions port ports rotation tokens grace skew threshold quota rate number num entropy workers"""
        ),
        _matches(_NUMBER),
    ),
    (
        _set(
            """enabled enable disabled disable required require requires secure httponly http only allowed allow strict verify verification rotate
            check validation validate use used persistent partitioned rolling refresh reset anonymous parallelism debug optional credentials
            encryption encrypt"""
        ),
        _matches(_BOOLEAN),
    ),
    (
        _set(
            """algorithm algorithms alg algo hasher hashers scheme schemes method methods type types mode provider providers backend backends driver
            format engine strategy samesite policy class manager storage source kind level curve cipher digest name names header headers prefix
            suffix issuer audience aud user users username usernames region scope scopes role roles realm field param parameter claim claims label
            title description email env environment namespace group groups database db table column queue topic bucket alias aliases rule rules
            project service services middlewares entrypoints salt-length usage flow status state"""
        ),
        _is_words,
    ),
)
_ASKING = _set("allow require required requires use enable disable random empty no skip is has support supports show hide force without with")
_ID_WORDS = _set("id ids uuid guid kid arn")


class _Name(NamedTuple):
    """What is known from the name alone. `level`: 3 strong, 2 weak, 1 has a weak or strong word in passing, 0 nothing."""

    words: Tuple[str, ...]
    level: int


@lru_cache(maxsize=4096)
def _classify(name: str) -> _Name:
    said = words(name)
    while len(said) > 1 and (said[-1] in _TRAILING or said[-1].isdigit()) and any(map(_is_telling, said[:-1])):
        said.pop()
    if not said:
        return _Name((), 0)
    if "." in name:
        dotted = words(".".join(name.rsplit(".", 2)[-1:]))
        level = max(_level(dotted), min(_level(said), 1)) if len(name.split(".")) > 2 else _level(said)
    else:
        level = _level(said)
    return _Name(tuple(said), level)


def _is_telling(word: str) -> bool:
    return word in _STRONG or word in _STRONG_LAST or word in _WEAK or _GLUED.search(word) is not None


def _level(said: List[str]) -> int:
    if not said:
        return 0
    last, before = said[-1], said[-2] if len(said) > 1 else ""
    if last in ("key", "keys") and _PUBLIC_KEYS.intersection(said[-3:-1]) and "private" not in said and "secret" not in said:
        return 0
    if last == "pass" and before in _PASSES_ON:
        return 0
    if last in ("gpgkey", "gpgkeys", "pubkey", "publickey"):
        return 0
    if last in ("id", "ids", "sid") and before in _IDENTIFIERS and not _STRONG.intersection(said[-3:-1]):
        return 0
    if _STRONG.intersection(said) or last in _STRONG_LAST or any(_GLUED.search(word) for word in said):
        return 3
    pairs = set(zip(said, said[1:]))
    if any(two in ("key", "keys") and one in _BEFORE_KEY or two == "token" and one in _BEFORE_TOKEN for one, two in pairs):
        return 3
    if before and last in ("token", "pat"):
        return 3
    if last in _WEAK:
        return 2
    return 1 if _WEAK.intersection(said) or _STRONG_LAST.intersection(said) else 0


def is_secret(name: str, value: str) -> bool:
    """Return whether the name, together with the shape of the value, says that the whole value is a secret.

    A strong name (`…PASSWORD…`) always does, unless its last word and the value agree on something harmless
    (`…_FILE` with a path). A weak name (`…KEY`) does unless the value is plainly harmless. A name that has such a
    word in passing (`AUTH_…_X`) does when the value looks made up.
    """
    known = _classify(name)
    text = value.strip()
    if not known.level or not text or is_reference(text):
        return False
    if known.words == ("pwd",) and _KEY_FILE.fullmatch(text):
        return False  # the shell's working directory
    if len(known.words) == 1 and known.words[0] in ("pass", "seed", "salt", "nonce") and _SMALL_NUMBER.fullmatch(text):
        return False  # a count of tests, the seed of a generator
    if _agreed(known.words, text):
        return False
    if known.level == 3:
        return not _names_a_key_file(known.words, text)
    if _is_harmless(text) or (known.words[-1] in _ID_WORDS and (_UUID.fullmatch(text) or not looks_opaque(text))):
        return False
    return known.level == 2 or looks_opaque(text)


def _agreed(said: Tuple[str, ...], value: str) -> bool:
    """Return whether the name's ending and the value agree that this is something else than the secret itself."""
    last = said[-1]
    if said[:1] and _ASKING.intersection(said) and _BOOLEAN.fullmatch(value):
        return True
    if last == "credentials" and _BOOLEAN.fullmatch(value):
        return True
    return any(last in suffixes and agrees(value) for suffixes, agrees in _BY_SUFFIX if len(said) > 1)


def _names_a_key_file(said: Tuple[str, ...], value: str) -> bool:
    """Return whether a name of keys, not of a password, has a path for a value: the certificate's key is in that file."""
    keys = {"key", "keys", "credentials", "credential", "keypair", "pgpass", "htpasswd", "privatekey"}.intersection(said)
    return bool(keys) and _KEY_FILE.fullmatch(value) is not None and not looks_random(value)


def _is_harmless(value: str) -> bool:
    return (
        value.lower() in _CHOICES
        or any(pattern.fullmatch(value) for pattern in (_BOOLEAN, _SMALL_NUMBER, _URL, _ADDRESS, _PUBLIC_VALUE))
        or (value[:1] in "/.~" and _is_file(value))
        or _FILE_NAME.fullmatch(value) is not None
    )
