"""Passwords: what one must be, and how it is kept (Argon2id, RFC 9106)."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import InvalidInput

MIN_LENGTH = 10  # with the lock-out; NIST SP 800-63B-4 asks for length, not for kinds of characters
MAX_LENGTH = 200
COMMON = frozenset(
    {"password", "passwort", "qwerty", "qwertyuiop", "administrator", "letmein", "welcome", "iloveyou", "abcdefghij", "kachi"}
)  # a longer list belongs in a breach service, which a portal without internet can't ask

_hasher = PasswordHasher()
# A hash takes 64 MB and a core; more at once would let a flood of sign-ins take the machine.
_slots = threading.BoundedSemaphore(2)


def check_password(password: str, *, email: str, name: str) -> None:
    """Refuse a password that is too short, too long, or easy to guess.

    Raises:
        InvalidInput: says which of these.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidInput("The password needs {least} to {most} characters.", field="password", least=MIN_LENGTH, most=MAX_LENGTH)
    folded = password.casefold().strip()
    guesses = {email.casefold(), email.partition("@")[0].casefold(), name.casefold()}
    if folded in guesses or folded.rstrip("0123456789!.?#-_") in COMMON or len(set(folded)) < 4:
        raise InvalidInput("This password is easy to guess. Choose another one; three or four words in a row are good.", field="password")


def hash_password(password: str) -> str:
    """Argon2id hash with its salt and parameters, as one string."""
    with _slots:
        return _hasher.hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Whether a password fits its hash."""
    with _slots:
        try:
            return _hasher.verify(stored, password[: MAX_LENGTH + 1])
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """Whether a hash was made with older parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def decoy_hash() -> str:
    """A hash that nothing fits, verified where an address is unknown so that the answer takes as long."""
    global _decoy
    if not _decoy:
        _decoy = hash_password("\0 no password is this one")
    return _decoy


_decoy = ""
