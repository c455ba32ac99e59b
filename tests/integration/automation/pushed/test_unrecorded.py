"""Kind: a print that the server has no record of passes percentages like any other."""

import pytest

from dev import LONG, Account, Printer
from tests.integration.automation.support import Automations, Config, trigger
from tests.integration.support import Obico
from tests.timelapse import Timelapse


@pytest.fixture
def printer(account: Account) -> Printer:
    return account.add_printer("Voron", agent="klipper")


@pytest.mark.parametrize("is_recorded_first", [True, False])
async def test_progress_is_passed_once_by_an_unrecorded_print(
    obico: Obico,
    printer: Printer,
    target: Config,
    timelapse: Timelapse,
    automations: Automations,
    is_recorded_first: bool,
) -> None:
    """The print before may have had a record, or none."""
    threshold = {"type": "above", "value": {"number": 5}}
    await automations.start(trigger("progress_passed", target, threshold=threshold))
    printer.agent.start_print(LONG, recorded=is_recorded_first)
    await timelapse.pass_time(400)
    assert automations.take() == ["progress_passed"]
    printer.agent.cancel()
    await timelapse.pass_time(30)

    printer.agent.start_print(LONG, recorded=False)
    await timelapse.pass_time(30)
    assert printer.current_print is None
    assert automations.take() == []
    await timelapse.pass_time(400)
    assert float(obico.value(printer, "sensor.progress")) > 5
    assert automations.take() == ["progress_passed"]
    printer.agent.cancel()
    await timelapse.pass_time(30)
