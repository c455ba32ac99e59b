"""The objects of an Obico server.

All are immutable and compare by value. Parsing them never fails over one field: what is
missing or has an unexpected type is None, what is unknown is ignored. Only an object
without its id, or something that is no object, raises ObicoResponseError.
"""

from .account import PrinterEvent, TunnelUsage, User
from .answers import CommandResult, Listing, Page
from .changes import PrinterChanges
from .files import CloudFile, CloudFolder, PrinterFile, PrinterFolder, PrinterListing
from .metadata import FileMetadata
from .prediction import Box, Detection, Prediction
from .printer import Printer
from .prints import GCodeFile, Print
from .review import AnsweredPrintShot, FrameScore, PrintShot, PrintShotAnswer
from .settings import PrinterSettings, TemperatureProfile, Webcam
from .statistics import GroupBy, Period, PrintStatistics, PrintSums
from .status import Job, JobProgress, PrinterStatus, StateFlags, Temperature
from .summary import PrintSummary
from .workshop import (
    Component,
    ConsoleLine,
    FilamentNeed,
    HostState,
    KlipperState,
    Plate,
    PlateObject,
    PowerDevice,
    ServerInfo,
    Spool,
    UpdateStatus,
)

__all__ = [
    "AnsweredPrintShot",
    "Box",
    "CloudFile",
    "CloudFolder",
    "CommandResult",
    "Component",
    "ConsoleLine",
    "Detection",
    "FilamentNeed",
    "FileMetadata",
    "FrameScore",
    "GCodeFile",
    "GroupBy",
    "HostState",
    "Job",
    "JobProgress",
    "KlipperState",
    "Listing",
    "Page",
    "Period",
    "Plate",
    "PlateObject",
    "PowerDevice",
    "Prediction",
    "Print",
    "PrintShot",
    "PrintShotAnswer",
    "PrintStatistics",
    "PrintSummary",
    "PrintSums",
    "Printer",
    "PrinterChanges",
    "PrinterEvent",
    "PrinterFile",
    "PrinterFolder",
    "PrinterListing",
    "PrinterSettings",
    "PrinterStatus",
    "ServerInfo",
    "Spool",
    "StateFlags",
    "Temperature",
    "TemperatureProfile",
    "TunnelUsage",
    "UpdateStatus",
    "User",
    "Webcam",
]
