"""Words that everybody may see: of programs, protocols, settings and messages. None of them is a secret by itself.

What is no word of this table, no public form and no name of a thing does not leave a host: see `public.py`.
`tests/unit/parity_host/secrets/test_public.py` keeps the words of every signature in it.
"""

from __future__ import annotations

from .words import wordset

KNOWN = wordset(
    """
    a aadsts aarch64 ably abnormal aborted about above abrt abuse accept acceptable accepted accepting accepts
    access account accounts action activation active activemq activequerytracker ada adapter add added adding
    additional addr address addresses adds adgangskode adj admin administrator advanced adyen aes aes128 aes256 af
    africa after again against age agent ai aiohttp airflow akamai alembic alert alertmanager alerts alg algo
    algolia algorithm algorithms alias aliases alive all allkeys allocate allocated allocating allocation allow
    allowed allowedorigins alloy alma alpine already also always am amazonaws ambiguous amd64 america amqp amsterdam
    an analytics ancestors and angeles angular anon anonymous another ansible anthropic any aof ap apache apart apc
    apcu api apikey apikeys apis apisecret apitimeouterror app append appendonly apple applewebkit application
    applications apply apps appurl appwrite apr april ar arabic arangodb archive archived are argo argocd argon args
    argument argumenterror arguments arm64 arn arq array artisan as asap ascii asgi asia aspnetcore assets assign
    astro async asynchronous asyncio asyncpg at athens atlantic attack attacker attempt attempting attempts
    attribute attributes aud audience aug august australia auth auth0 authelia authenticate authentication
    authenticationerror authentik authn authority authorization authorized authsource authtoken auto automatic
    available average avoid await awk aws awslogs aximum azure azureopenai b2 ba backblaze backend backends
    background backlog backtrace backup backups bad balanced bangkok bar base basesettings bash basic batch bb
    bcrypt be beanstalkd bearer beat beats because bedrock been before began begin beginning behind being below
    berlin between big bigint billiard billing bin binary bind binds bio bitbucket bits blackbox blob block blocks
    blog body bookworm bool boolean boom boot both bound braintree branch branchname brevo bridge brl broadcast
    broken brokenpipeerror broker brotli browser browserless brussels bucharest bucket budapest budget buffer
    buffers bug bugsnag build buildkit buildx bull bullmq bullseye bun buster busy busyloadingerror but by bytes ca
    cache cached caches cad caddy cadvisor cairo calcutta call callback called caller calling can canary canceling
    cancellederror cannot capacity case cassandra cat catch cause caused causes cb cbc ccf celery celerybeat celeryd
    centos central cert certificate certificates certs cest cet cflags cgroup chacha20 chain change changed changeme
    changes changing channel char character charset chat check checked checking checkpoint checkpoints checksum
    checksums chf chicago child chinese chmod chown chpasswd chroma chromadb chrome chromium chunk chunked chunks ci
    cipher circleci claim claims class classes classic claude clave claves clean cleanup cli clickhouse client
    clients close closed closes closing cloud cloudflare cloudfront cloudinary cls cluster cmd cn cny code
    codeigniter codes cognito cohere collate collation collection collectstatic column columns com command
    commanderror commands commit commits committed community compact compaction compactor company compensate compile
    complete completed completes completion completions component compose composite compression compromise
    concurrency condition conf config configs configuration configure configured conflict conflicting conflicts
    connect connected connecterror connecting connection connectiondoesnotexisterror connectionerror
    connectionrefusederror connections connectivity connects connecttimeout consider console const constraint consul
    consumer contact container containerd containers contains content contentdisallowed context continue continues
    continuing contrasenia contrasenya control convert converted cookie cookies copenhagen copy core corp correct
    correlation corrupted corruption cors cosmosdb cost couchbase couchdb could couldn count counter country counts
    cp cpu cram create created creates createsuperuser creating cred credential credentials creds crit critical cron
    cross crt crypto cs csp csrf css curl current currently cursor curve custom customer customers cut cycle cypress
    da daemon dagster daily daphne dark dashboard dashboards data database databases datadog dataset datasource
    davinci day days db dbpass dc de dead deadlock deadlockdetected debian debug dec december decode decoded dedupe
    deepseek def default defined deflate degraded delay delete deleted deletes deleting demo denied deno denver deny
    deploy deprecated deprecations desc description descriptors deserialize destination detail details detected dev
    develop developer development device devices dex dhaka dial dialect dialects did didn different digest digests
    digitalocean dir direct directconnection directive directories directory disable disabled disallowedhost
    disconnect disconnected disconnecting discord disk disks dist distributor division django dkim dmarc dns do
    docker dockerhub docs documentation does domain domains done dotnet double dovecot down downgrade download
    downloads dramatiq driver drizzle drone dropped drupal dsn dualwrite dubai dublin due dumb dump duplicate
    duplicated duplicatenodenamewarning duration during dutch dynamodb ea each ead eaddrinuse eai east ecae ecdhe
    ecdsa echo econnrefused ecs ed eddsa edge edt eight either el elapsed elastic elasticsearch elif elixir else
    email embedding embeddings emerg emergency emfile empty en enable enabled enc encode encoded encodeerror
    encoding encountered encrypt encrypted encryption end ended ending endpoint endpoints ends enforced engine
    english enospc enotfound enough ensure enter enterprise entries entropy entry entrypoint entrypoints env
    environment envoy eof er erlang erofs err errno error errorlog errors es esac esbuild est establish established
    etag etc etcd eu eur europe eval evaluating event events every everysec example exc exceed exceeded exceeds
    exception exceptions excess exec executable execute exim exist exists exit exited exiting exp expected
    expiration expire expired expires expiring expiry export exporter expose expr express extend extended extension
    external extra facebook factor fail failed failing failover fails failure failures faiss fake fallback false far
    fast fastapi fastcgi fastly fatal fault fd feature feb february fedora feed fernet few fi field fields file
    filebeat filename filenotfounderror files filesystem filter filtered final finally find finds fine finest
    fingerprint fingerprints finished finishes finishing firebase firefox first fish five fix flags flash flask
    float flow flower fluentbit fluentd flush flushed flux fly focal folder follow follower following font fonts foo
    fopen for forbidden force foreground foreign forgejo forgot fork forkpoolworker form format forum found four fpm
    fr frame free french frequently fri friday from frontend fsync ftp full fullchain function functions future
    gaierror gateway gatsby gave gbp gcm gcp gcs gearman gecko geheim geheimnis gelf gemini general generated
    generation generic geoip german get getaddrinfo gets getting gf ghcr gid giphy git gitea github gitlab give
    given givenname gives global gmail gmbh gmt go golang google googlemaps goroutine gossip gosu got gpg gpgkey
    gpgkeys gpt grace grafana grant graylog grep groq group groups grpc guest guid gunicorn gzip had haiku
    haltserver hand handle handler handling handshake handshaking hapi haproxy hard has hash hashed hasher hashers
    haslo hasura have hba hcaptcha he head header headers headless heads health healthcheck healthchecks healthy
    healthz heap heartbeat hello helm help helsinki her here heroku heslo hetzner hex hi hidden hide high higher him
    hint his history hit hits hmac home honeycomb hook hooks horizon host hostmaster hostname hosts hot hour hourly
    hours how hs hs256 hsts html htpasswd http http2 httpcore httpd httponly https httpsconnectionpool httpx hu huey
    huge huggingface hydra hypercorn i iam id idempotency ident identified identifier identity idle ids if ignore
    ignored ignoring ii image images imap img import importerror imports improperlyconfigured in inactive inc
    incompatible incorrect incr increase increased indentationerror index indexes influxdb info information ingest
    ingester ingesting ingestion ingress inherit init initdb initial initialising inline inmemory inr insecure
    insert inside install installed instance instances instead instruct instrumentation insufficient int integer
    integration intended interface interfaceerror internal internally interva interval intervals into invalid
    invalidclienterror invalidpassworderror invalidrequesterror io ip ips ipv is iso isready issuer issues istanbul
    it italian iterations its itself ja jaeger jakarta jammy jan january japanese java javascript jdbc jelszo
    jenkins jest jetty jina job jobs johannesburg join joomla journald jpy js json jul july jun june just jwt k3s
    k8s kafka kaniko karachi kathmandu kb keep keeps kennwoord kenwort kept kerberos kernel key keycloak keydb
    keyerror keypair keys keystore khtml kibana kid kiev kill killed kind kinesis klarna knex know known knows ko
    koa kodas kodeord kolkata kombu kong korean kotlin kratos kubectl kubernetes kuma kunci kwargs kyiv label labels
    laddr lagos lambda lang langchain langfuse language laravel large last latency latest latin latin1 lax layer
    ldap ldaps ldflags leader least leave leeway left legacy lemonsqueezy len length less let letmein letsencrypt
    level lfu lib library licence license lifetime light like likely lim limit limiting limits line lines link
    linkedin linode lint linux lisbon list listen listener listening listens litellm live liveness livez llama
    llamaindex llc llen llm ln load loaded loading loads local locale localhost locate location locations lock
    locked locking locks log logfmt logged logger logging logic login logout logs logstash loki london long look
    looked looking looks lookup loopback losen losenord loss lost low lower lozinka lru ltd lucia lumen lz4 made
    madrid magento mail mailcatcher maildir mailer mailgun mailhog mailjet mailpass mailpit mailtrap main
    mainprocess maintainer maintainers make makemigrations makes malformed manage management manager mandatory
    mandrill manifest manila many map mapbox mapping mar march mariadb marked master masterauth masterpass match
    matched matches mattermost max maxclients maximum maxmemory maxmind maxretriesexceedederror may mb mbox mcp md
    md5 me media medium meilisearch mem memcached memory memoryerror merchant merge merged message messages metadata
    method methods metric metricbeat metrics mexico micronaut microsoft middle middlewares might migrate migration
    migrations milvus mimir min mingle mini minimal minimum minio minioadmin minute minutes misbehaving misconf
    mismatch miss missed misses missing mistral mkdir mm mnt mocha mode model modern module modulenotfounderror
    modules mollie mon monday mongo mongodb monitor monitoring monolog month monthly months more moscow mosquitto
    most motdepasse mount mounting mounts move mozilla mqtt ms msg mssql mtls much multi multiple must my mysql
    nairobi name named nameresolutionerror names namespace nano narrow native nats natural nb nc need needed needs
    negotiate neither neo4j nest nestjs net netlify network networks never new newconnectionerror newrelic nexmo
    next nextauth nextjs ngestion nginx nightly nil nine nl nn no noauth noble nobody node nodejs nodes noeviction
    nomad nomic nominatim non nonce none nope noperm nopermissionerror noreply normal north northeast northwest
    nosniff nosuchmoduleerror not notfound notice notification notifications notifier nov november now npm npx ns
    ntlm null num number numpy nuxt oauth oauth2 oauthlib object objects occurred occurring oci oct octane october
    of off offline oid oidc ok okay okta old oldest ollama on once one online only onto oo oom opcache ope open
    openai opencensus opened openfoodfacts openid opening openrouter opens opensearch openssl openstreetmap
    opentelemetry operation operationalerror operator opt option optional options opus or oracle order org
    organisation organization organizations origin origins oserror oslo osm otel other others otlp otp otpauth ou
    our out outofmemoryerror output outstanding over overcoming overcommit overflow override ovh own owned owner
    ownership pacific package packages packer packet paddle page pages pair panel panic papertrail parallelism param
    parameter parameters parcel paris parity parola parole parool parse parsed parses parsing partial partition
    partitioned pass passcode passcodes passe passenger passive passkey passkeys passord passphrase passphrases
    passw passwd password passwords passwrd paste paswoord patch path paths paulo pause paused paypal pbkdf pdf pdt
    peer pem pending per percent percona perform performance perhaps period perl permission permissiondeniederror
    permissionerror permissions permissive permit permitted perplexity persist persistent pest pexels pg pgadmin pgp
    pgpass pgpassword pgsql pgtables pgvector phoenix php phpfpm phpunit phrase pickle pid pidfile pin pinecone ping
    pins pl placeholder plain plan platform platforms playlists playwright please plivo plugin plugins pm pnpm
    pocketbase pod podman policy polish poll polling poly1305 pong pool pooling pop3 port portal ports portuguese
    possible post postfix postgis postgres postgresql postmark postmaster powersave pp pq prague prefect prefer
    prefix prefork prematurely prepared present pretty prev preview previous primary printf prisma private
    privileges pro problem problems proc process processes processing prod production profile profiles prog program
    programming progress project projects prometheus promise promtail properly protected protocol provide provided
    provider providers provision provisioning proxied proxies proxy prune ps psk psql pst psw pswd psycopg pt pub
    public publish publishable pulsar puma puppeteer purge pusher pushgateway put pw pwd pwds pws py pydantic python
    qa qdrant quarkus quay queries query queue queuepool queues quiet quota qwen qwerty r2 rabbitmq radius rails
    railway raise raised raises ran random range rate ratelimiterror raw razorpay rdb re reach reached reaches react
    read reader readiness reading readonly readonlyerror readtimeout readwrite ready readyz real realm reason
    reasons recaptcha receive received receiving recent reconnect reconnecting record records recoverable recovered
    recovering recovery recv redacted redirect redirecting redirection redis reduce reduced ref referrer refresh
    refreshed refresherror refuse refused refuses refusing region register registration registry reject rejected
    rejecting rejection rejects relation release reload reloaded reloading reloads remaining remix remote remove
    removed removes removing rename render renewed repair replace replaced replay replayed replica replicas
    replicaset replication replies reply repo report request requested requests require required requirepass
    requires rerank reranker resend reserved reset resets resize resolve resolved resolver resolving resource
    resourceexhausted response responseerror responses resque restart restarting restore restored result resume
    resumed retention retries retry retrying return returned returns rev reverb revision revisions revoked rewrite
    rfc right ring rm ro roadrunner robin rocky role roles rollback rollbar rolled rolling rollup rome root rootfs
    rotate rotated rotation round rounds router routes routines routing row rows rpc rq rr rs rsa rss ru ruby rule
    ruler rules run running runs runserver runtime russian rust rw s3 sa safari safe salasana sales salt same
    sameorigin samesite saml sample samples sandbox sandi sao sas sasl sat saturday save saving sbin scala scaleway
    scgi schedule scheduled scheduler schema scheme schemes scope scopes score scram scrape script scripting scrypt
    scylla search sec second secondary seconds secret secretless secreto secrets secs section secure security
    securitywarning sed see seed seen sees segment segmentation segments segredo segreto segv sekret select selenium
    self send sender sendgrid sendinblue sending sendmail sent sentinel sentry seoul sep september sequelize
    sequence serial serializable serialize series serve served server servers service services serving ses sessid
    session sessions set sets setting settings setup seven several severe sftp sh sha sha256 sha384 sha512 shall
    shanghai shard sharding shards share shared she shell shift shmem shop short should show shut shutting sid side
    sidekiq sifre sig sigkill sign signal signature signed signin signing signup silent simple sinatra since
    singapore single site sites six size sizes skew skip skipped skipping slack slaptazodis slave sleep slim slots
    slow small smtp smtppass smtps sn snappy snapshot snapshots sns so socket socketio sockets soft soketi solo solr
    somaxconn some somebody sonnet sorry sort source sources south southeast southwest space span spanish sparkpost
    specific specified specify spf sphinx split splitting splunk spotify spring springboot sql sqlalche sqlalchemy
    sqlite sqlite3 sqlserver sqlstore sqs square squid src srv sse ssh ssl sslcertverificationerror sso stable stack
    stacktrace stage staging standalone standard starlette start started starting starts starttls startup stat state
    statement static statsd status stderr stdout sticky stockholm stop stopped storage store str strategy stream
    streams strict string stripe struct structured style su subject subnet subscription succeeded success successful
    successfully such suffix summarise sun sunday supabase superuser supervisor support supported supports sure sv
    svelte swap swarm switch swoole sydney symfony sync synced syntax syntaxerror sys syslog system taberror table
    tables tag tags take taken takes taking target task tasks tcp team teams telegram temp temperature template
    tempo temporal temporarily ten tenant tenants terminated terminating terraform test testing text th than that
    the their them then there these they thin third this those thp thread threads three threshold through throughput
    throw thrown thu thumbprint thursday time timed timelimitexceeded timeout timeouterror timeouts timescale
    timestamp timezone tini tiny title tls tlsv1 tmp to together token tokens tokyo tomcat too toolbox top topic
    tornado toronto total totaling totp touch tr trace traceback traces tracing traefik transaction transactions
    translate translation transparent transport trap travis tree tried trigger trixie true truncation trunk trust
    trusted truststore try trying ts tsdb tt ttl tue tuesday turbo turkish turnstile twilio twitter two type
    typeerror typeorm types typesense uat ubuntu udp ui uid uk ulimit unable unapplied unauthorized unavailable
    uncaught undefined under undertow unexpected unexpectedly unhandled unhealthy unicode unicorn unified
    uninitialized uninstall unique unix unknown unmarshal unreachable unready unregistered unsafe unseal unset
    unsplash unsupported until untrusted up update updated updates updating upgrade upload uploads upstream
    upstreams uptime uri uris url urls us usage usd use used useful user useragent username usernames users uses
    using usr utc utf utf8 utf8mb4 util utilisation utilization uuid uvicorn uwsgi vacuumed vagrant valid validate
    validating validation validationerror valkey value values vapid var varchar varlogs varnish vault vector vendor
    verbose vercel verification verified verify versa version versions vertex vertexai very vhost vi via vice vienna
    view views vimeo violates vite vitest vm volatile volkovlabs volume volumes vonage voyage vue wachtwoord
    wachtzin wait waited waiting waits wal want wanted wants warn warning warnings warsaw was wasabi watch watcher
    we weaviate web webapp webhook webhooks webmaster webpack website websocket websockets wed wednesday week weekly
    weeks weighted welcome were west wg wget what whatsapp when where which while whisper who whose why wiki will
    window wireguard with within without wordpress work workdir worked worker workerlosterror workers working works
    workspace world would wraparound wraps writable write writer writing written wrong wrongpass wrote ws wsgi wss
    www x11 x509 x86 xargs xdebug xoauth xoauth2 xss yaml yarn year yearly years yes yet yii yml york you your
    youtube yy zero zerodivisionerror zh zipkin zitadel zone zookeeper zot zsh zstd zurich
    """
)
