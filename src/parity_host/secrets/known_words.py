"""Words that everybody may see: of programs, protocols, settings and messages. None of them is a secret by itself.

What is no word of this table, no public form and no name of a thing does not leave a host: see `public.py`.
`tests/unit/parity_host/secrets/test_public.py` keeps the words of every signature in it.
"""

from __future__ import annotations

from .words import wordset

KNOWN = wordset(
    """
    a aadsts aarch64 able ably abnormal abort aborted about above abrt abuse accept acceptable accepted accepting
    accepts access accessing account accounts aclfile action activation active activemq activequerytracker ada adapter
    adaptive add added adding additional addr address addresses adds adgangskode adj admin adminer administrator
    advanced advertise advisory adyen aes aes128 aes256 af affected africa after again against age agent ai aiohttp
    airflow akamai alembic alert alertmanager alerts alg algo algolia algorithm algorithms alias aliases alive all
    allkeys allocate allocated allocating allocation allow allowed allowedorigins alloy alma alpine already also
    always am amazonaws ambiguous amd64 america amqp amsterdam an analytics ancestors and angeles angular anode anon
    anonymous another ansible answer answered answering answers anthropic any aof ap apache apart apc apcu api apikey
    apikeys apis apisecret apitimeouterror app append appendonly apple applewebkit application applications apply
    approval apps appurl appwrite apr april ar arabic arangodb archive archived are argo argocd argon args argument
    argumenterror arguments arm64 arn arq array artisan as asap ascii asgi asia asked asks aspnetcore assets assign
    astro async asynchronous asyncio asyncpg at athens atlantic attached attack attacker attempt attempted attempting
    attempts attribute attributes aud audience aug august australia auth auth0 authelia authenticate authentication
    authenticationerror authentik authn authority authorization authorized authsource authtoken auto autoheal
    automatic automatically available average avoid avoided await awk aws awslogs aximum azure azureopenai b2 ba
    backblaze backend backends background backlog backtrace backup backups bad badfd balanced bangkok banner bar base
    basesettings bash basic batch bb bcrypt be beanstalkd bearer beat beats because bedrock been before began begin
    beginning begins behind being below berlin beside best between big bigint billiard billing bin binary bind binds
    bio bit bitbucket bitnami bits blackbox blank blob block blocks blog blue body bookworm bool boolean boom boot
    bootstrap bootstrapped both bouncer bound bounded braintree branch branchname breaks brevo bridge brl broadcast
    broken brokenpipeerror broker brotli browser browserless brussels bucharest bucket budapest budget buffer buffers
    bug bugsnag build buildkit buildx built bull bullmq bullseye bun burst buster busy busyloadingerror but by bye
    bypass bytes ca cache cached caches cad caddy cadvisor cairo calcutta call callback called caller calling can
    canary canceled canceling cancellederror cannot capacity case cassandra cat catch cause caused causes cb cbc ccf
    celery celerybeat celeryd centos central cerebro cert certificate certificates certs cest cet cflags cgroup
    chacha20 chain change changed changeme changes changing channel char character charset chat check checked
    checkedout checking checkpoint checkpoints checks checksum checksums chf chicago child chinese chmod chown
    chpasswd chroma chromadb chrome chromium chunk chunked chunks ci cipher ciphers circle circleci claim claims class
    classes classic claude clave claves clean cleaning cleanup cli clickhouse client clients close closed closes
    closing cloud cloudflare cloudfront cloudinary cls cluster cmd cn cny coalesce code codeigniter codes cognito
    cohere collate collation collect collection collectstatic column columns com comm command commander commanderror
    commands commit commits committed communication community compact compaction compactor company compass compensate
    compile compiled complete completed completes completion completions component componentid components compose
    composite compression compromise concurrency condition conf config configs configuration configurations configure
    configured conflict conflicting conflicts connect connected connecterror connecting connection
    connectiondoesnotexisterror connectionerror connectionrefusederror connections connectivity connects
    connecttimeout consider console const constraint consul consumer contact contain container containerd containers
    contains content contentdisallowed context continue continues continuing contrasenia contrasenya control convert
    converted cookie cookies copenhagen copied copy core corp correct correlation corrupted corruption cors cosmosdb
    cost couchbase couchdb could couldn count counter country counts cp cpu cpus cram create created creates
    createsuperuser creating cred credential credentials creds crit critical cron crontab cross crt crypto cs csi csp
    csrf css ctrl curl current currently cursor curve custom customer customers cut cycle cypress da daemon dagster
    daily daphne dark dash dashboard dashboards data database databases datadog dataset datasource davinci day days db
    dbpass dc de dead deadlock deadlockdetected debian debug dec december decode decoded dedupe deep deeply deepseek
    def default defined deflate degraded delay delete deleted deletes deleting demand demo denied deno dent denver
    deny dependencies dependency deploy deprecated deprecations depth desc description descriptor descriptors
    deserialize desired destination detached detail details detected dev develop developer development device devices
    dex dhaka dial dialect dialects did didn died different digest digests digitalocean dir direct directconnection
    directive directly directories directory disable disabled disallowedhost discard disconnect disconnected
    disconnecting discord disk disks dist distributed distributor division django dkim dmarc dns do docker dockerhub
    docs documentation does domain domains done dotdot dotnet double dovecot down downgrade download downloads dozzle
    dragonfly dramatiq driver drizzle drone drop dropped drupal dry dryrun dsn dualwrite dubai dublin due dumb dump
    duplicate duplicated duplicatenodenamewarning duration during dutch dynamic dynamodb ea each ead eaddrinuse eager
    eai east ecae ecdhe ecdsa echo econnrefused ecs ed eddsa edge edt effective effort eight either el elapsed elastic
    elasticsearch elif elixir else email embedded embedding embeddings emerg emergency emfile emit empty en enable
    enabled enc encode encoded encodeerror encoding encountered encrypt encrypted encryption end ended ending endpoint
    endpoints ends enforce enforced engine english enospc enotfound enough ensure enter enterprise entries entropy
    entry entrypoint entrypoints env environment envoy eof epoch er erlang erofs err errno error errorlog errors es
    esac esbuild est establish established etag etc etcd eu eur europe eval evaluating event events every everysec
    eviction example exc exceed exceeded exceeds exception exceptions excess exchange exec executable execute exim
    exist exists exit exited exiting exp expected expiration expire expired expires expiring expiry export exporter
    expose expr express extend extended extension external extra extract facebook factor fail failed failing failover
    fails failure failures faiss fake fallback false family far fast fastapi fastcgi fastest fastly fatal fault fd
    feature feb february fedora feed fernet few fi field fields file filebeat filename filenotfounderror files
    filesystem filled filter filtered final finally find finds fine finest fingerprint fingerprints finished finishes
    finishing firebase firefox first fish five fix flags flash flask float flow flower fluentbit fluentd flush flushed
    flux fly focal folder follow followed follower following font fonts foo fopen for forbidden force foreground
    foreign forgejo forgot fork forkpoolworker form format forum forward found four fpm fr frame free french
    frequently fri friday from frontend fsync ftp full fullchain function functions future gaierror gateway gatsby
    gave gbp gcc gcm gcp gcs gearman gecko geheim geheimnis gelf gemini general generate generated generates
    generating generation generic geoip german get getaddrinfo gets getting gf ghcr gid giphy git gitea github gitlab
    give given givenname gives global gmail gmbh gmt go goes golang gone good google googlemaps goroutine gossip gosu
    got gpg gpgkey gpgkeys gpt grace gradual grafana granian grant graylog green grep groq group groups grpc guest gui
    guid gunicorn gzip had haiku halted haltserver hand handle handler handling handshake handshaking hapi haproxy
    hard has hash hashed hasher hashers haslo hasura have hba hcaptcha he head header headers headless heads health
    healthcheck healthchecks healthy healthz heap heartbeat hello helm help helsinki her here heroku heslo hetzner hex
    hi hibernate hidden hide high higher him hint his history hit hits hmac hmr hold holds home homepage honeycomb
    hook hooks horizon host hostmaster hostname hosts hot hour hourly hours how hs hs256 hsts html htpasswd http http2
    httpcore httpd httponly https httpsconnectionpool httpx hu huey huge huggingface hybrid hydra hypercorn i iam id
    idempotency ident identified identifier identity idle ids if ignore ignored ignoring ii illegal image images imap
    img implemented import importerror imports improperlyconfigured in inactive inappropriate inc incompatible
    incomplete incorrect incr increase increased indentationerror index indexes indicator indicators inf infinity
    influxdb info information ingest ingester ingesting ingestion ingress inherit init initdb initial initialising
    initialize initialized initializing inline inmemory innodb input inr insecure insert inside insight insights
    inspect install installed instance instances instead instruct instrumentation insufficient int integer integration
    intended interactive interface interfaceerror internal internally interrupted interva interval intervals into
    intranet invalid invalidclienterror invalidpassworderror invalidrequesterror invitation invite io ioctl ip
    ipallowlist ips ipv ipwhitelist is isnam iso isolation isready issuer issues istanbul it italian iterations its
    itself ja jaeger jakarta jammy jan january japanese java javascript jdbc jelszo jenkins jest jetty jina job jobs
    johannesburg join joomla journald jpy js json jul july jun june just jwt k3s k8s kafka kaniko karachi kathmandu kb
    keep keeps kennwoord kenwort kept kerberos kernel key keycloak keydb keyerror keypair keys keystore khtml kibana
    kid kiev kill killed kind kinds kinesis klarna knex know known knows ko koa kodas kodeord kolkata kombu kong
    korean kotlin kratos kubectl kubernetes kuma kunci kwargs kyiv label labels laddr lag lagos lambda lan lang
    langchain langfuse language laravel large larger last latency latest latin latin1 lax layer lazy ldap ldaps
    ldflags leader leads least leave leeway left legacy lemonsqueezy len length less let letmein letsencrypt level
    levels lfu lib libraries library licence license lies lifetime light like likely lim limit limiting limits line
    lines link linked linkedin links linode lint linux lisbon list listen listener listening listens litellm live
    liveness livez llama llamaindex llc llen llm ln load loaded loading loads local localdomain locale localhost
    locate location locations lock locked locking locks log logfmt logged logger logging logic login loglevel logout
    logs logstash loki london long longer look looked looking looks lookup loop loopback loops loose losen losenord
    loss lost low lower lozinka lru ltd lucia lumen lz4 mac machine made madrid magento mail mailcatcher maildev
    maildir mailer mailgun mailhog mailjet mailpass mailpit mailtrap main mainprocess maintainer maintainers
    maintenance make makemigrations makes malformed manage management manager mandatory mandrill manifest manila
    manual manually many map mapbox mappable mapping mar march mariadb mariadbd marked master masterauth masterdown
    masterpass match matched matches mattermost max maxclients maximum maxmemory maxmind maxretriesexceedederror may
    mb mbox mcp md md5 me media medium meili meilisearch mem memcached memory memoryerror merchant merge merged
    message messages metadata method methods metric metricbeat metrics mexico micronaut micros microseconds microsoft
    middle middlewares might migrate migration migrations millis millisecond milliseconds milvus mime mimir min mingle
    mini minimal minimum minio minioadmin minute minutes mirror mirrored misbehaving misconf mismatch miss missed
    misses missing mistral mixed mkdir mm mnt mocha mode model moderated modern module modulenotfounderror modules
    mollie mon monday mongo mongod mongodb monitor monitoring monolog month monthly months more moscow mosquitto most
    motdepasse mount mounted mounting mounts move mozilla mqtt ms msec msg mssql mtls much multi multibyte multihop
    multiple must my mysql mysqld nairobi nak nam name named nameresolutionerror names namespace nan nano nanos
    nanoseconds narrow native nats natural nb nc need needed needs negotiate neither neo4j nest nested nestjs nests
    net netlify network networks never new newconnectionerror newrelic nexmo next nextauth nextjs ngestion nginx nice
    nightly nil nine nl nn no noauth noble nobody node nodejs nodemon nodes noeviction nomad nomic nominatim non nonce
    none nope noperm nopermissionerror noreply normal north northeast northwest nosniff nosuchmoduleerror not notfound
    nothing notice notification notifications notifier notuniq nov november now npm npx ns nsswitch ntlm null num
    number numerical numpy nuxt oauth oauth2 oauthlib object objects observed occurred occurring oci oct octane
    october of ofelia off offline oid oidc ok okay okta old oldest ollama on once ondemand one online only onto oo oom
    opcache ope open openai opencensus opened openfoodfacts openid opening openresty openrouter opens opensearch
    openssl openstreetmap opentelemetry operation operational operationalerror operator opt optin option optional
    options optout opus or oracle order org organisation organization organizations origin origins oserror oslo osm
    otel other others otlp otp otpauth ou our out outage outofmemoryerror output outside outstanding over overcoming
    overcommit overflow override overwrite ovh own owned owner ownership pacific package packages packer packet paddle
    page pages pair panel panic papertrail parallel parallelism param parameter parameters params parcel paris parity
    parola parole parool parse parsed parses parsing part partial partition partitioned pass passcode passcodes passe
    passed passenger passes passing passive passkey passkeys passord passphrase passphrases passthrough passw passwd
    password passwords passwrd paste paswoord patch path paths paulo pause paused payload paypal pbkdf pct pdf pdt
    peer pem pending per percent percona perform performance perhaps period perl permission permissiondeniederror
    permissionerror permissions permissive permit permitted perplexity persist persistence persistent pest pexels pg
    pgadmin pgbouncer pgp pgpass pgpassword pgsql pgtables pgvector phoenix php phpfpm phpmyadmin phpunit phrase
    pickle pid pidfile pin pinecone ping pings pins pipe pipenv pl placeholder plain plan platform platforms playlists
    playwright please plivo plugin plugins pm pnpm pocketbase pod podman poetry policy polish poll polling poly1305
    pong pool pooling pop3 port portainer portal ports portuguese possible post postfix postgis postgres postgresql
    postmark postmaster powersave pp ppid pq prague prefect prefer preferred prefix prefork preload prematurely
    prepare prepared present preserve press pretty prev preview previous primary printed printf prisma private
    privileges pro probes problem problems proc process processes processing prod production profile profiles prog
    program programming progress project projects prometheus promise promtail properly protected protocol protocols
    provide provided provider providers provision provisioned provisioning proxied proxies proxy prune ps psk psql pst
    psw pswd psycopg pt pub public publish publishable published pulsar puma puppeteer purge pusher pushgateway put pw
    pwd pwds pws py pydantic pypy python qa qdrant quarkus quay queried queries query queue queuepool queues quiet
    quit quota qwen qwerty r2 rabbitmq radius rails railway raise raised raises ran random range rate ratelimit
    ratelimiterror raw razorpay rdb re reach reachable reached reaches react read reader readiness reading readonly
    readonlyerror readtimeout readwrite ready readyz real realm reason reasons rebuild rebuilt recaptcha receive
    received receiving recent reconnect reconnecting record records recoverable recovered recovering recovery recreate
    recreated recv red redacted redirect redirecting redirection redirects redis redisinsight rediss reduce reduced
    ref references referrer refresh refreshed refresherror refuse refused refuses refusing regenerate regenerated
    region register registration registry reindex reject rejected rejecting rejection rejects relation relaxed relay
    release reload reloaded reloading reloads remaining remchg remix remote remove removed removes removing rename
    render rendered renewed repair repl replace replaced replay replayed replaying replica replicas replicaset
    replicated replication replies reply repo report request requested requests require required requirepass requires
    rerank reranker reseed resend reserved reset resets resize resolv resolve resolved resolver resolving resource
    resourceexhausted resources respond responding response responseerror responses resque rest restart restarted
    restarting restore restored restricted result results resume resumed retain retention retries retry retrying
    return returned returns rev reverb revision revisions revoked rewrite rf rfc rfs rich right ring rm ro roadrunner
    robin rocky role roles rollback rollbar rolled rolling rollup rome root rootfs rotate rotated rotation round
    rounds route router routes routines routing row rows rpc rq rr rs rsa rss rtt ru ruby rule ruler rules run running
    runs runserver runtime russian rust rw s3 sa safari safe said salasana sales salt same sameorigin samesite saml
    sample samples sandbox sandi sao sas sasl sat saturation saturday save saving say says sbin scala scaleway scgi
    schedule scheduled scheduler schema scheme schemes scope scopes score scram scrape script scripting scrypt scylla
    search sec second secondary seconds secret secretless secreto secrets secs section secure security securitywarning
    sed see seed seek seen sees segment segmentation segments segredo segreto segv sekret select selenium self
    semaphores send sender sendgrid sendinblue sending sendmail sent sentinel sentry seoul sep september sequelize
    sequence sequential serial serializable serialize series serve served server servers serves service services
    serving ses sessid session sessions set sets setting settings setup seven several severe severed sftp sh sha
    sha256 sha384 sha512 shall shanghai shard sharding shards share shared she shell shift shmem shop short should
    show shut shutdown shutting sid side sidecar sidekiq sifre sig sigkill sign signal signature signed signin signing
    signup silent simple simulate simulated simulation sinatra since singapore single site sites six size sizes skew
    skip skipped skipping slack slaptazodis slave sleep slim slot slots slow slowest small smtp smtppass smtps sn
    snappy snapshot snapshots sns so socket socketio sockets soft software soketi solo solr somaxconn some somebody
    sonnet sorry sort source sources south southeast southwest space spaces span spanish sparkpost speak specific
    specified specify spf sphinx splice split splitting splunk spotify spring springboot sql sqlalche sqlalchemy
    sqlite sqlite3 sqlserver sqlstore sqs square squid src srmount srv sse ssh ssl sslcertverificationerror sso stable
    stack stacktrace stage staging stale standalone standard stands starlette start started starting starts starttls
    startup stat state statement static statsd status stderr stdout sticky stockholm stop stopped storage store str
    strategy stream streams strict string stripe struct structure structured style su subject subnet subscription
    succeeded success successful successfully such suffix summarise sun sunday supabase superuser supervisor support
    supported supports sure suspend suspended sv svelte swagger swap swarm switch switched swoole sydney symbolic
    symfony sync synced synchronized synchronous syntax syntaxerror sys syslog system systems taberror table tables
    tag tags take taken takes taking target targets task taskiq tasks tcp team teams telegram temp temperature
    template tempo temporal temporarily temporary ten tenant tenants terminated terminating terraform test testing
    text th than that the their them then there these they thin third this those thp thread threads three threshold
    throttle through throughput throw thrown thu thumbprint thursday tid time timed timelimitexceeded timeout
    timeouterror timeouts timer timescale timescaledb timestamp timezone tini tiny title tls tlsv1 tmp tmpl to
    together token tokens tokyo tomcat too took toolbox top topic tornado toronto total totaling totp touch tr trace
    traceback traces tracing traefik transaction transactions translate translation transparent transport trap travis
    tree trial tried trigger trip trixie true truncate truncation trunk trust trusted truststore try trying ts tsdb tt
    ttl tts tue tuesday tuple turbo turkish turnstile twice twilio twitter two type typeerror typeorm types typesense
    uat ubuntu udp ui uid uk ulimit unable unapplied unauthorized unavailable unbounded uncaught undefined under
    undertow unexpected unexpectedly unhandled unhealthy unicode unicorn unified uninitialized uninstall unique unit
    units unix unknown unlimited unmarshal unprivileged unreachable unready unregistered unsafe unseal unset unsplash
    unstable unsupported until untrusted up update updated updates updating upgrade upload uploads upstream upstreams
    uptime uri uris url urls us usage usd use used useful usepolling user useragent username usernames users uses
    using usr usual usually utc utf utf8 utf8mb4 util utilisation utilization uuid uvicorn uwsgi vacuumed vagrant
    valid validate validating validation validationerror valkey value values vapid var varchar varlogs varnish vault
    vector vendor verbose vercel verification verified verify versa version versions vertex vertexai very vhost vi via
    vice vienna view views vimeo violates vite vitest vm volatile volkovlabs volume volumes vonage voyage vue
    wachtwoord wachtzin wait waited waiting waits wal want wanted wants warn warning warnings warsaw was wasabi watch
    watcher watchtower way we weaviate web webapp webhook webhooks webmaster webpack website websocket websockets wed
    wednesday week weekly weeks weighted welcome were west wg wget what whatsapp when where which while whisper who
    whose why wide wiki will win window wipe wireguard with within without wordpress work workbench workdir worked
    worker workerlosterror workers working works workspace world would wraparound wraps writable write writer writing
    written wrong wrongpass wrote ws wsgi wss www x11 x509 x86 xargs xdebug xenix xoauth xoauth2 xss yaml yarn year
    yearly years yellow yes yet yii yml york you your youtube yy zero zerodivisionerror zh zipkin zitadel zone
    zookeeper zot zsh zstd zurich
    asc earliest unconfined exponential raft
    """
)
