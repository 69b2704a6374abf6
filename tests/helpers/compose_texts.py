"""Compose files of every shape, for tests. Every `hunter2` and `S3cr3t` in them is a secret."""

from typing import Final

# What Compose renders.
RENDERED: Final[dict[str, str]] = {
    "mapping": """\
services:
  a:
    image: x
    environment:
      DB_PASSWORD: hunter2
      LOG_LEVEL: info
""",
    "list": """\
services:
  a:
    image: x
    environment:
      - DB_PASSWORD=hunter2
      - LOG_LEVEL=info
      - INHERITED
""",
    "list at its key's column": """\
services:
  a:
    image: x
    environment:
    - DB_PASSWORD=hunter2
    - LOG_LEVEL=info
    hostname: h
""",
    "quoted list": """\
services:
  a:
    image: x
    environment:
      - 'DB_PASSWORD=hunter2'
      - "API_TOKEN=S3cr3t-\\x41"
""",
    "mapping in brackets": """\
services:
  a:
    image: x
    environment: {DB_PASSWORD: hunter2, LOG_LEVEL: info, API_TOKEN: 'S3cr3t'}
""",
    "list in brackets over lines": """\
services:
  a:
    image: x
    environment: [DB_PASSWORD=hunter2,  # hunter2
      LOG_LEVEL=info,
      'API_TOKEN=S3cr3t']
""",
    "numbers, booleans and nulls": """\
services:
  a:
    image: x
    environment:
      A_PASSWORD: 12345678
      B_PASSWORD: true
      C_PASSWORD:
      D_PASSWORD: null
      E_PASSWORD: ~
      F_PASSWORD: ''
""",
    "comments": """\
# hunter2
services:  # hunter2
  # hunter2
  a:
    image: x # S3cr3t
    # environment:
    #   - DB_PASSWORD=hunter2
""",
    "url": """\
services:
  a:
    image: x
    environment:
      DATABASE_URL: postgresql+asyncpg://app:hunter2@db:5432/app?ssl=true
      BROKER: 'redis://:S3cr3t@redis:6379/0'
""",
    "defaults": """\
services:
  a:
    image: x
    environment:
      DB_PASSWORD: ${DB_PASSWORD:-hunter2}
      LOG: ${LOG_LEVEL:-info}
      X: ${API_TOKEN:-S3cr3t}
      Y: ${N-${API_TOKEN-S3cr3t}}
""",
    "defaults in a url": """\
services:
  a:
    image: x
    environment:
      URL: postgres://${U:-app}:${P:-hunter2}@${H:-db}:${PORT:-5432}/${D:-x}
      OTHER: "${URL_2:-postgres://u:S3cr3t@h/d}"
""",
    "required and alternatives": """\
services:
  a:
    image: x
    environment:
      DB_PASSWORD: ${N:+hunter2}
      A: ${N:+x}
""",
    "dollars": """\
services:
  a:
    image: x
    environment:
      A: a$$b
      B: $$
      C_PASSWORD: hunter2$$S3cr3t
      D: '{{.Node}} $${X} $$Y'
      E_PASSWORD: hunter2$HUNTER
""",
    "folded": """\
services:
  a:
    image: x
    environment:
      API_SECRET: >-
        hunter2
        S3cr3t
      NEXT: 1
""",
    "literal": """\
services:
  a:
    image: x
    environment:
      API_SECRET: |
        hunter2
          S3cr3t

      NEXT: 1
""",
    "literal with indication": """\
services:
  a:
    image: x
    environment:
      API_SECRET: |2-
          hunter2
        S3cr3t
      TEXT: |+
        line

      NEXT: 1
""",
    "plain over lines": """\
services:
  a:
    image: x
    environment:
      API_SECRET: hunter2
        S3cr3t
        and more
      NEXT: 1
""",
    "quoted over lines": """\
services:
  a:
    image: x
    environment:
      API_SECRET: "hunter2
        S3cr3t \\
        more"
      OTHER_SECRET: 'hunter2

        S3cr3t'   # c
      NEXT: 1
""",
    "in brackets over lines": """\
services:
  a:
    image: x
    environment: {API_SECRET: "hunter2
      S3cr3t", NEXT: 1,
      B_SECRET: hunter2
        S3cr3t, C: d}
""",
    "private key": """\
services:
  a:
    image: x
    environment:
      SIGNING: |
        -----BEGIN RSA PRIVATE KEY-----
        MIIEhunter2
        -----END RSA PRIVATE KEY-----
      NEXT: 1
""",
    "command": """\
services:
  a:
    image: x
    command: redis-server --requirepass hunter2 --port 6379
    entrypoint: sh -c "app --password=S3cr3t --verbose"
""",
    "command as list": """\
services:
  a:
    image: x
    command: [redis-server, --requirepass, hunter2, --port, '6379']
    entrypoint:
      - app
      - --api-key
      - S3cr3t
""",
    "command with variables": """\
services:
  a:
    image: x
    command: redis-server --requirepass ${P:-hunter2} --masterauth $${MASTER} --port ${PORT:-6379}
""",
    "folded command": """\
services:
  a:
    image: x
    command: >
      redis-server
      --requirepass hunter2
      --appendonly yes
""",
    "health check": """\
services:
  a:
    image: x
    healthcheck:
      test: ["CMD-SHELL", "redis-cli -a hunter2 ping || exit 1"]
      interval: 10s
""",
    "health check as text": """\
services:
  a:
    image: x
    healthcheck:
      test: curl -f -u admin:hunter2 http://localhost/health
      retries: 3
""",
    "build arguments": """\
services:
  a:
    image: x
    build:
      context: .
      args:
        NPM_TOKEN: hunter2
        VERSION: 1
""",
    "build arguments as list": """\
services:
  a:
    image: x
    build:
      context: .
      args:
        - NPM_TOKEN=hunter2
        - VERSION=1
""",
    "labels": """\
services:
  a:
    image: x
    labels:
      app.db.password: hunter2
      traefik.enable: 'true'
      traefik.http.middlewares.x.basicauth.users: 'u:$$2y$$05$$hunter2hunter2hunter2hunter2hunter2hunter2hunter2S3cr3'
""",
    "labels as list": """\
services:
  a:
    image: x
    labels:
      - app.db.password=hunter2
      - traefik.http.routers.x.rule=Host(`a.b`)
""",
    "logging options": """\
services:
  a:
    image: x
    logging:
      driver: splunk
      options:
        splunk-token: hunter2
        splunk-url: https://u:S3cr3t@h:1
""",
    "extension": """\
x-smtp:
  host: mail
  password: hunter2
x-list: [{token: hunter2-S3cr3t}]
services: {a: {image: x}}
""",
    "extension of secrets": """\
x-secrets:
  db: hunter2
  more: [S3cr3t]
services: {a: {image: x}}
""",
    "anchors": """\
x-env: &env
  DB_PASSWORD: hunter2
  LOG: info
services:
  a:
    image: x
    environment:
      <<: *env
      EXTRA: 1
  b:
    image: x
    environment: *env
""",
    "anchored under a harmless key": """\
x-pw: &it hunter2
x-list: &list [app, --password, S3cr3t]
services:
  a:
    image: x
    environment: {DB_PASSWORD: *it}
    command: *list
""",
    "anchored word of a command": """\
x-it: &it hunter2
services:
  a:
    image: x
    command: [redis-server, --requirepass, *it]
""",
    "anchored where it stands": """\
services:
  a:
    image: x
    environment:
      - &pw DB_PASSWORD=hunter2
      - !!str LOG=info
  b:
    image: y
    environment:
      - *pw
""",
    "quoted keys": """\
services:
  a:
    image: x
    "environment":
      'DB_PASSWORD': hunter2
      "API_TOKEN" : S3cr3t
""",
    "explicit keys": """\
services:
  a:
    image: x
    environment:
      ? DB_PASSWORD
      : hunter2
      ? LOG
      : info
""",
    "secrets and configs": """\
services:
  a:
    image: x
    secrets: [db_password, {source: token, target: api_token}]
    configs:
      - app_config
secrets:
  db_password: {file: ./db_password.txt}
  token:
    environment: API_TOKEN
configs:
  app_config:
    content: |
      password=hunter2
      debug=false
""",
    "names that are no secrets": """\
services:
  a:
    image: x
    environment:
      DB_PASSWORD_FILE: /run/secrets/db_password
      TOKEN_EXPIRE_MINUTES: 30
      SECRET_KEY_ROTATION_ENABLED: 'true'
    depends_on: [token-service]
  token-service:
    image: reg/token-service:1
""",
    "json": """\
{"services": {"a": {"image": "x",
  "environment": {"DB_PASSWORD": "hunter2", "A": "b"},
  "command": ["app", "--password", "S3cr3t"]}}}
""",
    "json with tabs": """\
{
\t"services": {
\t\t"a": {
\t\t\t"image": "x",
\t\t\t"environment": ["DB_PASSWORD=hunter2"]
\t\t}
\t}
}
""",
    "crlf": """\
services:\r
  a:\r
    image: x\r
    environment:\r
      DB_PASSWORD: hunter2 # c\r
      API_SECRET: |\r
        S3cr3t\r
        more\r
      LOG: info\r
""",
    "byte order mark": """\
\ufeffservices:
  a:
    image: x
    environment:
      DB_PASSWORD: hunter2
""",
    "no final newline": """\
services:
  a:
    image: x
    environment:
      DB_PASSWORD: hunter2""",
    "tabs as separation": """\
services:
  a:
    image: x
    environment:
      DB_PASSWORD:\thunter2
      LOG: info\t# hunter2
""",
    "document markers": """\
---
services:
  a:
    image: x
    environment:
      DB_PASSWORD: hunter2
...
""",
    "two documents": """\
services:
  a:
    image: x
    environment: {DB_PASSWORD: hunter2}
---
services:
  a:
    environment: {API_TOKEN: S3cr3t}
""",
    "reset and override": """\
services:
  a:
    image: x
    ports: !reset []
    environment: !override
      DB_PASSWORD: hunter2
    command: !reset null
""",
    "odd indentation": """\
services:
        a:
           image: x
           environment:
                  DB_PASSWORD: hunter2
           ports:
           - 80
""",
    "unicode": """\
services:
  a:
    image: x
    environment:
      DB_PASSWORD: hünter2-hunter2
      TITLE: ñandú 😀
""",
    "empty lines and spaces": """\
services:
  a:
    image: x

    environment:  \x20

      DB_PASSWORD:   hunter2  \x20
  \x20
      LOG: info


""",
    "driver options": """\
services: {a: {image: x, volumes: ['v:/v']}}
volumes:
  v:
    driver_opts:
      type: cifs
      o: username=u,password=hunter2
      device: //h/share
""",
    "provider and hooks": """\
services:
  a:
    image: x
    post_start:
      - command: app --password hunter2
        environment:
          - API_TOKEN=S3cr3t
""",
    "inline dockerfile": """\
services:
  a:
    image: x
    build:
      context: .
      dockerfile_inline: |
        FROM x
        ENV API_TOKEN=hunter2
        # text, and no comment of this file
        RUN true
""",
}

