"""The store: one DuckDB file, its migrations, the artifact root, the audit chain and lineage edges."""

from core.store.artifacts import Artifact, ArtifactStore
from core.store.database import Store, Transaction
from core.store.ids import new_id

__all__ = ["Artifact", "ArtifactStore", "Store", "Transaction", "new_id"]
