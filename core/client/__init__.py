"""Kachi's REST API from Python: a thin client that speaks paths and plain JSON, and raises what the portal answered."""

from core.client.rest import KachiClient, Problem

__all__ = ["KachiClient", "Problem"]
