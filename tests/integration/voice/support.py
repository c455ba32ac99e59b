"""A room in which somebody speaks."""

import asyncio

from custom_components.obico.voice.request import VoiceIntent
from dev import LONG, Phase, Printer
from homeassistant.components.conversation import ConversationResult, async_converse
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.intent import IntentResponse
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, async_get_api
from tests.checks.test_docs_voice import TAGS, documented
from tests.integration.control.support import Control


def said(language: str, wish: VoiceIntent) -> list[str]:
    """Return the documented sentences for a wish."""
    return [
        sentence
        for spoken, wanted, sentence in documented()
        if (spoken, wanted) == (language, wish)
    ]


def speech(response: IntentResponse) -> str:
    """Return what is heard of an answer."""
    text = response.speech["plain"]["speech"]
    assert isinstance(text, str)
    return text


def llm_context(
    message: Context, *, language: str = "en", assistant: str = "conversation"
) -> LLMContext:
    """Return what an LLM assistant tells of the user's message."""
    return LLMContext(
        platform="test",
        context=message,
        language=language,
        assistant=assistant,
        device_id=None,
    )


async def tools_of_ours(hass: HomeAssistant) -> set[str]:
    """Return the tools of ours that an LLM assistant gets."""
    api = await async_get_api(hass, LLM_API_ASSIST, llm_context(Context()))
    return {tool.name for tool in api.tools if tool.name.startswith("obico")}


class Room:
    """Somebody in front of a printer."""

    def __init__(self, control: Control) -> None:
        """Enter it."""
        self.control = control
        self.hass = control.obico.hass
        self.agent = control.agent
        self.user_id: str | None = None
        self.device_id: str | None = None
        self.conversation_id: str | None = "a talk"
        self.language = "en"
        self.agent_id: str | None = None

    def begin(self, text: str) -> asyncio.Task[ConversationResult]:
        """Say something."""
        return asyncio.get_running_loop().create_task(
            async_converse(
                self.hass,
                text,
                self.conversation_id,
                Context(user_id=self.user_id),
                language=self.language,
                device_id=self.device_id,
                agent_id=self.agent_id,
            )
        )

    async def finish[T](self, task: asyncio.Task[T]) -> T:
        """Let time pass until something is done."""

        async def wait() -> None:
            await asyncio.wait([task])

        await self.control.finish(asyncio.get_running_loop().create_task(wait()))
        return task.result()

    async def say(self, text: str) -> str:
        """Say something, and return the answer once there is one, while time passes."""
        return speech((await self.finish(self.begin(text))).response)

    async def say_at_once(self, text: str) -> str:
        """Say something that needs no time to pass, and return the answer."""
        return speech((await self.begin(text)).response)

    async def speak(self, language: str) -> None:
        """Change the language of the house."""
        self.language = TAGS.get(language, language)
        await self.hass.config.async_update(
            language={"zh": "zh-Hans"}.get(language, language)
        )
        await self.hass.async_block_till_done()

    async def be(self, phase: Phase) -> None:
        """Let some seconds pass, after which a printer is in this phase."""
        await self.control.pass_time(5)
        assert self.agent.phase is phase

    async def start(self, printer: Printer | None = None) -> None:
        """Start a print, and let it get going."""
        (printer.agent if printer else self.agent).start_print(LONG)
        await self.control.pass_time(30)

    def expose(
        self, printer: Printer, *keys: str, assistant: str = "conversation"
    ) -> None:
        """Expose entities of a printer, named by domain and key, to an assistant."""
        for key in keys:
            async_expose_entity(
                self.hass,
                assistant,
                self.control.obico.entity_id(printer, key),
                True,
            )

    @property
    def asked(self) -> list[str]:
        """What the server was asked to do."""
        return self.control.asked
