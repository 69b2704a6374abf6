"""Three environments, none of them called dev or prod: which of them is meant is said by its own name."""

from __future__ import annotations

from pathlib import Path

from files_only import Side, audited

IMAGES = {"qa": "x/a:4.1.0", "staging": "x/a:4.1.0", "production": "x/a:3.9.2"}


def titles(folder: Path, services: dict[str, str]) -> list[str]:
    """Return the titles of the open findings of environments with one service each."""
    for environment, service in services.items():
        (folder / environment).mkdir()
        (folder / environment / "compose.yaml").write_text(f"services: {{a: {{restart: always, {service}}}}}\n")
    data = audited([Side(environment, folder / environment) for environment in services])
    return [one["title"] for one in data["findings"] if one["status"] == "open"]


def test_an_image_is_said_once_with_its_environments(tmp_path: Path) -> None:
    services = {environment: f"image: '{image}'" for environment, image in IMAGES.items()}
    assert titles(tmp_path, services) == ["a runs different image tags: 4.1.0 (qa, staging) / 3.9.2 (production)"]


def test_another_environment_is_called_by_its_own_name(tmp_path: Path) -> None:
    url = "environment: {HOOK_URL: 'https://hooks.staging.example.org/in'}"
    services = dict.fromkeys(("staging", "production"), f"image: 'x/a:1.0.1', {url}")
    assert titles(tmp_path, services) == ["production: HOOK_URL points to staging"]
