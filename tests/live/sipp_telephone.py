"""A telephone that is sipp: what it does is a scenario, step by step, written from RFC 3261, 3515, 3891, 4733 and 5589.

    async with SippTelephone("1004", Scenario().is_called().answers().waits().holds()) as phone:
        await phone.did("answered")
        await phone.goes_on()               # the step after `waits`
        await phone.did("held")

Nothing in a scenario waits for time: it waits for what Asterisk sends, or for the test, whom sipp hears as a MESSAGE of the same call.
"""

import asyncio
import math
import re
import secrets
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, Self
from urllib.parse import quote

from tests.live.scene import until
from tests.phones.g711 import encode_ulaw
from tests.phones.ports import claim_port_block
from tests.phones.tones import PHONE_TONES_HZ, SAMPLE_RATE_HZ

SECONDS_MAX: Final = 6.0
LOUDNESS: Final = 16_384.0
KEYS: Final = Path("/usr/share/sip-tester")
"""Where sip-tester has the packets of each key (RFC 4733), as payload type 101."""
_KEYS_BY_WORD: Final = {"*": "star", "#": "pound"}
_BETWEEN_KEYS: Final = '<pause milliseconds="350"/>'
"""A key lasts 160 ms, and a hand is no quicker."""
WAITS: Final = "wait"
HERE: Final = "[local_ip]:[local_port]"
ASTERISK: Final = "[remote_ip]:[remote_port]"
VIA: Final = f"Via: SIP/2.0/UDP {HERE};branch=[branch]"
ALLOW: Final = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, REFER, NOTIFY, MESSAGE"
TAG: Final = "[pid]t[call_number]"
SPOKEN_AT: Final = "[rtpstream_audio_port]"
ASIDE: Final = "[media_port+4]"
"""Where whatever is sent to a call on hold goes, so that the other call's sound is heard alone: a telephone has a port for each."""
SECOND: Final = "second///[call_id]"
"""The Call-ID of a call beside the first one: what stands behind the slashes says to sipp whose it is."""


class Dialogue(NamedTuple):
    """What a request within a call says."""

    ours: str
    theirs: str
    target: str
    call_id: str


