"""Names of which nothing can be seen.

The kind: a name that is there and shows nothing is no name.
"""

import pytest

from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from tests.integration.support import set_up

BLANKS = {
    "empty": "",
    "blanks": "   ",
    "no-break": "\u00a0\u00a0",
    "wide": "\u3000",
    "thin": "\u2009\u200a",
    "zero-width": "\u200b\u200d\ufeff",
    "right-to-left": "\u200f \u202e",
    "soft hyphen": "\u00ad",
    "line breaks": "\r\n\t",
    "fillers": "\u3164\u115f\u2800",
    "marks alone": "\u0301\ufe0f",
}


@pytest.mark.parametrize("name", BLANKS.values(), ids=BLANKS.keys())
async def test_a_printer_whose_name_shows_nothing_is_named_by_its_number(
    hass: HomeAssistant, server: ObicoServer, account: Account, name: str
) -> None:
    printer = account.add_printer(name, agent="octoprint")
    obico = await set_up(hass, server, account)
    device = obico.device(printer)
    assert device is not None
    assert device.name == f"Printer {printer.id}"


async def test_the_word_for_a_printer_is_that_of_the_home(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    await hass.config.async_update(language="de")
    printer = account.add_printer("", agent="octoprint")
    obico = await set_up(hass, server, account)
    device = obico.device(printer)
    assert device is not None
    assert device.name == f"Drucker {printer.id}"


@pytest.mark.parametrize(
    "name", ["2.10", "0", "😀", "  Left ", "مطبعة", "é", "１号机", "\u200bPrusa"]
)
async def test_a_name_that_shows_something_is_kept(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    name: str,
) -> None:
    obico = await set_up(hass, server, account)
    printer.update({"name": name})
    await obico.poll()
    device = obico.device(printer)
    assert device is not None
    assert device.name == name