# What Compose refuses.
REFUSED: Final[dict[str, str]] = {
    "tab": """\
services:
  a:
    image: x
    environment:
\tA_PASSWORD: hunter2
""",
    "deeper key": """\
services:
  a:
    image: x
    environment:
      PASSWORD: hunter2
       B: S3cr3t
""",
    "open quote": """\
services:
  a:
    image: x
    command: "hunter2
    ports: []
""",
    "open single quote": """\
services:
  a:
    image: x
    command: 'hunter2
""",
    "sign that starts nothing": """\
services:
  a:
    image: x
    image: @hunter2
""",
    "unknown escape": """\
services:
  a:
    image: x
    image: "\\q hunter2"
""",
    "key between two columns": """\
services:
  a:
    image: x
   ports: [hunter2]
""",
    "text behind quotes": """\
services:
  a:
    image: x
    environment:
      A: "x" hunter2
""",
    "two values": """\
services:
  a:
    image: x
    environment:
      A: b: hunter2
""",
    "list behind a key": """\
services:
  a:
    image: x
    environment: - hunter2
""",
    "word for a key": """\
services:
  a:
    image: x
    environment:
      PASSWORD: hunter2
      S3cr3t
""",
    "block scalar's header": """\
services:
  a:
    image: x
    command: |x hunter2
""",
    "two values under a secret": """\
services:
  a:
    image: x
    environment:
      PASSWORD: hunter2
      x: y: S3cr3t
""",
    "quotes that swallow a secret": """\
services:
  a:
    image: x
    command: "x
    PASSWORD: hunter2
    b: "y"
""",
    "no space behind a quoted key": """\
services:
  a:
    image: x
    environment:
      "PASSWORD":hunter2
""",
    "unknown anchor": """\
services:
  a:
    image: x
    environment:
      PASSWORD: hunter2
      A: *nowhere
""",
    "one word for a mapping": """\
services:
  a:
    image: x
    environment:
      PASSWORD=hunter2
""",
    "mapping in a list": """\
services:
  a:
    image: x
    environment:
      - PASSWORD: hunter2
""",
    "list for a value": """\
services:
  a:
    image: x
    environment:
      PASSWORD: [hunter2]
""",
    "open reference": """\
services:
  a:
    image: x
    environment:
      PASSWORD: hunter2${
""",
    "two open references": """\
services:
  a:
    image: x
    environment:
      PASSWORD: ${X:?}
      B: ${
""",
    "unknown key": """\
services:
  a:
    image: x
    unknown: x
    environment: [PASSWORD=hunter2]
""",
    "key twice": """\
services:
  a:
    image: x
    environment: {PASSWORD: hunter2}
    environment: {PASSWORD: S3cr3t}
""",
}
