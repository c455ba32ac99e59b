"""Pictures that the agent takes: only of webcams that the printer itself has."""

from base64 import b64encode
import json
from urllib.parse import urlsplit

import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    AgentKind,
    ObicoAgentNotFoundError,
    ObicoAgentRefusedError,
    ObicoAgentSilentError,
    ObicoAgentUnsupportedError,
    ObicoError,
    ObicoNoPictureError,
    ObicoTooLargeError,
    PrinterSettings,
    Webcam,
    agent_webcams,
)

from .support import load_object
from .test_agent import Line

OCTOPRINT, KLIPPER = AgentKind.OCTOPRINT, AgentKind.KLIPPER
PICTURE = b"\xff\xd8 a picture"
TAKEN = {"ret": {"pic": b64encode(PICTURE).decode()}}
ELSEWHERE = "http://192.168.0.1/reboot"
DEFAULT = "http://localhost/webcam/?action=snapshot"


def listed(*webcams: dict[str, object]) -> dict[str, object]:
    """Return the reply with a list of webcams."""
    return {"ret": {"webcams": list(webcams)}}


def row(name: str, address: object, **more: object) -> dict[str, object]:
    return {"name": name, "snapshot_url": address, "enabled": True} | more


async def take(
    line: Line,
    webcam: str | None = None,
    agent: str | None = KLIPPER,
    *,
    is_primary: bool = True,
) -> bytes:
    return await line.agent.take_picture(
        agent, webcam, is_primary=is_primary, within=4.0
    )


def asked(line: Line) -> list[object]:
    """Return the addresses that the agent was told to fetch."""
    return [
        address
        for command in line.sent
        if command["func"] == "web_snapshot_request"
        for address in json.loads(json.dumps(command["args"]))
    ]


async def test_octoprints_default_webcam_is_at_a_constant_address() -> None:
    line = Line(TAKEN)
    assert await take(line, "http://10.0.0.1/reboot", OCTOPRINT) == PICTURE
    (command,) = line.sent
    assert command["target"] == "jpeg_poster"
    assert command["func"] == "web_snapshot_request"
    assert asked(line) == [DEFAULT]


async def test_klippers_webcams_are_at_the_addresses_of_its_own_list() -> None:
    recorded = load_object("more/klipper_webcams_list.json")["body"]
    assert isinstance(recorded, dict)
    line = Line({"ret": recorded["passthru"]["ret"]}, TAKEN)
    assert await take(line, "voron") == PICTURE
    assert line.sent[0]["target"] == "moonraker_api"
    assert line.sent[0]["func"] == "server/webcams/list"
    assert asked(line) == ["http://127.0.0.1:8090/klipper/snapshot"]


@pytest.mark.parametrize(
    ("given", "fetched"),
    [
        ("/webcam/?action=snapshot", "http://127.0.0.1/webcam/?action=snapshot"),
        ("webcam2/?action=snapshot", "http://127.0.0.1/webcam2/?action=snapshot"),
        (" /webcam/snapshot ", "http://127.0.0.1/webcam/snapshot"),
        ("HTTPS://cam.local:8443/a.jpg", "HTTPS://cam.local:8443/a.jpg"),
        ("http://user:secret@10.0.0.9/snap", "http://user:secret@10.0.0.9/snap"),
    ],
)
async def test_a_path_is_completed_as_klippers_pages_do(
    given: str, fetched: str
) -> None:
    line = Line(listed(row("cam", given)), TAKEN)
    assert await take(line, "cam") == PICTURE
    assert asked(line) == [fetched]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "ftp://10.0.0.1/a.jpg",
        "gopher://10.0.0.1:25/x",
        "rtsp://10.0.0.1/live",
        "localhost:8080/snapshot",
        "data:image/jpeg;base64,/9j/",
        "javascript:alert(1)",
        "HTTP:/10.0.0.1/a",
        "http:10.0.0.1/a",
        "http:\\\\10.0.0.1\\a",
        "\\\\10.0.0.1\\share",
        "/\\10.0.0.1/a",
        "//10.0.0.1/admin",
        "///10.0.0.1/admin",
        "%2f%2f10.0.0.1/admin",
        "/%2f10.0.0.1/admin",
        "%68ttp://10.0.0.1/",
        "%66ile:///etc/passwd",
        "@10.0.0.1/",
        ":@10.0.0.1/",
        "?url=http://10.0.0.1/",
        "#http://10.0.0.1/",
        "/../../etc/passwd\r\nHost: router",
        "http://10.0.0.1/a b",
        "http://10.0.0.1/a\r\nX-Evil: 1",
        "http://10.0.0.1/\u0430",
        "http://",
        "/" + "a" * 3000,
        "",
        "   ",
        None,
        17,
        ["http://10.0.0.1/"],
    ],
)
async def test_what_is_no_address_of_a_picture_is_never_fetched(
    address: object,
) -> None:
    line = Line(listed(row("cam", address)), TAKEN)
    with pytest.raises(ObicoAgentNotFoundError):
        await take(line, "cam")
    assert asked(line) == []


