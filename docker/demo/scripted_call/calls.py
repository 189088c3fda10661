"""THE script: the role table, one rule after the other, in as few calls as the rules need.

Alice begins as Agent 1 and Bob as Agent 2. What the sentences say is what the parts behind them show.
"""

from typing import Final

from scripted_call.deeds import (
    AGENT_ALICE,
    AGENT_BOB,
    AGENT_CAROL,
    COLLEAGUE,
    ENTRY_ACCOUNTS,
    QUEUE_BILLING,
    calls_out,
    chooses,
    dials,
    hangs_up,
    hold_key,
    number,
    picks_up,
    presses,
    refuses,
    wraps_up,
)
from scripted_call.script import Rule, ScriptedCall, quietly
from scripted_call.sights import (
    MUSIC,
    NOBODY,
    RINGING,
    bob_stops_ringing_in_time,
    hear,
    is_dropped,
    is_free,
    is_in,
    is_offered,
    is_quiet,
    is_refused,
    must_wrap_up,
    never_heard_bob,
    nobody_without_a_login,
    not_a_word,
    nothing_is_left,
    owes_nothing,
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
BOTH_WAIT: Final = hear(customer=MUSIC, alice=MUSIC)
CAROL_CONSULTED: Final = hear(customer=MUSIC, alice="carol", carol="alice")
CAROL_TALKING: Final = hear(customer="carol", carol="customer")
OUTSIDE_CONSULTED: Final = hear(customer=MUSIC, alice="outside")
PREMIUM: Final = number("0899 70 12 34")
HEARD: Final = number("+33 1 99 00 20 01")
BUSY: Final = number("+33 1 99 00 20 02")
UNKNOWN: Final = number("+33 1 99 00 20 04")
ANSWERS: Final = number("+33 1 99 00 20 07")
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

QUEUE: Final = ScriptedCall(
    "A queue is consulted",
    Rule("Nobody of it is free: Agent 1 waits with music", *A_CALL, presses("alice", "consult", QUEUE_BILLING), BOTH_WAIT),
    Rule("... and may be with the customer meanwhile", presses("alice", "resume"), TALKING, presses("alice", "swap"), BOTH_WAIT),
    Rule("Who becomes free is rung", chooses("carol", "available"), rings("carol")),
    Rule("... and answers for the queue; the customer hears music", picks_up("carol"), CAROL_CONSULTED),
    Rule("Agent 2 leaves: no wrap-up, the call goes on", presses("carol", "leave-consult"), TALKING, is_free("carol")),
    Rule(
        "An entry point leads to its queue", presses("alice", "consult", ENTRY_ACCOUNTS), rings("carol"), picks_up("carol"), CAROL_CONSULTED
    ),
    Rule("Agent 1 transfers: the customer talks with whoever answered", presses("alice", "transfer"), CAROL_TALKING, owns("carol")),
    Rule("... who wraps up at the end", hangs_up("carol"), is_dropped("customer"), must_wrap_up("carol")),
)

OUTSIDE: Final = ScriptedCall(
    "Somebody outside is consulted",
    Rule("A number that the site does not allow is refused", *A_CALL, is_refused("alice", "consult", "403 number-not-allowed", PREMIUM)),
    Rule("... and so is what is no number", is_refused("alice", "consult", "422 bad-number", number("12"))),
    Rule("The called number is busy: back to the customer", presses("alice", "consult", BUSY), TALKING),
    Rule(
        "Agent 1 hears the far end before it answers, the customer only music",
        presses("alice", "consult", HEARD),
        hear(customer=MUSIC, alice="outside"),
        is_in("consulting"),
    ),
    Rule("Agent 1 goes back and forth", presses("alice", "resume"), TALKING, presses("alice", "swap"), OUTSIDE_CONSULTED),
    Rule("A conference with somebody outside", presses("alice", "conference"), hear(customer="alice+outside", alice="customer+outside")),
    Rule(
        "Agent 1 leaves: the customer is with somebody outside only",
        presses("alice", "leave-conference"),
        is_dropped("alice"),
        hear(customer="outside"),
        must_wrap_up("alice"),
    ),
    Rule("The customer hangs up: it is over", hangs_up("customer"), wraps_up("alice"), nothing_is_left),
)

COLLEAGUES: Final = ScriptedCall(
    "A colleague of the organisation is consulted",
    Rule("Agent 1 hears them, the customer music", *A_CALL, presses("alice", "consult", COLLEAGUE), OUTSIDE_CONSULTED, is_in("consulting")),
    Rule(
        "Agent 1 transfers: the customer talks with them, Agent 1 wraps up",
        presses("alice", "transfer"),
        is_dropped("alice"),
        hear(customer="outside"),
        must_wrap_up("alice"),
    ),
)

BLIND: Final = ScriptedCall(
    "A blind transfer",
    Rule(
        "Agent 1 leaves and wraps up; the customer hears music meanwhile",
        *A_CALL,
        chooses("carol", "available"),
        presses("alice", "transfer", AGENT_CAROL),
        is_dropped("alice"),
        must_wrap_up("alice"),
        rings("carol"),
        hear(customer=MUSIC),
    ),
    Rule("Declined, the customer comes back to Agent 1", presses("carol", "decline"), rings("alice"), picks_up("alice"), TALKING),
    Rule("... who owes no reason any more", owns("alice"), is_refused("alice", "wrap-up", NOT_NOW, REASON)),
    Rule("To a number that is unknown: the same", presses("alice", "transfer", UNKNOWN), picks_up("alice"), TALKING),
    Rule(
        "To a queue: the customer waits there, until somebody is free",
        presses("alice", "transfer", QUEUE_BILLING),
        is_dropped("alice"),
        hear(customer=MUSIC),
        chooses("carol", "available"),
        picks_up("carol"),
        CAROL_TALKING,
        owns("carol"),
    ),
    Rule("To a number that answers: the customer talks with it", presses("carol", "transfer", ANSWERS), hear(customer="outside")),
    Rule("... and nobody of ours is there", is_dropped("carol"), must_wrap_up("carol")),
)

BIGGER: Final = ScriptedCall(
    "A conference that grows",
    Rule(
        "Its owner consults once more: everybody else hears music",
        *A_CALL,
        *BOB_IS_CONSULTED,
        presses("alice", "conference"),
        chooses("carol", "available"),
        presses("alice", "consult", AGENT_CAROL),
        picks_up("carol"),
        hear(customer=MUSIC, bob=MUSIC, alice="carol", carol="alice"),
    ),
    Rule("The owner can't end it meanwhile", is_refused("alice", "end", NOT_NOW)),
    Rule(
        "Four hear four",
        presses("alice", "conference"),
        hear(customer="alice+bob+carol", alice="bob+carol+customer", bob="alice+carol+customer", carol="alice+bob+customer"),
    ),
    Rule("Agent 1 hangs up: who has been there longest owns it", hangs_up("alice"), owns("bob"), must_wrap_up("alice")),
)

CALLED: Final = ScriptedCall(
    "A call out",
    Rule("The agent's own telephone rings first", calls_out("alice", "+33 1 99 00 20 07"), rings("alice")),
    Rule("... then the number, and they hear each other", picks_up("alice"), hear(alice="outside"), is_in("connected")),
    Rule("It is an interaction like any other: on hold", presses("alice", "hold"), presses("alice", "resume"), hear(alice="outside")),
    Rule("The agent ends it, and wraps up", presses("alice", "end"), is_dropped("alice"), must_wrap_up("alice"), wraps_up("alice")),
    Rule(
        "A number that is unknown: the agent hears it said, and owes nothing",
        calls_out("alice", "+33 1 99 00 20 06"),
        picks_up("alice"),
        hear(alice="outside"),
        is_dropped("alice"),
        owes_nothing("alice"),
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

SCRIPT: Final = (
    ORDINARY,
    RINGING_AGENT_2,
    CONSULT,
    CONFERENCE,
    TRANSFER,
    QUEUE,
    OUTSIDE,
    COLLEAGUES,
    BLIND,
    BIGGER,
    CALLED,
    GIVEN_UP,
    HUNG_UP,
)
