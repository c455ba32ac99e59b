"""The demo's packages against what Home Assistant would install when it starts."""

import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.lib.homeassistant_requirements import requirements

from .support import ROOT


def test_the_demo_group_is_what_home_assistant_asks_for() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    pinned = {
        canonicalize_name(requirement.name): str(requirement.specifier)
        for requirement in map(Requirement, groups["demo"])
        if requirement.specifier
    }
    assert pinned == {
        canonicalize_name(requirement.name): str(requirement.specifier)
        for requirement in map(Requirement, requirements())
    }
