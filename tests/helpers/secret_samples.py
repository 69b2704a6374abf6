"""Secrets of many shapes, made at run time so that no file holds one."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import quote

ALNUM: Final = string.ascii_letters + string.digits
URLSAFE: Final = ALNUM + "-_"
B64: Final = ALNUM + "+/"
HEX: Final = "0123456789abcdef"
BASE36: Final = string.ascii_lowercase + string.digits
BASE32: Final = string.ascii_uppercase + "234567"
ODD: Final = ALNUM + "@:/#?!$%&*()+,;=[]^~|.-_"


class Sample(NamedTuple):
    """A secret as it stands under a name; `parts` are what must not leave. `known` ones show without any name."""

    shape: str
    name: str
    value: str
    parts: tuple[str, ...]
    known: bool = True


class Dice(random.Random):
    """Random pieces that always hold a letter and a digit, as generators' output of some length does."""

    def of(self, alphabet: str, length: int) -> str:
        while True:
            text = "".join(self.choice(alphabet) for _ in range(length))
            if (
                any(c.isdigit() for c in text)
                and any(c.isalpha() for c in text)
                and len(set(text)) > min(length, 12) // 2
            ):
                return text

    def odd(self, length: int) -> str:
        """A password of signs that an address takes no offence at, beginning and ending with a letter."""
        return "p" + self.of(ODD.replace("$", ""), length) + "w"


def _issued(shape: str, name: str, *pieces: str | tuple[str, int]) -> Callable[[Dice], Sample]:
    """A key made of fixed pieces and (alphabet, length) ones; the whole of it is the secret."""

    def make(dice: Dice) -> Sample:
        value = "".join(piece if isinstance(piece, str) else dice.of(*piece) for piece in pieces)
        return Sample(shape, name, value, (value,))

    return make


def _named(shape: str, name: str, alphabet: str, length: int) -> Callable[[Dice], Sample]:
    """A secret that only its name tells."""

    def make(dice: Dice) -> Sample:
        value = dice.of(alphabet, length)
        return Sample(shape, name, value, (value,), known=False)

    return make


def _within(shape: str, name: str, template: str, kind: str = "alnum") -> Callable[[Dice], Sample]:
    """A text with one secret part in it, where {} stands."""

    def make(dice: Dice) -> Sample:
        secret = {
            "alnum": lambda: dice.of(ALNUM, 14),
            "odd": lambda: dice.odd(10),
            "percent": lambda: quote(dice.odd(10), safe=""),
            "word": lambda: "hunter" + dice.of(BASE36, 3),
            "key": lambda: base64.b64encode(dice.randbytes(64)).decode(),
            "hex": lambda: dice.of(HEX, 32),
            "crypt": lambda: dice.of(ALNUM + "./", 53),
            "sig": lambda: quote(base64.b64encode(dice.randbytes(32)).decode(), safe=""),
            "url": lambda: dice.of(URLSAFE, 43),
        }[kind]()
        return Sample(shape, name, template.replace("{}", secret), (secret,))

    return make


def _jwt(dice: Dice) -> Sample:
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "HS256", "typ": "JWT"}, {"sub": dice.of(ALNUM, 8)})
    )
    value = f"{head}.{body}.{dice.of(URLSAFE, 43)}"
    return Sample("JSON web token", "SERVICE_JWT", value, (value,))


def _pem(dice: Dice) -> Sample:
    body = "\n".join(dice.of(B64, 64) for _ in range(6))
    kind = dice.choice(["RSA ", "EC ", "OPENSSH ", ""])
    value = f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"
    return Sample("PEM private key", "TLS_KEY", value, tuple(body.split("\n")))


def _service_account(dice: Dice) -> Sample:
    body = dice.of(B64, 64)
    key = f"-----BEGIN {'PRIVATE'} KEY-----\\n{body}\\n-----END {'PRIVATE'} KEY-----\\n"
    key_id = dice.of(HEX, 40)
    value = f'{{"client_email": "x@demo.test", "private_key_id": "{key_id}", "private_key": "{key}", "type": "x"}}'
    return Sample("Google service account", "GOOGLE_SERVICE_ACCOUNT", value, (key_id, body))


