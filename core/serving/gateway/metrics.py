"""Figures for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from core.serving.spool import Spool

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """Counters of one gateway, in a registry of its own."""

    def __init__(self, spool: Spool) -> None:
        self._registry = CollectorRegistry()
        self._spool = spool
        self._requests = Counter("kachi_requests", "Answered requests.", ("deployment", "endpoint", "status"), registry=self._registry)
        self._rows = Counter("kachi_predictions", "Rows predicted.", ("deployment", "version", "arm"), registry=self._registry)
        self._seconds = Histogram(
            "kachi_request_seconds",
            "Time of a prediction request in the gateway.",
            ("deployment",),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._registry.register(self)
        # Looking labels up is the dearest part of counting.
        self._request = lru_cache(4096)(self._requests.labels)
        self._row = lru_cache(4096)(self._rows.labels)
        self._second = lru_cache(1024)(self._seconds.labels)

    def request(self, deployment: str, endpoint: str, status: int) -> None:
        """Count an answered request; `deployment` is one that exists, or empty."""
        self._request(deployment, endpoint, str(status)).inc()

    def predicted(self, deployment: str, version: int, arm: str, rows: int) -> None:
        """Count predicted rows."""
        self._row(deployment, str(version), arm).inc(rows)

    def took(self, deployment: str, seconds: float) -> None:
        """Count the time of a prediction request."""
        self._second(deployment).observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """The spool's figures, read when asked."""
        state = self._spool.state()
        yield GaugeMetricFamily("kachi_spool_full", "1 while the disk takes nothing.", value=float(state.full))
        yield GaugeMetricFamily("kachi_spool_waiting_bytes", "Accepted, not on the disk yet.", value=state.waiting_bytes)
        yield CounterMetricFamily("kachi_spool_lines", "Lines on the disk.", value=state.written_lines)
        yield CounterMetricFamily("kachi_spool_dropped_lines", "Lines given up while the disk was full.", value=state.dropped_lines)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self._registry)
