"""A process of Home Assistant with the integration."""

import asyncio
from collections.abc import Callable
import json
import os
from pathlib import Path
import shutil
import signal
import sys
from typing import Final

import aiohttp

from ..json_types import JsonValue
from .errors import DemoError

_ROOT: Final = Path(__file__).parents[2]
_START_TIMEOUT: Final = 300
_STOP_TIMEOUT: Final = 60

# Not default_config, which searches the network for devices and contacts services on
# the internet. Home Assistant loads the requirements of the frontend by itself.
_CONFIGURATION: Final = """\
homeassistant:
  name: Obico demo
automation: !include automations.yaml
frontend:
config:
history:
logbook:
my:
logger:
  default: warning
  logs:
    homeassistant.setup: info
    homeassistant.util.package: info
    # There may be no ffmpeg and no libturbojpeg here, and nothing needs them.
    haffmpeg: critical
    homeassistant.components.camera.img_util: critical
"""


class HomeAssistant:
    """A Home Assistant with a configuration folder and a port."""

    def __init__(
        self,
        folder: Path,
        host: str,
        port: int,
        *,
        may_install: bool = True,
        environment: Path | None = None,
    ) -> None:
        """Initialize without writing files.

        `may_install` is whether missing packages may be installed. `environment` is the folder
        of the virtual environment that has Home Assistant, by default the current one.
        """
        self.folder = folder
        self.log = folder / "home-assistant.log"
        self.url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
        self._host = host
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        if not may_install:
            self._environment |= {"UV_OFFLINE": "1", "UV_NO_CACHE": "1"}
        self._port = port
        self._executable = (environment or Path(sys.prefix)) / "bin" / "hass"
        self._console = folder / "console.log"
        self._process: asyncio.subprocess.Process | None = None

    def prepare(self) -> None:
        """Write the configuration, link the integration into it, and add the blueprints."""
        if not self._executable.exists():
            raise DemoError(
                f"there is no {self._executable}: scripts/setup --homeassistant VERSION makes it"
            )
        components = self.folder / "custom_components"
        components.mkdir(parents=True, exist_ok=True)
        link = components / "obico"
        link.unlink(missing_ok=True)
        link.symlink_to(_ROOT / "custom_components" / "obico")
        # Copied, as Home Assistant does not follow links to blueprints.
        shutil.copytree(
            _ROOT / "blueprints", self.folder / "blueprints", dirs_exist_ok=True
        )
        # Created in the user interface, so kept when a demo keeps its folder.
        (self.folder / "automations.yaml").touch()
        (self.folder / "configuration.yaml").write_text(_CONFIGURATION)
        # The port is stored here: as a section of configuration.yaml it would be a trial
        # that a user has to confirm within five minutes.
        self._store(
            "http",
            version=2,
            minor_version=2,
            data={
                "stable": {
                    "server_host": [self._host],
                    "server_port": self._port,
                    "cors_allowed_origins": [],
                    "login_attempts_threshold": -1,
                    "ip_ban_enabled": False,
                    "ssl_profile": "modern",
                    "use_x_frame_options": True,
                    "created_at": "2026-10-01T00:00:00+00:00",
                    "error": None,
                    "error_message": None,
                },
                "pending": None,
                "yaml_migration_done": True,
            },
        )
        # The onboarding except for its user: the other steps would set up a weather
        # service, a radio and others, and install their requirements.
        if not (self.folder / ".storage" / "onboarding").exists():
            self._store(
                "onboarding",
                version=4,
                minor_version=1,
                data={"done": ["core_config", "analytics", "integration"]},
            )

    def configure(self, configuration: str) -> None:
        """Append to the configuration that `prepare` has written."""
        with (self.folder / "configuration.yaml").open("a") as file:
            file.write(configuration)

    def _store(
        self, key: str, *, version: int, minor_version: int, data: JsonValue
    ) -> None:
        """Write a file of Home Assistant's storage."""
        folder = self.folder / ".storage"
        folder.mkdir(exist_ok=True)
        stored = {"version": version, "minor_version": minor_version, "key": key}
        (folder / key).write_text(json.dumps({**stored, "data": data}, indent=2))

    async def start(self, progress: Callable[[str], None]) -> None:
        """Start the process, and return once it answers requests."""
        self.log.unlink(missing_ok=True)
        with self._console.open("wb") as console:
            # In a session of its own, so that Ctrl-C in the terminal only reaches the demo, which
            # then stops this process.
            self._process = await asyncio.create_subprocess_exec(
                str(self._executable),
                "--config",
                str(self.folder),
                "--log-no-color",
                cwd=self.folder,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=console,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(_START_TIMEOUT), aiohttp.ClientSession() as http:
                while not await self._answers(http):
                    progress(self._doing())
                    await asyncio.sleep(0.25)
        except TimeoutError:
            raise DemoError(
                f"Home Assistant did not start within {_START_TIMEOUT} s:\n{self._last_words()}"
            ) from None

    async def _answers(self, http: aiohttp.ClientSession) -> bool:
        """Return whether the frontend answers, which needs everything below it."""
        self.raise_if_ended()
        try:
            async with http.get(f"{self.url}/manifest.json") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    def raise_if_ended(self) -> None:
        """Raise an error if the process has ended."""
        if self._process and (status := self._process.returncode) is not None:
            raise DemoError(
                f"Home Assistant ended with status {status}:\n{self._last_words()}"
            )

    def _doing(self) -> str:
        """Return the progress of the start, from the log."""
        for line in reversed(self._console_lines()):
            message = line.rpartition("] ")[2]
            if message.startswith(("Setting up ", "Attempting install of ")):
                return message.replace("Attempting install of", "installing").lower()
        return "starting"

    def _last_words(self) -> str:
        return "\n".join(self._console_lines()[-20:])

    def _console_lines(self) -> list[str]:
        return self._console.read_text(errors="replace").splitlines()

    async def stop(self) -> None:
        """Stop the process and its children."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(_STOP_TIMEOUT):
                await self._process.wait()
        except TimeoutError:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
