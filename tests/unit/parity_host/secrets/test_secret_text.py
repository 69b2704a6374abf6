"""Free text: exactly the «marked» parts are hidden, and each has the token of its own value."""

from __future__ import annotations

import pytest
from secret_harmless import HARMLESS_LINES
from secret_marks import KEY, hidden, plain

from parity_host.secrets.redact import Redactor

LONG = "".join(("kT9vZr2L", "mQ8xW4bN", "7cJ1pF6h", "Y3dS5gA0"))
LINES = [
    "password=«hunter2»",
    "starting with DJANGO_SECRET_KEY=«wl(vkz^s1!qo+4g»",
    "DJANGO_SECRET_KEY=«wl(vkz)»",
    "secret = «wl(vkz^s1!qo+4g»",
    "    passwd = self.get(name)",
    "    key = make_key(args, kwds)",
    "    if key == self.default:",
    "Cookie: theme=dark; remember=«abc123»; lang=en",
    "got bearer «abc123def» back",
    "API key: «opensesame»",
    "the token is '«opensesame»' now",
    "starting with ${DB_PASSWORD:-«hunter2»} set",
    "starting with ${DB_USER:-app} set",
    "a password=!!! here",
    "GET /login?token=«abc123»#top",
    "Driver=x;PWD=«{a;b}»;Encrypt=1",
    "a=1;password=«x»;y;b=2",
    "run 'password=«hunter2»' now",
    "with DB_PASSWORD=«a,b=c» and more",
    "password = «hunter2»",
    "Password: «hunter2»",
    "PASS=«hunter2»",
    "to db with pwd=«hunter2»; x",
    "DB_PASSWORD=«a b c»",
    "DB_PASSWORD=«a b» # why",
    "# DB_PASSWORD=«old one»",
    "export API_KEY='«a;b c»'",
    'API_KEY="«a\'b»" OTHER=x',
    "connecting with user=app password=«hunter2» host=db",
    "user=app,password=«hunter2»,ssl=true",
    "Server=db;User Id=sa;Password=«hun,ter2»;Encrypt=true",
    "PWD={«a;b»}"[:4] + "«{a;b}»",
    "(user=x, password=«hunter2»)",
    "login?user=x&password=«hunter2»&next=/",
    "GET /x?access_token=«abc123def»&page=2 HTTP/1.1",
    "GET /x?page=2&lang=en HTTP/1.1",
    "{'password': '«hunter2»', 'host': 'db'}",
    '{"user": "app", "password": "«hunter2»", "port": 1}',
    '{"inner": "{\\"client_secret\\": \\"«hunter2»\\"}"}',
    ':password=>"«hunter2»"',
    "password => '«hunter2»'",
    'tokens: ["«abc1»", "«def2»"]',
    "password: null",
    "password=None",
    "password=None)",
    "token: {}",
    "password: {{ vault_db }}",
    "secret = ''",
    'msg="login" password="«hunter 2»" user=x',
    "password=b'«hunter2»'",
    "spring.datasource.password=«hunter2»",
    "datasource:\n  password: «hunter 2»\n  user: app",
    "private: |\n  text\npassword: |\n  «line one»\n  «line two»\nuser: app",
    "os.environ['SECRET_KEY'] = '«hunter2»'",
    "INFO \x1b[32mpassword\x1b[0m=«hunter2»\x1b[0m ok",
    "password -> «hunter2»",
    "password is «hunter2»",
    "The password for admin is «hunter2»",
    "using password '«opensesame»'",
    "password is required",
    "API key: «hunter2»",
    "client secret: «hunter2»",
    "client secret is wrong",
    "the secret key is «x9x9x9»",
    "A temporary password is generated for root@localhost: «Abc;1_defGH»",
    "[Note] GENERATED ROOT PASSWORD: «q7q7q7q7»",
    f"Authorization: Bearer «{LONG}»",
    "Authorization: Basic «YWRtaW46aHVudGVyMg==»",
    "authorization=Bearer «abc123def», x",
    '"Authorization": "token «abc123def»"',
    "Proxy-Authorization: Digest «abc123def»",
    f"got bearer «{LONG}» back",
    "basic authentication failed",
    "X-Api-Key: «hunter2»",
    "x-auth-token: «hunter2»",
    "Cookie: theme=dark; sessionid=«abc123»; lang=en",
    "Set-Cookie: connect.sid=«s%3Aabc»; Path=/; HttpOnly",
    "CREATE USER app IDENTIFIED BY '«hunter2»';",
    "ALTER ROLE app WITH ENCRYPTED PASSWORD '«it''s»' LOGIN;",
    "SET PASSWORD FOR 'app'@'%' = '«hunter2»'",
    "requirepass «hunter2»",
    '  masterauth "«hunter 2»"',
    "user app on >«hunter2» ~* +@all",
    '1690 [0 10.0.0.1:1] "AUTH" "«hunter2»"',
    '"AUTH" "app" "«hunter2»"',
    "machine git.example.com login me password «hunter2»",
    "db:5432:app:app:«hunter2»",
    "<password>«hunter2»</password>",
    '<add key="Password" value="«hunter2»"/>',
    "- name: DB_PASSWORD\n  value: «hunter2»\n- name: DB_USER\n  value: app",
    '{"name": "API_KEY", "value": "«hunter2»"}',
    'proxy_set_header Authorization "Bearer «abc123def»";',
    "proxy_set_header X-Api-Key «hunter2»;",
    'set $api_key "«hunter2»";',
    "proxy_set_header X-Real-IP $remote_addr;",
    "proxy_set_header Authorization $http_authorization;",
    "proxy_pass http://api:8000;",
    "auth_basic_user_file /etc/nginx/.htpasswd;",
    "ssl_certificate_key /etc/nginx/ssl/prod/privkey.pem;",
    "      access_key_id: «loki»"[:21] + " «lokiuser1»",
    "      secret_access_key: «hunter2»",
    "    account_key: «hunter2»",
    "bucketnames: loki-data",
    "connecting to postgresql://u:«hunter2»@db/app failed",
    "transport: redis://:**@redis:6379/0",
    "Engine(postgresql://u:***@db/app)",
    "password=[FILTERED] token=***",
    "mongodb://u:«a1b2c3»@m1:1,m2:2/d?authSource=admin",
    "redis://:«p1»@r1:1,redis://:«p2»@r2:2",
    "(amqp://u:«hunter2»@mq:5672//)",
    '"redis://:«hun\'ter2»@redis"',
    "https://hooks.slack.com/services/«T01/B02/abc» sent",
    "https://api.telegram.org/bot«123:AAq7»/getMe",
    "https://h/x?X-Amz-Date=20250101T000000Z&X-Amz-Signature=«0f0f0f0f»",
    "app:«hunter2»@db:5432",
    "email:ops@example.com wrote",
    "app:«hunter2»@tcp(db:3306)/app",
    "scott/«tiger7»@//db:1521/XE",
    "image: nginx:1.25@sha256:" + "0f1e2d3c" * 8,
    "+ redis-cli -a «hunter2» ping",
    "sh: mysqladmin ping -uroot -p«hunter2» failed",
    "curl -u admin:«hunter2» http://api",
    "docker run -p 8080:80 x",
    "--admin-password «hunter2» --port 1",
    f"key {LONG}"[:4] + f"«{LONG}»",
    f"trace_id={LONG}",
    f"revision {LONG}",
    f"/srv/«{LONG}»/x",
    "cafe" * 4 + " 0123456789",
    f"password=«{LONG}» token=«q{LONG}»",
]


