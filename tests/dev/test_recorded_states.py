"""Each recorded printer, reached by driving the simulated machine, looks as it was recorded."""

from collections.abc import AsyncIterator

import pytest

from dev import Account, ObicoServer

from .captures import FOLDER, differences, read_object
from .drive import STATES, Stage
from .support import Api


@pytest.fixture
async def stage(
    server: ObicoServer, account: Account, api: Api
) -> AsyncIterator[Stage]:
    stage = Stage(server, account, api)
    async with stage.closing:
        yield stage


def test_every_recorded_state_is_driven_to() -> None:
    recorded = {path.stem for path in FOLDER.glob("printer_*.json")}
    events = {path.stem for path in FOLDER.glob("printer_event*.json")}
    assert STATES.keys() == recorded - events


@pytest.mark.parametrize("name", STATES)
async def test_a_driven_printer_has_the_recorded_shape(stage: Stage, name: str) -> None:
    printer = await STATES[name](stage)
    served = await stage.api.printer(printer)
    recorded = read_object(f"{name}.json")
    assert differences(recorded, served) == {}
