"""The demo's packages against what Home Assistant would install when it starts."""

import importlib
import json
from pathlib import Path
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import homeassistant
from homeassistant import bootstrap

from .support import ROOT

COMPONENTS = Path(homeassistant.__file__).parent / "components"
# What the demo's configuration.yaml names, and what is loaded without being named.
NAMED = {"config", "frontend", "history", "logbook", "my", "recorder"}
ALWAYS = {*bootstrap.DEFAULT_INTEGRATIONS, *bootstrap.CORE_INTEGRATIONS, "isal"}
# Home Assistant asks for a second factor with this unless told otherwise.
MFA_MODULE = "homeassistant.auth.mfa_modules.totp"


def loaded() -> dict[str, list[str]]:
    """Return the integrations of the demo with their requirements."""
    requirements: dict[str, list[str]] = {}
    waiting = {*NAMED, *ALWAYS}
    while waiting:
        domain = waiting.pop()
        path = COMPONENTS / domain / "manifest.json"
        # The homeassistant integration and helpers have all they need.
        manifest = json.loads(path.read_text()) if path.exists() else {}
        requirements[domain] = manifest.get("requirements", [])
        waiting |= set(manifest.get("dependencies", [])) - set(requirements)
    return requirements


def test_the_demo_group_is_what_home_assistant_asks_for() -> None:
    wanted = {pin for pins in loaded().values() for pin in pins}
    wanted |= set(importlib.import_module(MFA_MODULE).REQUIREMENTS)
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    pinned = {
        canonicalize_name(requirement.name): str(requirement.specifier)
        for requirement in map(Requirement, groups["demo"])
        if requirement.specifier
    }
    assert pinned == {
        canonicalize_name(requirement.name): str(requirement.specifier)
        for requirement in map(Requirement, wanted)
    }
