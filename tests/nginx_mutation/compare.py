"""Compares what check() says with what nginx says, mutant by mutant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nginx_mutation.mutate import mutants
from nginx_mutation.oracle import ETC, Answer, Nginx, ask
from parity.programs.nginx.check.check import check
from parity.programs.nginx.syntax.directives import table
from parity.programs.nginx.syntax.explain import explain
from parity.programs.nginx.syntax.knowledge import load, version_of
from parity.programs.nginx.syntax.problem import Problem

BASES = Path(__file__).with_name("bases")
# What the host decides, and not the text.
ENVIRONMENT = frozenset(
    [
        "host_not_found",
        "host_not_found_resolver",
        "missing_file",
        "is_a_directory",
        "missing_directory",
        "temp_path_permission",
        "permission_denied",
        "read_only_fs",
        "bind_permission",
        "bind_address",
        "address_in_use",
        "bind_failed",
        "missing_certificate",
        "certificate_permission",
        "certificate_key_mismatch",
        "encrypted_key",
        "weak_key",
        "bad_certificate",
        "bad_ciphers",
        "module_load",
        "unknown_user",
        "user_ignored",
        "ssl_stapling",
        "disk_full",
        "not_supported_ignored",
        "unclassified",
    ]
)


@dataclass
class Result:
    """The count, and a line for every disagreement."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    @property
    def disagreements(self) -> int:
        return self.counts["other words"] + self.counts["missed"] + self.counts["false alarm"]

    def summary(self, nginx: Nginx, seed: int) -> str:
        counts = ", ".join(f"{name} {count}" for name, count in self.counts.most_common())
        return f"nginx {nginx.version}, seed {seed}: {sum(self.counts.values())} mutants: {counts}"


def base_trees(nginx: Nginx) -> dict[str, dict[str, bytes]]:
    """Return the valid configurations that this nginx can read."""
    trees = {}
    for folder in sorted(BASES.iterdir()):
        tree = {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
        if nginx.modules.get(folder.name) == "":
            continue
        for module in filter(None, nginx.modules.values()):
            tree["nginx.conf"] = b"load_module " + module.encode() + b";\n" + tree["nginx.conf"]
        trees[folder.name] = tree
    return trees


def run(nginx: Nginx, seed: int, count: int) -> Result:
    """Mutate, ask nginx, ask ourselves, compare."""
    bases = base_trees(nginx)
    share = {"web": 0.45, "backends": 0.3, "stream": 0.2, "mail": 0.05}
    whole = sum(share[name] for name in bases)
    jobs = [
        (f"{name}: {what}", tree)
        for number, (name, base) in enumerate(bases.items())
        for what, tree in mutants(base, seed * 10 + number, round(count * share[name] / whole))
    ]
    result = Result()
    answers = ask(nginx, [tree for _, tree in jobs])
    for (what, tree), answer in zip(jobs, answers, strict=True):
        compare(result, what, tree, answer, nginx.version)
    return result


def ours(tree: Mapping[str, bytes], version: str) -> Sequence[Problem]:
    """Return what check() says to a tree of paths below /etc/nginx."""
    return check({f"{ETC}/{path}": data for path, data in tree.items()}, f"{ETC}/nginx.conf", version)


def compare(result: Result, what: str, tree: Mapping[str, bytes], answer: Answer, version: str) -> None:
    """Count one mutant, and note where the two differ."""
    mine = ours(tree, version)
    theirs = explain(answer.output)
    said = [next((p for p in side if p.level != "warn"), None) for side in (theirs, mine)]
    real, own = said
    verdict = _verdict(real, own, answer)
    if verdict in ("other words", "missed") and real is not None and _not_built_in(real, version):
        verdict = "module not built in"
    result.counts[verdict] += 1
    if verdict in ("other words", "missed", "false alarm"):
        result.lines.append(f"{verdict}: {what}\n    nginx: {_shown(real)}\n    we:    {_shown(own)}")
    elif verdict in ("both pass", "host decides") and _warnings(theirs) != _warnings(mine):
        result.counts["(of these, warnings differ)"] += 1
        result.lines.append(f"warnings: {what}\n    nginx: {_warnings(theirs)}\n    we:    {_warnings(mine)}")


def _verdict(real: Problem | None, own: Problem | None, answer: Answer) -> str:
    if answer.code is None or answer.code < 0:
        return "nginx crashed"
    if real is not None and own is not None and (_key(real) == _key(own) or _old_pcre(real, own)):
        return "agreed"
    if real is None:
        if answer.code != 0:
            return "nginx silent" if own is None else "other words"
        return "both pass" if own is None else "false alarm"
    if real.message_class in ENVIRONMENT or real.message.startswith("host not found"):
        return "host decides" if own is None else "host decides first"
    return "missed" if own is None else "other words"


def _not_built_in(real: Problem, version: str) -> bool:
    """Whether this nginx lacks a module that the official images have: check() goes by those."""
    known = table(version_of(version)).get(real.directive or "", {})
    if real.message_class != "unknown_directive" or not known:
        return False
    probed = load(f"directives-{'1.31' if version_of(version) >= (1, 31) else '1.22'}.json")
    return real.directive not in probed or real.directive in ("stream", "mail")


def _key(problem: Problem) -> tuple[str, str | None, int | None]:
    return problem.message, problem.file, problem.line


def _old_pcre(real: Problem, own: Problem) -> bool:
    """Whether the two differ only because this nginx was built with PCRE 8, which has other words for a fault."""
    same = (real.message_class, real.file, real.line) == (own.message_class, own.file, own.line)
    return same and real.message.startswith("pcre_compile()")


def _shown(problem: Problem | None) -> str:
    return "passes" if problem is None else f"[{problem.level}] {problem.message[:300]}"


def _warnings(problems: Sequence[Problem]) -> list[str]:
    return [p.message for p in problems if p.level == "warn" and p.message_class not in ENVIRONMENT]
