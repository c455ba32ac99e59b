"""Tools for LLM assistants: the intents, for printers that are exposed to them."""

from typing import Final

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import intent
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    IntentTool,
    LLMContext,
    Tool,
    ToolAnnotations,
)

from .const import DOMAIN
from .data import loaded_accounts
from .voice.choice import filter_exposed
from .voice.names import async_get_targets
from .voice.request import VoiceIntent

# `open_world` is False because all tools only act on the user's own printers.
_QUESTION: Final = ToolAnnotations(
    read_only=True, destructive=False, idempotent=True, open_world=False
)
_COMMAND: Final = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
_CANCEL: Final = ToolAnnotations(open_world=False)
# What a macro does nobody knows.
_RUN: Final = ToolAnnotations(destructive=True, idempotent=False, open_world=False)

_TOOLS: Final = {
    VoiceIntent.PAUSE: ("pause_print", "Pause print", _COMMAND),
    VoiceIntent.RESUME: ("resume_print", "Resume print", _COMMAND),
    VoiceIntent.CANCEL: ("cancel_print", "Ask whether to cancel a print", _COMMAND),
    VoiceIntent.CONFIRM_CANCEL: ("confirm_cancel", "Cancel print", _CANCEL),
    VoiceIntent.KEEP: ("keep_print", "Do not cancel print", _COMMAND),
    VoiceIntent.NOT_A_FAILURE: ("not_a_failure", "Not a failure", _COMMAND),
    VoiceIntent.STATUS: ("print_status", "Print status", _QUESTION),
    VoiceIntent.TIME_LEFT: ("time_left", "Time left of a print", _QUESTION),
    VoiceIntent.TEMPERATURE: ("temperature", "Printer temperatures", _QUESTION),
    VoiceIntent.IS_FAILING: ("is_failing", "Is a print failing?", _QUESTION),
    VoiceIntent.ANY_FAILING: ("any_failing", "Is any print failing?", _QUESTION),
    VoiceIntent.WHICH_PRINTING: ("which_printing", "Which printers print?", _QUESTION),
    VoiceIntent.DETECTION_HOURS: ("detection_hours", "AI hours left", _QUESTION),
    VoiceIntent.POWER_ON: ("power_on", "Switch a printer on", _COMMAND),
    VoiceIntent.POWER_OFF: ("power_off", "Switch a printer off", _COMMAND),
    VoiceIntent.RUN_MACRO: ("run_macro", "Run a macro", _RUN),
}

_PROMPT: Final = (
    "3D printers ({printers}): use the obico__ tools for them, also to pause and resume. "
    "Never press a printer's cancel button: call obico__cancel_print, put its question to "
    "the user, and call obico__confirm_cancel only in reply to the user's yes."
)


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools, None where no printer is exposed to the assistant."""
    if api_id != LLM_API_ASSIST or not llm_context.assistant:
        return None
    targets = async_get_targets(hass, loaded_accounts(hass))
    usable = {
        voice_intent: filter_exposed(hass, llm_context.assistant, voice_intent, targets)
        for voice_intent in _TOOLS
    }
    tools: list[Tool] = []
    for handler in intent.async_get(hass):
        if (
            handler.intent_type not in _TOOLS
            or not usable[VoiceIntent(handler.intent_type)]
        ):
            continue
        name, title, annotations = _TOOLS[VoiceIntent(handler.intent_type)]
        tools.append(
            IntentTool(
                f"{DOMAIN}__{name}",
                handler,
                title=title,
                integration=DOMAIN,
                annotations=annotations,
            )
        )
    if not tools:
        return None
    printers = ", ".join(
        sorted({target.name for targets_of in usable.values() for target in targets_of})
    )
    return LLMTools(tools=tools, prompt=_PROMPT.format(printers=printers))
