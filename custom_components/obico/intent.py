"""Intents, for sentences of a user's own and for LLM assistants."""

from typing import Final, override

import probatio

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.chat_session import current_session

from .voice.answers import async_answer
from .voice.cancelling import Speaker
from .voice.request import Request, Wish

DESCRIPTIONS: Final = {
    Wish.PAUSE: "Pauses the running print of a 3D printer",
    Wish.RESUME: "Resumes the paused print of a 3D printer",
    Wish.CANCEL: (
        "Asks whether the print of a 3D printer shall be cancelled. It cancels nothing: "
        "put the question to the user, and wait for the answer"
    ),
    Wish.CONFIRM_CANCEL: (
        "Cancels for good the print that was asked about, once the user said yes"
    ),
    Wish.KEEP: "Drops the question whether a print shall be cancelled: the user said no",
    Wish.STATUS: "Tells what 3D printers are doing: status, file, progress, time left",
    Wish.TIME_LEFT: "Tells how long the print of a 3D printer still takes",
    Wish.TEMPERATURE: (
        "Tells the temperatures of a 3D printer's nozzle, bed and chamber, and their targets"
    ),
    Wish.IS_FAILING: "Tells whether the AI sees the print of a 3D printer fail",
}

_NAME: Final = "name"
_AREA: Final = "area"


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents: they are there, and say what is missing, also without an account."""
    for wish in Wish:
        intent.async_register(hass, ObicoIntentHandler(wish))


class ObicoIntentHandler(intent.IntentHandler):
    """What somebody wants of a printer."""

    def __init__(self, wish: Wish) -> None:
        """Take up what is wanted."""
        self._wish = wish
        self.intent_type = wish.value
        self.description = DESCRIPTIONS[wish]

    @property
    @override
    def slot_schema(self) -> dict[probatio.Marker, object]:
        """Return what tells the printer: where only one can be meant, nothing need be said."""
        return {
            probatio.Optional(
                _NAME, description="Name of the printer"
            ): intent.non_empty_string,
            probatio.Optional(
                _AREA, description="Area in which the printer stands"
            ): intent.non_empty_string,
        }

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Grant what is wanted, or say why not."""
        slots = self.async_validate_slots(intent_obj.slots)
        answer = await async_answer(
            intent_obj.hass,
            Request(
                wish=self._wish,
                language=intent_obj.language,
                context=intent_obj.context,
                speaker=Speaker.of(
                    intent_obj.context, intent_obj.device_id, intent_obj.satellite_id
                ),
                names=tuple(
                    slots[slot]["value"] for slot in (_NAME, _AREA) if slot in slots
                ),
                assistant=intent_obj.assistant,
                turn=_turn(intent_obj),
            ),
        )
        response = intent_obj.create_response()
        if answer.is_refusal:
            response.async_set_error(
                intent.IntentResponseErrorCode.FAILED_TO_HANDLE, answer.text
            )
            return response
        if self._wish.is_question:
            response.response_type = intent.IntentResponseType.QUERY_ANSWER
        response.async_set_speech(answer.text)
        response.async_set_results(
            [
                intent.IntentResponseTarget(
                    type=intent.IntentResponseTargetType.DEVICE,
                    name=target.name,
                    id=target.device.id,
                )
                for target in answer.targets
            ]
        )
        return response


def _turn(intent_obj: intent.Intent) -> str | None:
    """Return the message of the user's that made an assistant ask, None where he asked himself.

    Only in a conversation does each message have a context of its own.
    """
    if intent_obj.text_input is None and current_session.get() is not None:
        return intent_obj.context.id
    return None
