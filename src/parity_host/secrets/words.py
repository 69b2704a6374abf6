"""The words by which names are known: extend these tables to teach the redactor a name."""

from __future__ import annotations

from typing import FrozenSet


def wordset(text: str) -> FrozenSet[str]:
    """Return the words of `text`, which is a table written as text."""
    return frozenset(text.split())


# Secret whatever the value is, unless the name's last word and the value agree on something harmless.
STRONG = wordset(
    """
    password passwords passwd passphrase passphrases passcode passwort kennwort senha contrasena mdp secret
    secrets pwd credential credentials cred creds pgpass pgpassword requirepass masterauth masterpass apikey
    apikeys apisecret htpasswd otpauth mnemonic keypair passkey passkeys passwrd passwd passwort paswoord psw pswd passw
    wachtwoord kennwoord kenwort haslo heslo parola parole lozinka jelszo salasana adgangskode losenord losen kodeord
    passord contrasenya contrasenia clave claves passe motdepasse sandi kunci wachtzin sifre parool slaptazodis
    kodas geheim geheimnis segreto secreto segredo sekret community unseal smtppass dbpass mailpass
    """
)
# The same, where they are the last word (`DB_PASS`, but not `PASS_THROUGH`; not `SALT_MASTER`).
STRONG_LAST = wordset(
    "pass salt pepper pin otp totp seed psk authorization cookie cookies nonce pw phrase pwds pws pins passcodes"
)
# Strong when one follows the other: API_KEY, accessToken.
BEFORE_KEY = wordset(
    """
    api access secret private encryption encrypt signing sign master shared crypto cipher aes hmac fernet jwt
    rsa ed25519 ecdsa licence license service storage account admin root write server deploy webhook ssh tls ssl
    session cookie account activation ingest integration instrumentation write recovery unseal vapid wireguard
    wg app
    """
)
# Secret unless the value is plainly harmless.
WEAK = wordset(
    """
    key keys token tokens auth authentication session sessions sid sessid jwt bearer signature sig signing
    signed webhook hmac sas dsn license licence
    """
)

# What stands before `key` when everybody may know it, before `_pass` in nginx, and before `id` when it is no key.
PUBLIC_KEYS = wordset(
    """
    public pub publishable site anon gpg pgp primary partition sort foreign unique natural composite cache
    routing queue object lock host hosts known config map label metric message translation i18n group join index
    dedupe idempotency sharding shard hot short range
    """
)
PASSES_ON = wordset("proxy fastcgi uwsgi scgi grpc memcached js")
IDENTIFIERS = wordset(
    """
    client application app tenant project account subscription team workspace organization organisation org
    merchant user
    """
)
# Decoration behind the word that counts: SECRET_KEY_2, API_KEY_PROD, TOKEN_OLD.
TRAILING = wordset(
    """
    dev development prod production staging stage test testing local live sandbox old new previous prev current
    next primary secondary backup fallback default base b64 base64 hex raw plain text str string value values
    encoded encrypted hash hashed v data
    """
)
# Words of names that ask whether, and are answered with a boolean.
ASKING = wordset(
    """
    allow require required requires use enable disable random empty no skip is has support supports show hide
    force without with secure insecure
    """
)
# What settings with a weak name are set to when they choose a way of doing things.
CHOICES = wordset(
    """
    none null basic bearer digest jwt oauth oauth2 oidc openid saml ldap kerberos ntlm negotiate trust peer
    ident md5 scram scram-sha-256 scram-sha-512 plain login cram-md5 xoauth2 tls ssl mtls cert certificate
    password passwd token apikey api_key key session cookie cookies redis database db file files filesystem
    memory memcached array dynamodb cached_db signed_cookies jdbc cache local internal external anonymous guest
    proxy header headers hs256 hs384 hs512 rs256 rs384 rs512 es256 es384 es512 ps256 eddsa ed25519 rsa ecdsa aes
    aes-256-gcm aes-256-cbc sha1 sha256 sha512 hmac-sha256 bcrypt argon2 argon2id scrypt pbkdf2 lax strict
    native django flask express lucia nextauth keycloak auth0 cognito firebase supabase okta azure google github
    gitlab vault aws gcp iam inmemory in-memory default id uuid name email value values string
    """
)

