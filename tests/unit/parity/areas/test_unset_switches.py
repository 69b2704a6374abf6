"""A variable that Compose files use and nothing sets: a switch is off then."""

import pytest
from stacks import audited, stack


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("USE_CLOUD_LOGIN", "low"),
        ("SHOP_USE_CLOUD", "low"),
        ("ENABLE_METRICS", "low"),
        ("METRICS_ENABLED", "low"),
        ("SKIP_MIGRATIONS", "low"),
        ("REUSE_POOL", "medium"),
        ("ENABLE_SSL", "medium"),
        ("CSRF_ENABLED", "medium"),
        ("AUTH_ENABLED", "medium"),
        ("USER_NAME", "medium"),
    ],
)
def test_a_switch_that_is_not_set_is_off(name, severity):
    problem = {"kind": "unset-variable", "name": name, "message": f"{name} is not set"}
    found = audited(stack("prod", problems=[problem]))
    assert found[f"compose.unset-variable/{name}@prod"].severity.word == severity
