"""The answer to a registrar's challenge (digest authentication with MD5, RFC 2617). Pure."""

import hashlib
import re


def authorization(challenge: str, *, method: str, uri: str, user: str, password: str, client_nonce: str) -> str:
    """Give the Authorization header that answers a WWW-Authenticate header; MD5, with or without `qop=auth`."""
    asked = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    realm, nonce = asked["realm"], asked["nonce"]
    secret = _md5(f"{user}:{realm}:{password}")
    action = _md5(f"{method}:{uri}")
    answer = [f'username="{user}"', f'realm="{realm}"', f'nonce="{nonce}"', f'uri="{uri}"', "algorithm=MD5"]
    if "qop" in asked:
        response = _md5(f"{secret}:{nonce}:00000001:{client_nonce}:auth:{action}")
        answer += ["qop=auth", "nc=00000001", f'cnonce="{client_nonce}"']
    else:
        response = _md5(f"{secret}:{nonce}:{action}")
    answer += [f'response="{response}"', *([f'opaque="{asked["opaque"]}"'] if "opaque" in asked else [])]
    return "Digest " + ", ".join(answer)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
