"""Whether there is something newer, by what Moonraker tells of a component.

Home Assistant's own comparison takes `v0.12.0-100-g1234567` for older than
`v0.12.0-85-g1234567`, and cannot compare a version that is unknown.
"""

import re
from typing import Final

from ...aioobico import Component

# What `git describe` writes: the last tag, and the number of commits since then.
_DESCRIBED: Final = re.compile(
    r"[vV]?(?P<tag>\d+(?:\.\d+)*)(?P<suffix>[-.]?[a-zA-Z][\w.]*)?"
    r"(?:-(?P<commits>\d+))?(?:-g?[0-9a-f]{6,})?(?:-\w+)*",
    re.ASCII,
)

type _Version = tuple[tuple[int, ...], int]


def installed_version(component: Component) -> str | None:
    """Return what is installed; of the system's packages, that none is newer."""
    if component.package_count is not None:
        return "0"
    return component.version


def latest_version(component: Component) -> str | None:
    """Return what can be installed, the installed version where there is nothing newer.

    Of the system's packages it is the number of newer ones. None where it is unknown.
    """
    if component.package_count is not None:
        return str(component.package_count)
    installed, latest = component.version, component.remote_version
    if installed is None or latest is None:
        return None
    if not _has_newer(component, installed, latest):
        return installed
    # Commits without a new number have the same name.
    return f"{latest} +{component.commit_count}" if latest == installed else latest


def _has_newer(component: Component, installed: str, latest: str) -> bool:
    if component.commit_count:
        return True
    if installed == latest:
        return False
    known, offered = _parsed(installed), _parsed(latest)
    # Versions that cannot be compared are different, and Moonraker offers only newer ones.
    return known is None or offered is None or offered > known


def _parsed(version: str) -> _Version | None:
    """Return tag and number of commits, None for a version that is written otherwise."""
    match = _DESCRIBED.fullmatch(version.strip())
    if match is None or match["suffix"]:
        return None
    numbers = tuple(map(int, match["tag"].split(".")))
    return numbers, int(match["commits"] or 0)
