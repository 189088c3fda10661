"""THE script: the role table, one rule after the other, in as few calls as the rules need.

Alice begins as Agent 1 and Bob as Agent 2. What the sentences say is what the parts behind them show.
"""

from typing import Final

from scripted_call.deeds import AGENT_ALICE, AGENT_BOB, chooses, dials, hangs_up, hold_key, picks_up, presses, refuses, wraps_up
from scripted_call.script import Rule, ScriptedCall, quietly
from scripted_call.sights import (
    MUSIC,
    NOBODY,
    RINGING,
    bob_stops_ringing_in_time,
    hear,
    is_dropped,
    is_free,
    is_offered,
    is_quiet,
    is_refused,
    must_wrap_up,
    never_heard_bob,
    nobody_without_a_login,
    not_a_word,
    nothing_is_left,
    owns,
    rings,
    stops_ringing,
    with_music_when_bob_is_rung,
)

NEVER: Final = "403 not-permitted"
NOT_NOW: Final = "409 not-now"
REASON: Final = {"reason": "resolved"}

TALKING: Final = hear(customer="alice", alice="customer")
BOB_TALKING: Final = hear(customer="bob", bob="customer")
CONSULTING: Final = hear(customer=MUSIC, alice="bob", bob="alice")
CONSULT_HELD: Final = hear(customer="alice", alice="customer", bob=MUSIC)
THREE_TALKING: Final = hear(customer="alice+bob", alice="bob+customer", bob="alice+customer")

A_CALL: Final = quietly(chooses("alice", "available"), dials("customer", "800"), is_offered("alice"), picks_up("alice"), TALKING)
BOB_IS_RUNG: Final = quietly(chooses("bob", "available"), presses("alice", "consult", AGENT_BOB), rings("bob"))
BOB_IS_CONSULTED: Final = quietly(*BOB_IS_RUNG, picks_up("bob"), CONSULTING)
IN_CONFERENCE: Final = quietly(*BOB_IS_CONSULTED, presses("alice", "conference"), THREE_TALKING)
ALICE_IS_CONSULTED: Final = (presses("bob", "consult", AGENT_ALICE), picks_up("alice"), CONSULTING)

ORDINARY: Final = ScriptedCall(
    "An ordinary call",
    Rule("A customer who waits in the queue hears music", dials("customer", "800"), hear(customer=MUSIC)),
    Rule("An agent who becomes available is rung", chooses("alice", "available"), is_offered("alice")),
    Rule("Nobody is consulted before the call is answered", is_refused("alice", "consult", NOT_NOW, AGENT_BOB)),
    Rule("Answered, the customer and Agent 1 hear each other", picks_up("alice"), TALKING),
    Rule("A customer has a telephone only: no command without a login", nobody_without_a_login),
    Rule("Agent 1 puts the customer on hold", presses("alice", "hold"), hear(customer=MUSIC, alice=NOBODY)),
    Rule("Agent 1 can't hang up on a held customer", is_refused("alice", "end", NOT_NOW)),
    Rule("Agent 1 resumes the customer", presses("alice", "resume"), TALKING),
    Rule(
        "The hold key of Agent 1's telephone does both, too",
        hold_key("alice"),
        hear(customer=MUSIC),
        hold_key("alice", held=False),
        TALKING,
    ),
    Rule("A colleague who is idle can't be consulted", is_refused("alice", "consult", "409 target-unavailable", AGENT_BOB)),
    Rule("Agent 1 gives no wrap-up reason before the end", is_refused("alice", "wrap-up", NOT_NOW, REASON)),
    Rule("Agent 1 hangs up: the call ends, with a wrap-up", hangs_up("alice"), is_dropped("customer"), must_wrap_up("alice")),
    Rule("No new call during a wrap-up", dials("customer", "800"), hear(customer=MUSIC), is_quiet("alice")),
    Rule("The reason given, the next call rings", wraps_up("alice"), is_offered("alice")),
)

