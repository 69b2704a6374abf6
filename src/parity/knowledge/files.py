"""The project's own files of knowledge, below `knowledge/` of the checkout: where they are, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from parity.domain.findings import ParityError

FOLDER: Final = Path(__file__).resolve().parents[3] / "knowledge"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file of ours; raises ParityError with file and line."""
    documents = read_documents(path)
    if len(documents) > 1:
        raise ParityError(f"{path.name} must be one YAML document")
    return documents[0] if documents else None


def read_documents(path: Path) -> list[Any]:
    """Return the documents of a YAML file of ours; raises ParityError with file and line."""
    try:
        return list(yaml.load_all(path.read_bytes(), _Loader))
    except OSError as error:
        raise ParityError(f"{path.name} cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ParityError(
            f"{path.name}:{mark.line + 1 if mark else 0}: {getattr(error, 'problem', None) or error}"
        ) from None
