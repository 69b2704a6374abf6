"""Which programs a health check needs for certain: of what could do without, nothing is said."""

from __future__ import annotations

import pytest

from parity_host.gather.check_programs import needed

SHELL = ["/bin/sh"]


@pytest.mark.parametrize(
    ("test", "programs"),
    [
        (["CMD", "curl", "-f", "http://localhost/"], ["curl"]),
        (["CMD", "/usr/local/bin/check.sh"], ["/usr/local/bin/check.sh"]),
        (["CMD", "sh", "-c", "wget -q http://localhost/"], ["sh", "wget"]),
        (["CMD", "/bin/bash", "-c", "nc -z localhost 80"], ["/bin/bash", "nc"]),
        (["CMD", "python3", "-c", "import urllib"], ["python3"]),
        (["CMD-SHELL", "curl -f http://localhost/ || exit 1"], [*SHELL, "curl"]),
        (["CMD-SHELL", "curl -fsS 'http://localhost/?a=1&b=2;c' >/dev/null 2>&1 || exit 1"], [*SHELL, "curl"]),
        (["CMD-SHELL", "pg_isready -U $POSTGRES_USER -d ${POSTGRES_DB}"], [*SHELL, "pg_isready"]),
        (["CMD-SHELL", "redis-cli -a 'a b' ping | grep PONG"], [*SHELL, "redis-cli"]),
        (["CMD-SHELL", "mysqladmin ping && mysql -e 'SELECT 1' || false"], [*SHELL, "mysqladmin"]),
        (["CMD-SHELL", "curl `cat /run/address`"], [*SHELL, "curl"]),
        (["CMD-SHELL", "wget --spider http://localhost/ || kill 1"], [*SHELL, "wget"]),
    ],
)
def test_the_first_program_of_a_check(test: list[str], programs: list[str]) -> None:
    assert needed(test, []) == programs


@pytest.mark.parametrize(
    "script",
    [
        "curl -f http://localhost/ || wget -q http://localhost/",
        "curl -f http://localhost/ || exit 0",
        "curl -f http://localhost/ || true",
        "curl -f http://localhost/ || exit 1; exit 0",
        "curl -f http://localhost/; exit 0",
        "curl -f http://localhost/ & wait",
        "curl -f http://localhost/\nexit 0",
        "! curl -f http://localhost/",
        "[ -f /tmp/ready ]",
        "test -f /tmp/ready",
        "if curl localhost; then exit 0; fi",
        "PATH=/opt/bin:$PATH check",
        "$CHECK -f",
        "`which curl` localhost",
        "$(which curl) localhost",
        "(curl localhost)",
        "command -v curl",
        "curl 'unclosed",
        "",
    ],
)
def test_a_script_that_could_do_without_it_needs_only_the_shell(script: str) -> None:
    assert needed(["CMD-SHELL", script], []) == SHELL


@pytest.mark.parametrize(
    ("test", "shell"),
    [
        (["NONE"], []),
        ([], []),
        (["CMD"], []),
        (["CMD", "curl -f http://localhost/"], []),
        (["CMD", "./check"], []),
        (["curl", "-f"], []),
        (["CMD-SHELL", "curl localhost"], ["powershell", "-Command"]),
        (["CMD-SHELL", "curl localhost"], ["/usr/bin/python3", "-c"]),
    ],
)
def test_what_is_no_plain_command_is_not_judged(test: list[str], shell: list[str]) -> None:
    assert needed(test, shell) == []


def test_the_shell_is_that_of_the_image() -> None:
    assert needed(["CMD-SHELL", "curl localhost"], ["/bin/bash", "-o", "pipefail", "-c"]) == ["/bin/bash", "curl"]
