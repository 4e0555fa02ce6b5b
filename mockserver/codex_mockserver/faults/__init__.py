"""The failures that a scenario can make: what they are, which calls they strike, and what they do."""

from codex_mockserver.faults._beats import Act, Beat, Event, Run, event_of, read_events, take_time
from codex_mockserver.faults._fault import At, CallMatch, Chunk, CloseFrame, Fault, FaultAnswer, Heartbeat, Surface
from codex_mockserver.faults._kinds import KINDS, Kind, transports_of
from codex_mockserver.faults._match import ABSENT, ALL, Occasion, concerns, fits, is_due, look_up
from codex_mockserver.faults._message_fault import MessageFault
from codex_mockserver.faults._places import CALL_PLACES, locate
from codex_mockserver.faults._strike import Arrangement, Strike, around, arrange, is_lost

__all__ = [
    "ABSENT",
    "ALL",
    "CALL_PLACES",
    "KINDS",
    "Act",
    "Arrangement",
    "At",
    "Beat",
    "CallMatch",
    "Chunk",
    "CloseFrame",
    "Event",
    "Fault",
    "FaultAnswer",
    "Heartbeat",
    "Kind",
    "MessageFault",
    "Occasion",
    "Run",
    "Strike",
    "Surface",
    "around",
    "arrange",
    "concerns",
    "event_of",
    "fits",
    "is_due",
    "is_lost",
    "locate",
    "look_up",
    "read_events",
    "take_time",
    "transports_of",
]