# Last words of names that say what the value is, if the value agrees.
FILES = wordset(
    """
    file files path paths dir directory folder location mount store keystore truststore filename template
    """
)
PLACES = wordset(
    """
    url urls uri uris endpoint endpoints host hosts hostname server servers addr address origin origins domain
    domains base link redirect callback page
    """
)
NUMBERS = wordset(
    """
    minutes minute seconds second secs hours hour days day weeks months ms ttl expire expires expiry expiration
    exp lifetime age timeout interval delay duration leeway window length len size sizes min max limit limits
    count counts rounds iterations cost attempts retries budget bits version versions port ports rotation tokens
    grace skew threshold quota rate number num entropy workers history digits uppercase lowercase symbols specials
    retry period validity bytes chars characters in
    """
)
# Of what is done again and again: a number with its unit. `JWT_SECRET_REFRESH` without one may be a secret.
DURATIONS = wordset("refresh rotate rotation renew renewal update poll every after before")
DATES = wordset(
    """
    date dates day at on until since created changed updated rotated issued valid expires expire expiry expiration
    version versions after before
    """
)
BOOLEANS = wordset(
    """
    enabled enable disabled disable required require requires secure httponly http only allowed allow strict
    verify verification rotate check validation validate use used persistent partitioned rolling refresh reset
    anonymous parallelism debug optional credentials encryption encrypt
    """
)
TEXTS = wordset(
    """
    algorithm algorithms alg algo hasher hashers scheme schemes method methods type types mode provider
    providers backend backends driver format engine strategy samesite policy class manager storage source kind
    level curve cipher digest name names header headers prefix suffix issuer audience aud user users username
    usernames region scope scopes role roles realm field param parameter claim claims label title description
    email env environment namespace group groups database db table column queue topic bucket alias aliases rule
    rules project service services middlewares entrypoints usage flow status state ref refs reference
    """
)

# What is chosen or written as a pattern, and what names a secret in a cloud.
CHOSEN = TEXTS | wordset("store stores")
PATTERNS = wordset("pattern patterns regex regexp")
ARNS = wordset("arn arns")

# Last words of names whose values look random and are for everybody to see.
OPEN = wordset(
    """
    sha sha1 sha224 sha256 sha384 sha512 md5 digest digests checksum checksums commit commits revision rev ref
    fingerprint fingerprints etag uuid guid version versions release build image images tag tags container
    containers hostname host hosts domain domains path paths file files dir directory home workdir url urls uri
    user users username usernames email publishable gpg gpgkey gpgkeys trace span request correlation
    transaction id ids arn branch tree object blob layer node pod serial thumbprint kid cflags
    ldflags agent useragent filename title description name names subject issuer locale lang rule
    rules
    """
)
# Not `config hash`: a hash over settings is one over the secrets in them, and whoever has it can try weak ones.
OPEN_PAIRS = frozenset(
    [(one, "key") for one in ("public", "publishable", "gpg", "pgp", "site", "anon")]
    + [(one, "hash") for one in ("commit", "git", "content", "image", "file", "build", "source")]
    + [("account", "sid")]
)

# Words that stand everywhere in an audit's facts. A secret that is one of them is found where its name stands, and not
# swept for: what is left would be of no use.
COMMON = wordset(
    """
    access active address admin administrator alpine always apache application backend backup bearer binary
    boolean bridge browser bucket cache celery celery_beat certificate client cluster command commit compose
    config configuration connect connection consumer container containers content control cookie counter create
    created cursor daemon dashboard database databases debian debug default default_password delete deploy
    develop developer development devices directory disabled docker domain driver elastic elasticsearch enabled
    endpoint engine environment error example exited export external failed failure false fastapi filter flower
    folder follow format frontend gateway grafana gunicorn handler header health healthcheck healthy history
    hostname images import information ingress inherit initial inside install instance integer internal invalid
    jaeger jenkins kernel keycloak kibana latest letmein library limits listen loading local localhost logger
    logging manager mariadb master maximum memory message metadata method metrics migrate minimum minioadmin
    missing module mongo mongodb monitor mounts mysql namespace network networks nginx nobody normal notice
    number object offline online openssl operator options origin output package parity passwd password pending
    policy port postgres postgresql prefix private process prod production profile project prometheus promtail
    protocol provider proxied public python qwerty rabbitmq random reader record redis region register release
    remote replica report request reserved resolver resource response restart restarting result rollback router
    routes running runtime sandbox schedule scheduler schema scheme script search second secondary seconds
    secret section secure select sentry server service services session setting settings shared simple single
    smtp socket source staging standard started starting startup state static status stopped storage stream
    string struct subnet success suffix supervisor support switch system target template tenant testing timeout
    token toolbox traefik transport trusted ubuntu unhealthy unknown update upgrade upload upstream usage
    username users uvicorn vagrant vendor verify version volume volumes warning webapp website welcome window
    worker workers writer
    annotations condition container_name depends_on driver_opts entrypoint env_file expose extends extra_hosts include
    interval labels links mem_limit network_mode privileged profiles read_only required resources restart_policy
    retries start_period working_dir
    """
)
# What stands behind `password:` in sentences.
NOT_VALUES = wordset(
    """
    a accepted an and are as at auth authentication authorization be been bool boolean by can cannot changed
    check could created deleted did disabled does empty enabled error errors expected expired failed failure
    false filtered for found from generated given got has have hidden if ignored in incorrect int invalid is it
    key length loaded lookup malformed mandatory may mismatch missing must needs never nil no none not null
    object of ok okay on only or policy present provided redacted refreshed rejected removed renewed request
    required reset response revoked rotated set should skipped str string success successful that the this to
    too true type undefined unexpected unknown unset unsupported updated used using valid value verification
    verified was will with without wrong you your
    """
)
# Last words of names whose values everybody may see, and which may be the same as a password: POSTGRES_USER=app.
IDENTITIES = wordset("user username db database name host hostname project service schema role owner vhost bucket")