class Scenario:
    """Steps, in order."""

    def __init__(self) -> None:
        self._steps: list[str] = []
        self._dialogue = Dialogue("", "", "", "")
        self._first = self._dialogue
        self._variables: set[str] = set()
        self._sequence = 0
        self._version = 0

    def __str__(self) -> str:
        steps = "\n".join(self._steps)
        # sipp takes a name that no step reads for a mistake.
        read = f'<Reference variables="{",".join(sorted(self._variables))}"/>\n' if self._variables else ""
        return f'<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="telephone">\n{steps}\n{read}</scenario>\n'

    # --- What a person does ----------------------------------------------------------------------------------------

    def is_called(self) -> Self:
        """Somebody calls; it rings."""
        named = (("theirs", "From:", ".*"), ("ours", "To:", ".*"), ("target", "Contact:", "sip:[^&gt;]*"), ("number", "CSeq:", "[0-9]+"))
        self._hears('request="INVITE"', *(self._keeps(*one) for one in named), '<log message="call [call_id]"/>')
        self._first = self._dialogue = Dialogue(f"[$ours];tag={TAG}", "[$theirs]", "[$target]", "[call_id]")
        self._says_of_it("180 Ringing")
        return self.tells("rings")

    def answers(self) -> Self:
        """They pick up, and speak: a tone."""
        self._says_of_it("200 OK", ALLOW, body=self._sound())
        self._hears('request="ACK"')
        return self._speaks()

    def declines(self) -> Self:
        """They refuse the call."""
        self._says_of_it("603 Decline")
        self._hears('request="ACK"')
        return self.tells("declined")

    def is_given_up(self) -> Self:
        """It rings no more, because whoever called does not wait any longer, or goes."""
        self._hears('request="CANCEL"')
        self._says_of_it("200 OK")
        over = ("[last_Via:]", "[last_From:]", f"To: [$ours];tag={TAG}", "[last_Call-ID:]", "CSeq: [$number] INVITE")
        self._says("SIP/2.0 487 Request Terminated", *over, again=True)
        self._hears('request="ACK"')
        return self.tells("given up")

    def calls(self, user: str, number: str) -> Self:
        """They call a number, with their password, and speak once somebody answers."""
        self._steps.append('<nop><action><log message="call [call_id]"/></action></nop>')
        self._dials(user, number, "[call_id]", TAG)
        self._first = self._dialogue
        return self._speaks()

    def asks_a_colleague(self, user: str, number: str) -> Self:
        """They call somebody by a second call, while the first one is on hold."""
        self._dials(user, number, SECOND, f"s{TAG}")
        return self._streams("resume").tells("talks with the colleague")

    def takes_the_place_of_the_first_call(self, user: str, number: str) -> Self:
        """They call once more, and name their first call: the new one is to take its place (RFC 3891)."""
        named = "Replaces: [call_id];to-tag=[$totag];from-tag=" + TAG
        self._dials(user, number, SECOND, f"s{TAG}", "Require: replaces", named)
        return self.tells("has taken the place")

    def holds(self, *, held: bool = True) -> Self:
        """They press the hold key of the first call, or release it: a re-INVITE (RFC 3264)."""
        if held:
            self._streams("pause")
            self._asks("INVITE", ALLOW, body=self._sound("sendonly", port=ASIDE), of=self._first)
            return self.tells("held")
        self._asks("INVITE", ALLOW, body=self._sound(), of=self._first)
        return self._streams("resume").tells("taken back")

    def refers(self, to: str) -> Self:
        """They press the transfer key, and name a number (RFC 3515)."""
        self._asks("REFER", f"Refer-To: <sip:{to}@{ASTERISK}>", f"Referred-By: {self._first.ours.partition(';tag=')[0]}", of=self._first)
        self._is_told_of_it()
        self._is_told_of_it()
        return self

    def joins(self, number: str) -> Self:
        """They press the transfer key while they have two calls: the first asks, and names the second (RFC 5589, 3891), which is ended."""
        named = quote("second///", safe="") + "[call_id]%3Bto-tag%3D[$totag]%3Bfrom-tag%3Ds" + TAG
        self._asks("REFER", f"Refer-To: <sip:{number}@{ASTERISK}?Replaces={named}>", of=self._first)
        # What it is told of it meanwhile sipp answers by itself: the end of a call comes before that, or after, or at the same moment.
        return self.is_hung_up()

    def presses(self, keys: str) -> Self:
        """They press keys: packets of RFC 4733, one key after the other."""
        for key in keys:
            self._steps.append(f'<nop><action><exec play_pcap_audio="{KEYS}/dtmf_2833_{_KEYS_BY_WORD.get(key, key)}.pcap"/></action></nop>')
            self._steps.append(_BETWEEN_KEYS)
        return self.tells("pressed")

    def presses_by_info(self, keys: str) -> Self:
        """They press keys, each of which the telephone tells by an INFO (RFC 6086, application/dtmf-relay)."""
        for key in keys:
            self._asks("INFO", "Content-Type: application/dtmf-relay", body=f"Signal={key}\nDuration=160\n", of=self._first)
            self._steps.append(_BETWEEN_KEYS)
        return self.tells("pressed")

    def hangs_up(self) -> Self:
        """They put down the first call."""
        self._asks("BYE", of=self._first)
        return self.tells("hung up")

    def is_hung_up(self) -> Self:
        """The other side ends a call, whichever."""
        self._hears('request="BYE"')
        self._says_of_it("200 OK", tagged=False)
        return self.tells("is hung up")

    # --- How -------------------------------------------------------------------------------------------------------

    def tells(self, what: str) -> Self:
        """The test is told that this is done."""
        self._steps.append(f'<nop><action><log message="did {what}"/></action></nop>')
        return self

    def waits(self) -> Self:
        """Until the test has it go on."""
        self.tells(WAITS)._hears('request="MESSAGE"')
        return self

    def _dials(self, user: str, number: str, call_id: str, tag: str, *headers: str) -> None:
        """The password is asked for, and then it rings, or is heard, until it is answered."""
        uri, me = f"sip:{number}@{ASTERISK}", f"<sip:{user}@{ASTERISK}>;tag={tag}"
        contact, kept = f"Contact: <sip:{user}@{HERE}>", Dialogue(me, f"<{uri}>", uri, call_id)
        self._asks("INVITE", contact, ALLOW, *headers, body=self._sound(), of=kept, answer=401)
        self._asks(
            "INVITE", contact, ALLOW, *headers, f"[authentication username={user} password=phone-{user}]", body=self._sound(), of=kept
        )
        self._dialogue = Dialogue(me, "[$to]", "[$there]", call_id)

    def _asks(self, method: str, *headers: str, body: str = "", of: Dialogue, answer: int = 0) -> None:
        """A request within a call, or the one that begins it; whatever is not refused is `answer`ed with 2xx."""
        self._sequence += 1
        head = [VIA, "Max-Forwards: 70", f"From: {of.ours}", f"To: {of.theirs}", f"Call-ID: {of.call_id}"]
        contact = () if any(header.startswith("Contact") for header in headers) else (f"Contact: <sip:{HERE}>",)
        self._says(f"{method} {of.target} SIP/2.0", *head, f"CSeq: {self._sequence} {method}", *contact, *headers, body=body, again=True)
        status = answer or (202 if method == "REFER" else 200)
        for early in (100, 180, 183) if method == "INVITE" else ():
            self._hears(f'response="{early}" optional="true"')
        keeps: tuple[str, ...] = ()
        if method == "INVITE" and not answer:
            named = (("to", "To:", ".*"), ("there", "Contact:", "sip:[^&gt;]*"), ("whole,totag", "To:", "tag=([^;]*)"))
            keeps = tuple(self._keeps(*one) for one in named)
        self._hears(f'response="{status}"' + (' auth="true"' if answer else ""), *keeps)
        if method == "INVITE":
            via = "[last_Via:]" if answer else VIA
            to, target = ("[last_To:]", of.target) if answer else ("To: [$to]", "[$there]")
            self._says(f"ACK {target} SIP/2.0", via, "Max-Forwards: 70", head[2], to, head[4], f"CSeq: {self._sequence} ACK")

    def _is_told_of_it(self) -> None:
        """A NOTIFY says how far the transfer is (RFC 3515): 100 first, and in the end what has become of it."""
        self._hears('request="NOTIFY"')
        self._says_of_it("200 OK", tagged=False)

    def _says_of_it(self, status: str, *headers: str, body: str = "", tagged: bool = True) -> None:
        """Answer the request that has come."""
        to = f"[last_To:];tag={TAG}" if tagged else "[last_To:]"
        lines = ("[last_Via:]", "[last_From:]", to, "[last_Call-ID:]", "[last_CSeq:]", f"Contact: <sip:{HERE}>", *headers)
        self._says(f"SIP/2.0 {status}", *lines, body=body, again=body != "" or status.startswith("6"))

    def _says(self, *lines: str, body: str = "", again: bool = False) -> None:
        kind = ("Content-Type: application/sdp",) if body.startswith("v=0") else ()
        text = "\n".join((*lines, *kind, "Content-Length: [len]", "", body.rstrip()))
        how = ' retrans="500"' if again else ""
        self._steps.append(f"<send{how}>\n<![CDATA[\n\n{text}\n\n]]>\n</send>")

    def _hears(self, what: str, *actions: str) -> None:
        inside = f"<action>{''.join(actions)}</action>" if actions else ""
        self._steps.append(f"<recv {what}>{inside}</recv>")

    def _keeps(self, names: str, header: str, expression: str) -> str:
        self._variables.update(names.split(","))
        where = f'search_in="hdr" header="{header}"' if header else 'search_in="msg"'
        return f'<ereg regexp="{expression}" {where} assign_to="{names}"/>'

    def _speaks(self) -> Self:
        self._streams("tone.ulaw,-1,0")
        self._steps.append(f'<nop><action><log message="sound at {SPOKEN_AT}"/></action></nop>')
        return self.tells("answered")

    def _streams(self, what: str) -> Self:
        self._steps.append(f'<nop><action><exec rtp_stream="{what}"/></action></nop>')
        return self

    def _sound(self, direction: str = "sendrecv", *, port: str = SPOKEN_AT) -> str:
        self._version += 1
        told = ("rtpmap:0 PCMU/8000", "rtpmap:101 telephone-event/8000", "fmtp:101 0-15", direction)
        attributes = "".join(f"a={one}\n" for one in told)
        # sipp sends keys from the port that it was told to name with the word `audio` before it, and its tone from one of its own choice.
        begin = f"v=0\no=- 1 {self._version} IN IP4 127.0.0.1\ns=audio [media_port]\nc=IN IP4 127.0.0.1\nt=0 0\n"
        return f"{begin}m=audio {port} RTP/AVP 0 101\n{attributes}"


