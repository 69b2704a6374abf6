"""Values that only stand where a real one should: the kind of a placeholder may be told, a secret never."""

from __future__ import annotations

import re
from typing import Tuple

from .words import wordset

# In the order in which they are tried; "none" is what a real value is.
KINDS: Tuple[str, ...] = ("none", "yourhere", "changeme", "template", "default", "repeated", "example")

_LONGEST = 300  # a longer value is real
_WORDS_OF_A_SENTENCE = 6

_START, _END = r"(?:^|[^a-z])", r"(?:[^a-z]|$)"
_THINGS = (
    "(?:own|api|app|secret|password|pass|token|key|domain|name|user|email|client|db|database|site|host|company|org"
    "|project|bucket|account|server)"
)
_YOUR_HERE = re.compile(
    "|".join(
        (
            _START + "your(?:[-_ .]|$|" + _THINGS + "[a-z]*)",
            "(?:[-_ ]|key|token|secret|password)here" + _END,
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
        )
    )
)
_TEMPLATE = re.compile(
    "|".join(
        (
            r"<[a-z][^<>/\n]{0,60}>",
            r"\{\{[^{}\n]{0,80}\}\}",
            r"^\[[a-z][a-z _-]{2,60}\]$",
            r"^(?:%[a-z_]{3,60}%|__[a-z_]{2,60}__|@[a-z_]{3,60}@)$",
            r"^(?:todo|tbd|tba|n/?a|placeholder|redacted|hidden|\.{3,}|…|\*{3,}|-{3,}|_{3,}|\?{3,})" + _END,
            _START + "(?:todo|tbd|placeholder)" + _END,
            r"^[a-z]{0,8}[-_ .]?(?:x{3,}|\*{3,})(?:[-_ .]?(?:x{2,}|\*{2,}))*$",
            r"x{6,}|\*{4,}",
        )
    )
)
_EXAMPLE = re.compile(_START + "(?:example|sample|dummy|fake|foobar|foo|bar)s?" + _END + "|example(?:key)?$")
_SEQUENCES = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789abcdef0123456789abcdef",
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
    unsafe-secret password! admin! keyboard keyboard-cat keyboardcat
    """
)


def placeholder_class(value: str) -> str:
    """Return which kind of placeholder `value` looks like, one of KINDS; "none" when it may be real.

    Serves secrets on their host and values that are no secrets on the controller; `default` and `example` are for
    the caller to weigh, since a user may well be called postgres.
    """
    text = value.strip().strip("\"'").strip().lower()
    if not text or len(text) > _LONGEST:
        return "none"
    if len(text.split()) <= _WORDS_OF_A_SENTENCE:
        for kind, pattern in (("yourhere", _YOUR_HERE), ("changeme", _CHANGE_ME), ("template", _TEMPLATE)):
            if pattern.search(text):
                return kind
    if text in _DEFAULTS:
        return "default"
    if _is_repeated(text):
        return "repeated"
    return "example" if _EXAMPLE.search(text) else "none"


def _is_repeated(text: str) -> bool:
    """Return whether `text` is one short piece over and over, or a run of the keyboard or the alphabet."""
    if len(text) < 4:
        return False
    if any(text in sequence or (len(text) >= 6 and text[::-1] in sequence) for sequence in _SEQUENCES):
        return True
    return any(
        len(text) >= 4 * size and text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in (1, 2, 3, 4)
    )
