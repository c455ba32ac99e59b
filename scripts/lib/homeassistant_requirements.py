"""Print what the installed Home Assistant would install itself when it starts the demo.

Runs in any environment that has Home Assistant, and needs nothing else.
"""

from collections.abc import Iterable
import importlib
import json
from pathlib import Path
from typing import TypedDict

import homeassistant
from homeassistant import bootstrap
from homeassistant.requirements import DISCOVERY_INTEGRATIONS

ROOT = Path(__file__).parents[2]
COMPONENTS = Path(homeassistant.__file__).parent / "components"
INTEGRATION = ROOT / "custom_components" / "obico"
# What the demo's configuration.yaml names (dev/demo/home_assistant.py), and what the frontend sets up.
NAMED = {"automation", "config", "frontend", "history", "logbook", "my", "recorder"}
ALWAYS = {*bootstrap.DEFAULT_INTEGRATIONS, *bootstrap.CORE_INTEGRATIONS, "isal"}
# Home Assistant asks for a second factor with this unless told otherwise.
MFA_MODULE = "homeassistant.auth.mfa_modules.totp"


class Manifest(TypedDict, total=False):
    """What matters here of a manifest.json."""

    dependencies: list[str]
    after_dependencies: list[str]
    requirements: list[str]


def _manifest(folder: Path) -> Manifest:
    """Return the manifest of an integration; some of those always loaded have none."""
    path = folder / "manifest.json"
    if not path.exists():
        return {}
    manifest: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def _whose_requirements_come_along(manifest: Manifest) -> set[str]:
    """Return the integrations whose requirements are installed with those of another one.

    As `RequirementsManager` does: also of integrations that are only set up before it if they are
    set up at all, and of those that discover devices for it.
    """
    return {
        *manifest.get("dependencies", ()),
        *manifest.get("after_dependencies", ()),
        *(
            domain
            for domain, keys in DISCOVERY_INTEGRATIONS.items()
            if any(key in manifest for key in keys)
        ),
    }


def requirements() -> set[str]:
    """Return the requirements of all integrations of the demo, as pip takes them."""
    wanted = set(_mfa_requirements())
    waiting = {*NAMED, *ALWAYS, *_whose_requirements_come_along(_manifest(INTEGRATION))}
    seen: set[str] = set()
    while waiting:
        domain = waiting.pop()
        seen.add(domain)
        manifest = _manifest(COMPONENTS / domain)
        wanted |= set(manifest.get("requirements", ()))
        waiting |= _whose_requirements_come_along(manifest) - seen
    return wanted


def _mfa_requirements() -> Iterable[str]:
    module_requirements: list[str] = importlib.import_module(MFA_MODULE).REQUIREMENTS
    return module_requirements


if __name__ == "__main__":
    print("\n".join(sorted(requirements())))
