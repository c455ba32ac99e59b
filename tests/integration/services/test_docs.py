"""The examples of docs/actions.md, loaded as Home Assistant loads them."""

import json
from pathlib import Path
import re

import pytest
import yaml

from custom_components.obico.const import DOMAIN
from custom_components.obico.services import ACTIONS
from dev import CUBE, Job, KlipperAgent, Macro, Spool, square
from dev.server.model import PrintShotFeedback
from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.setup import async_setup_component
from tests.integration.control.support import octoprint
from tests.integration.support import coordinator_of

from .support import Actions, Json

DOCUMENT = Path(__file__).parents[3] / "docs" / "actions.md"
SMALL = Job(path="parts/small/a.gcode", seconds=9, layers=1, size=9, filament=1.0)


def examples(language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL
    )


def test_every_action_has_an_example() -> None:
    named = [yaml.safe_load(example)["action"] for example in examples("yaml")]
    assert sorted(named) == sorted(f"{DOMAIN}.{action.name}" for action in ACTIONS)


@pytest.mark.parametrize("example", examples("yaml"))
async def test_an_example_is_a_script_that_can_be_run(
    hass: HomeAssistant, example: str
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    step = yaml.safe_load(example)
    assert await async_setup_component(
        hass, "script", {"script": {"example": {"sequence": [step]}}}
    )
    state = hass.states.get("script.example")
    assert state is not None
    assert state.state == "off"
    # What the action takes, where nothing is a template.
    if "{{" not in example:
        service = hass.services.async_services_for_domain(DOMAIN)[
            step["action"].partition(".")[2]
        ]
        assert service.schema is not None
        service.schema(step["data"])


def shape(value: Json) -> Json:
    """Return the keys of an answer, of lists those of their first item."""
    match value:
        case dict():
            return {key: shape(inner) for key, inner in value.items()}
        case [first, *_]:
            return [shape(first)]
        case _:
            return None


@octoprint
async def test_answers_are_as_they_are_shown(actions: Actions, tmp_path: Path) -> None:
    await actions.become_printed()
    actions.agent.files |= {CUBE.path: CUBE, SMALL.path: SMALL}
    resin = await actions.add("Resin")
    actions.obico.server.detections = [["failure", 0.6, [1, 2, 3, 4]]]
    actions.obico.account.add_cloud_file(
        "bracket.gcode", actions.obico.account.add_folder("Shelf")
    )
    (job,) = actions.obico.server.prints.values()
    job.need_alert_overwrite = job.need_print_shot_feedback = True
    picture = job.poster_url or ""
    job.shots += [
        PrintShotFeedback(id=number, print_id=job.id, image_url=picture)
        for number in (1, 2)
    ]
    upload = tmp_path / "new.gcode"
    upload.write_text("G28")
    actions.hass.config.allowlist_external_dirs = {str(tmp_path)}
    judged = {"print_id": job.id}
    voron = await add_klipper(actions)
    given: dict[str, dict[str, Json]] = {
        "run_macro": voron | {"macro": "CLEAN_NOZZLE"},
        "get_objects": voron,
        "get_spool": voron,
        "get_rates": voron,
        "get_files": {"folder": "parts"},
        "judge_print": judged | {"verdict": "failed"},
        "judge_frame": judged | {"frame_id": 1, "answer": "looks_bad", "consent": True},
        "get_prediction": judged,
        "delete_prints": {"print_ids": [job.id]},
        "upload_file": {"path": str(upload)},
        "create_folder": {"folder": "Customers/Miller"},
        "move_files": {"files": ["new.gcode"], "folder": "Customers"},
        "rename_file": {"file": "Shelf/bracket.gcode", "name": "b.gcode"},
        "delete_files": {"files": ["Shelf/b.gcode"], "folders": ["Shelf"]},
        "predict": {
            "device_id": actions.device_id(resin),
            "entity_id": actions.obico.entity_id(actions.printer, "image.last_poster"),
        },
    }
    answering = [
        action.name
        for action in ACTIONS
        # The others have something to wait for.
        if action.name in given or action.supports_response is SupportsResponse.ONLY
    ]
    # What is deleted is looked at first.
    for name in sorted(
        answering_in_order(answering), key=lambda name: name == "delete_prints"
    ):
        example = json.loads(answer_of(name))
        data = given.get(name, {})
        if name == "get_prints":
            data = {"from_date": "2020-01-01"}
        assert shape(await actions.ask(name, **data)) == shape(example), name


async def add_klipper(actions: Actions) -> dict[str, Json]:
    """Add a printer that prints objects from a spool, and return its device for an action."""
    voron = actions.obico.account.add_printer("Voron", agent="klipper")
    assert isinstance(voron.agent, KlipperAgent)
    voron.agent.workshop.macros = {"CLEAN_NOZZLE": Macro(says=["Wiping at 210 °C"])}
    voron.agent.workshop.objects = [square("CLIP_1", 50, 60)]
    voron.agent.workshop.add_spools(Spool(id=3, name="Reactor Red"), active=3)
    voron.agent.start_print(CUBE)
    await coordinator_of(actions.obico.entry).async_refresh()
    await actions.pass_time(60)
    return {"device_id": actions.device_id(voron)}


def answer_of(name: str) -> str:
    """Return the answer that the chapter of an action shows."""
    chapter = DOCUMENT.read_text().partition(f"\n`{DOMAIN}.{name}`\n")[2]
    return chapter.partition("```json\n")[2].partition("```")[0]


def answering_in_order(names: list[str]) -> list[str]:
    """Return actions in the order of their chapters."""
    text = DOCUMENT.read_text()
    return sorted(names, key=lambda name: text.index(f"\n`{DOMAIN}.{name}`\n"))
