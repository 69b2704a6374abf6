"""What a person sees while hosts are at work: in a real terminal, and where there is none."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import ROOT, environment, in_terminal

PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - name: Look around
      ansible.builtin.command: sleep {{ seconds }}
      changed_when: false
"""
WAIT = """strategy: free
  tasks:
    - name: Come later
      ansible.builtin.command: sleep {{ first }}
      changed_when: false"""
HOSTS = (
    "all: {hosts: {%s}, vars: {ansible_connection: local, ansible_python_interpreter: '{{ ansible_playbook_python }}'}}"
)
DRAWN = re.compile(r"\x1b\[J\r?\n([^\n\x1b]*)\x1b\[1A\r")


def command(folder: Path, seconds: str, hosts: str = "web-1: {}, web-2: {}") -> list[str]:
    (folder / "play.yml").write_text(PLAY)
    (folder / "hosts.yml").write_text(HOSTS % hosts)
    program = str(Path(sys.executable).parent / "ansible-playbook")
    return [program, "-i", str(folder / "hosts.yml"), str(folder / "play.yml"), "-e", f"seconds={seconds}"]


def shown(words: list[str], columns: int = 80, **more: str) -> str:
    """Return all that a command that succeeds writes into a terminal."""
    code, said = in_terminal(words, columns, **more)
    assert code == 0, said
    return said


def test_a_terminal_shows_hosts_and_seconds_and_nothing_of_it_stays(tmp_path):
    said = shown(command(tmp_path, "4"))
    drawn = DRAWN.findall(said)
    assert any(re.fullmatch(r"  … web-1 \d+ s, web-2 \d+ s: Look around", line) for line in drawn), said
    rest = said[said.rindex(drawn[-1]) :]
    assert "\x1b[J" in rest  # cleared after the last one was drawn
    plain = DRAWN.sub("", said).replace("\x1b[J", "")
    assert "\x1b" not in plain
    assert "ok: [web-1]" in plain


@pytest.mark.parametrize("columns", [20, 40])
def test_the_line_is_never_wider_than_the_terminal(tmp_path, columns):
    drawn = DRAWN.findall(shown(command(tmp_path, "2"), columns))
    assert drawn
    assert max(map(len, drawn)) < columns


def test_many_hosts_are_counted(tmp_path):
    hosts = ", ".join(f"web-{number}: {{}}" for number in range(1, 8))
    drawn = DRAWN.findall(shown(command(tmp_path, "3", hosts)))
    assert any(" and 3 more: " in line for line in drawn), drawn


def test_the_slowest_host_comes_first_and_its_task_is_named(tmp_path):
    hosts = ", ".join(f"web-{number}: {{first: {0 if number == 9 else 2}}}" for number in range(1, 10))
    words = command(tmp_path, "4", hosts)
    (tmp_path / "play.yml").write_text(PLAY.replace("tasks:", WAIT))
    drawn = DRAWN.findall(shown([*words, "-f", "9"]))
    assert any(re.match(r"  … web-9 \d+ s, .* and 5 more: Look around$", line) for line in drawn), drawn


def test_a_terminal_that_cannot_move_its_cursor_is_left_alone(tmp_path):
    assert "\x1b" not in shown(command(tmp_path, "2"), TERM="dumb")


def test_without_a_terminal_a_plain_line_says_what_takes_long(tmp_path):
    done = subprocess.run(
        command(tmp_path, "11", "web-1: {}"), cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("  … ")]
    assert len(lines) == 1, done.stdout
    assert re.fullmatch(r"  … web-1 1\d s: Look around", lines[0])
    assert "\x1b" not in done.stdout


COLOUR = re.compile(r"\x1b\[[0-9;]*m")
MOVE = re.compile(r"\x1b\[[0-9;]*[A-HJKST]")


def test_no_color_leaves_a_terminal_without_colours(tmp_path):
    asked = command(tmp_path, "2")
    assert COLOUR.search(shown(asked, ANSIBLE_NOCOLOR="false"))
    said = shown(asked, ANSIBLE_NOCOLOR="false", NO_COLOR="1")
    assert DRAWN.search(said)
    assert not COLOUR.search(said)


def test_forced_colours_move_no_cursor_where_there_is_no_terminal(tmp_path):
    given = environment(ANSIBLE_NOCOLOR="false", ANSIBLE_FORCE_COLOR="1")
    audit = [str(Path(sys.executable).parent / "ansible-playbook"), "audit.yml", "-e", f"parity_reports_dir={tmp_path}"]
    for words in (audit, command(tmp_path, "11", "web-1: {}")):
        done = subprocess.run(words, cwd=ROOT, env=given, capture_output=True, text=True, check=True)
        assert COLOUR.search(done.stdout)
        assert not MOVE.search(done.stdout)
        ours = [line for line in done.stdout.splitlines() if line.startswith(("  … ", "Report: ", "Parity: "))]
        assert ours
        assert not COLOUR.search("\n".join(ours))
