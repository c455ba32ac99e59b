"""What the checks share."""

import pytest
import yaml

from .support import INTEGRATION


@pytest.fixture
def described() -> dict[str, list[str]]:
    """Return the names of actions, triggers and conditions that their files describe."""
    names: dict[str, list[str]] = {}
    for section in ("services", "triggers", "conditions"):
        path = INTEGRATION / f"{section}.yaml"
        names[section] = list(yaml.safe_load(path.read_text())) if path.exists() else []
    return names
