"""The tools that an LLM assistant gets, and how it uses them."""

import asyncio
from typing import Any

import pytest

from dev import SHORT, Account, Phase, Printer
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr, llm
from homeassistant.helpers.chat_session import async_get_chat_session

from .support import Room, llm_context

ASK = {
    "obico__any_failing",
    "obico__detection_hours",
    "obico__is_failing",
    "obico__print_status",
    "obico__temperature",
    "obico__time_left",
    "obico__which_printing",
}
COMMAND = {
    "obico__cancel_print",
    "obico__confirm_cancel",
    "obico__keep_print",
    "obico__not_a_failure",
    "obico__pause_print",
    "obico__resume_print",
}


@pytest.fixture(autouse=True)
def _hidden(hass: HomeAssistant, room: Room) -> None:
    """Hide what Home Assistant exposes by itself."""
    for state in hass.states.async_all():
        for assistant in ("conversation", "cloud.alexa"):
            async_expose_entity(hass, assistant, state.entity_id, False)


class Assistant:
    """An LLM assistant in a conversation, whose user says something now and then."""

    def __init__(self, room: Room, assistant: str = "conversation") -> None:
        """Wait to be told something."""
        self.room = room
        self.assistant = assistant
        self.language = "en"
        self.message = Context()

    def listen(self) -> None:
        """Hear the user say something."""
        self.message = Context()

    async def api(self, api_id: str = llm.LLM_API_ASSIST) -> llm.APIInstance:
        return await llm.async_get_api(
            self.room.hass,
            api_id,
            llm_context(self.message, language=self.language, assistant=self.assistant),
        )

    async def tools(self) -> set[str]:
        return {
            tool.name
            for tool in (await self.api()).tools
            if tool.name.startswith("obico")
        }

    async def call(self, tool: str, **arguments: str) -> dict[str, Any]:
        """Call a tool in the conversation, and return what it gives."""

        async def call() -> llm.ToolResult:
            with async_get_chat_session(self.room.hass, "a talk"):
                api = await self.api()
                return await api.async_call_tool(llm.ToolInput(tool, arguments))

        task = asyncio.get_running_loop().create_task(call())
        return dict((await self.room.finish(task)).data)

    async def told(self, tool: str, **arguments: str) -> tuple[str, str]:
        """Call a tool, and return of which kind its answer is, and what it says."""
        result = await self.call(tool, **arguments)
        return result["response_type"], result["speech"]["plain"]["speech"]


@pytest.fixture
def assistant(room: Room) -> Assistant:
    return Assistant(room)


async def command_a_print(assistant: Assistant, printer: Printer) -> Room:
    """Let a print go on that the assistant may command, and return the room."""
    room = assistant.room
    room.expose(printer, "button.pause")
    await room.start()
    room.control.forget()
    return room


async def ask_to_cancel(assistant: Assistant) -> None:
    """Let the assistant ask whether to cancel, and the user say something to that."""
    await assistant.told("obico__cancel_print")
    assistant.listen()


# What there is


async def test_nothing_is_there_until_something_is_exposed(
    assistant: Assistant, printer: Printer
) -> None:
    assert await assistant.tools() == set()
    assert "3D printers" not in (await assistant.api()).api_prompt
    assistant.room.expose(printer, "sensor.tool0_temperature", "button.cancel")
    assert await assistant.tools() == set()
    assistant.room.expose(printer, "sensor.status")
    assert await assistant.tools() == ASK
    assistant.room.expose(printer, "button.pause")
    assert await assistant.tools() == ASK | COMMAND
    assert "3D printers (Prusa MK4)" in (await assistant.api()).api_prompt


async def test_each_assistant_has_what_is_exposed_to_it(
    room: Room, printer: Printer
) -> None:
    room.expose(printer, "button.pause", assistant="cloud.alexa")
    assert await Assistant(room).tools() == set()
    assert await Assistant(room, "cloud.alexa").tools() == ASK | COMMAND
    assert await Assistant(room, "").tools() == set()


async def test_tools_say_what_they_do(assistant: Assistant, printer: Printer) -> None:
    assistant.room.expose(printer, "button.pause")
    tools = {
        tool.name: tool
        for tool in (await assistant.api()).tools
        if tool.name.startswith("obico")
    }
    assert {name for name, tool in tools.items() if tool.annotations.read_only} == ASK
    assert {name for name, tool in tools.items() if tool.annotations.destructive} == {
        "obico__confirm_cancel"
    }
    for tool in tools.values():
        assert tool.integration == "obico"
        assert tool.title
        assert tool.description
        assert {str(key) for key in tool.parameters.schema} == {"name", "area"}


async def test_another_api_gets_no_tools(
    assistant: Assistant, printer: Printer
) -> None:
    from custom_components.obico.llm import async_get_tools  # noqa: PLC0415

    assistant.room.expose(printer, "button.pause")
    context = (await assistant.api()).llm_context
    assert async_get_tools(assistant.room.hass, context, "assist") is not None
    assert async_get_tools(assistant.room.hass, context, "other") is None


async def test_without_an_account_there_are_no_tools(
    assistant: Assistant, printer: Printer
) -> None:
    assistant.room.expose(printer, "button.pause")
    await assistant.room.control.obico.unload()
    assert await assistant.tools() == set()


# What they do


