"""Live video where Home Assistant finds its WebRTC provider in another way."""

import pytest

from dev import Account, ObicoServer, Webcam
from homeassistant.core import HomeAssistant
from tests.integration.support import set_up
from tests.integration.video.conftest import go2rtc  # noqa: F401
from tests.integration.video.support import FakeGo2rtc

from .support import PACKAGE, Change, gone, nothing, other

FIND = "components.camera.webrtc.async_get_supported_provider"
CHANGES: dict[str, Change] = {"gone": gone(FIND), "other": other(FIND, nothing)}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_without_it_webcams_show_pictures(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    go2rtc: FakeGo2rtc,  # noqa: F811
    change: Change,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    change(monkeypatch)
    printer = account.add_printer(
        "Voron", agent="klipper", webcams=[Webcam(stream_mode="h264_copy")]
    )
    obico = await set_up(hass, server, account)
    assert obico.state(printer, "camera.webcam").attributes["supported_features"] == 0
    [line] = [
        record.getMessage()
        for record in caplog.records
        if record.name == f"{PACKAGE}.live.video_bridge"
    ]
    assert "does not find go2rtc as expected" in line
