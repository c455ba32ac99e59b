"""What the command lines of `dev` share."""

import argparse
from contextlib import suppress
import math
import os
from pathlib import Path
import sys
from typing import Final

_SCRIPTS: Final = Path(__file__).parents[1] / "scripts"
_PORTS: Final = 2**16


def port_number(text: str) -> int:
    """Return a port, 0 for any free one."""
    if not text.isdecimal() or int(text) >= _PORTS:
        raise argparse.ArgumentTypeError(f"{text} is no port from 1 to 65535")
    return int(text)


def positive(text: str) -> float:
    """Return a number above 0."""
    with suppress(ValueError):
        if 0 < (number := float(text)) < math.inf:
            return number
    raise argparse.ArgumentTypeError(f"{text} is no number above 0")


def help_if_wanted(script: str) -> None:
    """Print what a script says about itself, and end, if one of the arguments asks for it."""
    if not {"-h", "--help"}.isdisjoint(sys.argv[1:]):
        os.execv(_SCRIPTS / script, [script, "--help"])
