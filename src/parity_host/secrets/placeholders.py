"""Values that only stand where a real one should: the kind of a placeholder may be told, a secret never."""

from __future__ import annotations

import functools
import re
from typing import Dict, Tuple

from .foreign_placeholders import says
from .words import wordset

# In the order in which they are tried; "none" is what a real value is.
KINDS: Tuple[str, ...] = ("none", "yourhere", "changeme", "template", "default", "repeated", "example", "testkey")
# Those that say themselves that they are to be filled in.
SAYS_SO = frozenset({"yourhere", "changeme", "template"})
# The kinds for people.
SHOWN: Dict[str, str] = {
    "yourhere": 'a placeholder that says "your … here"',
    "changeme": 'a placeholder that says "change me"',
    "template": "a template value",
    "default": "a common default",
    "repeated": "a repeated pattern",
    "example": "an example value",
    "testkey": "a test key",
}

_LONGEST = 300  # a longer value is real
_WORDS_OF_A_SENTENCE = 6

_START, _END = r"(?:^|[^a-z])", r"(?:[^a-z]|$)"
_THINGS = (
    "(?:own|api|app|secret|password|pass|token|key|domain|name|user|email|client|db|database|site|host|company|org"
    "|project|bucket|account|server)"
)
_FOREIGN = (
    "(?:passwor[dt]|kennwort|geheimnis|schl(?:ue|ü)ssel|mot[-_ ]?de[-_ ]?passe|cl[eé]|contrase(?:n|ñ|ny)a|clave|senha"
    "|chave|segredo|wachtwoord|has[lł]o|klucz|token|secret)"
)
_YOUR_HERE = re.compile(
    _START
    + "(?:%s)"
    % "|".join(
        (
            "your(?:[-_ .@]|$|" + _THINGS + "[a-z]*)",
            # Your password, in other languages.
            "(?:dein|ihr|votre|ton|tu|su|sua|seu|tua|jouw|uw|twoje|twoj)e?[-_ ](?:[a-z]+[-_ ])*" + _FOREIGN,
            "(?:insert|enter|put|paste|add)[-_ ](?:your|the|my|key|token|secret|password|value)",
        )
    )
)
_HERE = re.compile("(?:[-_ ]|key|token|secret|password)here" + _END)
_YOUR_FIRST = re.compile("ваш|твой|你的|您的|あなたの|당신의")
# At the beginning of a word.
_CHANGE_WORD = re.compile(
    _START
    + "(?:%s)"
    % "|".join(
        (
            "(?:change|replace|update|edit|fill|set|rotate)[-_ ]*(?:me|this|it)" + _END,
            "(?:change|replace|rotate)[-_ ]*(?:in[-_ ]?prod|before|with|by|d[-_ ]in[-_ ]prod)",
            "(?:fixme|tochange)" + _END,
            "change[-_ ]*(?:the|your|my)?[-_ ]*(?:secret|passw|pass|key|token)",
            # The same in other languages, most with and without accents.
            "(?:(?:bitte[-_ ])?(?:ae|ä)ndern?|ersetze[nt]?|hier[-_ ]einf(?:ue|ü)gen)" + _END,
            "(?:chang(?:er|ez)(?:[-_ ]?moi)?|remplace[rz](?:[-_ ]?moi)?|[aà][-_ ](?:changer|remplacer))" + _END,
            "(?:c[aá]mbi(?:ar|ame|alo|ami|are)|reempla[cz](?:ar|ame)|da[-_ ]cambiare|sostituire)" + _END,
            "(?:mud[ae]r?|alter(?:ar|e)|tro(?:car|que)|substitu(?:ir|a))(?:[-_ ]?(?:me|isso))?" + _END,
            "(?:wijzig(?:en)?|verander(?:en)?|zmie[nń](?:[-_ ]?to)?|de[gğ]i[sş]tir(?:in)?|[äa]ndra)" + _END,
        )
    )
)
# Anywhere; each begins with a letter of its own, so that `re` looks no further at most places.
_CHANGE_ANYWHERE = re.compile(
    "change(?:me|this|it)|change[-_ ]?in[-_ ]?prod|please[-_ ]?change|replaceme|replace[-_ ]?this|fillme"
    "|замени|измени|поменяй|请修改|请更改|請更改|修改我|変更して|변경"
    "|填写|填入|请输入|在此输入|此处|ここに|入力して|여기에|입력하"
)
# The first words of all; the second is what `django-admin startproject` writes, to be replaced before production.
_CHANGE_FIRST = re.compile("to[-_ ]?be[-_ ]?(?:set|filled|changed|replaced|defined)|django-insecure-")
# Something to be filled in, anywhere.
_TEMPLATE = re.compile(
    "|".join(
        (
            r"<[a-z][^<>/@\n]{0,60}>",
            r"\{\{[^{}\n]{0,80}\}\}",
            r"x{6,}|\*{4,}",
        )
    )
)
_TEMPLATE_WORD = re.compile(_START + "(?:todo|tbd|placeholder)" + _END)
# Where the value is, after a short word at most.
_CROSSED_OUT = re.compile(r"[a-z]{0,8}[-_ .]?(?:x{3,}|\*{3,})(?:[-_ .]?(?:x{2,}|\*{2,}))*$")
# All of the value, or its first words.
_TEMPLATE_FIRST = re.compile(
    "|".join(
        (
            r"\[(?:[a-z]{1,20}[ _-]){0,6}" + _THINGS + r"s?\]$",
            r"(?:%[a-z_]{3,60}%|__(?:[a-z]{1,30}_[a-z_]{1,30}|" + _THINGS + r")__|@[a-z_]{3,60}@)$",
            r"(?:todo|tbd|tba|n/?a|placeholder|redacted|hidden|\.{3,}|…|\*{3,}|-{3,}|_{3,}|\?{3,})" + _END,
            r"#[a-z_]{3,60}#$",
            # An address that nobody has, of a domain of RFC 2606 or of a form; the first account may be such a name.
            r"(?:you|me|user|username|name|firstname\.lastname|someone|somebody|e?mail|test|tester|hello|contact|support"
            r"|info|no-?reply|from|sender)@(?:example|(?:your|my)[-_]?(?:domain|company|site)|domain|company)"
            r"\.(?:com|net|org|tld)$",
        )
    )
)
_EXAMPLE = re.compile(_START + "(?:example|sample|dummy|fake|foobar|foo|bar)s?" + _END + "|example(?:key)?$")
# The prefix of a provider's keys without the key.
_PREFIX_ALONE = re.compile(r"[a-z]{2,8}[-_](?:(?:live|test|prod|dev)[-_])?")
_SEQUENCES = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789abcdef" * 4,
    "1234567890abcdef" * 4,
    "qwertyuiopasdfghjklzxcvbnm",
)
_REVERSED = tuple(sequence[::-1] for sequence in _SEQUENCES)
_SHORTEST_RUN = 3
_BEGINNINGS = frozenset(
    sequence[at : at + _SHORTEST_RUN]
    for sequence in (*_SEQUENCES, *_REVERSED)
    for at in range(len(sequence) - _SHORTEST_RUN + 1)
)