RINGING_AGENT_2: Final = ScriptedCall(
    "A consult that rings",
    Rule("The customer hears music before Agent 2 is rung", *A_CALL, *BOB_IS_RUNG, with_music_when_bob_is_rung),
    Rule("Agent 1 hears ringing while Agent 2 rings", hear(customer=MUSIC, alice=RINGING)),
    Rule("Agent 2, who is rung, may not cancel the consult", is_refused("bob", "cancel-consult", NEVER)),
    Rule("Agent 2 declines: back to the customer, no wrap-up", presses("bob", "decline"), TALKING, is_free("bob")),
    Rule("Agent 2's telephone is busy: back to the customer", *BOB_IS_RUNG, refuses("bob"), TALKING),
    Rule("Agent 1 cancels: back to the customer", *BOB_IS_RUNG, presses("alice", "cancel-consult"), stops_ringing("bob"), TALKING),
    Rule("Agent 1 resumes while Agent 2 rings: the ringing goes on", *BOB_IS_RUNG, presses("alice", "resume"), TALKING, rings("bob")),
    Rule("Who answers then waits with music", picks_up("bob"), CONSULT_HELD),
    Rule("... until Agent 1 swaps to Agent 2", presses("alice", "swap"), CONSULTING),
    Rule(
        "Agent 1 ends the consult by its button: all are dropped", presses("alice", "end-consult"), is_dropped("customer", "bob", "alice")
    ),
    Rule("... Agent 1 wraps up, Agent 2 does not", must_wrap_up("alice"), is_free("bob")),
)

CONSULT: Final = ScriptedCall(
    "A consult that is answered",
    Rule("The agents hear each other, the customer hears music", *A_CALL, *BOB_IS_RUNG, picks_up("bob"), CONSULTING),
    Rule("Agent 2 may not resume the customer", is_refused("bob", "resume", NEVER)),
    Rule("Agent 2 may not put anybody on hold", is_refused("bob", "hold", NEVER)),
    Rule("Agent 2 may not swap", is_refused("bob", "swap", NEVER)),
    Rule("Agent 2 may not start a consult", is_refused("bob", "consult", NEVER, AGENT_ALICE)),
    Rule("Agent 2 may not transfer", is_refused("bob", "transfer", NEVER)),
    Rule("Agent 2 may not start a conference", is_refused("bob", "conference", NEVER)),
    Rule("Agent 2 may not end the consult", is_refused("bob", "end-consult", NEVER)),
    Rule("Agent 2 may not end the interaction", is_refused("bob", "end", NEVER)),
    Rule("Agent 2 may not wrap up a consult", is_refused("bob", "wrap-up", NEVER, REASON)),
    Rule("Leaving the consult is for Agent 2, not for Agent 1", is_refused("alice", "leave-consult", NEVER)),
    Rule("Agent 1 can't hang up on a customer held by a consult", is_refused("alice", "end", NOT_NOW)),
    Rule("Agent 1 can't start a second consult", is_refused("alice", "consult", NOT_NOW, AGENT_BOB)),
    Rule("Agent 1 resumes: Agent 2 waits with music", presses("alice", "resume"), CONSULT_HELD),
    Rule("From Agent 2's first ring to the resume the customer heard no word", not_a_word),
    Rule("Agent 1 swaps: back to Agent 2", presses("alice", "swap"), CONSULTING),
    Rule("Agent 1 swaps again: back to the customer", presses("alice", "swap"), CONSULT_HELD),
    Rule(
        "Agent 2 leaves by the button: no wrap-up, the call goes on",
        presses("bob", "leave-consult"),
        is_dropped("bob"),
        TALKING,
        is_free("bob"),
    ),
    Rule("Agent 2 leaves by hanging up: the same", *BOB_IS_CONSULTED, hangs_up("bob"), TALKING, is_free("bob")),
    Rule("In the whole call the customer heard nothing of Agent 2", never_heard_bob),
    Rule("The customer hangs up in a consult: all are dropped", *BOB_IS_CONSULTED, hangs_up("customer"), is_dropped("alice", "bob")),
    Rule("... Agent 1 wraps up, Agent 2 does not", must_wrap_up("alice"), is_free("bob")),
)

