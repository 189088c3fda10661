"""What a controller could say at one moment, for each state that the page has a picture of. Values only.

The sentences of refusals are the server's; here they are in the language that is looked at, so that their length is seen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

Json = Any

LONG = "Maximilienne-Alexandrine de La Rochefoucauld-Bayers"
RIGHT_TO_LEFT = "עבד אלרחמן بن عبد العزيز Konstantinopoulos-Durand"


def ago(seconds: float) -> str:
    """A moment that long ago, as the API writes it."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def ahead(seconds: float) -> str:
    return ago(-seconds)


@dataclass(frozen=True)
class Scene:
    """Everything that the stub answers with."""

    me: Json
    interactions: tuple[Json, ...] = ()
    queues: tuple[Json, ...] = ()
    offer: Json = None
    directory: Json = field(default_factory=dict)
    agents: Json = None
    telephone: Json = None
    preview: Callable[[str], Json] | None = None
    log_in: bool = True
    """Somebody is logged in already."""


WORDS = {
    "first": ("consultez d’abord quelqu’un.", "Consult somebody first."),
    "held": ("le client est en attente. Reprenez-le d’abord.", "The customer is on hold: resume first."),
    "talking": ("vous parlez déjà avec le client.", "You are already talking with the customer."),
    "not yet": ("Bob Durand n’a pas encore répondu.", "Bob Durand has not answered yet."),
    "nobody": ("personne n’a encore répondu.", "Nobody has answered yet."),
    "muteheld": ("de toute façon, personne ne vous entend.", "Nobody hears you anyway."),
    "conf": ("personne ne peut être mis en attente dans une conférence.", "Nobody can be put on hold in a conference."),
    "already": ("la conférence est déjà en cours.", "The conference has already started."),
    "full": ("la conférence est complète (8 personnes).", "The conference is full (8 people)."),
    "many": ("avec plusieurs participants, quittez la conférence.", "With several members, exit the conference."),
    "picked": ("personne n’a encore décroché.", "Nobody has picked up yet."),
    "not muted": ("votre micro n’est pas coupé.", "You are not muted."),
    "muted": ("votre micro est déjà coupé.", "You are muted already."),
    "record": ("l’enregistrement est réglé par le site.", "Recording is decided by the site."),
    "busy": ("En appel.", "On a call."),
    "premium": (
        "Les numéros surtaxés ne sont pas autorisés ici. Demandez à votre superviseur.",
        "Premium-rate numbers are not allowed here. Ask your supervisor.",
    ),
}


class Speech:
    """The server's sentences in one language."""

    def __init__(self, language: str) -> None:
        self._at = 0 if language == "fr" else 1
        self.language = language

    def __call__(self, word: str) -> str:
        return WORDS[word][self._at]

    def either(self, french: str, english: str) -> str:
        return (french, english)[self._at]


def me(**change: Json) -> Json:
    return {
        "agent": "alice",
        "name": "Alice Martin",
        "role": "agent",
        "state": "available",
        "state_since": ago(201),
        "idle_reason": None,
        "next_state": None,
        "interaction": None,
        "wrap_ups": [],
        "telephone": {"kind": "desk", "registered": True, "since": ago(4000)},
    } | change


def engaged(**change: Json) -> Json:
    return me(state="engaged", state_since=ago(372), **change)


def queues(speech: Speech, *, long: bool = False) -> tuple[Json, ...]:
    return (
        {
            "id": "support",
            "name": "Support",
            "waiting": 3,
            "longest_wait": 108.0,
            "waiting_since": ago(108),
            "agents": {"available": 2, "engaged": 5},
        },
        {
            "id": "billing",
            "name": speech.either("Facturation", "Billing"),
            "waiting": 0,
            "longest_wait": 0.0,
            "waiting_since": None,
            "agents": {"available": 1, "engaged": 1, "wrap_up": 1},
        },
        {
            "id": "complaints",
            "name": "Réclamations des abonnés professionnels et publics" if long else speech.either("Réclamations", "Complaints"),
            "waiting": 12,
            "longest_wait": 391.0,
            "waiting_since": ago(391),
            "agents": {"engaged": 4, "wrap_up": 2},
        },
    )


def party(agent: str | None, name: str, role: str, leg: str, **change: Json) -> Json:
    return {"agent": agent, "name": name, "number": "", "role": role, "leg": leg, "muted": False, "leg_id": f"leg-{agent or name}"} | change


ALICE = ("alice", "Alice Martin")
BOB = ("bob", "Bob Durand")


