"""What axe-core finds wrong with the elements of the integration on a page of Home Assistant."""

from pathlib import Path
from typing import Final

from playwright.async_api import Page

# A development dependency of the frontend, which `scripts/setup` installs.
_AXE: Final = (
    Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
)

_OPTIONS: Final = {
    "resultTypes": ["violations"],
    "rules": {
        # Left out by default: of WCAG 2.2, and experimental.
        "target-size": {"enabled": True},
        "label-content-name-mismatch": {"enabled": True},
        # The landmarks of a page are Home Assistant's, whose dashboards have none.
        "region": {"enabled": False},
    },
}

# Returns each violated rule with the selectors that lead to an element, through all shadow roots.
_RUN: Final = """async (options) =>
  (await axe.run(document, options)).violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => [id, target.flat(2)]))"""


async def violations(page: Page) -> list[str]:
    """Return one line for each element of the integration that breaks a rule.

    All of the page is looked at, as headings and regions depend on what is around them;
    what is wrong in Home Assistant's own elements is left to Home Assistant.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_AXE.read_text())
    paths: list[tuple[str, list[str]]] = await page.evaluate(_RUN, _OPTIONS)
    return [
        f"{rule}: {' > '.join(path)}"
        for rule, path in paths
        if any("obico-" in step for step in path)
    ]
