"""A simulated Obico server with simulated printers, for demo, tests and benchmarks."""

from .agent.agent import Agent
from .agent.heaters import Heater
from .agent.janus import Janus, SimulatedJanus
from .agent.jobs import CUBE, LONG, MEDIUM, SHORT, Job
from .agent.klipper import KlipperAgent
from .agent.machine import Machine, Phase
from .agent.octoprint import OctoPrintAgent
from .agent.webcam import Webcam
from .agent.workshop import Component, Macro, PlateObject, Spool, Workshop, square
from .server.account import Account
from .server.app import ObicoServer
from .server.clock import Clock
from .server.faults import Fault, Faults
from .server.model import GCodeFile, Print, PrinterEvent
from .server.printer import Printer
from .server.requests import RecordedRequest

__all__ = [
    "CUBE",
    "LONG",
    "MEDIUM",
    "SHORT",
    "Account",
    "Agent",
    "Clock",
    "Component",
    "Fault",
    "Faults",
    "GCodeFile",
    "Heater",
    "Janus",
    "Job",
    "KlipperAgent",
    "Machine",
    "Macro",
    "ObicoServer",
    "OctoPrintAgent",
    "Phase",
    "PlateObject",
    "Print",
    "Printer",
    "PrinterEvent",
    "RecordedRequest",
    "SimulatedJanus",
    "Spool",
    "Webcam",
    "Workshop",
    "square",
]
