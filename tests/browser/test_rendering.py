"""How much is drawn."""

import json
from pathlib import Path
from typing import Final

from playwright.async_api import expect

from dev.json_types import as_object

from .support import CARD, House, Visitor

CAPTURES: Final = Path(__file__).parents[1] / "fixtures" / "captures"

# Notes which cards draw, from outside: `update` runs where a card found that it has to.
COUNT: Final = """(tag) => {
  const prototype = customElements.get(tag).prototype;
  const update = prototype.update;
  window.drawn = [];
  prototype.update = function (changed) {
    window.drawn.push(this.shadowRoot.querySelector("h2").innerText);
    return update.call(this, changed);
  };
}"""


async def test_one_push_draws_one_card_once(house: House, visitor: Visitor) -> None:
    page, server = visitor.page, house.home.server
    await server.pause()
    try:
        printer = house.printers["Firefly"]
        printing = json.loads((CAPTURES / "printer_printing.json").read_text())
        printer.load_state({**printing, "name": "Firefly"})
        await house.home.add_dashboard(
            "many-cards", {"strategy": {"type": "custom:obico"}}
        )
        await visitor.open("/many-cards")
        card = visitor.card("Firefly")
        await expect(card.get_by_role("progressbar")).to_be_visible()
        await expect(page.locator(CARD)).to_have_count(len(house.printers))
        await page.evaluate(COUNT, CARD)

        assert printer.status
        as_object(printer.status["progress"])["completion"] = 77.0
        tool = as_object(as_object(printer.status["temperatures"])["tool0"])
        tool["actual"] = 217.5
        printer.push()
        await expect(card).to_contain_text("77%")
        assert await page.evaluate("window.drawn") == ["Firefly"]
    finally:
        server.run(5)