# Passwords that images, tutorials and starter projects come with, and the ones that every guesser tries first.
_DEFAULTS = wordset(
    """
    postgres postgresql admin administrator password passwd pass passw0rd p@ssw0rd p@ssword guest minioadmin
    minio123 root toor secret test testing tester user username default redis rabbitmq mysql mariadb mongo mongodb
    grafana elastic elasticsearch kibana prom-operator prometheus letmein welcome welcome1 qwerty qwerty123 abc123
    iloveyou monkey dragon master login demo dev develop development local localhost docker app django laravel rails
    sa system manager tomcat s3cret oracle tiger scott vagrant ubuntu raspberry pi public private airflow superset
    keycloak nextcloud wordpress odoo nexus sonar sonarqube jenkins artifactory portainer traefik neo4j cassandra
    couchdb influxdb clickhouse rootpassword root123 admin123 admin1234 adminadmin adminpassword adminpass password1
    password12 password123 password1234 passwordpassword pass123 pass1234 test123 test1234 testpass testpassword
    user123 userpass userpassword dbpass dbpassword dbuser dbpwd mypassword mysecret mysecretpassword my-secret-pw
    mysecretkey my-secret-key my_secret_key secretkey secret-key secret_key secret123 supersecret super-secret
    super_secret supersecretkey super-secret-key super_secret_key supersecretpassword topsecret verysecret
    secretpassword jwtsecret jwt-secret jwt_secret postgrespw postgrespassword postgres123 mysqlpassword mysqlroot
    rootpw rootpass redispassword redispass mongopassword mongopass yourstrong(!)password yourstrong!passw0rd
    yourstrongpassword example devpassword dev-password dev_password devsecret dev-secret dev_secret dev-secret-key
    dev_secret_key local-dev-secret localdev insecure notsecure notsecret not-secret not_secret not-a-secret
    bitnami minio seaweedfs temporal devstoreaccount1 123
    unsafe-secret password! admin! keyboard keyboard-cat keyboardcat
    """
)

