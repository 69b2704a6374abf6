"""Values that only stand where a real one should: the kind of a placeholder may be told, a secret never."""

from __future__ import annotations

import functools
import re
from typing import Dict, Tuple

from .foreign_placeholders import says
from .words import wordset

# In the order in which they are tried; "none" is what a real value is.
KINDS: Tuple[str, ...] = ("none", "yourhere", "changeme", "template", "default", "repeated", "example", "testkey")
# The same for people.
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
    "|".join(
        (
            _START + "your(?:[-_ .@]|$|" + _THINGS + "[a-z]*)",
            "(?:[-_ ]|key|token|secret|password)here" + _END,
            # Your password, in other languages.
            _START + "(?:dein|ihr|votre|ton|tu|su|sua|seu|tua|jouw|uw|twoje|twoj)e?[-_ ](?:[a-z]+[-_ ])*" + _FOREIGN,
            "^(?:ваш|твой|你的|您的|あなたの|당신의)",
            _START + "(?:insert|enter|put|paste|add)[-_ ](?:your|the|my|key|token|secret|password|value)",
        )
    )
)
_CHANGE_ME = re.compile(
    "|".join(
        (
            _START + "(?:change|replace|update|edit|fill|set|rotate)[-_ ]*(?:me|this|it)" + _END,
            _START + "(?:change|replace|rotate)[-_ ]*(?:in[-_ ]?prod|before|with|by|d[-_ ]in[-_ ]prod)",
            _START + "(?:fixme|tochange)" + _END,
            "change(?:me|this|it)|change[-_ ]?in[-_ ]?prod|please[-_ ]?change|replaceme|replace[-_ ]?this|fillme",
            "^to[-_ ]?be[-_ ]?(?:set|filled|changed|replaced|defined)",
            "^django-insecure-",  # what `django-admin startproject` writes, to be replaced before production
            _START + "change[-_ ]*(?:the|your|my)?[-_ ]*(?:secret|passw|pass|key|token)",
            # The same in other languages, most with and without accents.
            _START + "(?:(?:bitte[-_ ])?(?:ae|ä)ndern?|ersetze[nt]?|hier[-_ ]einf(?:ue|ü)gen)" + _END,
            _START
            + "(?:chang(?:er|ez)(?:[-_ ]?moi)?|remplace[rz](?:[-_ ]?moi)?|[aà][-_ ](?:changer|remplacer))"
            + _END,
            _START + "(?:c[aá]mbi(?:ar|ame|alo|ami|are)|reempla[cz](?:ar|ame)|da[-_ ]cambiare|sostituire)" + _END,
            _START + "(?:mud[ae]r?|alter(?:ar|e)|tro(?:car|que)|substitu(?:ir|a))(?:[-_ ]?(?:me|isso))?" + _END,
            _START + "(?:wijzig(?:en)?|verander(?:en)?|zmie[nń](?:[-_ ]?to)?|de[gğ]i[sş]tir(?:in)?|[äa]ndra)" + _END,
            "замени|измени|поменяй|请修改|请更改|請更改|修改我|変更して|변경"
            "|填写|填入|请输入|在此输入|此处|ここに|入力して|여기에|입력하",
        )
    )
)
_TEMPLATE = re.compile(
    "|".join(
        (
            r"<[a-z][^<>/@\n]{0,60}>",
            r"\{\{[^{}\n]{0,80}\}\}",
            r"^\[(?:[a-z]{1,20}[ _-]){0,6}" + _THINGS + r"s?\]$",
            r"^(?:%[a-z_]{3,60}%|__(?:[a-z]{1,30}_[a-z_]{1,30}|" + _THINGS + r")__|@[a-z_]{3,60}@)$",
            r"^(?:todo|tbd|tba|n/?a|placeholder|redacted|hidden|\.{3,}|…|\*{3,}|-{3,}|_{3,}|\?{3,})" + _END,
            _START + "(?:todo|tbd|placeholder)" + _END,
            r"^[a-z]{0,8}[-_ .]?(?:x{3,}|\*{3,})(?:[-_ .]?(?:x{2,}|\*{2,}))*$",
            r"x{6,}|\*{4,}",
            r"^#[a-z_]{3,60}#$",
            # An address that nobody has, of a domain of RFC 2606 or of a form; the first account may be such a name.
            r"^(?:you|me|user|username|name|firstname\.lastname|someone|somebody|e?mail|test|tester|hello|contact|support"
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
_SAYS_SO = re.compile(
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
    text = value.strip().strip("\"'").strip().lower()
    if not text or len(text) > _LONGEST:
        return "none"
    said = _said(text)
    if said:
        return said
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
        or _SAYS_SO.search(text)
        or _IN_WORDS.fullmatch(text)
        or _is_two_runs(text)
    )
    return "default" if guessed else "none"


def _said(text: str) -> str:
    """Return what a text in lower case says of itself, nothing if it says nothing."""
    if len(text.split()) <= _WORDS_OF_A_SENTENCE:
        for kind, pattern in (("yourhere", _YOUR_HERE), ("changeme", _CHANGE_ME), ("template", _TEMPLATE)):
            if pattern.search(text):
                return kind
    return says(text)


def is_well_known(value: str) -> bool:
    """Return whether `value` is a common password or a run of letters: found elsewhere, it says nothing of a secret."""
    text = value.strip().strip("\"'").strip().lower()
    return text in _DEFAULTS or _is_repeated(text)


def _is_two_runs(text: str) -> bool:
    """Return whether `text` is a run of digits and one of letters, as in `12345abcdef`."""
    return any(
        text[:split] in first and text[split:] in second
        for split in range(3, len(text) - 2)
        for first in _SEQUENCES
        for second in _SEQUENCES
    )


def _is_repeated(text: str) -> bool:
    """Return whether `text` is one short piece over and over, or a run of the keyboard or the alphabet."""
    text = _ISSUED_PREFIX.sub("", text, count=1).rstrip("=") if len(text) > 12 else text
    if len(text) < 4:
        return False
    if any(text in sequence or (len(text) >= 6 and text[::-1] in sequence) for sequence in _SEQUENCES):
        return True
    return any(
        len(text) >= 4 * size and text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in (1, 2, 3, 4)
    )