async def test_a_printer_is_asked_paused_and_resumed(
    assistant: Assistant, printer: Printer
) -> None:
    room = await command_a_print(assistant, printer)
    kind, text = await assistant.told("obico__print_status")
    assert kind == "query_answer"
    assert text.startswith("Prusa MK4: Printing. long, ")
    result = await assistant.call("obico__pause_print", name="prusa mk 4")
    assert result["response_type"] == "action_done"
    device = room.control.obico.device(printer)
    assert device is not None
    assert [target["id"] for target in result["data"]["success"]] == [device.id]
    await room.be(Phase.PAUSED)
    assert await assistant.told("obico__pause_print") == (
        "error",
        "Prusa MK4: The print is paused already.",
    )
    assert await assistant.told("obico__resume_print", name="") == (
        "action_done",
        "The print on Prusa MK4 goes on.",
    )
    assistant.language = "de"
    assert (await assistant.told("obico__temperature"))[1].startswith(
        "Prusa MK4: Temperatur Düse "
    )


async def test_printers_that_are_not_exposed_are_unknown(
    assistant: Assistant, account: Account, printer: Printer
) -> None:
    room = assistant.room
    ender = account.add_printer("Ender 3", agent="klipper")
    await room.control.pass_time(120)
    room.expose(printer, "sensor.status")
    room.expose(ender, "button.pause")
    await room.start()
    assert await assistant.told("obico__pause_print", name="Prusa MK4") == (
        "error",
        "I know no printer called Prusa MK4. There is: Ender 3.",
    )
    assert await assistant.told("obico__print_status", name="Voron") == (
        "error",
        "I know no printer called Voron. There is: Prusa MK4, Ender 3.",
    )
    # The only one that it may command does not print.
    assert await assistant.told("obico__pause_print") == (
        "error",
        "Ender 3: There is no print job.",
    )
    assert room.agent.phase is Phase.PRINTING


async def test_a_printer_does_not_answer_to_the_name_of_one_that_is_not_exposed(
    assistant: Assistant, account: Account, printer: Printer
) -> None:
    """Obico calls one as the user calls the other."""
    room = assistant.room
    ender = account.add_printer("Ender 3", agent="klipper")
    await room.control.pass_time(120)
    for each, name in ((printer, "Ender 3"), (ender, "Prusa MK4")):
        device = room.control.obico.device(each)
        assert device is not None
        dr.async_get(room.hass).async_update_device(device.id, name_by_user=name)
    room.expose(printer, "button.pause")
    await room.start()
    room.control.forget()
    assert await assistant.told("obico__pause_print", name="Prusa MK4") == (
        "error",
        "I know no printer called Prusa MK4. There is: Ender 3.",
    )
    assert room.asked == []


async def test_of_a_printer_that_cannot_be_reached_an_assistant_is_told_that(
    assistant: Assistant, printer: Printer
) -> None:
    room = assistant.room
    room.expose(printer, "sensor.status")
    await room.start()
    await room.control.obico.server.refuse_connections()
    await room.control.pass_time(120)
    for tool in sorted(ASK):
        assert await assistant.told(tool) == (
            "error",
            "I cannot reach Prusa MK4 at the moment.",
        )
    await room.control.obico.server.accept_connections()


async def test_a_print_is_cancelled_only_after_the_user_has_spoken(
    assistant: Assistant, printer: Printer
) -> None:
    room = await command_a_print(assistant, printer)
    assert (await assistant.told("obico__confirm_cancel"))[0] == "error"
    kind, text = await assistant.told("obico__cancel_print", name="Prusa MK4")
    assert kind == "action_done"
    assert text.endswith("say within a minute: yes, cancel Prusa MK4")
    assert await assistant.told("obico__confirm_cancel") == (
        "error",
        "First put the question to the user, and wait for the answer.",
    )
    assert room.asked == []
    assistant.listen()
    assert await assistant.told("obico__confirm_cancel", name="Prusa MK4") == (
        "action_done",
        "The print on Prusa MK4 is cancelled.",
    )
    assert room.asked == ["cancel_print"]


async def test_a_no_and_60_seconds_end_the_question(
    assistant: Assistant, printer: Printer
) -> None:
    room = await command_a_print(assistant, printer)
    await ask_to_cancel(assistant)
    assert (await assistant.told("obico__keep_print"))[0] == "action_done"
    assert (await assistant.told("obico__confirm_cancel"))[0] == "error"
    await ask_to_cancel(assistant)
    await room.control.pass_time(60)
    assert (await assistant.told("obico__confirm_cancel"))[0] == "error"
    assert room.asked == []


async def test_an_assistant_cannot_cancel_the_next_print(
    assistant: Assistant, printer: Printer
) -> None:
    room = await command_a_print(assistant, printer)
    server = room.control.obico.server
    server.sockets.blocked = True
    await server.sockets.close_all()
    await room.control.pass_time(40)
    room.control.forget()
    await ask_to_cancel(assistant)
    room.agent.cancel()
    await server.advance(3)
    room.agent.start_print(SHORT)
    await server.advance(3)
    assert await assistant.told("obico__confirm_cancel") == (
        "error",
        "That print is over, or another one has begun. Nothing was cancelled.",
    )
    assert room.asked == []


async def test_a_no_with_a_name_that_nobody_has_ends_the_own_question(
    assistant: Assistant, printer: Printer
) -> None:
    room = await command_a_print(assistant, printer)
    await ask_to_cancel(assistant)
    assert (await assistant.told("obico__keep_print", name="Voron"))[0] == "error"
    assert (await assistant.told("obico__confirm_cancel"))[0] == "error"
    assert room.asked == []


async def test_what_an_assistant_asked_a_sentence_answers(
    assistant: Assistant, printer: Printer
) -> None:
    """They are in one conversation, and one question waits in it."""
    room = await command_a_print(assistant, printer)
    await assistant.told("obico__cancel_print")
    assert await room.say("yes, cancel it") == "The print on Prusa MK4 is cancelled."