CONFERENCE: Final = ScriptedCall(
    "A conference",
    Rule("Three hear three", *A_CALL, *BOB_IS_CONSULTED, presses("alice", "conference"), THREE_TALKING),
    Rule("Nobody is put on hold in a conference", is_refused("alice", "hold", NOT_NOW)),
    Rule("Nobody is consulted in a conference", is_refused("alice", "consult", NOT_NOW, AGENT_BOB)),
    Rule("Agent 2 may not end a conference", is_refused("bob", "end", NEVER)),
    Rule("Agent 2 may not wrap up a conference", is_refused("bob", "wrap-up", NEVER, REASON)),
    Rule("Agent 2 leaves: Agent 1 and the customer go on", presses("bob", "leave-conference"), is_dropped("bob"), TALKING),
    Rule("... without a wrap-up", is_free("bob")),
    Rule("Agent 1 leaves: Agent 2 and the customer go on", *IN_CONFERENCE, presses("alice", "leave-conference"), BOB_TALKING),
    Rule("... Agent 2 is the owner, and Agent 1 wraps up", owns("bob"), must_wrap_up("alice"), wraps_up("alice")),
    Rule(
        "The customer hangs up: the owner wraps up, the other does not",
        hangs_up("customer"),
        is_dropped("bob"),
        must_wrap_up("bob"),
        is_free("alice"),
    ),
)

TRANSFER: Final = ScriptedCall(
    "A transfer",
    Rule("Agent 1 transfers: the customer talks with Agent 2", *A_CALL, *BOB_IS_CONSULTED, presses("alice", "transfer"), BOB_TALKING),
    Rule("... Agent 2 is the owner, and Agent 1 wraps up at once", is_dropped("alice"), owns("bob"), must_wrap_up("alice")),
    Rule("Who handed the call over may not put it on hold", is_refused("alice", "hold", NEVER)),
    Rule("... nor end it", is_refused("alice", "end", NEVER)),
    Rule("The former Agent 2 now consults, and the roles are exchanged", wraps_up("alice"), *ALICE_IS_CONSULTED),
    Rule("The former Agent 1 may not resume", is_refused("alice", "resume", NEVER)),
    Rule("... and leaves by hanging up", hangs_up("alice"), BOB_TALKING, is_free("alice")),
    Rule(
        "The new owner ends the call, and wraps up",
        presses("bob", "end"),
        is_dropped("customer", "bob"),
        must_wrap_up("bob"),
        is_free("alice"),
    ),
)

GIVEN_UP: Final = ScriptedCall(
    "A customer who gives up",
    Rule(
        "The customer hangs up: Agent 2 rings 200 ms more at the most",
        *A_CALL,
        *BOB_IS_RUNG,
        hangs_up("customer"),
        bob_stops_ringing_in_time,
    ),
    Rule("... Agent 1 wraps up, Agent 2 does not", is_dropped("alice"), must_wrap_up("alice"), is_free("bob")),
)

HUNG_UP: Final = ScriptedCall(
    "A consult that Agent 1 hangs up",
    Rule("Agent 1 hangs up in a consult: all are dropped", *A_CALL, *BOB_IS_CONSULTED, hangs_up("alice"), is_dropped("customer", "bob")),
    Rule("... Agent 1 wraps up, Agent 2 does not", must_wrap_up("alice"), is_free("bob")),
    Rule("Nothing is left in Asterisk", nothing_is_left),
)

SCRIPT: Final = (ORDINARY, RINGING_AGENT_2, CONSULT, CONFERENCE, TRANSFER, GIVEN_UP, HUNG_UP)
