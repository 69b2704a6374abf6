"""Audits the pairs of a manifest whose projects lie in a folder, and counts: `python tests/corpus/measure.py FOLDER`.

The manifest names public projects by repository and commit; their files are fetched for a measurement and are never part
of this project. FOLDER holds a checkout of each as OWNER+NAME; the sides are made in it, below `.sides`. Counted are the
open problems of each pair by severity, and the share of those that are high or worse. With `--labels`, precision is
counted from a table of labelled findings; with `--expected`, recall from a list of important differences; with `--out`,
every pair's findings are kept as JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import statistics
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "src"), str(HERE.parent / "helpers")]
from files_only import COMPOSE, Side, audited  # noqa: E402 - the two folders are known only now

from parity.domain.findings import SEVERITIES  # noqa: E402

LOUD: Final = ("critical", "high", "medium")
# What production must not go on with: of the problems of a healthy project, few are so bad.
WORST: Final = ("critical", "high")


def tree_of(pair: Mapping[str, Any], environment: str, folder: Path) -> Path:
    """Return a side's own tree: the project's checkout, with the files that a user copies from examples."""
    owner, _, repository = str(pair["repository"]).partition("/")
    tree: Path = folder / ".sides" / pair["name"] / environment / repository
    if not tree.exists():
        shutil.copytree(folder / f"{owner}+{repository}", tree, symlinks=True, copy_function=os.link)
        for made, example in pair["sides"][environment].get("copies", {}).items():
            (tree / made).unlink(missing_ok=True)  # a link to the checkout's own file
            shutil.copyfile(tree / example, tree / made)
        for made, values in pair["sides"][environment].get("filled", {}).items():
            kept = [
                line for line in (tree / made).read_text().splitlines() if line.partition("=")[0].strip() not in values
            ]
            (tree / made).write_text("\n".join([*kept, *(f"{name}={value}" for name, value in values.items()), ""]))
    return tree


def side_of(pair: Mapping[str, Any], environment: str, folder: Path) -> Side:
    """Return a side of a pair of the manifest, whose paths are relative to the project's checkout."""
    tree, side = tree_of(pair, environment, folder), pair["sides"][environment]
    return Side(
        environment=environment,
        folder=tree / side.get("project_dir", "."),
        compose_files=[str(tree / path) for path in side.get("compose_files", ())],
        env_files=[str(tree / path) for path in side.get("env_files", ())],
        env_template=str(tree / side["env_template"]) if "env_template" in side else "",
        profiles=side.get("profiles", ()),
    )


def loud(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the open findings of medium severity and above."""
    return [one for one in data["findings"] if one["status"] == "open" and one["severity"] in LOUD]


def by_severity(data: Mapping[str, Any]) -> Counter[str]:
    """Return how many problems are open of each severity."""
    return Counter(one["severity"] for one in data["problems"] if one["status"] == "open")


def shown(problems: Mapping[str, int]) -> str:
    """Return numbers of problems by severity as columns, and the share that is high or worse."""
    every, worst = sum(problems.values()), sum(problems.get(severity, 0) for severity in WORST)
    columns = " ".join(f"{problems.get(severity, 0):4d} {severity}" for severity in SEVERITIES)
    return f"{columns}  {worst:3d} of {every:3d} high or worse ({worst / max(every, 1):4.0%})"


def labelled(path: Path) -> dict[tuple[str, str], str]:
    """Return the label of each finding by pair and id."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {(row["pair"], row["id"]): row["label"] for row in csv.DictReader(stream)}


def precision(found: Mapping[str, Sequence[Mapping[str, Any]]], labels: Mapping[tuple[str, str], str]) -> None:
    """Print how many of the labelled pairs' loud findings are useful, duplicates, noise or false, by severity."""
    pairs = {pair for pair, _ in labels}
    for severities in (LOUD, WORST):
        counts = Counter(
            labels.get((pair, one["id"]), "not labelled")
            for pair in sorted(pairs)
            for one in found.get(pair, ())
            if one["severity"] in severities
        )
        every = sum(counts.values())
        shares = ", ".join(f"{label} {count} ({count / every:.0%})" for label, count in counts.most_common())
        print(f"{len(pairs)} labelled pairs, {' '.join(severities)}: {every} findings: {shares}")
    for pair in sorted(pairs):
        for one in found.get(pair, ()):
            if (pair, one["id"]) not in labels:
                print(f"  not labelled: {pair}: {one['severity']}: {one['id']}: {one['title']}")


def names(finding: Mapping[str, Any]) -> set[str]:
    """Return the id of a finding, and those that it would have for each service that it stands for."""
    environments = "+".join(sorted(finding["environments"]))
    item = f"/{finding['item']}" if finding["item"] else ""
    services = {piece["service"] for piece in finding["evidence"]} - {""}
    return {finding["id"], *(f"{finding['rule']}/{service}{item}@{environments}" for service in services)}


def recall(found: Mapping[str, Sequence[Mapping[str, Any]]], expected: Path) -> None:
    """Print how many of the differences that a person listed are found at medium or above."""
    with expected.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    missed = [
        row
        for row in rows
        if not any(fnmatchcase(name, row["finding"]) for one in found[row["pair"]] for name in names(one))
    ]
    print(f"recall: {len(rows) - len(missed)} of {len(rows)} ({1 - len(missed) / len(rows):.0%})")
    for row in missed:
        print(f"  missed: {row['pair']}: {row['difference']}")


def main() -> None:
    """Audit every pair, and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--manifest", type=Path, default=HERE / "manifest.yml")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--expected", type=Path)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if not Path(COMPOSE).is_file():
        parser.error(f"{COMPOSE} is missing: run this with the virtual environment's Python")
    found: dict[str, list[Mapping[str, Any]]] = {}
    problems: dict[str, Counter[str]] = {}
    for pair in yaml.safe_load(asked.manifest.read_text(encoding="utf-8"))["pairs"]:
        began = time.monotonic()
        data = audited([side_of(pair, environment, asked.folder) for environment in pair["sides"]])
        found[pair["name"]] = loud(data)
        problems[pair["name"]] = by_severity(data)
        print(f"{pair['name']:20s} {shown(problems[pair['name']])}  {time.monotonic() - began:.1f} s", flush=True)
        if asked.out:
            asked.out.mkdir(parents=True, exist_ok=True)
            (asked.out / f"{pair['name']}.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    print(f"{'all':20s} {shown(sum(problems.values(), Counter()))}")
    amounts = [len(one) for one in found.values()]
    print(
        f"{len(found)} pairs, findings open at medium and above: {sum(amounts)}, median {statistics.median(amounts):g}"
    )
    if asked.labels:
        precision(found, labelled(asked.labels))
    if asked.expected:
        recall(found, asked.expected)


if __name__ == "__main__":
    main()
