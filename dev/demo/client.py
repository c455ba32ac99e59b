"""A client of the HTTP and websocket API of Home Assistant."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Final, Self, TypedDict

import aiohttp

from ..json_types import JsonObject, JsonValue, as_object
from .errors import DemoError

USERNAME: Final = "demo"
PASSWORD: Final = "demo"

_TIMEOUT: Final = aiohttp.ClientTimeout(total=60)


class State(TypedDict):
    """A state of an entity, with the fields of Home Assistant's API."""

    entity_id: str
    state: str
    attributes: dict[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class Entity:
    """An entity of the integration, with the fields of the registry."""

    entity_id: str
    device_id: str | None
    unique_id: str

    @property
    def domain(self) -> str:
        """Return the domain of the entity, for example sensor."""
        return self.entity_id.partition(".")[0]


class HomeAssistantClient:
    """A signed-in user of a Home Assistant."""

    def __init__(self, url: str) -> None:
        """Create a client that is not signed in."""
        self._url = url
        self._http = aiohttp.ClientSession(url, timeout=_TIMEOUT)
        self._headers: dict[str, str] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[JsonValue]] = {}
        self._listeners: dict[int, Callable[[JsonObject], None]] = {}

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Close all connections."""
        if self._reader:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        if self._socket:
            await self._socket.close()
        await self._http.close()

    async def request(
        self, method: str, path: str, body: JsonValue = None
    ) -> JsonValue:
        """Return the answer to a request of the HTTP API."""
        async with self._http.request(
            method, path, json=body, headers=self._headers
        ) as response:
            if response.status >= 400:
                raise DemoError(
                    f"Home Assistant answered {method} {path} with {response.status}: "
                    f"{await response.text()}"
                )
            answer: JsonValue = await response.json()
            return answer

    async def get_bytes(self, path: str) -> bytes:
        """Return the content at a path, nothing if it is refused."""
        async with self._http.get(path, headers=self._headers) as response:
            return await response.read() if response.ok else b""

    async def onboard(self) -> None:
        """Create the account of the owner, if there is none."""
        async with self._http.get("/api/onboarding") as response:
            # Home Assistant answers 404 once there is an owner.
            steps = await response.json() if response.ok else []
        if {"step": "user", "done": False} in steps:
            await self.request(
                "POST",
                "/api/onboarding/users",
                {
                    "name": "Demo",
                    "username": USERNAME,
                    "password": PASSWORD,
                    "client_id": f"{self._url}/",
                    "language": "en",
                },
            )

    async def sign_in(self) -> None:
        """Sign in as the owner, with the password, and open the websocket."""
        client_id = f"{self._url}/"
        flow = as_object(
            await self.request(
                "POST",
                "/auth/login_flow",
                {
                    "client_id": client_id,
                    "handler": ["homeassistant", None],
                    "redirect_uri": f"{client_id}?auth_callback=1",
                },
            )
        )
        result = as_object(
            await self.request(
                "POST",
                f"/auth/login_flow/{flow['flow_id']}",
                {"client_id": client_id, "username": USERNAME, "password": PASSWORD},
            )
        )
        form = {
            "grant_type": "authorization_code",
            "code": str(result["result"]),
            "client_id": client_id,
        }
        async with self._http.post("/auth/token", data=form) as response:
            response.raise_for_status()
            token = (await response.json())["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}

        self._socket = await self._http.ws_connect(
            "/api/websocket", max_msg_size=0, heartbeat=30
        )
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": token})
        if (await self._socket.receive_json())["type"] != "auth_ok":
            raise DemoError("Home Assistant refused the token it had given")
        self._reader = asyncio.create_task(self._read(self._socket))

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Dispatch the messages of the websocket."""
        async for frame in socket:
            message = as_object(frame.json())
            message_id = message["id"]
            assert isinstance(message_id, int)
            if message["type"] == "event":
                self._listeners[message_id](as_object(message["event"]))
            elif answer := self._answers.pop(message_id, None):
                if message["success"]:
                    answer.set_result(message.get("result"))
                else:
                    answer.set_exception(DemoError(str(message["error"])))
        for answer in self._answers.values():
            answer.set_exception(DemoError("Home Assistant closed the connection"))

    async def command(
        self,
        command: str,
        listener: Callable[[JsonObject], None] | None = None,
        **parameters: JsonValue,
    ) -> JsonValue:
        """Return the answer to a command of the websocket API."""
        assert self._socket
        message_id = next(self._ids)
        answer = self._answers[message_id] = asyncio.Future()
        if listener:
            self._listeners[message_id] = listener
        await self._socket.send_json({"id": message_id, "type": command, **parameters})
        return await answer

    async def wait_until_running(self, progress: Callable[[str], None]) -> None:
        """Return once every integration is set up."""
        while True:
            config = as_object(await self.request("GET", "/api/config"))
            if config["state"] == "RUNNING":
                return
            progress("setting up its integrations")
            await asyncio.sleep(0.25)

    async def add_integration(
        self, ways: Collection[str], answers: Mapping[str, JsonValue]
    ) -> None:
        """Add one account, and remove those of earlier demos."""
        await self.remove_integration()
        await self.add_account(ways, answers)

    async def add_account(
        self, ways: Collection[str], answers: Mapping[str, JsonValue]
    ) -> None:
        """Go through the integration's config flow."""
        path = "/api/config/config_entries/flow"
        await self.walk_flow(path, {"handler": "obico"}, ways, answers)

    async def add_subentry(
        self, kind: str, ways: Collection[str], answers: Mapping[str, JsonValue]
    ) -> None:
        """Go through the flow of a subentry of the integration's only account."""
        entries = await self.request(
            "GET", "/api/config/config_entries/entry?domain=obico"
        )
        assert isinstance(entries, list)
        entry_id = as_object(entries[0])["entry_id"]
        path = "/api/config/config_entries/subentries/flow"
        await self.walk_flow(path, {"handler": [entry_id, kind]}, ways, answers)

    async def walk_flow(
        self,
        path: str,
        start: JsonObject,
        ways: Collection[str],
        answers: Mapping[str, JsonValue],
        *,
        may_exist: bool = False,
    ) -> None:
        """Go through a flow to its end.

        Choose the one of `ways` that a menu offers, and fill in a form with those of
        `answers` that are its fields, and with what it suggests for the others. With
        `may_exist` it is no error that there is such an entry already.
        """
        step = as_object(await self.request("POST", path, start))
        while step["type"] in ("menu", "form"):
            answer: JsonObject
            if step["type"] == "menu":
                options = step["menu_options"]
                assert isinstance(options, list)
                answer = {"next_step_id": next(way for way in ways if way in options)}
            else:
                if step["errors"]:
                    raise DemoError(
                        f"The set-up refused in {step['step_id']}: {step['errors']}"
                    )
                answer = _fill(step["data_schema"], answers)
            step = as_object(
                await self.request("POST", f"{path}/{step['flow_id']}", answer)
            )
        if step["type"] == "create_entry":
            return
        if not may_exist or step.get("reason") != "already_configured":
            raise DemoError(f"The set-up ended with {step.get('reason')}")

    async def remove_integration(self) -> None:
        """Remove all accounts."""
        path = "/api/config/config_entries/entry"
        entries = await self.request("GET", f"{path}?domain=obico")
        assert isinstance(entries, list)
        for entry in entries:
            await self.request("DELETE", f"{path}/{as_object(entry)['entry_id']}")

    async def entities(self) -> list[Entity]:
        """Return the integration's entities."""
        rows = await self.command("config/entity_registry/list")
        assert isinstance(rows, list)
        return [
            Entity(
                entity_id=str(row["entity_id"]),
                device_id=str(row["device_id"]) if row["device_id"] else None,
                unique_id=str(row["unique_id"]),
            )
            for row in map(as_object, rows)
            if row["platform"] == "obico" and row["disabled_by"] is None
        ]

    async def enable_cameras(self) -> None:
        """Enable the cameras that are disabled by default; Home Assistant reloads the account."""
        rows = await self.command("config/entity_registry/list")
        assert isinstance(rows, list)
        for row in map(as_object, rows):
            entity_id = str(row["entity_id"])
            if (
                row["platform"] == "obico"
                and entity_id.startswith("camera.")
                and row["disabled_by"] == "integration"
            ):
                await self.command(
                    "config/entity_registry/update",
                    entity_id=entity_id,
                    disabled_by=None,
                )

    async def device_names(self) -> dict[str, str]:
        """Return the devices' names by id."""
        rows = await self.command("config/device_registry/list")
        assert isinstance(rows, list)
        return {
            str(row["id"]): str(row["name_by_user"] or row["name"])
            for row in map(as_object, rows)
        }

    async def states(self) -> list[State]:
        """Return the states of all entities."""
        return await self.request("GET", "/api/states")  # type: ignore[return-value]


def _fill(fields: JsonValue, answers: Mapping[str, JsonValue]) -> JsonObject:
    """Return the answers to the fields of a form, which may have sections."""
    assert isinstance(fields, list)
    filled: JsonObject = {}
    for field in map(as_object, fields):
        name = str(field["name"])
        if field.get("type") == "expandable":
            filled[name] = _fill(field["schema"], answers)
        elif name in answers:
            filled[name] = answers[name]
        else:
            suggested = field.get("description")
            if isinstance(suggested, dict) and "suggested_value" in suggested:
                filled[name] = suggested["suggested_value"]
    return filled
