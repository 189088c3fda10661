"""Passwords by their argon2 hashes. Looks at them only: making a hash throws dice, which is the business of whoever calls `HASHER.hash`."""

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB_MAX = 1024 * 1024
ROUNDS_MAX = 100
"""A hash that costs more would stop the controller for seconds at each login."""
MEMORY_KIB_MIN = 7 * 1024
KIB_ROUNDS_MIN = 5 * MEMORY_KIB_MIN
"""The least that OWASP recommends for argon2id: 7 MiB in 5 rounds, or more memory in fewer. Whoever steals a cheaper hash guesses fast."""

DEMO_HASHES = frozenset(
    (
        "$argon2id$v=19$m=19456,t=2,p=1$8+7qPQd97SQ5JmQQ8RGPxw$3dvHmsChUKGqx+Yu42/t0JGYtaUEdY1bfMYxHlUI0NY",
        "$argon2id$v=19$m=19456,t=2,p=1$B4MLdWTbwy8Jl+b01tLoJg$ssa7EvD2lg2VQPJhAKG4uEaAT96AHTTvCvbQwJrnu/I",
        "$argon2id$v=19$m=19456,t=2,p=1$ng5wAdNfQdziuznmjPXSVg$G8PwNEPazKY+rl/To47nhh5f7iRG6wyUf3CHNkyH0Ck",
        "$argon2id$v=19$m=19456,t=2,p=1$9UjoTVZr33d98WysFXOsiw$RwGA/aKI32ICGk0nxwUhxsSl4y4OFTkfgtC0nRV7p1I",
        "$argon2id$v=19$m=19456,t=2,p=1$/CjGkCg+WajUsO34fV/72Q$8+kZfM1t14+aGUugErEdZ+UKsVKuk1RZCWUthfhtn5o",
    )
)
"""The hashes of `docker/demo/site.toml`: everybody knows the passwords that they were made from."""

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's argon2id: 25 ms and 19 MiB for each login. The library's own choice would take most of the service's memory."""


def hash_mistake(password_hash: str) -> str | None:
    """Say what is wrong with what should be an argon2 hash; None: nothing. Does not repeat it."""
    try:
        cost = extract_parameters(password_hash)
    except InvalidHashError:
        return "must be an argon2 hash, not the password itself: make one with `ari-controller hash-password`"
    if not password_hash.isascii():
        return "is not a whole argon2 hash: copy it again"
    if cost.memory_cost > MEMORY_KIB_MAX or cost.time_cost > ROUNDS_MAX:
        return "is an argon2 hash that takes too long to check: make one with `ari-controller hash-password`"
    if cost.type is not Type.ID or cost.memory_cost < MEMORY_KIB_MIN or cost.memory_cost * cost.time_cost < KIB_ROUNDS_MIN:
        return "is an argon2 hash that is too easy to guess from: make one with `ari-controller hash-password`"
    return None


def is_password(password_hash: str, word: str) -> bool:
    """Say whether this is the password. Takes as long as the hash was made to take: about 25 ms.

    A broken hash fits no word, and half a letter (a lone surrogate, which JSON can carry) is in no password.
    """
    try:
        return HASHER.verify(password_hash, word)
    except (VerificationError, InvalidHashError, UnicodeError):
        return False
