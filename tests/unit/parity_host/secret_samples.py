"""Secrets of many shapes, made at run time so that no file holds one, and values that are none."""

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
            if any(c.isdigit() for c in text) and any(c.isalpha() for c in text) and len(set(text)) > min(length, 12) // 2:
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
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "HS256", "typ": "JWT"}, {"sub": dice.of(ALNUM, 8)}))
    value = f"{head}.{body}.{dice.of(URLSAFE, 43)}"
    return Sample("JSON web token", "SERVICE_JWT", value, (value,))


def _pem(dice: Dice) -> Sample:
    body = "\n".join(dice.of(B64, 64) for _ in range(6))
    kind = dice.choice(["RSA ", "EC ", "OPENSSH ", ""])
    value = f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"
    return Sample("PEM private key", "TLS_KEY", value, tuple(body.split("\n")))


def _service_account(dice: Dice) -> Sample:
    body = dice.of(B64, 64)
    key = f"-----BEGIN PRIVATE KEY-----\\n{body}\\n-----END PRIVATE KEY-----\\n"
    value = '{"type": "service_account", "project_id": "demo", "private_key_id": "%s", "private_key": "%s", "client_email": "x@demo.iam.gserviceaccount.com"}'
    key_id = dice.of(HEX, 40)
    return Sample("Google service account", "GOOGLE_SERVICE_ACCOUNT", value % (key_id, key), (key_id, body))


def _basic_header(dice: Dice) -> Sample:
    secret = base64.b64encode(f"admin:{dice.of(ALNUM, 12)}".encode()).decode()
    return Sample("HTTP basic header", "UPSTREAM_HEADER", f"Authorization: Basic {secret}", (secret,))


def _docker_auth(dice: Dice) -> Sample:
    secret = base64.b64encode(f"robot:{dice.of(ALNUM, 20)}".encode()).decode()
    return Sample("docker login", "DOCKER_AUTH_CONFIG", '{"auths": {"registry.example.com": {"auth": "%s"}}}' % secret, (secret,))


def _hosts(dice: Dice) -> Sample:
    secret = dice.of(ALNUM, 16)
    return Sample("MongoDB with several hosts", "MONGO_URL", f"mongodb://app:{secret}@m1:27017,m2:27017/db?replicaSet=rs0", (secret,))


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
    _within("Azure storage", "AZURE_STORAGE_CONNECTION_STRING", "DefaultEndpointsProtocol=https;AccountName=demo;AccountKey={};EndpointSuffix=core.windows.net", "key"),
    _within("Azure service bus", "SERVICEBUS", "Endpoint=sb://demo.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={}", "key"),
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
    _within("PostgreSQL, unescaped", "DATABASE_URL", "postgresql+asyncpg://prod_user:{}@postgres:5432/assistant", "odd"),
    _within("PostgreSQL, percent-encoded", "DATABASE_URL", "postgres://prod_user:{}@db.example.com/assistant?sslmode=require", "percent"),
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
    _within("JDBC SQL Server", "SPRING_URL", "jdbc:sqlserver://db:1433;databaseName=app;user=sa;password={};encrypt=true"),
    _within("JDBC Oracle", "ORACLE", "jdbc:oracle:thin:scott/{}@//db:1521/XE"),
    _within("no scheme", "BROKER", "app:{}@rabbitmq:5672/vhost"),
    _within("StackExchange Redis", "REDIS_CONFIGURATION", "redis:6379,password={},ssl=False,abortConnect=False"),
    _within("SMTP", "EMAIL_URL", "smtp+tls://mailer:{}@smtp.example.com:587", "odd"),
    _within("LDAP", "LDAP_URL", "ldap://cn%3Dadmin:{}@ldap.example.com:389"),
    _within("git over HTTPS", "REPOSITORY", "https://oauth2:{}@git.example.com/group/app.git"),
    _within("git with only a token", "REPOSITORY", "https://{}@git.example.com/group/app.git", "url"),
    _within("presigned address", "REPORT_URL", "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=300&X-Amz-Signature={}", "hex"),
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
    _within("Kafka JAAS", "KAFKA_JAAS", 'org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="{}";'),
    _within("netrc", "NETRC", "machine git.example.com login robot password {}"),
    _within("XML", "SETTINGS_XML", "<db><user>app</user><password>{}</password></db>"),
    _issued("licence key", "PRODUCT", ("ABCDEFGHJKMNPQRSTUVWXYZ23456789", 5), "-", ("ABCDEFGH23456789", 5), "-", ("JKMNPQ23456789", 5), "-", ("STUVWXYZ23456789", 5)),
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