# What people call a secret, and what they put before it where they make one up: `some-secret-key`, `myredissecret`.
_CALLED = (
    "(?:secrets?|p[a@][s$]{2}w[o0]rds?|pass[-_@]?word|passwd|passphrase|passwort|kennwort|geheim|motdepasse|senha"
    "|contrasena|wachtwoord|haslo|pass|pwd|pw|key|token|salt|jwt)"
)
_BEFORE = (
    "(?:a|an|some|any|the|my|our|this|the|is|very|super|supreme|ultra|top|so|long|big|random|secure|strong|weak|simple|plain|private"
    "|public|test|testing|dev|devel|develop|development|local|staging|stage|prod|production|default|demo|sample|custom"
    "|dummy|fake|initial|temp|tmp|new|old|api|app|application|auth|jwt|access|refresh|session|cookie|signing|sign"
    "|encryption|encrypt|hash|hmac|master|shared|client|service|server|backend|frontend|web|worker|webhook|db|database"
    "|sql|mysql|mariadb|postgres|postgresql|pg|redis|mongo|mongodb|rabbit|rabbitmq|minio|s3|aws|smtp|mail|email|ldap"
    "|grafana|keycloak|django|flask|laravel|rails|node|next|nextauth|user|admin|root|owner|replication|repl|sa)"
)
_MADE_UP = re.compile(r"(?:%s[-_. ]*)*(?:%s[-_. ]*)+[-_.#@!]*\d{0,6}[!?.]*" % (_BEFORE, _CALLED))
_STANDS_FOR = re.compile("(?:a|an|some|any|the|this)(?:[-_. ]|(?:very|super|long|random|secret|pass))")
# A name, what kind it is, and what it is: `shop_local_password`; and a word with the digits that everybody takes.
_OF_A_KIND = re.compile(
    r"[a-z]{2,20}(?:[-_][a-z]{2,20})?[-_](?:secure|strong|local|dev|development|test|staging|prod|production|default)"
    r"[-_](?:password|passwd|pass|pwd|secret(?:[-_]?key)?|key|token)\d{0,4}!?"
)
_AND_123 = re.compile(r"[a-z]{1,16}[-_@#!.]?(?:123(?:4(?:5(?:6(?:7(?:8(?:90?)?)?)?)?)?)?|321|1234567890)[!@#]?")
# Words only, among them two that make one up: `shop-docker-supersecret-key-1234567890`.
_IN_WORDS = re.compile(
    r"(?:[a-z]{2,20}[-_. ]){0,4}"
    r"(?:(?:super|very|top|ultra)[-_. ]?secret|secret[-_. ]?(?:key|token|password|phrase)"
    r"|(?:jwt|api|auth|session|encryption)[-_. ](?:secret|key))"
    r"(?:[-_. ][a-z]{2,12}){0,4}(?:[-_. ]?(?:\d{1,4}|12345(?:6(?:7(?:8(?:90?)?)?)?)?))?[!@#$%^&*()_+=-]{0,14}"
)
# What says of itself that it protects nothing.
_PROTECTS_NOTHING = re.compile(
    "|".join(
        (
            _START + "(?:in|un|not[-_ ]?(?:so[-_ ]?)?)(?:secure|safe)" + _END,
            _START + "(?:hard[-_ ]?coded|throw[-_ ]?away)" + _END,
            _START + "(?:dev|development|test|testing|local|ci)[-_ ]?only" + _END,
            "do[-_ ]?not[-_ ]?use|not[-_ ]?for[-_ ]?prod",
            "^(?:a[-_ ])?random[-_ ](?:string|value|secret|characters)" + _END,
        )
    )
)
_ISSUED_PREFIX = re.compile(r"(?:[a-z]{2,6}[-_]){1,3}")


# Keys of a provider's test mode, which say so. Source: the manuals of Stripe, Paystack, Razorpay, Mollie, Square,
# Mercado Pago, Flutterwave.
_TEST_KEY = re.compile(
    r"(?:(?:sk|pk|rk)_test_[a-z0-9]{10,}|rzp_test_[a-z0-9]{8,}|test_[a-z0-9]{28,}|sandbox-sq0[a-z]{3}-[\w-]{10,}"
    r"|test-\d{10,}-[\w-]{20,}|flw(?:seck|pubk)_test-[\w-]{10,})"
)


