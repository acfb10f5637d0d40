"""Who asks, and what they may do."""

from core.identity.permissions import Permission, Role, require
from core.identity.principal import SYSTEM, Principal

__all__ = ["SYSTEM", "Permission", "Principal", "Role", "require"]