HARMLESS: Final[tuple[tuple[str, str], ...]] = (
    ("POSTGRES_USER", "prod_user"), ("POSTGRES_DB", "personal_assistant"), ("POSTGRES_HOST", "postgres"), ("POSTGRES_PORT", "5432"),
    ("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256"), ("POSTGRES_INITDB_ARGS", "--auth-host=scram-sha-256 --encoding=UTF8"), ("PGDATA", "/var/lib/postgresql/data"),
    ("POSTGRES_PASSWORD_FILE", "/run/secrets/postgres_password"), ("DATABASE_URL", "postgresql://prod_user@postgres:5432/personal_assistant"),
    ("DATABASE_URL", "sqlite:////app/data/app.db"), ("REDIS_URL", "redis://redis:6379/0"), ("CELERY_BROKER_URL", "redis://redis:6379/1"),
    ("CELERY_TASK_DEFAULT_ROUTING_KEY", "celery"), ("CELERY_RESULT_EXPIRES", "3600"), ("CACHE_KEY_PREFIX", "assistant"), ("REDIS_KEY_PREFIX", "pa:"),
    ("SECRET_ROTATION_DAYS", "30"), ("JWT_ALGORITHM", "HS256"), ("ACCESS_TOKEN_EXPIRE_MINUTES", "30"), ("REFRESH_TOKEN_TTL", "7d"), ("TOKEN_TTL", "15m"),
    ("JWT_ISSUER", "https://auth.example.com/"), ("JWT_AUDIENCE", "assistant-api"), ("JWT_HEADER_TYPE", "Bearer"), ("AUTH_HEADER_NAME", "X-Auth-Token"),
    ("SESSION_COOKIE_NAME", "session"), ("SESSION_COOKIE_SECURE", "true"), ("SESSION_COOKIE_SAMESITE", "lax"), ("SESSION_DRIVER", "redis"),
    ("SESSION_LIFETIME", "120"), ("CSRF_COOKIE_SECURE", "False"), ("COOKIE_DOMAIN", ".example.com"), ("CORS_ALLOW_CREDENTIALS", "true"),
    ("PASSWORD_MIN_LENGTH", "12"), ("PASSWORD_RESET_TOKEN_EXPIRE_HOURS", "24"), ("PASSWORD_HASHER", "argon2"), ("PASSWORD_RESET_URL", "https://example.com/reset"),
    ("PASSWORD_RESET_ENABLED", "yes"), ("ALLOW_EMPTY_PASSWORD", "yes"), ("MYSQL_RANDOM_ROOT_PASSWORD", "1"), ("REQUIRE_PASSWORD", "false"),
    ("MAX_TOKENS", "4096"), ("OPENAI_MAX_TOKENS", "128000"), ("TOKENIZERS_PARALLELISM", "false"), ("TOKEN_URL", "https://oauth2.googleapis.com/token"),
    ("OAUTH_TOKEN_URL", "https://login.microsoftonline.com/common/oauth2/v2.0/token"), ("AUTH_TYPE", "basic"), ("AUTH_ENABLED", "true"), ("AUTH", "none"),
    ("GOOGLE_CLIENT_ID", "123456789012-abcdefghijklmnopqrstuvwxyz012345.apps.googleusercontent.com"), ("GITHUB_CLIENT_ID", "Iv1.8a61f9b3a7aba766"),
    ("MICROSOFT_CLIENT_ID", "6f1e2d3c-4b5a-4978-8a6b-0c1d2e3f4a5b"), ("AZURE_TENANT_ID", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"), ("AUTH0_CLIENT_ID", "kT9vZr2LmQ8xW4bN7cJ1pF6hY3dS5gA0"),
    ("GOOGLE_REDIRECT_URI", "http://localhost:8000/api/v1/oauth/google/callback"), ("OAUTH_REDIRECT_URI", "https://example.ca/oauth/callback"), ("OAUTH_SCOPES", "openid email profile"),
    ("GOOGLE_APPLICATION_CREDENTIALS", "/app/secrets/google.json"), ("AWS_SHARED_CREDENTIALS_FILE", "/root/.aws/credentials"), ("AWS_REGION", "eu-west-1"),
    ("AWS_SECRET_NAME", "prod/assistant/db"), ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/assistant-prod"), ("KMS_KEY_ID", "1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("KMS_KEY_ARN", "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"), ("S3_BUCKET", "assistant-prod-uploads-eu-west-1"),
    ("S3_ENDPOINT", "http://minio:9000"), ("S3_KEY_PREFIX", "uploads/2025"), ("SSL_CERT_PATH", "/etc/nginx/ssl/prod/fullchain.pem"), ("SSL_KEY_PATH", "/etc/nginx/ssl/prod/privkey.pem"),
    ("TLS_PRIVATE_KEY", "/etc/ssl/private/server.key"), ("SSL_KEY", "/etc/nginx/ssl/dev/key.pem"), ("SSH_PUBLIC_KEY", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGl0c25vdGFzZWNyZXRidXRhcHVibGlja2V5 deploy@example"),
    ("STRIPE_PUBLISHABLE_KEY", "pk" + "_live_51H8aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789"), ("RECAPTCHA_SITE_KEY", "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI"),
    ("VAPID_PUBLIC_KEY", "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U"),
    ("GPG_KEY", "E3FF2839C048B25C084DEBE9B26995E310250568"), ("NGINX_GPGKEYS", "573BFD6B3D8FBC641079A6ABABF5BD827BD9BF62 B0F4253373F8F6F510D42178520A9993A1C052F8"),
    ("PYTHON_SHA256", "8d3ed8ec5c88c1c95f5e558612a725450d2452813ddad5e58fdb1a53b1209b78"), ("PYTHON_GET_PIP_SHA256", "dfe9fd5c28dc98b5ac17979a953ea550cec37ae1b47a5116007395bfacff2ab9"),
    ("PYTHON_VERSION", "3.11.9"), ("PYTHON_PIP_VERSION", "24.0"), ("NGINX_VERSION", "1.27.1"), ("NJS_VERSION", "0.8.5"), ("PKG_RELEASE", "1~bookworm"), ("GOSU_VERSION", "1.17"),
    ("PG_MAJOR", "15"), ("PG_VERSION", "15.14-1.pgdg120+1"), ("REDIS_DOWNLOAD_URL", "http://download.redis.io/releases/redis-7.2.5.tar.gz"),
    ("REDIS_DOWNLOAD_SHA", "5981179706f8391f03be91d951acafaeda91af7fac56beffb2701963103e423d"), ("JAVA_VERSION", "jdk-17.0.8.1+1"), ("JAVA_HOME", "/opt/java/openjdk"),
    ("IMAGE_DIGEST", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"), ("IMAGE", "postgres:15-alpine@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("GIT_SHA", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"), ("GIT_COMMIT", "a94a8fe"), ("SOURCE_COMMIT", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"), ("BUILD_ID", "20250915.3-a94a8fe5ccb1"),
    ("RELEASE", "assistant@1.14.2+a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"), ("HOSTNAME", "3f2a9c1b7e4d"), ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ("LANG", "C.UTF-8"), ("TZ", "America/Toronto"), ("HOME", "/root"), ("PWD", "/app"), ("PYTHONPATH", "/app/src:/app"), ("LD_LIBRARY_PATH", "/usr/local/nvidia/lib64"),
    ("DEBUG", "true"), ("LOG_LEVEL", "INFO"), ("ENVIRONMENT", "production"), ("NODE_ENV", "production"), ("ALLOWED_HOSTS", "localhost,127.0.0.1,api.example.com"),
    ("CORS_ORIGINS", '["http://localhost:3000", "https://example.com"]'), ("FRONTEND_URL", "https://app.example.com"), ("API_BASE_URL", "http://api:8000/api/v1"), ("WEBHOOK_URL", "http://api:8000/webhooks/github"),
    ("DOCKER_HTTP_PORT", "8081"), ("NGINX_HTTPS_PORT", "8445"), ("WORKERS", "4"), ("UVICORN_CMD", "uvicorn app.main:app --host 0.0.0.0 --port 8000 --workers 4"),
    ("START", "celery -A personal_assistant.workers.celery_app worker --loglevel=info --concurrency=2 -Q ai_tasks,file_tasks"),
    ("GF_SERVER_ROOT_URL", "https://grafana.example.com/"), ("GF_USERS_ALLOW_SIGN_UP", "false"), ("GF_AUTH_ANONYMOUS_ENABLED", "true"), ("GF_PATHS_PROVISIONING", "/etc/grafana/provisioning"),
    ("GF_SECURITY_ADMIN_USER", "admin"), ("GF_INSTALL_PLUGINS", "grafana-clock-panel,grafana-piechart-panel 1.6.4"), ("COLLECTOR_OTLP_ENABLED", "true"), ("JAEGER_AGENT_HOST", "jaeger"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel-collector:4317"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=api,deployment.environment=prod"), ("LOKI_URL", "http://loki:3100/loki/api/v1/push"),
    ("PROMETHEUS_RETENTION", "15d"), ("SMTP_HOST", "smtp.example.com"), ("SMTP_USER", "mailer@example.com"), ("SMTP_AUTH", "login"), ("EMAIL_FROM", "Assistant <noreply@example.com>"), ("SMTP_TLS", "true"),
    ("TWILIO_ACCOUNT_SID", "AC" + "0123456789abcdef" * 2), ("TWILIO_FROM", "+15005550006"), ("SLACK_CHANNEL", "#deployments"), ("SLACK_CLIENT_ID", "1234567890.1234567890123"), ("SENTRY_ENVIRONMENT", "production"),
    ("SENTRY_TRACES_SAMPLE_RATE", "0.1"), ("STRIPE_PRICE_ID", "price_1H8aBcDeFgHiJkLm"), ("GA_MEASUREMENT_ID", "G-AB12CD34EF"), ("QDRANT_URL", "http://qdrant:6333"), ("QDRANT_COLLECTION_NAME", "assistant_memories_prod"),
    ("OPENAI_MODEL", "gpt-4o-mini-2024-07-18"), ("EMBEDDING_MODEL", "sentence-transformers/all-MiniLM-L6-v2"), ("ANTHROPIC_MODEL", "claude-3-5-sonnet-20241022"), ("LLM_ENDPOINT", "https://api.openai.com/v1/chat/completions"),
    ("KEYCLOAK_URL", "https://sso.example.com/realms/main"), ("KEYCLOAK_REALM", "main"), ("VAULT_ADDR", "https://vault.example.com:8200"), ("VAULT_SKIP_VERIFY", "false"), ("CONSUL_HTTP_ADDR", "consul:8500"),
    ("KAFKA_BOOTSTRAP_SERVERS", "kafka-1:9092,kafka-2:9092,kafka-3:9092"), ("KAFKA_SECURITY_PROTOCOL", "SASL_SSL"), ("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512"), ("RABBITMQ_DEFAULT_USER", "guest"), ("RABBITMQ_DEFAULT_VHOST", "/"),
    ("MONGO_INITDB_DATABASE", "assistant"), ("MONGO_URL", "mongodb://m1:27017,m2:27017/?replicaSet=rs0"), ("ELASTIC_HOSTS", "http://es01:9200,http://es02:9200"), ("RDS_HOST", "assistant.c9akciq32abc.eu-west-1.rds.amazonaws.com"),
    ("EC2_HOST", "ec2-203-0-113-25.compute-1.amazonaws.com"), ("INTERNAL_IP", "10.0.12.34"), ("IPV6", "2001:0db8:85a3:0000:0000:8a2e:0370:7334"), ("MAC_ADDRESS", "02:42:ac:11:00:02"), ("CIDR", "172.20.0.0/16"),
    ("CRON", "*/5 * * * *"), ("DATE_FORMAT", "%Y-%m-%dT%H:%M:%S%z"), ("STARTED", "2025-09-15T11:25:00.123456Z"), ("TRACE_ID", "4bf92f3577b34da6a3ce929d0e0e4736"), ("REQUEST_ID", "f47ac10b-58cc-4372-a567-0e02b2c3d479"),
    ("USER_AGENT", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"), ("SSL_CIPHERS", "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"),
    ("SSL_PROTOCOLS", "TLSv1.2 TLSv1.3"), ("CSP", "default-src 'self'; script-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net"), ("LOG_FORMAT", "%(asctime)s %(levelname)s [%(name)s:%(lineno)d] %(message)s"),
    ("DJANGO_SETTINGS_MODULE", "personal_assistant.settings.production"), ("FLASK_APP", "personal_assistant.wsgi:create_application"), ("PHP_EXTRA_CONFIGURE_ARGS", "--enable-fpm --with-fpm-user=www-data --with-fpm-group=www-data"),
    ("PHPIZE_DEPS", "autoconf \t\tdpkg-dev \t\tfile \t\tg++ \t\tgcc \t\tlibc-dev"), ("PHP_CFLAGS", "-fstack-protector-strong -fpic -fpie -O2 -D_LARGEFILE_SOURCE -D_FILE_OFFSET_BITS=64"), ("NODE_OPTIONS", "--max-old-space-size=4096"),
    ("JAVA_OPTS", "-Xms512m -Xmx2g -XX:+UseG1GC -Djava.security.egd=file:/dev/./urandom"), ("DB_POOL_SIZE", "20"), ("DB_POOL_PRE_PING", "True"), ("DEFAULT_AUTO_FIELD", "django.db.models.BigAutoField"),
    ("PRIMARY_KEY", "id"), ("SORT_KEY", "created_at"), ("PARTITION_KEY", "tenant_id"), ("KEYSPACE", "assistant"), ("MONKEY_PATCH", "true"), ("AUTHOR", "Platform Team"), ("SECRETARY_NAME", "front desk"), ("COMPASS_URL", "http://compass:3000"),
    ("traefik.http.routers.auth.rule", "Host(`auth.example.com`) && PathPrefix(`/login`)"), ("traefik.http.services.api.loadbalancer.server.port", "8000"), ("traefik.http.routers.api.tls.certresolver", "letsencrypt"),
    ("traefik.http.middlewares.secure.headers.stsSeconds", "31536000"), ("org.opencontainers.image.revision", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"), ("org.opencontainers.image.created", "2025-09-15T11:25:00Z"),
    ("com.docker.compose.config-hash", "4bf92f3577b34da6a3ce929d0e0e47364bf92f3577b34da6a3ce929d0e0e4736"), ("maintainer", "NGINX Docker Maintainers <docker-maint@nginx.com>"), ("CONTAINER_NAME", "personal_assistant_loki_prod"),
    ("API_KEY_HEADER", "X-API-Key"), ("CSRF_HEADER_NAME", "X-CSRF-Token"), ("SIGNING_ALGORITHM", "RS256"), ("ENCRYPTION_ALGORITHM", "aes-256-gcm"), ("HASH_ROUNDS", "12"), ("SALT_ROUNDS", "10"), ("BCRYPT_COST", "12"),
    ("EMPTY_PASSWORD", ""), ("DB_PASSWORD", ""), ("DB_PASSWORD", "${DB_PASSWORD}"), ("DB_PASSWORD", "${POSTGRES_PASSWORD:?set it in .env}"), ("API_KEY", "$API_KEY"), ("REDIS_URL", "redis://:${REDIS_PASSWORD}@redis:6379/0"),
    ("FEATURE_FLAGS", "oauth,webhooks,session_sharing"), ("WELCOME", "Enter your name, please"), ("SUPPORT_TEXT", "Forgot your password? Reset it in the portal."), ("COMMIT_MESSAGE", "Fix token refresh when session expired"),
)

HARMLESS_LINES: Final[tuple[str, ...]] = (
    'INFO:     172.20.0.7:41234 - "GET /health/overall HTTP/1.1" 200 OK',
    '10.0.0.5 - - [15/Sep/2025:11:25:00 +0000] "POST /api/v1/auth/login HTTP/1.1" 401 52 "-" "curl/8.5.0"',
    "2025-09-15 11:25:00.123 UTC [27] LOG:  database system is ready to accept connections",
    '2025-09-15 11:25:00.123 UTC [91] FATAL:  password authentication failed for user "prod_user"',
    '2025-09-15 11:25:00.123 UTC [91] DETAIL:  Connection matched file "/var/lib/postgresql/data/pg_hba.conf" line 128: "host all all all scram-sha-256"',
    "1:M 15 Sep 2025 11:25:00.123 * Ready to accept connections tcp",
    "1:C 15 Sep 2025 11:25:00.123 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo",
    "NOAUTH Authentication required.",
    "(error) WRONGPASS invalid username-password pair or user is disabled.",
    "[2025-09-15 11:25:00,123: INFO/MainProcess] Task personal_assistant.workers.tasks.ai_tasks.process_due_ai_tasks[0b1a5e6c-5a0f-4f0b-9f0a-7d6f7b0f9a11] received",
    "[2025-09-15 11:25:00,123: ERROR/ForkPoolWorker-1] Task ai_tasks.process[0b1a5e6c-5a0f-4f0b-9f0a-7d6f7b0f9a11] raised unexpected: MaxRetriesExceededError(\"Can't retry\")",
    "[2025-09-15 11:25:00,123: INFO/MainProcess] Connected to redis://redis:6379/0",
    "celery@3f2a9c1b7e4d ready.",
    "beat: Starting... Scheduler: Sending due task cleanup-expired-tokens (personal_assistant.tasks.cleanup_expired_tokens)",
    'nginx: [emerg] "proxy_pass" directive is not allowed here in /etc/nginx/conf.d/locations/workers.conf:5',
    'nginx: [emerg] host not found in upstream "api:8000" in /etc/nginx/conf.d/default.conf:12',
    "failed parsing config: /etc/loki/local-config.yaml: yaml: unmarshal errors:   line 45: field shared_store not found in type compactor.Config",
    'level=info ts=2025-09-15T11:25:00.123456789Z caller=main.go:108 msg="Starting Loki" version="(version=3.0.0, branch=HEAD, revision=b4f7181c7)"',
    'ts=2025-09-15T11:25:00.123Z caller=main.go:1231 level=info msg="Completed loading of configuration file" filename=/etc/prometheus/prometheus.yml totalDuration=1.2ms',
    'logger=settings t=2025-09-15T11:25:00.12Z level=info msg="Config overridden from Environment variable" var="GF_SECURITY_ADMIN_USER=admin"',
    "logger=authn.service t=2025-09-15T11:25:00Z level=warn msg=\"Failed to authenticate request\" client=auth.client.session error=\"user token not found\"",
    'Traceback (most recent call last): File "/usr/local/lib/python3.11/site-packages/sqlalchemy/engine/base.py", line 1967, in _exec_single_context',
    "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) could not translate host name \"postgres\" to address: Name or service not known",
    "KeyError: 'SECRET_KEY'",
    "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings: SECRET_KEY Field required [type=missing, input_value={}, input_type=dict]",
    "Invalid token: signature has expired",
    "JWT decode error: token is expired by 2h3m",
    "password: must be at least 12 characters",
    "WARNING: no api key configured, skipping",
    "oauth2: token expired and refresh token is not set",
    "session: created for user 42",
    "Pulling image postgres:15-alpine@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "revision=a94a8fe5ccb19ba61c4c0873d391e987982fbbd3 branch=main commit a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
    "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 request_id=f47ac10b-58cc-4372-a567-0e02b2c3d479",
    '{"status": "healthy", "services": {"database": {"status": "healthy", "response_time": 0.0028}, "connection_pool": {"status": "healthy", "utilization": 0.0}}}',
    "curl: (7) Failed to connect to localhost port 8000 after 0 ms: Couldn't connect to server",
    "/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh",
    "The files belonging to this database system will be owned by user \"postgres\".",
    "mounting /etc/nginx/ssl/prod/privkey.pem and /etc/nginx/ssl/prod/fullchain.pem",
    "git clone git@github.com:example/assistant.git into /srv/assistant",
    "npm install @scope/package@1.2.3 from https://registry.example.com/@scope/package/-/package-1.2.3.tgz",
    "contact ops@example.com or see https://example.com/docs?page=2&lang=en#token-refresh",
    "key=value pairs are separated by commas",
    "cache key: user:42:profile hit",
    "tests pass: 12, fail: 0",
    "Set-Cookie: theme=dark; Path=/; HttpOnly; SameSite=Lax",
    "x-request-id: f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "Loaded 3 secrets from /run/secrets: db_password, api_key, jwt_secret",
)
