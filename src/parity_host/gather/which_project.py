"""Which Compose project of an engine is looked at, and where Compose says its files are."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from ..engine.compose_labels import PREFIX


def choose_project(folders: Mapping[str, str], project: str, directory: str, hint: str) -> Tuple[str, str]:
    """Return the Compose project to look at and how it was found; two empty strings when that is undecided.

    `folders` maps each project that has containers to the working directory that its labels name.
    """
    if project:
        return project, "parity_project"
    if directory:
        wanted = os.path.realpath(directory)
        inside = [name for name, folder in folders.items() if folder and _within(os.path.realpath(folder), wanted)]
        return (inside[0], "parity_project_dir") if len(inside) == 1 else ("", "")
    if len(folders) == 1:
        return next(iter(folders)), "the only Compose project on the host"
    named = [name for name in folders if hint and hint.lower() in name.lower().replace("-", "_").split("_")]
    if len(named) == 1:
        return named[0], "the only Compose project named after the environment"
    return "", ""


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def cannot_choose(projects: Sequence[str], hint: str) -> str:
    """Return why no project was chosen, and what to set."""
    if not projects:
        return "no container on this engine was created by Compose; set parity_project_dir to audit the files only"
    return (
        "%d Compose projects run on this host (%s), and none or several of them are named after %s; set parity_project"
        % (
            len(projects),
            ", ".join(projects),
            hint,
        )
    )


def sources(entries: Sequence[Dict[str, Any]]) -> Dict[str, Any]:
    """Return where Compose says the project's files are: from the labels of its containers.

    A container names the files that it was made from, also one that was removed since: then those that are there count,
    unless the first of them, on which the others build, is not there for any container.
    """
    based = [one for one in entries if not _is_gone(_config_files(one.get("Labels", {}))[0])]
    gone = {path for one in entries for path in removed_files(one.get("Labels", {}))} if based else set()

    def collect(label: str) -> List[str]:
        values: List[str] = []
        for entry in based or entries:
            for value in str(entry.get("Labels", {}).get(PREFIX + label, "")).split(","):
                if value and value not in values and value not in gone:
                    values.append(value)
        return values

    directories = collect("project.working_dir")
    return {
        "working_dir": directories[0] if directories else "",
        "config_files": collect("project.config_files"),
        "environment_files": collect("project.environment_file"),
    }


def removed_files(labels: Mapping[str, Any]) -> List[str]:
    """Return the compose files that a container was made from and that are no longer here."""
    return [path for path in _config_files(labels) if _is_gone(path)]


def _config_files(labels: Mapping[str, Any]) -> List[str]:
    return str(labels.get(PREFIX + "project.config_files", "")).split(",")


def _is_gone(path: str) -> bool:
    try:
        os.stat(path)
    except FileNotFoundError:
        return os.path.isabs(path)
    except (OSError, ValueError):
        return False
    return False
