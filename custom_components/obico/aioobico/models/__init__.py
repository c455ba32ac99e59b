"""The objects of an Obico server.

All are immutable and compare by value. Parsing them never fails over one field: what is
missing or has an unexpected type is None, what is unknown is ignored. Only an object
without its id, or something that is no object, raises ObicoResponseError.
"""

from .account import PrinterEvent, TunnelUsage, User
from .answers import CommandResult, Listing
from .changes import PrinterChanges
from .printer import Printer
from .prints import GCodeFile, Print
from .settings import PrinterSettings, TemperatureProfile, Webcam
from .status import Job, JobProgress, PrinterStatus, StateFlags, Temperature

__all__ = [
    "CommandResult",
    "GCodeFile",
    "Job",
    "JobProgress",
    "Listing",
    "Print",
    "Printer",
    "PrinterChanges",
    "PrinterEvent",
    "PrinterSettings",
    "PrinterStatus",
    "StateFlags",
    "Temperature",
    "TemperatureProfile",
    "TunnelUsage",
    "User",
    "Webcam",
]
