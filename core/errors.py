"""Every error that Kachi raises on purpose.

    KachiError
    ├── InvalidInput          422  a value that was given can't be used; names the field
    │   └── NotEnoughData     422  too few rows, labels or classes for what was asked
    ├── NotSignedIn           401  no session, or one that has ended
    ├── TooManyAttempts       429  the same was tried too often; wait
    ├── PermissionDenied      403  signed in, but the role doesn't allow it
    ├── NotFound              404  nothing there under that id
    ├── Conflict              409  somebody or something else got there first
    │   └── DuplicateName     409  that name is taken
    ├── TooLarge              413  over a size limit
    ├── Corrupt               500  stored bytes differ from what was recorded
    ├── StorageFull           507  the disk is full; nothing was half-written
    ├── Unavailable           503  a part that is needed doesn't answer
    └── MigrationError        500  the store's schema and this release don't fit

A message is a template and its fields, so that a page can show it in the reader's language: the
template is the catalogue's key. It says what was given, what was expected, and what to do next.
"""

from __future__ import annotations

from typing import Any, ClassVar


class KachiError(Exception):
    """Base of all errors raised on purpose.

    Args:
        template: English sentence with ``{field}`` placeholders; also the catalogue's key.
        **fields: values of the placeholders, kept for machines.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500

    def __init__(self, template: str, **fields: Any) -> None:
        self.template = template
        self.fields = fields
        super().__init__(template)

    def __str__(self) -> str:
        try:
            return self.template.format(**self.fields)
        except (KeyError, IndexError, ValueError):
            return self.template


class InvalidInput(KachiError):
    """A value can't be used. ``field`` names where it came from (dotted path)."""

    code = "invalid_input"
    http_status = 422

    def __init__(self, template: str, *, field: str = "", **fields: Any) -> None:
        super().__init__(template, field=field, **fields)
        self.field = field


class NotEnoughData(InvalidInput):
    """Too little data for an honest answer."""

    code = "not_enough_data"


class NotSignedIn(KachiError):
    """Nobody is signed in, or the session has ended."""

    code = "not_signed_in"
    http_status = 401

    def __init__(self, template: str = "Your session has ended. Sign in again.", **fields: Any) -> None:
        super().__init__(template, **fields)


class TooManyAttempts(KachiError):
    """The same was tried too often in a short time."""

    code = "too_many_attempts"
    http_status = 429


class PermissionDenied(KachiError):
    """The roles of the one who asks don't allow it."""

    code = "permission_denied"
    http_status = 403


class NotFound(KachiError):
    """Nothing is stored under that id."""

    code = "not_found"
    http_status = 404

    def __init__(self, kind: str, key: object) -> None:
        super().__init__("There is no {kind} '{key}'. Check the address, or go back to the list.", kind=kind, key=str(key))


class Conflict(KachiError):
    """The state changed in between, or doesn't allow this step."""

    code = "conflict"
    http_status = 409


class DuplicateName(Conflict):
    """A name that must be unique is taken."""

    code = "duplicate_name"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__("There is a {kind} named '{name}' already. Choose another name.", kind=kind, name=name)


class TooLarge(KachiError):
    """Over a limit of size."""

    code = "too_large"
    http_status = 413


class Corrupt(KachiError):
    """What is stored isn't what was recorded."""

    code = "corrupt"


class StorageFull(KachiError):
    """No room left on the disk."""

    code = "storage_full"
    http_status = 507

    def __init__(self, path: object) -> None:
        super().__init__("The disk of {path} is full. Free some space and try again; nothing was half-written.", path=str(path))


class Unavailable(KachiError):
    """A part that is needed doesn't answer now."""

    code = "unavailable"
    http_status = 503


class MigrationError(KachiError):
    """The store's schema and this release don't fit together."""

    code = "migration"
