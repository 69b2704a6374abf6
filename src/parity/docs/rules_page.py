"""`docs/rules.md`, made from the rules: `python -m parity.docs.rules_page`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

from parity.areas.register import AREAS
from parity.judge import knowledge
from parity.knowledge.rules import Link, Rule
from parity.report.text import markdown

PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "rules.md"
# An example that has more lines is folded.
_LINES_SHOWN: Final = 6
_POLICY: Final = ("policy", "Policy and waivers")
# What is wrong with a waiver is put right in the waiver.
_OF_WAIVERS: Final = "policy.waiver-"
_SILENCED: Final = """
```yaml
# policy.yml: it is intended
expected:
  - {{rules: [{rule}], why: …}}
```

```yaml
# waivers.yml: accepted until a date
waivers:
  - {{finding: {finding}, reason: …, author: …, until: 2027-01-31}}
```
"""
_HEAD: Final = """# The rules

Made from `knowledge/rules/` by `make docs`. A finding's `rule` is its anchor on this page, such as
[`#containers.restarting`](#containers.restarting). Findings of the area `logs` have one rule for each
[signature](signatures.md).

Severity is that of production and of other environments. *Raised* and *lowered* name the
[facts](../knowledge/judgement.yml) that change it by one step. Effort is the time that a fix takes
somebody who knows the system.

## How to silence a rule

Each rule ends with the entries that silence it, ready to copy. `policy.yml` is for what is intended: without
`services`, `items` or `ways` an entry matches every finding of the rule. `waivers.yml` is for what you accept until a
date. Both are next to your inventory ([all keys](policy.md)). For a finding of your own,
`playbooks/explain.yml -e parity_explain=ID` prints both entries filled in.

## How to read an example

Each rule has an example that a test runs: `broken` yields the `finding`, and `spared`, which is close to it, does
not. `dev`, `prod` and `everywhere` (both) say which environment a part is for; outside `broken` and
`spared` it is for both cases. Anything an example leaves out is healthy: an environment without `containers` runs a
healthy `api`.

| key | what it holds |
| --- | --- |
| `containers` | what runs, by service: state, restarts, image, ports, `env` (its variables), … |
| `declared` | the services as Compose renders them; `problems` are what it reported, `paths` what was at a path |
| `files` | env and compose files, by name |
| `server`, `http` | the inside of an nginx `server` block on port 80, and what precedes it |
| `text` | the one file that a program reads, by the program: `nginx`, … |
| `https` | directives of an HTTPS server; `app.crt` is its certificate file, in order, `app.key` its key |
| `nginx`, `loki` | what else was read of their configurations, such as the answer of `nginx -t` |
| `loki.yaml` | settings of Loki |
| `images` | what the host told of the image of a service, and of its containers |
| `packages` | the packages of the service's containers by kind, and those that its application names (`direct`) |
| `usage` | what the host told of the log and the memory of each service's container |
| `host` | what the host told of itself: cores, memory, disks, its clock |
| `probes` | what services answered when they were checked |
| `logins` | what OAuth authorize endpoints answered, by provider |
| `code` | the Git checkout: its last `commits`, the newest first, and what is changed; `second_host`: of another host |
| `production` | whether the environment is production, if its name does not tell |
| `policy`, `waivers` | the inventory's own files |

In `app.crt`, `days` are those from which and until which a certificate is valid, counted from the day of the audit.
`status: expected` means that the policy expects this difference, so the finding does not count.
"""
_FOLLOWS: Final = {
    "service": "on the same service",
    "mention": "where a finding names this service",
    "item": "where a finding names this item",
    "both": "where a finding names this service, and this one the finding's item",
}


def page() -> str:
    """Return the page: a table of contents, then each area's rules, in the order of the report."""
    rules = knowledge.load().rules
    own = {name: _of(name, rules) for name, _ in _areas()}
    contents = (f"- [{title}](#{name}): {len(own[name])} rules\n" for name, title in _areas())
    sections = (part for name, title in _areas() for part in _area(name, title, own[name], rules))
    return _HEAD + "\n## Contents\n\n" + "".join(contents) + "".join(sections)


def _areas() -> list[tuple[str, str]]:
    """Return the areas that have rules of their own, by name and title."""
    return [*((area.name, area.title) for area in AREAS if area.name != "logs"), _POLICY]


def _of(area: str, rules: Mapping[str, Rule]) -> list[Rule]:
    return sorted((rule for rule in rules.values() if rule.id.startswith(f"{area}.")), key=lambda rule: rule.id)


def _area(name: str, title: str, own: list[Rule], rules: Mapping[str, Rule]) -> Iterator[str]:
    yield f'\n<a id="{name}"></a>\n\n## {title}\n\n'
    yield "| rule | production / elsewhere | effort | remedy |\n| --- | --- | --- | --- |\n"
    for rule in own:
        yield f"| {_link(rule.id)} | {_severity(rule)} | {rule.effort} | {_remedy(rule)} |\n"
    for rule in own:
        yield from _rule(rule, rules)


def _rule(rule: Rule, rules: Mapping[str, Rule]) -> Iterator[str]:
    yield f'\n<a id="{rule.id}"></a>\n\n### `{rule.id}`\n\n{markdown(rule.title)}\n\n'
    yield f"- Severity (production / elsewhere): {_severity(rule)}{_changes(rule)}\n"
    yield f"- What it is: {markdown(rule.cause)}\n"
    yield f"- Why it hurts: {markdown(rule.impact)}\n"
    yield f"- What to do: {markdown(rule.action)}\n"
    yield f"- Effort: {rule.effort}{f'; remedy: {_remedy(rule)}' if rule.remedy else ''}\n"
    for link in rule.explains:
        yield f"- What follows, {_FOLLOWS[link.joined_by]}: {_effects(link, rules)}\n"
    yield _example(rule.example)
    yield _silenced(rule)


def _severity(rule: Rule) -> str:
    return f"{rule.production.word} / {rule.elsewhere.word}"


def _changes(rule: Rule) -> str:
    parts = (("raised", rule.raised_by), ("lowered", rule.lowered_by))
    return "".join(f"; {how} by the fact {fact}" for how, facts in parts for fact in facts)


def _remedy(rule: Rule) -> str:
    return f"[{rule.remedy}](../roles/remedy_{rule.remedy}/README.md)" if rule.remedy else ""


def _effects(link: Link, rules: Mapping[str, Rule]) -> str:
    here = {effect for effect in link.effects if effect in rules and not effect.startswith("logs.")}
    return ", ".join(_link(effect) if effect in here else f"`{effect}`" for effect in link.effects)


def _link(rule: str) -> str:
    return f"[`{rule}`](#{rule})"


def _example(text: str) -> str:
    block = f"\n```yaml\n{text.strip()}\n```\n"
    if text.strip().count("\n") < _LINES_SHOWN:
        return block
    return _folded("Example", block)


def _silenced(rule: Rule) -> str:
    """Return the entries of policy and waivers that silence a rule, for the finding of its example."""
    if rule.id.startswith(_OF_WAIVERS):
        return ""
    finding = yaml.safe_load(rule.example)["finding"]
    return _folded("How to silence it", _SILENCED.format(rule=rule.id, finding=json.dumps(finding)))


def _folded(summary: str, text: str) -> str:
    return f"\n<details><summary>{summary}</summary>\n{text}\n</details>\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