def _basic_header(dice: Dice) -> Sample:
    secret = base64.b64encode(f"admin:{dice.of(ALNUM, 12)}".encode()).decode()
    return Sample("HTTP basic header", "UPSTREAM_HEADER", f"Authorization: Basic {secret}", (secret,))


def _docker_auth(dice: Dice) -> Sample:
    secret = base64.b64encode(f"robot:{dice.of(ALNUM, 20)}".encode()).decode()
    value = f'{{"auths": {{"registry.example.com": {{"auth": "{secret}"}}}}}}'
    return Sample("docker login", "DOCKER_AUTH_CONFIG", value, (secret,))


def _hosts(dice: Dice) -> Sample:
    secret = dice.of(ALNUM, 16)
    return Sample(
        "MongoDB with several hosts",
        "MONGO_URL",
        f"mongodb://app:{secret}@m1:27017,m2:27017/db?replicaSet=rs0",
        (secret,),
    )


def _two_urls(dice: Dice) -> Sample:
    one, two = dice.of(ALNUM, 12), dice.of(ALNUM, 12)
    return Sample("several addresses", "BROKERS", f"amqp://u:{one}@mq1:5672//,amqp://u:{two}@mq2:5672//", (one, two))


SHAPES: Final[tuple[Callable[[Dice], Sample], ...]] = (
    _issued("AWS access key id", "AWS_ACCESS_KEY_ID", "AK" + "IA", (BASE32, 16)),
    _issued("AWS secret access key", "AWS_SECRET_ACCESS_KEY", (B64, 40)),
    _issued("AWS session token", "AWS_SESSION_TOKEN", "IQoJb3JpZ2lu", (B64, 300)),
    _issued("Google API key", "GOOGLE_MAPS_API_KEY", "AI" + "za", (URLSAFE, 35)),
    _issued("Google OAuth secret", "GOOGLE_CLIENT_SECRET", "GOC" + "SPX-", (URLSAFE, 28)),
    _issued("Google refresh token", "GMAIL_REFRESH_TOKEN", "1/" + "/0", (URLSAFE, 60)),
    _service_account,
    _issued("Microsoft Entra secret", "MICROSOFT_CLIENT_SECRET", (ALNUM, 3), "8Q" + "~", (ALNUM, 34)),
    _within(
        "Azure storage",
        "AZURE_STORAGE_CONNECTION_STRING",
        "DefaultEndpointsProtocol=https;AccountName=demo;AccountKey={};EndpointSuffix=core.windows.net",
        "key",
    ),
    _within(
        "Azure service bus",
        "SERVICEBUS",
        "Endpoint=sb://demo.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={}",
        "key",
    ),
    _within("Azure SAS", "BLOB_URL", "https://demo.blob.core.windows.net/c/b.txt?sv=2022-11-02&sp=r&sig={}", "sig"),
    _issued("GitHub token", "GITHUB_TOKEN", "gh" + "p_", (ALNUM, 36)),
    _issued("GitHub fine-grained token", "GH_PAT", "github" + "_pat_", (ALNUM, 22), "_", (ALNUM, 59)),
    _issued("GitLab token", "GITLAB_TOKEN", "gl" + "pat-", (URLSAFE, 20)),
    _issued("Slack bot token", "SLACK_BOT_TOKEN", "xo" + "xb-", ("0123456789a", 12), "-", (ALNUM, 24)),
    _within("Slack webhook", "SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T01ABCDEF/B02ABCDEF/{}"),
    _within("Discord webhook", "DISCORD_WEBHOOK", "https://discord.com/api/webhooks/123456789012345678/{}", "url"),
    _issued("Discord bot", "DISCORD_TOKEN", "MT", (ALNUM, 24), ".", (URLSAFE, 6), ".", (URLSAFE, 38)),
    _issued("Stripe secret key", "STRIPE_SECRET_KEY", "sk" + "_live_", (ALNUM, 99)),
    _issued("Stripe webhook secret", "STRIPE_WEBHOOK_SECRET", "wh" + "sec_", (ALNUM, 32)),
    _issued("SendGrid", "SENDGRID_API_KEY", "S" + "G.", (URLSAFE, 22), ".", (URLSAFE, 43)),
    _issued("Mailgun", "MAILGUN_API_KEY", "ke" + "y-", (HEX, 32)),
    _issued("Mailchimp", "MAILCHIMP_KEY", (HEX, 32), "-us14"),
    _issued("Twilio auth token", "TWILIO_AUTH_TOKEN", (HEX, 32)),
    _issued("Twilio API key", "TWILIO_KEY", "S" + "K", (HEX, 32)),
    _issued("Notion", "NOTION_API_KEY", "secret" + "_", (ALNUM, 43)),
    _issued("Notion, new", "NOTION_TOKEN", "nt" + "n_", (ALNUM, 46)),
    _issued("language model key", "OPENAI_API_KEY", "sk" + "-proj-", (URLSAFE, 80)),
    _issued("language model key, second", "ANTHROPIC_API_KEY", "sk" + "-ant-api03-", (URLSAFE, 90)),
    _issued("model hub", "HF_TOKEN", "hf" + "_", (ALNUM, 34)),
    _issued("npm", "NPM_TOKEN", "np" + "m_", (ALNUM, 36)),
    _issued("PyPI", "TWINE_PASSWORD", "py" + "pi-AgEIcHlwaS5vcmc", (URLSAFE, 120)),
    _jwt,
    _pem,
    _issued("bcrypt", "ADMIN_HASH", "$2b$12$", (ALNUM + "./", 53)),
    _issued("argon2", "STORED_LOGIN", "$argon2id$v=19$m=65536,t=3,p=4$", (B64, 22), "$", (B64, 43)),
    _within("htpasswd", "BASIC_USERS", "admin:$apr1$abcdefgh${}", "hex"),
    _within("traefik basic auth", "traefik.http.middlewares.a.basicauth.users", "admin:$2y$05${}", "crypt"),
    _issued("Django hash", "SEED_USER", "pbkdf2_" + "sha256$600000$", (ALNUM, 22), "$", (B64, 43), "="),
    _issued("PostgreSQL SCRAM", "ROLE_LOGIN", "SCRAM-SHA-256$4096:", (B64, 22), "==$", (B64, 43), "=:", (B64, 43), "="),
    _issued("Fernet", "FERNET_KEY", (URLSAFE, 43), "="),
    _issued("Django secret key", "DJANGO_SECRET_KEY", (BASE36 + "!@#%^&*(-_=+)", 50)),
    _issued("Rails secret_key_base", "SECRET_KEY_BASE", (HEX, 128)),
    _issued("Laravel", "APP_KEY", "base64:", (B64, 43), "="),
    _within("Sentry DSN", "SENTRY_DSN", "https://{}@o12345.ingest.sentry.io/4501234", "hex"),
    _issued("Sentry token", "SENTRY_AUTH", "sntrys" + "_", (B64, 80)),
    _issued("Telegram bot", "TELEGRAM_BOT", "123456789:AA", (URLSAFE, 33)),
    _within("Telegram address", "NOTIFY_URL", "https://api.telegram.org/bot123456789:{}/sendMessage", "url"),
    _within("PostgreSQL", "DATABASE_URL", "postgresql://prod_user:{}@postgres:5432/assistant"),
    _within(
        "PostgreSQL, unescaped", "DATABASE_URL", "postgresql+asyncpg://prod_user:{}@postgres:5432/assistant", "odd"
    ),
    _within(
        "PostgreSQL, percent-encoded",
        "DATABASE_URL",
        "postgres://prod_user:{}@db.example.com/assistant?sslmode=require",
        "percent",
    ),
    _within("Redis without a user", "REDIS_URL", "redis://:{}@redis:6379/0", "odd"),
    _within("Redis with TLS", "CACHE", "rediss://default:{}@cache.example.com:6380"),
    _within("AMQP", "CELERY_BROKER", "amqp://app:{}@rabbitmq:5672//", "odd"),
    _within("MongoDB +srv", "MONGODB_URI", "mongodb+srv://app:{}@cluster0.ab1cd.mongodb.net/app?retryWrites=true"),
    _hosts,
    _two_urls,
    _within("MySQL", "MYSQL_URL", "mysql://root:{}@mysql:3306/app", "odd"),
    _within("MySQL for Go", "DB", "app:{}@tcp(mysql:3306)/app?parseTime=true"),
    _within("MSSQL", "CONNECTION", "Server=tcp:db,1433;Initial Catalog=app;User ID=sa;Password={};Encrypt=True;"),
    _within("ODBC", "ODBC", "DRIVER={ODBC Driver 18};SERVER=db;UID=sa;PWD={};".replace("{ODBC Driver 18}", "ODBC")),
    _within("libpq", "PG_CONNINFO", "host=db port=5432 user=app password={} dbname=app sslmode=require"),
    _within("JDBC PostgreSQL", "JDBC_URL", "jdbc:postgresql://db:5432/app?user=app&password={}&ssl=true"),
    _within(
        "JDBC SQL Server", "SPRING_URL", "jdbc:sqlserver://db:1433;databaseName=app;user=sa;password={};encrypt=true"
    ),
    _within("JDBC Oracle", "ORACLE", "jdbc:oracle:thin:scott/{}@//db:1521/XE"),
    _within("no scheme", "BROKER", "app:{}@rabbitmq:5672/vhost"),
    _within("StackExchange Redis", "REDIS_CONFIGURATION", "redis:6379,password={},ssl=False,abortConnect=False"),
    _within("SMTP", "EMAIL_URL", "smtp+tls://mailer:{}@smtp.example.com:587", "odd"),
    _within("LDAP", "LDAP_URL", "ldap://cn%3Dadmin:{}@ldap.example.com:389"),
    _within("git over HTTPS", "REPOSITORY", "https://oauth2:{}@git.example.com/group/app.git"),
    _within("git with only a token", "REPOSITORY", "https://{}@git.example.com/group/app.git", "url"),
    _within(
        "presigned address",
        "REPORT_URL",
        "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=300&X-Amz-Signature={}",
        "hex",
    ),
    _issued("S3 secret key", "MINIO_SECRET", (ALNUM, 40)),
    _issued("Vault token", "VAULT_TOKEN", "hv" + "s.", (URLSAFE, 24)),
    _issued("Doppler", "DOPPLER_TOKEN", "dp" + ".st.prd.", (ALNUM, 40)),
    _issued("DigitalOcean", "DO_TOKEN", "dop" + "_v1_", (HEX, 64)),
    _issued("Docker Hub", "DOCKERHUB", "dckr" + "_pat_", (URLSAFE, 27)),
    _issued("Grafana", "GRAFANA_SA", "gl" + "sa_", (ALNUM, 32), "_", (HEX, 8)),
    _issued("New Relic", "NEW_RELIC", "NR" + "AK-", (BASE32, 27)),
    _issued("Shopify", "SHOPIFY", "shp" + "at_", (HEX, 32)),
    _issued("Airtable", "AIRTABLE", "pat", (ALNUM, 14), ".", (HEX, 64)),
    _issued("age", "AGE_KEY", "AGE-SECRET-" + "KEY-1", (BASE32, 58)),
    _issued("WireGuard", "WG_PRIVATE", (B64, 43), "="),
    _issued("Tailscale", "TS_AUTHKEY", "ts" + "key-auth-", (ALNUM, 17), "-", (ALNUM, 32)),
    _within("one-time password seed", "OTP_URI", "otpauth://totp/app:u?secret={}&issuer=app", "hex"),
    _issued("Kubernetes bootstrap", "JOIN_TOKEN", "SWM" + "TKN-1-", (BASE36, 50), "-", (BASE36, 25)),
    _basic_header,
    _docker_auth,
    _within("bearer header", "UPSTREAM_HEADER", "Authorization: Bearer {}", "url"),
    _within("API key header", "EXTRA_HEADERS", "X-Api-Key: {}"),
    _within("cookie", "PROBE_HEADER", "Cookie: theme=dark; sessionid={}", "hex"),
    _within("JSON", "SETTINGS", '{"host": "db", "password": "{}", "port": 5432}', "odd"),
    _within("JSON in JSON", "SETTINGS_JSON", '{"inner": "{\\"client_secret\\": \\"{}\\"}"}'),
    _within("Java options", "JAVA_OPTS", "-Xmx512m -Djavax.net.ssl.trustStorePassword={} -Dapp.name=x"),
    _within("command with a flag", "START", "worker --broker-password {} --concurrency 4"),
    _within(
        "Kafka JAAS",
        "KAFKA_JAAS",
        'org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="{}";',
    ),
    _within("netrc", "NETRC", "machine git.example.com login robot password {}"),
    _within("XML", "SETTINGS_XML", "<db><user>app</user><password>{}</password></db>"),
    _issued(
        "licence key",
        "PRODUCT",
        ("ABCDEFGHJKMNPQRSTUVWXYZ23456789", 5),
        "-",
        ("ABCDEFGH23456789", 5),
        "-",
        ("JKMNPQ23456789", 5),
        "-",
        ("STUVWXYZ23456789", 5),
    ),
    _issued("hex key of 32", "ANYTHING", (HEX, 32)),
    _issued("hex key of 64", "ANYTHING", (HEX, 64)),
    _issued("base64 of 32 bytes", "ANYTHING", (B64, 43), "="),
    _issued("letters and digits, 32", "ANYTHING", (ALNUM, 32)),
    _issued("letters and digits, 24", "ANYTHING", (ALNUM, 24)),
    _issued("lower case and digits, 40", "ANYTHING", (BASE36, 40)),
    _issued("base32 of 32", "ANYTHING", (BASE32, 32)),
    _named("plain password", "DB_PASSWORD", string.ascii_lowercase + "123", 7),
    _named("short password", "SMTP_PASS", ALNUM, 5),
    _named("password with signs", "ADMIN_PASSWORD", ALNUM + "!@#%^&*()-_=+[]{};:,.<>/?|~ ", 16),
    _named("password with quotes", "GF_SECURITY_ADMIN_PASSWORD", ALNUM + "\"'\\`$", 14),
    _named("password of digits", "ACCESS_PIN", "0123456789x", 8),
    _named("UUID as a key", "HEROKU_API_KEY", HEX + "-", 36),
    _named("salt", "PASSWORD_SALT", BASE36, 12),
    _named("JWT secret", "JWT_SECRET", BASE36, 10),
    _named("session secret", "sessionSecret", BASE36, 10),
    _named("dotted", "spring.datasource.password", BASE36, 9),
    _named("hyphened", "rabbitmq-default-pass", BASE36, 9),
    _named("glued", "pgpassword", BASE36, 9),
    _named("consumer key", "OAUTH_CLIENT_SECRET", BASE36, 9),
    _named("weak name", "APP_TOKEN_2", BASE36, 9),
    _named("encryption key", "N8N_ENCRYPTION_KEY", BASE36, 12),
    _named("requirepass", "REDIS_REQUIREPASS", BASE36, 8),
)


def samples(seed: int, each: int = 1) -> list[Sample]:
    """`each` secrets of every shape, the same for the same seed."""
    dice = Dice(seed)
    return [shape(dice) for shape in SHAPES for _ in range(each)]