def call(phase: str, customer_leg: str, agents: list[Json], allowed: list[str], refused: dict[str, str], **change: Json) -> Json:
    return {
        "id": "one",
        "revision": 17,
        "phase": phase,
        "queue": "support",
        "entry_point": "main",
        "direction": "inbound",
        "my_role": "agent1",
        "owner": "alice",
        "started_at": ago(372),
        "phase_since": ago(72),
        "customer": {"number": "01 99 00 42 17", "name": "Camille Laurent", "leg": customer_leg, "muted": False},
        "agents": agents,
        "consult": None,
        "recording": "off",
        "news": "",
        "allowed": allowed,
        "refused": refused,
        "gone": False,
    } | change


def directory(speech: Speech) -> Json:
    def entry(kind: str, wanted: str, name: str, detail: str, presence: str, **change: Json) -> Json:
        return {"kind": kind, "id": wanted, "name": name, "detail": detail, "presence": presence, "available": True} | change

    busy = {"available": False, "because": speech("busy")}
    billing = speech.either("Facturation", "Billing")
    return {
        "agent": [
            entry("agent", "bob", "Bob Durand", "Support", "available", presence_since=ago(201)),
            entry("agent", "carol", "Carol Petit", billing, "engaged", **busy),
            entry("agent", "dave", "Dave Moreau", billing, "wrap_up", **busy),
            entry("agent", "ines", "Inès Fontaine", "Support", "available"),
            entry("agent", "jonas", "Jonas Keller", "Support", "idle", presence_since=ago(2530), idle_reason="training", **busy),
            entry("agent", "nora", "Nora Lind", "Support", "not_answering", **busy),
            entry("agent", "max", LONG, "Support", "logged_off", **busy),
        ],
        "queue": [
            entry("queue", "billing", billing, speech.either("1 libre, personne n’attend", "1 free, nobody waits"), "available"),
            entry("queue", "support", "Support", speech.either("2 libres, 3 en attente", "2 free, 3 wait"), "available"),
            entry(
                "queue",
                "complaints",
                speech.either("Réclamations", "Complaints"),
                speech.either("aucun libre, 12 en attente", "none free, 12 wait"),
                "busy",
            ),
        ],
        "entry_point": [
            entry("entry_point", "accounts", speech.either("Comptes", "Accounts"), billing, "available", number="801"),
            entry("entry_point", "main", speech.either("Accueil", "Main"), "Support", "available", number="800"),
        ],
        "number": [
            entry("number", "fast", "Transport Rapide", "FR", "unknown", number="01 99 00 88 02"),
            entry("number", "head", speech.either("Standard du siège", "Head office"), "FR", "unknown", number="01 99 00 10 00"),
            entry("number", "+33199004218", "", "FR", "unknown", number="+33 1 99 00 42 18"),
        ],
        "organisation": [
            entry(
                "organisation",
                "marie.durand",
                "Marie Durand",
                "Experte réseau, Direction technique",
                "available",
                number="+33 1 99 00 10 01",
                presence_as_of=ago(8),
            ),
            entry(
                "organisation",
                "paul.girard",
                "Paul Girard",
                "Ingénieur réseau, Direction technique",
                "busy",
                number="+33 1 99 00 10 02",
                presence_as_of=ago(15),
            ),
            entry(
                "organisation",
                "nadia.benali",
                "Nadia Benali",
                "Responsable réservations, Commerce",
                "away",
                number="+33 1 99 00 10 03",
                presence_as_of=ago(260),
            ),
            entry("organisation", "soren.koch", "Søren Koch", "Facturation", "unknown", number="+33 1 99 00 10 04"),
        ],
    }


def preview(speech: Speech) -> Callable[[str], Json]:
    def look(typed: str) -> Json:
        kept = "".join(sign for sign in typed if sign in "0123456789+#*:")
        if not kept:
            return {"kept": "", "kind": "none", "verified": False, "allowed": False, "code": "empty", "because": speech("nobody")}
        if kept.startswith("0899"):
            return {
                "kept": kept,
                "national": "0 899 70 12 34",
                "international": "+33 899 70 12 34",
                "region": "FR",
                "kind": "outside",
                "type": "premium",
                "verified": True,
                "allowed": False,
                "code": "refuse-type",
                "because": speech("premium"),
            }
        joined = any(sign.isalpha() or sign in "@;,/" for sign in typed)
        known = len(kept) == 10
        return {
            "kept": kept,
            "dial": kept,
            "national": "01 99 00 42 18" if known else None,
            "international": "+33 1 99 00 42 18" if known else None,
            "region": "FR" if known else None,
            "kind": "outside",
            "type": "fixed" if known else None,
            "verified": known,
            "allowed": True,
            "warning": "digits-joined" if joined else None,
        }

    return look