# Many services have the same values.
@functools.lru_cache(maxsize=4096)
def placeholder_class(value: str) -> str:
    """Return which kind of placeholder `value` looks like, one of KINDS; "none" when it may be real.

    Serves secrets on their host and values that are no secrets on the controller; `default` and `example` are for
    the caller to weigh, since a user may well be called postgres.
    """
    text = _text(value)
    return _says_so(text) or (_looks_so(text) if text else "none")


@functools.lru_cache(maxsize=4096)
def says_fill_in(value: str) -> str:
    """Return the `placeholder_class` of a value that says of itself that somebody has to fill it in; else nothing.

    That is "yourhere", "changeme" or "template", and all that is asked of values that are no secrets.
    """
    text = _text(value)
    said = _says_so(text)
    if not said and _STANDS_FOR.match(text):
        said = _looks_so(text)
    return said if said in SAYS_SO else ""


def is_test_key(value: str) -> bool:
    """Return whether the `placeholder_class` of a value is that of a key of its provider's test mode."""
    text = _text(value)
    return _TEST_KEY.fullmatch(text) is not None and text not in _DEFAULTS and not _says_so(text)


def _text(value: str) -> str:
    """Return what is looked at of a value; nothing of one that is too long."""
    text = value.strip().strip("\"'").strip().lower()
    return text if len(text) <= _LONGEST else ""


def _says_so(text: str) -> str:
    """Return the kind of a placeholder that says that it is to be filled in; nothing for a sentence, or a long one."""
    if len(text.split()) > _WORDS_OF_A_SENTENCE:
        return ""
    if _YOUR_FIRST.match(text) or _HERE.search(text) or _YOUR_HERE.search(text):
        return "yourhere"
    if _CHANGE_FIRST.match(text) or _CHANGE_ANYWHERE.search(text) or _CHANGE_WORD.search(text):
        return "changeme"
    if _TEMPLATE_FIRST.match(text) or _TEMPLATE.search(text) or _TEMPLATE_WORD.search(text):
        return "template"
    if ("xxx" in text or "***" in text) and _CROSSED_OUT.match(text):
        return "template"
    return says(text)


def _looks_so(text: str) -> str:
    """Return the kind of a placeholder that does not say so, by its form; "none" where it has none."""
    if text in _DEFAULTS:
        return "default"
    if _TEST_KEY.fullmatch(text):
        return "testkey"
    if _is_repeated(text):
        return "repeated"
    if _EXAMPLE.search(text) or _PREFIX_ALONE.fullmatch(text):
        return "example"
    if _MADE_UP.fullmatch(text):
        return "template" if _STANDS_FOR.match(text) else "default"
    guessed = (
        _OF_A_KIND.fullmatch(text)
        or _AND_123.fullmatch(text)
        or _PROTECTS_NOTHING.search(text)
        or _IN_WORDS.fullmatch(text)
        or _is_two_runs(text)
    )
    return "default" if guessed else "none"


def is_well_known(value: str) -> bool:
    """Return whether `value` is a common password or a run of letters: found elsewhere, it says nothing of a secret."""
    text = value.strip().strip("\"'").strip().lower()
    return text in _DEFAULTS or _is_repeated(text)


def _is_two_runs(text: str) -> bool:
    """Return whether `text` is a run of digits and one of letters, as in `12345abcdef`."""
    first, second = _run_at_the_beginning(text), _run_at_the_beginning(text[::-1], _REVERSED)
    # Parts of a run are runs, so any split between the two longest will do.
    return max(_SHORTEST_RUN, len(text) - second) <= min(first, len(text) - _SHORTEST_RUN)


def _run_at_the_beginning(text: str, sequences: Tuple[str, ...] = _SEQUENCES) -> int:
    """Return how many signs `text` begins with that are a run; 0 where they are too few."""
    longest = 0
    for sequence in sequences if text[:_SHORTEST_RUN] in _BEGINNINGS else ():
        while longest < len(text) and text[: max(longest + 1, _SHORTEST_RUN)] in sequence:
            longest = max(longest + 1, _SHORTEST_RUN)
    return longest


def _is_repeated(text: str) -> bool:
    """Return whether `text` is one short piece over and over, or a run of the keyboard or the alphabet."""
    text = _ISSUED_PREFIX.sub("", text, count=1).rstrip("=") if len(text) > 12 else text
    if len(text) < 4:
        return False
    if _run_at_the_beginning(text) == len(text):
        return True
    if len(text) >= 6 and _run_at_the_beginning(text, _REVERSED) == len(text):
        return True
    return any(len(text) >= 4 * size and text[size:] == text[:-size] for size in (1, 2, 3, 4))