@pytest.mark.parametrize(
    "path",
    [
        "a@10.0.0.1/x",
        "~@10.0.0.1",
        "1:2@10.0.0.1/",
        ".//10.0.0.1/admin",
        "..//..//10.0.0.1/",
        "/x//10.0.0.1/",
        "x\\@10.0.0.1/",
        "_%2f%2f10.0.0.1",
        "x?http://10.0.0.1/",
    ],
)
async def test_a_path_leads_to_nothing_but_the_printer(path: str) -> None:
    line = Line(listed(row("cam", path)), TAKEN)
    await take(line, "cam")
    (address,) = asked(line)
    assert isinstance(address, str)
    assert urlsplit(address).netloc == "127.0.0.1"
    assert URL(address).host == "127.0.0.1"


@pytest.mark.parametrize(
    "answer",
    [
        {"ret": {"url": ELSEWHERE, "location": ELSEWHERE}},
        {"ret": {"pic": ELSEWHERE}},
        {"ret": ELSEWHERE},
        {"ret": {"pic": None, "redirect": ELSEWHERE}},
        {"error": f"301 Moved Permanently: {ELSEWHERE}"},
    ],
)
@pytest.mark.parametrize("agent", [OCTOPRINT, KLIPPER])
async def test_an_answer_that_sends_elsewhere_is_not_followed(
    agent: AgentKind, answer: dict[str, object]
) -> None:
    the_list = listed(row("cam", "/one"))
    replies = [answer] if agent == OCTOPRINT else [the_list, answer]
    line = Line(*replies, *replies)
    for _ in range(2):
        with pytest.raises(ObicoError) as caught:
            await take(line, "cam", agent)
        assert ELSEWHERE not in str(caught.value)
    address = DEFAULT if agent == OCTOPRINT else "http://127.0.0.1/one"
    assert asked(line) == [address, address]


async def test_only_the_address_of_the_single_picture_is_taken_from_the_list() -> None:
    others = dict.fromkeys(
        ("stream_url", "url", "urlSnapshot", "location", "service", "uid"), ELSEWHERE
    )
    line = Line(
        listed(row("cam", "/one", **others, extra_data={"snapshot_url": ELSEWHERE})),
        TAKEN,
    )
    await take(line, "cam")
    assert asked(line) == ["http://127.0.0.1/one"]


@pytest.mark.parametrize(
    "name",
    [
        "http://10.0.0.1/reboot",
        "http://user:secret@10.0.0.1/reboot",
        "%2Fwebcam%2F%3Faction%3Dsnapshot",
        "../../a",
        "cam%00",
        "cam/../other",
        "file:///etc/passwd",
        "/webcam/?action=snapshot",
        "{{ states('input_text.address') }}",
        "",
    ],
)
@pytest.mark.parametrize("is_primary", [True, False])
async def test_no_name_becomes_an_address(name: str, is_primary: bool) -> None:
    line = Line(
        listed(row("cam", "/a"), row("other", "/b")),
        *[listed(row("cam", "/a"), row("other", "/b"))] * 3,
    )
    with pytest.raises(ObicoAgentNotFoundError):
        await take(line, name, is_primary=is_primary)
    assert asked(line) == []


@pytest.mark.parametrize("agent", [None, "", "home_assistant", "moonraker_api"])
async def test_other_agents_are_asked_for_nothing(agent: str | None) -> None:
    line = Line()
    with pytest.raises(ObicoAgentUnsupportedError):
        await take(line, None, agent)
    assert line.sent == []


async def test_octoprints_further_webcams_are_asked_for_nothing() -> None:
    line = Line()
    with pytest.raises(ObicoAgentUnsupportedError):
        await take(line, "nozzle", OCTOPRINT, is_primary=False)
    assert line.sent == []


async def test_each_webcam_is_found_by_its_name() -> None:
    line = Line(
        listed(
            row("Chamber", "/one"), row(" D\u00fcse ", "/two"), row("Off", "/three")
        ),
        TAKEN,
        TAKEN,
    )
    await take(line, "Chamber")
    await take(line, "Du\u0308se", is_primary=False)
    assert asked(line) == ["http://127.0.0.1/one", "http://127.0.0.1/two"]