@pytest.mark.parametrize("marked", LINES)
def test_exactly_the_marked_parts_are_hidden(marked: str) -> None:
    redactor = Redactor(KEY)
    assert redactor.text(plain(marked)) == hidden(marked)
    assert redactor.text(hidden(marked)) == hidden(marked)


@pytest.mark.parametrize("line", HARMLESS_LINES)
def test_harmless_lines_stay_as_they_are(line: str) -> None:
    assert Redactor(KEY).text(line) == line


def test_a_whole_log_is_its_lines() -> None:
    lines = [line for line in LINES if "\n" not in line]
    assert Redactor(KEY).text("\n".join(map(plain, lines))) == "\n".join(map(hidden, lines))


def test_a_line_beyond_all_measure_loses_its_end() -> None:
    redactor = Redactor(KEY)
    line = "word " * 20_000
    shown = redactor.text("first\n" + line + "\nlast")
    assert shown.startswith("first\nword word")
    assert shown.endswith("none\nlast")
    assert len(shown) < 40_000
    assert redactor.text(shown) == shown


def test_a_value_that_looks_like_a_token_is_left() -> None:
    redactor = Redactor(KEY)
    fake = "parity-secret-" + "0" * 32 + "-len1to7-none"
    assert redactor.value("DB_PASSWORD", fake) == fake
    assert redactor.text("password=" + fake) == "password=" + fake
    assert redactor.value("DB_PASSWORD", "ab1" + fake + "cd2") == hidden("«ab1»" + fake + "«cd2»")
