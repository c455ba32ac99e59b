"""The action that has Obico's failure detection examine a picture."""

from contextlib import suppress
from typing import Final

import probatio

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components import camera, image
from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    split_entity_id,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..aioobico import (
    ObicoClient,
    ObicoConnectionError,
    ObicoNoPictureError,
    ObicoNotFoundError,
    ObicoServerError,
    Prediction,
    Printer,
    check_picture,
)
from ..const import DOMAIN
from ..printer import preconditions
from ..printer.commands import CommandChannel, PrinterCommand
from .action import Action
from .targets import ONE_PRINTER, async_ensure_allowed, async_target

MAX_PICTURE_BYTES: Final = 5 * 1024 * 1024

# The start of the file name in print records that this action opens. Any other record
# is that of a print, and must not be closed.
RECORD_NAME: Final = "Home Assistant: "

# The server decodes the picture by its content; these are the formats that it knows.
_CONTENT_TYPES: Final = frozenset({"image/jpeg", "image/png"})


async def _async_predict(call: ServiceCall) -> ServiceResponse:
    entity_id: str = call.data[ATTR_ENTITY_ID]
    await async_ensure_allowed(call, [entity_id], POLICY_READ)
    target = await async_target(call, POLICY_CONTROL)
    # Checked first, because fetching a picture may wake a camera up.
    preconditions.ensure(preconditions.check_prediction(target.printer))
    picture = await _async_picture_of(call.hass, entity_id)
    predictions: list[Prediction] = []

    async def send(channel: CommandChannel, printer: Printer) -> None:
        predictions.append(
            await _async_examine(channel.client, printer.id, picture, entity_id)
        )

    await target.account.commands.async_run(
        target.printer,
        PrinterCommand(
            key="predict", precondition_fn=preconditions.check_prediction, send_fn=send
        ),
    )
    (prediction,) = predictions
    return {
        "printer": target.name,
        "device_id": target.device_id,
        "entity_id": entity_id,
        "score": prediction.score,
        "detections": [
            {
                "label": detection.label,
                "confidence": detection.confidence,
                "box": {
                    "x": detection.box.x,
                    "y": detection.box.y,
                    "width": detection.box.width,
                    "height": detection.box.height,
                },
            }
            for detection in prediction.detections
        ],
    }


async def _async_picture_of(hass: HomeAssistant, entity_id: str) -> bytes:
    """Return the current picture of a camera or image entity."""
    domain, _ = split_entity_id(entity_id)
    try:
        shown: camera.Image | image.Image = await (
            camera.async_get_image(hass, entity_id)
            if domain == Platform.CAMERA
            else image.async_get_image(hass, entity_id)
        )
    except HomeAssistantError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="no_picture",
            translation_placeholders={"entity_id": entity_id},
        ) from err
    if not await hass.async_add_executor_job(_is_usable, shown.content):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="picture_unusable",
            translation_placeholders={
                "entity_id": entity_id,
                "megabytes": str(MAX_PICTURE_BYTES // 1024**2),
            },
        )
    return shown.content


def _is_usable(content: bytes) -> bool:
    """Return whether the detection can read a picture, whatever its camera announces."""
    if len(content) > MAX_PICTURE_BYTES:
        return False
    try:
        return check_picture(content).content_type in _CONTENT_TYPES
    except ObicoNoPictureError:
        return False


async def _async_examine(
    client: ObicoClient, printer_id: int, picture: bytes, entity_id: str
) -> Prediction:
    """Have a picture examined within a print record that is opened for it and closed again.

    The server examines pictures only while a print record of the printer is open, and
    opening one closes the one before. Raises ServiceValidationError where a record that
    this action did not open is open: it is that of a print.
    """
    job = (await client.get_printer(printer_id)).current_print
    if job is not None:
        if not (job.filename or "").startswith(RECORD_NAME):
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="record_of_others"
            )
        # It is left from a call that could not close it, as the server was unreachable.
        await _async_close_record(client, printer_id)
    try:
        await client.open_print_record(printer_id, f"{RECORD_NAME}{entity_id}")
        return await client.predict(printer_id, picture)
    finally:
        await _async_close_record(client, printer_id)


async def _async_close_record(client: ObicoClient, printer_id: int) -> None:
    """Close a print record as cancelled, because no print has finished."""
    with suppress(ObicoNotFoundError):
        try:
            await client.close_print_record(printer_id, cancelled=True)
        except ObicoConnectionError, ObicoServerError:
            await client.close_print_record(printer_id, cancelled=True)


ACTIONS: Final = (
    Action(
        "predict",
        ONE_PRINTER
        | {
            probatio.Required(ATTR_ENTITY_ID): cv.entity_domain(
                [Platform.CAMERA, Platform.IMAGE]
            )
        },
        _async_predict,
        SupportsResponse.ONLY,
    ),
)