class SippTelephone:
    """One telephone for one call, or for two at once. `user`: its endpoint; `voice`: whose tone it sends."""

    def __init__(self, user: str, scenario: Scenario, *, registrar_port: int, voice: str, registers: bool = True) -> None:
        self.user = user
        self._scenario = scenario
        self._registrar_port = registrar_port
        self._tone = PHONE_TONES_HZ[voice]
        self._registers = registers
        self._block = claim_port_block()
        self._folder = tempfile.TemporaryDirectory()
        self._sipp: asyncio.subprocess.Process | None = None
        self._went_on = 0

    @property
    def rtp_port(self) -> int:
        """Where it takes sound, from its answer on: sipp chooses it."""
        found = re.search("^sound at ([0-9]+)$", self._said(), re.MULTILINE)
        assert found is not None, "it has answered"
        return int(found[1])

    async def __aenter__(self) -> Self:
        folder = Path(self._folder.name)
        (folder / "tone.ulaw").write_bytes(_second_of(self._tone))
        self._write("telephone.xml", self._scenario)
        if self._registers:
            # From the telephone's own port, since Asterisk believes where a REGISTER comes from and not what it says (`rewrite_contact`).
            # What it asks before there is a telephone it asks again a quarter of a second later.
            await self._register(3600)
        told = ("-trace_logs", "-log_file", "log", "-trace_err", "-error_file", "errors", "-trace_msg", "-message_file", "messages")
        once = () if self._registers else ("-m", "1")  # a telephone that calls would do so ten times a second
        self._sipp = await self._run("-mp", str(self._block.rtp[0]), "-sf", "telephone.xml", "-aa", *told, *once)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._sipp is not None, "it was started"
        with suppress(ProcessLookupError):
            self._sipp.kill()
        await self._sipp.wait()
        if self._registers:
            await self._register(0)
        self._block.release()
        self._folder.cleanup()

    async def goes_on(self) -> None:
        """Have the step done that it waits before, once it is there: what is said sooner, it does not hear."""
        await self.did(WAITS, times=self._went_on + 1)
        found = re.search("^call (.*)$", self._said(), re.MULTILINE)
        assert found is not None, "it has a call"
        self._went_on += 1
        head = f"MESSAGE sip:telephone@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK{secrets.token_hex(8)}\r\n"
        who = "From: <sip:test@127.0.0.1>;tag=test\r\nTo: <sip:telephone@127.0.0.1>\r\n"
        text = f"{head}{who}Call-ID: {found[1]}\r\nCSeq: {self._went_on} MESSAGE\r\nContent-Length: 0\r\n\r\n"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.sendto(text.encode(), ("127.0.0.1", self._block.sip))

    async def did(self, what: str, *, times: int = 1) -> None:
        """Wait until it has done, or met, this so often. sipp writes it down, and nothing tells of that."""
        try:
            await until(f"{self.user} {what}", lambda: self._said().count(f"did {what}\n") >= times, seconds_max=SECONDS_MAX)
        except TimeoutError:
            raise AssertionError(f"{self.user} has not {what}: {self._said()}{self._complaints()}") from None

    async def is_told(self, status: int) -> None:
        """Wait until a NOTIFY has said that this has become of its transfer (RFC 3515)."""
        told = re.compile(rf"^Content-Type: message/sipfrag.*\n(?:.*\S.*\n)*\s*\nSIP/2\.0 {status} ", re.MULTILINE)
        try:
            await until(f"{self.user} is told {status}", lambda: told.search(self._messages()) is not None, seconds_max=SECONDS_MAX)
        except TimeoutError:
            raise AssertionError(f"{self.user} was not told {status}: {self._said()}{self._messages()[-6000:]}") from None

    def _messages(self) -> str:
        messages = Path(self._folder.name, "messages")
        return messages.read_text(errors="replace") if messages.exists() else ""

    def _write(self, name: str, scenario: Scenario) -> None:
        Path(self._folder.name, name).write_text(str(scenario))

    def _complaints(self) -> str:
        errors = Path(self._folder.name, "errors")
        return errors.read_text(errors="replace")[-3000:] if errors.exists() else ""

    def _said(self) -> str:
        log = Path(self._folder.name, "log")
        return log.read_text() if log.exists() else ""

    async def _register(self, seconds: int) -> None:
        """Say to Asterisk where it is, as telephones do when they are switched on, and when they are switched off."""
        me, uri = f"<sip:{self.user}@{ASTERISK}>;tag={TAG}", f"sip:{ASTERISK}"
        contact = f"Contact: <sip:{self.user}@127.0.0.1:{self._block.sip}>"
        steps = Scenario()
        of = Dialogue(me, f"<sip:{self.user}@{ASTERISK}>", uri, "[call_id]")
        steps._asks("REGISTER", contact, f"Expires: {seconds}", of=of, answer=401)
        steps._asks("REGISTER", contact, f"Expires: {seconds}", f"[authentication username={self.user} password=phone-{self.user}]", of=of)
        self._write("register.xml", steps)
        code = await (await self._run("-sf", "register.xml", "-m", "1")).wait()
        assert code == 0, f"{self.user} could not register for {seconds} s"

    async def _run(self, *arguments: str) -> asyncio.subprocess.Process:
        none = asyncio.subprocess.DEVNULL
        here = ("-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", str(self._block.sip), "-nostdin")
        command = ("sipp", *here, *arguments, f"127.0.0.1:{self._registrar_port}")
        return await asyncio.create_subprocess_exec(*command, cwd=self._folder.name, stdin=none, stdout=none, stderr=none)


def _second_of(frequency_hz: int) -> bytes:
    """A second of a sine that goes on without a click when it is repeated."""
    turn = 2 * math.pi * frequency_hz / SAMPLE_RATE_HZ
    return encode_ulaw(LOUDNESS * math.sin(turn * number) for number in range(SAMPLE_RATE_HZ))