LINE = ["mute", "dtmf"]


def scenes(language: str, *, long: bool = False) -> dict[str, Scene]:
    """Every state, by the design's names."""
    s = Speech(language)
    bob = ("bob", RIGHT_TO_LEFT if long else "Bob Durand")
    who = LONG if long else "Camille Laurent"
    line_refused = {"unmute": s("not muted"), "recording": s("record")}

    def ix(*arguments: Json, **change: Json) -> Json:
        made = call(*arguments, **change)
        if made["customer"]["name"] == "Camille Laurent":
            made["customer"]["name"] = who
        return made

    def scene(*interactions: Json, **change: Json) -> Scene:
        return Scene(
            **(
                {
                    "me": engaged(interaction="one") if interactions else me(),
                    "interactions": interactions,
                    "queues": queues(s, long=long),
                    "directory": directory(s),
                    "preview": preview(s),
                    "telephone": {"kind": "desk", "registered": True, "user": None, "desk": "1001"},
                }
                | change
            )
        )

    def alice(leg: str = "talking", **change: Json) -> Json:
        return party(*ALICE, "agent1", leg, **change)

    def agent_2(leg: str = "talking", **change: Json) -> Json:
        return party(*bob, "agent2", leg, **change)

    consult = {"kind": "agent", "id": "bob", "name": bob[1], "stage": "talking", "asked_at": ago(67)}
    no_consult = {"conference": s("first"), "swap": s("first"), "end-consult": s("first"), "cancel-consult": s("first")}
    connected = ix(
        "connected",
        "talking",
        [alice()],
        ["hold", "consult", "transfer", "end", *LINE, "recording"],
        {**no_consult, "resume": s("talking"), "unmute": s("not muted")},
    )
    consulting = ix(
        "consulting",
        "held",
        [alice(), agent_2()],
        ["resume", "swap", "transfer", "conference", "end-consult", *LINE, "recording"],
        {"consult": s("talking"), "hold": s("held"), "end": s("held"), "unmute": s("not muted")},
        consult=consult,
    )
    as_bob = {"agent": "bob", "name": bob[1]}
    owed = {"interaction": "one", "asked_at": ago(18), "over_at": ahead(42), "default": "resolved"}
    left = {"my_role": "agent1", "allowed": ["wrap-up", "extend-wrap-up"], "refused": {}}
    wrap = me(state="wrap_up", state_since=ago(18), wrap_ups=[owed])
    rings_alice = ix(
        "offered",
        "held",
        [alice("ringing")],
        ["accept", "decline"],
        {"hold": s("picked"), "end": s("picked"), "consult": s("picked")},
        started_at=ago(108),
        phase_since=ago(6),
    )
    offer = {"interaction": "one", "consult": False, "over_at": ahead(14)}
    members = [
        alice(),
        agent_2(),
        party("carol", "Carol Petit", "agent2", "talking"),
        party("dave", "Dave Moreau", "agent2", "talking"),
        party(None, "Élodie Lefèvre", "agent2", "talking", number="+33 1 99 00 10 02"),
        party(None, "Søren Koch", "agent2", "talking", number="+33 1 99 00 10 03"),
        party(None, "+33 1 99 00 77 31", "agent2", "talking", number="+33 1 99 00 77 31"),
    ]
    supervisor_rows = [
        {"agent": "alice", "name": "Alice Martin", "team": "Support", "state": "engaged", "state_since": ago(372), "interaction": "one"},
        {"agent": "bob", "name": bob[1], "team": "Support", "state": "engaged", "state_since": ago(72), "interaction": "one"},
        {"agent": "carol", "name": "Carol Petit", "team": "Billing", "state": "engaged", "state_since": ago(482), "interaction": "two"},
        {"agent": "dave", "name": "Dave Moreau", "team": "Billing", "state": "wrap_up", "state_since": ago(24), "interaction": None},
        {"agent": "ines", "name": "Inès Fontaine", "team": "Support", "state": "available", "state_since": ago(9), "interaction": None},
        {
            "agent": "jonas",
            "name": "Jonas Keller",
            "team": "Support",
            "state": "not_answering",
            "state_since": ago(75),
            "interaction": None,
        },
        {
            "agent": "karim",
            "name": "Karim Haddad",
            "team": "Support",
            "state": "idle",
            "idle_reason": "training",
            "state_since": ago(2530),
            "interaction": None,
        },
        {"agent": "max", "name": LONG, "team": "Support", "state": "logged_off", "state_since": None, "interaction": None},
    ]
    looks_on = {"my_role": "supervisor", "allowed": ["end"], "refused": {}}
    supervised = (
        consulting | looks_on,
        connected
        | looks_on
        | {"id": "two", "queue": "billing", "owner": "carol"}
        | {"agents": [party("carol", "Carol Petit", "agent1", "talking")]}
        | {"customer": {"number": "06 99 00 12 90", "name": "", "leg": "talking"}},
        ix(
            "held",
            "held",
            [party("lea", "Léa Roux", "agent1", "talking")],
            ["end"],
            {},
            id="three",
            owner="lea",
            my_role="supervisor",
            phase_since=ago(154),
            started_at=ago(591),
            customer={"number": "01 99 00 31 08", "name": "", "leg": "held"},
        ),
        ix(
            "conference",
            "talking",
            [party("noe", "Noé Blanc", "agent1", "talking"), party("hugo", "Hugo Simon", "agent2", "talking")],
            ["end"],
            {},
            id="four",
            owner="noe",
            my_role="supervisor",
            started_at=ago(1300),
            customer={"number": "+44 20 7946 0018", "name": "", "leg": "talking"},
        ),
        ix(
            "handed_out",
            "talking",
            [party(None, "Élodie Lefèvre", "agent2", "talking")],
            [],
            {"end": s("nobody")},
            id="five",
            owner=None,
            my_role="supervisor",
            started_at=ago(845),
            customer={"number": "01 99 00 55 41", "name": "", "leg": "talking"},
        ),
        ix(
            "queued",
            "held",
            [],
            [],
            {"end": s("nobody")},
            id="six",
            owner=None,
            my_role="supervisor",
            started_at=ago(31),
            phase_since=ago(31),
            customer={"number": "01 99 00 66 12", "name": "", "leg": "held"},
        ),
    )
    sam = me(agent="sam", name="Sam Leroy", role="supervisor")
    dial_refused = dict.fromkeys(("hold", "consult", "transfer", "conference", "dtmf", "recording"), s("picked"))
    return {
        "login": Scene(me=me(), log_in=False),
        "available": scene(),
        "idle": scene(me=me(state="idle", idle_reason="lunch", state_since=ago(728))),
        "not-answering": scene(me=me(state="not_answering", state_since=ago(75))),
        "empty": Scene(me=me(), telephone={"kind": "desk", "registered": True}, preview=preview(s)),
        "offer": scene(rings_alice, me=me(state="offered", state_since=ago(6), interaction="one"), offer=offer),
        "offer-consult": scene(
            ix(
                "consult_offered",
                "held",
                [alice(), agent_2("ringing")],
                ["accept", "decline"],
                {"leave-consult": s("picked")},
                my_role="agent2",
                consult=consult | {"stage": "ringing"},
                phase_since=ago(8),
            ),
            me=me(**as_bob, state="offered", state_since=ago(8)),
            offer=offer | {"consult": True},
        ),
        "connected": scene(connected),
        "next-idle": scene(connected, me=engaged(next_state="idle", next_reason="lunch")),
        "muted": scene(
            connected
            | {"agents": [alice(muted=True)], "allowed": ["hold", "consult", "transfer", "end", "unmute", "dtmf"]}
            | {"refused": {**no_consult, "resume": s("talking"), "mute": s("muted"), "recording": s("record")}}
        ),
        "consult-failed": scene(connected | {"news": s.either("Bob Durand n’a pas répondu.", "Bob Durand did not answer.")}),
        "held": scene(
            ix(
                "held",
                "held",
                [alice()],
                ["resume", "consult", "transfer"],
                {
                    **no_consult,
                    "hold": s("held"),
                    "end": s("held"),
                    "mute": s("muteheld"),
                    "unmute": s("not muted"),
                    "dtmf": s("held"),
                    "recording": s("record"),
                },
            )
        ),
        "held-long": scene(
            ix(
                "held",
                "held",
                [alice()],
                ["resume", "consult", "transfer"],
                {**no_consult, "hold": s("held"), "end": s("held"), "mute": s("muteheld"), "dtmf": s("held")},
                phase_since=ago(134),
            )
        ),
        "consult-ringing": scene(
            ix(
                "consult_offered",
                "held",
                [alice(), agent_2("ringing")],
                ["cancel-consult", "resume", *LINE],
                {
                    "transfer": s("not yet"),
                    "conference": s("not yet"),
                    "swap": s("not yet"),
                    "consult": s("not yet"),
                    "end": s("held"),
                    "end-consult": s("not yet"),
                    "hold": s("held"),
                    **line_refused,
                },
                consult=consult | {"stage": "ringing"},
                phase_since=ago(14),
            )
        ),
        "ringing-resumed": scene(
            ix(
                "consult_held",
                "talking",
                [alice(), agent_2("ringing")],
                ["swap", "cancel-consult", *LINE],
                {
                    "resume": s("talking"),
                    "transfer": s("not yet"),
                    "conference": s("not yet"),
                    "end-consult": s("not yet"),
                    "end": s("held"),
                    "hold": s("talking"),
                    "consult": s("not yet"),
                    **line_refused,
                },
                consult=consult | {"stage": "ringing"},
                phase_since=ago(5),
            )
        ),
        "consult-waiting": scene(
            ix(
                "consult_offered",
                "held",
                [alice("held")],
                ["cancel-consult", "resume"],
                {
                    "transfer": s("nobody"),
                    "conference": s("nobody"),
                    "swap": s("nobody"),
                    "end": s("held"),
                    "hold": s("held"),
                    "mute": s("muteheld"),
                    "dtmf": s("nobody"),
                    "recording": s("record"),
                },
                consult={
                    "kind": "queue",
                    "id": "billing",
                    "name": s.either("Facturation", "Billing"),
                    "stage": "waiting",
                    "position": 2,
                    "asked_at": ago(37),
                },
                phase_since=ago(37),
            )
        ),
        "consulting": scene(consulting),
        "consult-held": scene(
            ix(
                "consult_held",
                "talking",
                [alice(), agent_2("held")],
                ["swap", "transfer", "conference", "end-consult", *LINE],
                {
                    "resume": s("talking"),
                    "cancel-consult": s("talking"),
                    "consult": s("talking"),
                    "hold": s("talking"),
                    "end": s("held"),
                    **line_refused,
                },
                consult=consult | {"stage": "held"},
                phase_since=ago(33),
            )
        ),
        "agent2": scene(
            ix(
                "consulting",
                "held",
                [alice(), agent_2()],
                ["leave-consult", "mute"],
                {"unmute": s("not muted"), "accept": s("talking"), "decline": s("talking"), "leave-conference": s("first")},
                my_role="agent2",
                consult=consult,
            ),
            me=engaged(**as_bob),
        ),
        "agent2-held": scene(
            ix(
                "consult_held",
                "talking",
                [alice(), agent_2("held")],
                ["leave-consult"],
                {"mute": s("muteheld"), "unmute": s("not muted")},
                my_role="agent2",
                consult=consult | {"stage": "held"},
            ),
            me=engaged(**as_bob),
        ),
        "transfer-asked": scene(
            ix(
                "transfer_asked",
                "held",
                [alice("gone"), agent_2()],
                ["accept-transfer", "decline-transfer"],
                {"mute": s("muteheld"), "leave-consult": s("first")},
                my_role="agent2",
                consult=consult,
            ),
            me=engaged(**as_bob),
            offer=offer | {"consult": True},
        ),
        "conference3": scene(
            ix(
                "conference",
                "talking",
                [alice(), agent_2()],
                ["end", "leave-conference", "transfer", "consult", "drop", *LINE, "recording"],
                {"hold": s("conf"), "resume": s("conf"), "conference": s("already"), "unmute": s("not muted")},
                recording="on",
                phase_since=ago(51),
            )
        ),
        "conference8": scene(
            ix(
                "conference",
                "talking",
                members,
                ["end", "leave-conference", "drop", *LINE],
                {
                    "hold": s("conf"),
                    "resume": s("conf"),
                    "consult": s("full"),
                    "transfer": s("many"),
                    "conference": s("full"),
                    **line_refused,
                },
                phase_since=ago(764),
                started_at=ago(1300),
            )
        ),
        "conference-member": scene(
            ix("conference", "talking", [alice(), agent_2()], ["leave-conference", "mute"], {"unmute": s("not muted")}, my_role="agent2"),
            me=engaged(**as_bob),
        ),
        "dialling": scene(
            ix(
                "dialling",
                "ringing",
                [alice()],
                ["end", "mute"],
                {**dial_refused, "unmute": s("not muted")},
                direction="outbound",
                customer={"number": "+33 6 12 34 56 78", "name": "", "leg": "ringing"},
                started_at=ago(9),
                phase_since=ago(9),
            )
        ),
        "transferring": scene(
            ix(
                "transferring",
                "held",
                [alice("gone"), party("carol", "Carol Petit", "agent2", "ringing")],
                [],
                {},
                owner=None,
                phase_since=ago(16),
            )
            | left,
            me=wrap | {"wrap_ups": [owed]},
        ),
        "handed-out": scene(
            ix(
                "handed_out",
                "talking",
                [alice("gone"), party(None, "Élodie Lefèvre", "agent2", "talking", number="+33 1 99 00 10 02")],
                [],
                {},
                owner=None,
                phase_since=ago(125),
            )
            | left,
            me=wrap,
        ),
        "ended": scene(ix("ended", "gone", [alice("gone")], [], {}, phase_since=ago(18)) | left, me=wrap),
        "extended": scene(
            ix("ended", "gone", [alice("gone")], ["wrap-up"], {"extend-wrap-up": s("already")}, phase_since=ago(18)),
            me=wrap | {"wrap_ups": [owed | {"over_at": None}]},
        ),
        "supervisor": scene(*supervised, me=sam, agents=supervisor_rows),
        "supervisor-offer": scene(
            *supervised,
            rings_alice | {"id": "mine", "agents": [party("sam", "Sam Leroy", "agent1", "ringing")], "owner": "sam"},
            me=sam,
            agents=supervisor_rows,
            offer=offer | {"interaction": "mine"},
        ),
        "supervisor-empty": Scene(me=sam, agents=[], telephone={"kind": "desk", "registered": True}),
        "wallboard": scene(me=sam),
        "other-tab": scene(connected, telephone={"kind": "browser", "registered": True, "user": "1001-web"}),
    }


