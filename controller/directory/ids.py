"""The names of things. Each kind of id has a type of its own, so that the type checker refuses a leg where a queue is meant."""

from typing import NewType

AgentId = NewType("AgentId", str)
QueueId = NewType("QueueId", str)
EntryPointId = NewType("EntryPointId", str)
ReasonId = NewType("ReasonId", str)
NumberId = NewType("NumberId", str)
OrganisationId = NewType("OrganisationId", str)

ColleagueId = NewType("ColleagueId", str)
"""Somebody of an organisation, by the id that its own list has for them. Unlike ours it may hold capitals, dots and more."""

InteractionId = NewType("InteractionId", str)

LegId = NewType("LegId", str)
"""One telephone's part in an interaction. It is the Asterisk channel's id: Asterisk's own for a caller, ours for a telephone we ring."""

SwitchId = NewType("SwitchId", str)
"""Which Asterisk a fact came from."""

THE_SWITCH = SwitchId("asterisk")
"""The name of the only one, which older versions did not write down."""

CommandKey = NewType("CommandKey", str)
"""Under which a command acts once: a digest of the word that its sender chose, a point, and a digest of all that was asked with it."""

Seconds = float
"""A moment (seconds since 1970, UTC) or a length of time. The pure folders are told the time, they never ask for it."""