async def test_a_webcam_that_is_off_is_not_asked_for() -> None:
    line = Line(
        listed(row("Chamber", "/one"), row("Nozzle", "/two", enabled=False)),
    )
    with pytest.raises(ObicoAgentNotFoundError):
        await take(line, "Nozzle", is_primary=False)
    assert asked(line) == []


async def test_the_only_webcam_is_the_primary_one_whatever_its_name() -> None:
    line = Line(listed(row("mainsail", "/one")), TAKEN)
    assert await take(line, "Chamber cam") == PICTURE


async def test_a_primary_webcam_without_a_name_is_the_first() -> None:
    line = Line(listed(row("a", "/one"), row("b", "/two")), TAKEN)
    await take(line)
    assert asked(line) == ["http://127.0.0.1/one"]


@pytest.mark.parametrize("reply", [{"ret": None}, {"ret": {"webcams": "x"}}, listed()])
async def test_a_printer_that_lists_nothing_has_no_picture(
    reply: dict[str, object],
) -> None:
    line = Line(reply)
    with pytest.raises(ObicoAgentNotFoundError):
        await take(line)
    assert asked(line) == []


async def test_the_list_is_asked_for_once() -> None:
    line = Line(listed(row("a", "/one")), TAKEN, TAKEN, TAKEN)
    for _ in range(3):
        await take(line, "a")
    assert [each["func"] for each in line.sent].count("server/webcams/list") == 1


async def test_the_list_is_asked_for_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = Line(listed(row("a", "/one")), TAKEN, listed(row("a", "/two")), TAKEN)
    await take(line, "a")
    monkeypatch.setattr(agent_webcams, "_LIST_SECONDS", -1.0)
    await take(line, "a")
    assert asked(line) == ["http://127.0.0.1/one", "http://127.0.0.1/two"]


async def test_after_a_failure_the_address_may_be_another() -> None:
    line = Line(
        listed(row("a", "/one")),
        {"error": "Failed to capture http://127.0.0.1/one"},
        listed(row("a", "/two")),
        TAKEN,
    )
    with pytest.raises(ObicoAgentRefusedError) as caught:
        await take(line, "a")
    assert "127.0.0.1" not in f"{caught.value} {caught.value.detail}"
    assert await take(line, "a") == PICTURE


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"ret": None}, ObicoNoPictureError),
        ({"ret": {}}, ObicoNoPictureError),
        ({"ret": {"pic": ""}}, ObicoNoPictureError),
        ({"ret": {"pic": 7}}, ObicoNoPictureError),
        ({"ret": {"pic": "not base64!"}}, ObicoNoPictureError),
        ({"ret": {"pic": "\u00e4\u00f6"}}, ObicoNoPictureError),
        ({"ret": {"pic": "A" * 8_000_000}}, ObicoTooLargeError),
        ({"error": "no such camera"}, ObicoAgentRefusedError),
    ],
)
async def test_an_answer_without_a_picture_is_an_error(
    reply: dict[str, object], kind: type[ObicoError]
) -> None:
    with pytest.raises(kind):
        await take(Line(reply), None, OCTOPRINT)


async def test_an_agent_that_says_nothing_is_not_waited_for_long() -> None:
    line = Line(None)
    with pytest.raises(ObicoAgentSilentError):
        await line.agent.take_picture(OCTOPRINT, None, is_primary=True, within=0.01)
    assert line.waiting == 0


def test_the_address_of_a_webcam_is_in_no_log() -> None:
    webcam = agent_webcams.ListedWebcam.from_dict(
        row("cam", "http://user:secret@10.0.0.9/snap")
    )
    assert webcam is not None
    assert "secret" not in repr(webcam)


@pytest.mark.parametrize(
    ("mode", "stream", "known"),
    [
        ("mjpeg_webrtc", 2, ("mjpeg_webrtc", 2)),
        ("h264_copy", "3", ("h264_copy", 3)),
        ("", 1, (None, 1)),
        (None, None, (None, None)),
        (5, "x", (None, None)),
    ],
)
def test_how_a_webcam_is_streamed(
    mode: object, stream: object, known: tuple[str | None, int | None]
) -> None:
    webcam = Webcam.from_dict({"stream_mode": mode, "stream_id": stream})
    assert (webcam.stream_mode, webcam.stream_id) == known


def test_the_recorded_webcam_streams() -> None:
    settings = load_object("printer_idle_webcams.json")["settings"]
    assert isinstance(settings, dict)
    (webcam,) = PrinterSettings.from_dict(settings).webcams
    assert (webcam.name, webcam.stream_mode, webcam.stream_id) == (
        "Classic Webcam",
        "mjpeg_webrtc",
        2,
    )