def story(interaction: Json) -> Json:
    """The life of an interaction up to now: queued, rung, talked, held while a colleague is consulted."""
    over = interaction["phase"] == "ended"

    def did(who: Json, doing: str, began: float, ended: float | None) -> Json:
        last = 18 if over and ended is None else ended
        return {
            "who": who["agent"] or "customer",
            "name": who["name"],
            "agent": who["agent"],
            "doing": doing,
            "from": ago(began),
            "to": None if last is None else ago(last),
            "seconds": began - (last or 0),
            "owner": False,
            "with": [],
        }

    def stands(who: Json, room: str | None, standing: str = "up") -> Json:
        return {
            "who": who["agent"] or "customer",
            "name": who["name"],
            "agent": who["agent"],
            "leg_id": None,
            "role": "agent1",
            "room": room,
            "standing": standing,
            "muted": False,
            "on_hold": False,
        }

    customer = {"agent": None, "name": interaction["customer"]["name"] or interaction["customer"]["number"]}
    owner, *others = interaction["agents"] or [party(*ALICE, "agent1", "talking")]
    colleagues = [each for each in others if each["agent"] is not None][:2]
    held = 72 if colleagues else None
    segments = [did(owner, "rang", 312, 300), did(owner, "talked", 300, held)]
    segments += [did(customer, "queued", 372, 300), did(customer, "talked", 300, held)]
    if colleagues:
        segments += [did(owner, "consulted", 72, None), did(customer, "held", 72, None)]
    for colleague in colleagues:
        segments += [did(colleague, "rang", 72, 60), did(colleague, "consulted", 60, None)]
    steps = [
        {"at": ago(372), "parties": [stands(customer, "hold")]},
        {"at": ago(312), "parties": [stands(customer, "hold"), stands(owner, "talk", "ringing")]},
        {"at": ago(300), "parties": [stands(customer, "talk"), stands(owner, "talk")]},
    ]
    return {"interaction": interaction["id"], "queue": "support", "partial": False, "steps": steps, "segments": segments}


def with_long_lists(scene: Scene, language: str) -> Scene:
    """Twenty more of everything that a list holds, as many as a list can show."""
    speech = Speech(language)
    listed = directory(speech)
    agents = [
        {"kind": "agent", "id": f"agent-{n}", "name": f"{LONG} {n}", "detail": "Support", "presence": "available", "available": True}
        for n in range(50)
    ]
    return replace(
        scene,
        directory=listed | {"agent": agents},
        queues=tuple(queue | {"id": f"{queue['id']}-{n}"} for n in range(7) for queue in queues(speech, long=True)),
    )
