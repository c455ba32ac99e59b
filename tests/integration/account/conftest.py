"""What the tests share in which time passes and printers are followed by push."""

from tests.integration.push.conftest import prepared, timelapse  # noqa: F401
