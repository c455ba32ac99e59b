"""Intents, for the user's own sentences and for LLM assistants."""

from typing import Final, override

import probatio

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent

from .voice.answers import async_answer
from .voice.confirmation import Speaker
from .voice.conversations import is_in_conversation
from .voice.request import Request, VoiceIntent

DESCRIPTIONS: Final = {
    VoiceIntent.PAUSE: "Pauses the running print of a 3D printer",
    VoiceIntent.RESUME: "Resumes the paused print of a 3D printer",
    VoiceIntent.CANCEL: (
        "Asks whether the print of a 3D printer shall be cancelled. It cancels nothing: "
        "put the question to the user, and wait for the answer"
    ),
    VoiceIntent.CONFIRM_CANCEL: (
        "Cancels for good the print that was asked about, once the user said yes"
    ),
    VoiceIntent.KEEP: "Drops the question whether a print shall be cancelled: the user said no",
    VoiceIntent.NOT_A_FAILURE: (
        "Answers the failure alert of a 3D printer: the user says that it is not a failure. "
        "It resumes nothing"
    ),
    VoiceIntent.STATUS: "Tells what 3D printers are doing: status, file, progress, time left",
    VoiceIntent.TIME_LEFT: "Tells how long the print of a 3D printer still takes",
    VoiceIntent.TEMPERATURE: (
        "Tells the temperatures of a 3D printer's nozzle, bed and chamber, and their targets"
    ),
    VoiceIntent.IS_FAILING: "Tells whether the AI sees the print of a 3D printer fail",
    VoiceIntent.ANY_FAILING: "Tells on which of all 3D printers the AI sees a print fail",
    VoiceIntent.WHICH_PRINTING: "Tells which of all 3D printers are printing or paused",
    VoiceIntent.DETECTION_HOURS: (
        "Tells how many hours of AI failure detection for 3D printers are left"
    ),
    VoiceIntent.POWER_ON: "Switches the power of a 3D printer on",
    VoiceIntent.POWER_OFF: (
        "Switches the power of a 3D printer off. It is refused while something prints"
    ),
    VoiceIntent.RUN_MACRO: "Runs a macro of a 3D printer, such as one that cleans the nozzle",
}

_NAME: Final = "name"
_AREA: Final = "area"
_MACRO: Final = "macro"


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents; without an account they answer that there is none."""
    for voice_intent in VoiceIntent:
        intent.async_register(hass, ObicoIntentHandler(voice_intent))


class ObicoIntentHandler(intent.IntentHandler):
    """Handles one of the intents."""

    def __init__(self, voice_intent: VoiceIntent) -> None:
        """Initialize the handler for an intent."""
        self._intent = voice_intent
        self.intent_type = voice_intent.value
        self.description = DESCRIPTIONS[voice_intent]

    @property
    @override
    def slot_schema(self) -> dict[probatio.Marker, object]:
        """Return the slots for a printer, which are needed only where several can be meant."""
        macro: dict[probatio.Marker, object] = {}
        if self._intent is VoiceIntent.RUN_MACRO:
            macro = {
                probatio.Required(
                    _MACRO, description="Name of the macro"
                ): intent.non_empty_string
            }
        return macro | {
            probatio.Optional(
                _NAME, description="Name of the printer"
            ): intent.non_empty_string,
            probatio.Optional(
                _AREA, description="Area in which the printer stands"
            ): intent.non_empty_string,
        }

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Carry out the intent, and answer."""
        slots = self.async_validate_slots(intent_obj.slots)
        answer = await async_answer(
            intent_obj.hass,
            Request(
                intent=self._intent,
                language=intent_obj.language,
                context=intent_obj.context,
                speaker=Speaker.of(
                    intent_obj.context, intent_obj.device_id, intent_obj.satellite_id
                ),
                names=tuple(
                    slots[slot]["value"] for slot in (_NAME, _AREA) if slot in slots
                ),
                macro=slots[_MACRO]["value"] if _MACRO in slots else None,
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
        if self._intent.is_question:
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
    """Return an id of the user's message that an assistant handles, None outside of one.

    This is the id of the context, as each message of a conversation has its own context.
    """
    if intent_obj.text_input is None and is_in_conversation():
        return intent_obj.context.id
    return None
