"""Takes secrets and customers' numbers out of text that somebody is about to send away. Pure: text goes in and comes out.

It knows the secrets of a site, and takes each away wherever it stands; and it takes away whatever looks like one, since there may be old
passwords in comments, and those of others in logs. What it can't know is a name: those of agents, and of callers in their own words, stay.
"""

import csv
import io
import json
import re
from collections.abc import Collection, Iterable

HIDDEN = "***"
SECRET_LETTERS_MIN = 4
"""A shorter secret is a word that would be taken out of the middle of others; the key before it hides it."""
NUMBER_DIGITS_MIN = 6
DELIMITERS = ",;\t"
"""Between the columns of a table; which one, its first line says."""
SHOWN_DIGITS = 2
"""The last ones of a number stay, so that two callers can be told apart."""

_KEY = r"(?:passw(?:or)?d|secret|token|authorization|cookie|md5_cred|api[_-]?key|private[_-]?key)"
_KEY_REST = r"[\w.-]{0,40}+"
_NAMED = re.compile(_KEY, re.IGNORECASE)
_QUOTED = r'"""(?:(?!""").)*"""|\'\'\'(?:(?!\'\'\').)*\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
_VALUE = rf"{_QUOTED}|\[[^\]]*\]|(?:(?:bearer|basic)\s+)?[^\s,;}}\])&]+"
_KEYED = re.compile(rf'(?P<key>{_KEY}{_KEY_REST}(?:\\?["\'])?\s*(?:=>|[:=])\s*)(?P<value>{_VALUE})', re.IGNORECASE | re.DOTALL)
_REFERENCE = re.compile(r"""["']?(?:file|env):[^"'\s]*["']?""")
"""What a site file says of a secret that is kept elsewhere is none."""
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_LOOKS = (
    (re.compile(r"\$argon2\w*\$[^\s\"';]+", re.IGNORECASE), HIDDEN),
    (re.compile(r"\$[a-z0-9-]+\$[^\s\"',;]+", re.IGNORECASE), HIDDEN),
    (re.compile(r"\b(bearer|basic|digest)\s+[\w+/=.~-]{6,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"(?<!\w)(\w+://)[^/\s:@\"']+:[^/\s@\"']+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{32,}(?![\w-])"), HIDDEN),
)
"""Hashes of passwords, what is shown at a door, passwords in addresses, and long words of chance."""
_NUMBER = re.compile(
    r"(?P<kept>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?"
    r"|(?:\d{1,3}\.){3}\d{1,3}(?![.\d])|1\d{9}\.\d+|\d{1,2}\.\d{1,3}\.\d{1,3}(?![.\d])|\d{1,5}\.\d{1,5}(?![.\d])|[A-Za-z_](?:(?!\d{6})\w)*)"
    r"|(?P<number>\+?\(?\d(?:[ .()/-]{0,2}\d)+)"
)
"""Moments, addresses, versions, fractions and words first, since there are digits in them; then what may be somebody's number."""


class Redactor:
    """What is known of one site."""

    def __init__(self, secrets: Iterable[str], own_numbers: Collection[str]) -> None:
        """`own_numbers`: those that the site itself has, which stay."""
        known = sorted({secret for secret in secrets if len(secret) >= SECRET_LETTERS_MIN}, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, known))) if known else None
        self._own = {_digits(number) for number in own_numbers}

    def text(self, text: str) -> str:
        """Give it without secrets and numbers."""
        if self._secrets is not None:
            text = self._secrets.sub(HIDDEN, text)
        text = _KEYED.sub(_hidden, self.without_keys(text))
        for look, instead in _LOOKS:
            text = look.sub(instead, text)
        return _NUMBER.sub(self._masked, text)

    @staticmethod
    def without_keys(text: str) -> str:
        """Give it without private keys, which have several lines each."""
        return _PRIVATE_KEY.sub(HIDDEN, text)

    def value(self, value: object) -> object:
        """Give what was read of JSON so: every text in it, and nothing of what stands behind the name of a secret."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.value(each) for each in value]
            case dict():
                return {key: HIDDEN if _NAMED.search(key) and value[key] else self.value(value[key]) for key in value}
            case _:
                return value

    def line(self, line: str) -> str:
        """Give one line of a log so, whether it is JSON or text."""
        try:
            read = json.loads(line)
        except ValueError:
            return self.text(line)
        return json.dumps(self.value(read), ensure_ascii=False) if isinstance(read, dict) else self.text(line)

    def table(self, text: str) -> str:
        """Give a CSV table so, its columns of secrets empty."""
        delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
        try:
            rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
        except csv.Error:
            return self.text(text)
        hide = {at for at, name in enumerate(rows[0] if rows else ()) if _NAMED.search(name)}
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(
            [HIDDEN if at in hide and number else value for at, value in enumerate(row)] for number, row in enumerate(rows)
        )
        return self.text(out.getvalue())

    def _masked(self, found: re.Match[str]) -> str:
        number = found["number"]
        if number is None:
            return found[0]
        digits = _digits(number)
        if len(digits) < NUMBER_DIGITS_MIN or digits in self._own:
            return number
        return f"{'*' * (len(digits) - SHOWN_DIGITS)}{digits[-SHOWN_DIGITS:]}"


def _hidden(found: re.Match[str]) -> str:
    return found[0] if _REFERENCE.fullmatch(found["value"]) else f"{found['key']}{_quoted(found['value'])}"


def _quoted(value: str) -> str:
    quote = value[0] if value[0] in "\"'" else ""
    return f"{quote}{HIDDEN}{quote}"


def _digits(number: str) -> str:
    return "".join(digit for digit in number if digit.isdigit())
