"""What several of these tests begin with."""

import pytest

from dev import MEDIUM, Printer
from tests.integration.support import Obico


@pytest.fixture
async def pictured(obico: Obico, printer: Printer) -> Printer:
    """Give a printer with pictures of its webcam and of an event."""
    printer.agent.start_print(MEDIUM)
    await obico.server.advance(30)
    obico.server.add_event(printer, "FAILURE_ALERTED")
    await obico.poll()
    return printer
