"""The gateway's ASGI app: routes, and what each answers. It never opens the store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Any

import msgspec
import structlog

from core.clock import utc_now
from core.serving.gateway import http
from core.serving.gateway.access import check_access
from core.serving.gateway.answers import Context, Served, answer, feedback_lines, read_outcomes
from core.serving.gateway.http import Message, Receive, Refusal, Reply, Request, Send
from core.serving.gateway.live import Deployment, Model, draw
from core.serving.gateway.metrics import Metrics
from core.serving.gateway.openapi import describe
from core.serving.gateway.rows import Case, Fault, invalid_rows, read_cases
from core.serving.gateway.watch import Watch
from core.serving.gateway.worker import Busy
from core.serving.manifest import STOPPED
from core.serving.spool import Spool
from core.settings import Settings
from core.store.artifacts import ArtifactStore

log = structlog.get_logger(__name__)
ARMS = ("champion", "canary")
TEXT = b"text/plain; version=0.0.4; charset=utf-8"
Handler = Callable[[Request, Deployment], Awaitable[Reply]]


class Gateway:
    """One gateway: what it serves, its spool, its figures.

    Args:
        settings: artifact root, spool folder, keys folder; no store.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key_path = settings.keys_dir / "approval.pub"
        artifacts = ArtifactStore(settings.artifact_root, settings.home / "cache")
        self.watch = Watch(settings.artifact_root, artifacts, self._key_path)
        self.spool = Spool(settings.spool_dir, settings.spool_flush_ms)
        self.metrics = Metrics(self.spool)
        self._plain: dict[str, Callable[[], Reply]] = {
            "/healthz": lambda: Reply(200, b'{"status":"ok"}'), "/readyz": self._ready, "/openapi.json": describe,
            "/metrics": lambda: Reply(200, self.metrics.text(), TEXT),
        }  # fmt: skip
        self._handlers: dict[tuple[str, str], Handler] = {
            ("POST", "predict"): self._predict, ("POST", "feedback"): self._feedback, ("GET", ""): self._model,
        }  # fmt: skip

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        headers = http.headers_of(scope)
        key = http.request_id(headers)
        method, path = scope["method"], scope["path"]
        plain = self._plain.get(path)
        if plain is not None:
            reply = plain() if method in {"GET", "HEAD"} else _not_allowed("GET, HEAD").reply(key)
        else:
            reply = await self._guarded(scope, headers, key, receive)
        await http.send_reply(send, reply, key, head=method == "HEAD")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.watch.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                self.watch.stop()
                await asyncio.get_running_loop().run_in_executor(None, self.spool.close)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _guarded(self, scope: Message, headers: dict[bytes, bytes], key: str, receive: Receive) -> Reply:
        """A reply whatever happens; a fault of ours is logged whole and answered with its id."""
        name, endpoint = "", ""
        try:
            handler, name, endpoint, deployment = self._route(scope["method"], scope["path"])
            reply = await handler(Request(scope["method"], scope["path"], headers, await http.read_body(headers, receive), key), deployment)
        except Refusal as refusal:
            reply = refusal.reply(key)
        except Exception:
            log.exception("gateway.unexpected", request_id=key, deployment=name)
            reply = Refusal(500, "unexpected", f"Something went wrong on our side. Tell an admin this code: {key}.").reply(key)
        self.metrics.request(name, endpoint or "other", reply.status)
        return reply

    def _route(self, method: str, path: str) -> tuple[Handler, str, str, Deployment]:
        parts = path.strip("/").split("/")
        action = parts[3] if len(parts) == 4 else ""
        if parts[:2] != ["v1", "models"] or not 3 <= len(parts) <= 4 or (action == "" and len(parts) == 4):
            raise Refusal(404, "not_found", "There is nothing at this address. See /openapi.json.")
        verbs = [verb for verb, what in self._handlers if what == action]
        if not verbs:
            raise Refusal(404, "not_found", "There is nothing at this address. See /openapi.json.")
        if (wanted := "GET" if method == "HEAD" else method) not in verbs:
            raise _not_allowed(", ".join([*verbs, *(["HEAD"] if "GET" in verbs else [])]))
        deployment = self.watch.current.get(parts[2])
        if deployment is None:
            raise Refusal(404, "not_found", "No model is deployed under this name. Check the address on the deployment's page.")
        return self._handlers[(wanted, action)], parts[2], action or "model", deployment

    async def _predict(self, request: Request, deployment: Deployment) -> Reply:
        began, now = time.perf_counter(), utc_now()
        replay = check_access(request.headers, deployment, self._key_path, now)
        body = http.parse_json(request)
        champion = _champion(deployment)
        cases = read_cases(body, deployment.columns, deployment.manifest.entity_column, replay=replay, now=now)
        served = _assign(cases, deployment, champion)
        scores = await _score(served)
        ms = (time.perf_counter() - began) * 1000
        context = Context(deployment, request.id, now, ms, replay)
        answers = _answers(served, scores, context)
        await self._keep(b"".join(line for _, line in answers), deployment)
        self._count(served, deployment, began)
        reply = {"model": deployment.manifest.name, "request_id": request.id, "predictions": [body for body, _ in answers]}
        return Reply(200, msgspec.json.encode(reply))

    def _count(self, served: list[Served], deployment: Deployment, began: float) -> None:
        name, seconds = deployment.manifest.name, time.perf_counter() - began
        for arm in ARMS:
            mine = [s for s in served if s.arm == arm]
            if mine:
                self.metrics.predicted(name, mine[0].model.entry.version, arm, len(mine))
        self.metrics.took(name, seconds)
        deployment.recent.add(len(served), seconds * 1000)

    async def _feedback(self, request: Request, deployment: Deployment) -> Reply:
        now = utc_now()
        replay = check_access(request.headers, deployment, self._key_path, now)
        body = http.parse_json(request)
        outcomes = read_outcomes(body, _champion(deployment, stopped_too=True), replay=replay, now=now)
        await self._keep(feedback_lines(outcomes, deployment.manifest.name, replay=replay), deployment)
        return Reply(202, msgspec.json.encode({"accepted": len(outcomes), "request_id": request.id}))

    async def _keep(self, lines: bytes, deployment: Deployment) -> None:
        """Spool lines; where the deployment asks for it, only return once they are on the disk."""
        wanted = deployment.manifest.flush_ms
        if wanted is None or wanted > 0:
            self.spool.append(lines)
            return
        loop = asyncio.get_running_loop()
        flushed: asyncio.Future[bool] = loop.create_future()
        self.spool.append(lines, lambda done: _tell(loop, flushed, done))
        if not await flushed:
            raise Refusal(
                507, "storage_full", "The gateway's disk is full, and this deployment asks for answers that are kept. Free space."
            )

    async def _model(self, request: Request, deployment: Deployment) -> Reply:
        check_access(request.headers, deployment, self._key_path, utc_now())
        manifest, champion = deployment.manifest, deployment.champion
        body: dict[str, Any] = {
            "model": manifest.name, "state": manifest.state if champion or manifest.state == STOPPED else "refused",
            "version": champion.entry.version if champion else None, "canary_version": deployment.canary.entry.version if deployment.canary else None,
            "canary_share": manifest.canary_share, "entity_column": manifest.entity_column, "refused": deployment.refused,
        }  # fmt: skip
        return Reply(200, msgspec.json.encode(body | (_schema(champion) if champion else {})))

    def _ready(self) -> Reply:
        """Ready once every manifest's versions are loaded or refused; tells what is served and how the disk is."""
        spool = self.spool.state()
        settled = self.watch.settled
        body = {
            "ready": settled, "manifests": self.watch.trouble or "ok",
            "spool": {"full": spool.full, "waiting_bytes": spool.waiting_bytes, "dropped_lines": spool.dropped_lines},
            "deployments": {name: _status(d) for name, d in self.watch.current.items()},
        }  # fmt: skip
        return Reply(200 if settled else 503, msgspec.json.encode(body))


def _tell(loop: asyncio.AbstractEventLoop, flushed: asyncio.Future[bool], done: bool) -> None:
    """From the spool's thread: end a wait, unless its request has gone."""

    def settle() -> None:
        if not flushed.done():
            flushed.set_result(done)

    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)


def _not_allowed(verbs: str) -> Refusal:
    return Refusal(405, "method_not_allowed", f"This address takes {verbs}.", headers=((b"allow", verbs.encode()),))


def _champion(deployment: Deployment, *, stopped_too: bool = False) -> Model:
    if deployment.manifest.state == STOPPED and not stopped_too:
        raise Refusal(503, "stopped", "This deployment is stopped. Deploy a version on its page to start it again.")
    if deployment.champion is None:
        why = f" {deployment.refused[0]}" if deployment.refused else " Its model is being loaded; try again in some seconds."
        raise Refusal(503, "not_served", f"Nothing is served here now.{why}", headers=((b"retry-after", b"2"),))
    return deployment.champion


def _assign(cases: tuple[Case, ...], deployment: Deployment, champion: Model) -> list[Served]:
    """Check each row against the version that answers it; a row that doesn't fit the canary goes to the champion.

    Raises:
        Refusal: names every fault by row and field.
    """
    luck, known = draw(), deployment.columns | ({deployment.manifest.entity_column} if deployment.manifest.entity_column else set())
    served: list[Served] = []
    faults: list[dict[str, Any]] = []
    for index, case in enumerate(cases):
        if deployment.canary is not None and deployment.takes_canary(case.entity, luck):
            row, _ = deployment.canary.schema.check(case.values, known)
            if row is not None:
                served.append(Served(row, deployment.canary, "canary", case.entity, case.served_at))
                continue
        row, wrong = champion.schema.check(case.values, known)
        if row is None:
            faults += [{"row": index, "field": name[:200], "message": message} for name, message in wrong]
        else:
            served.append(Served(row, champion, "champion", case.entity, case.served_at))
    if faults:
        raise invalid_rows(faults, len(cases))
    return served


def _answers(served: list[Served], scores: list[Any], context: Context) -> list[tuple[dict[str, Any], bytes]]:
    """Answers and spool lines of all rows; none where one of them can't be decided.

    Raises:
        Refusal: names each row and the column that it lacks.
    """
    answers, faults = [], []
    for index, (one, score) in enumerate(zip(served, scores, strict=True)):
        try:
            answers.append(answer(one, score, context))
        except Fault as fault:
            faults.append({"row": index, "field": fault.args[1], "message": fault.args[0]})
    if faults:
        raise invalid_rows(faults, len(served))
    return answers


async def _score(served: list[Served]) -> list[Any]:
    """Scores in the order of the rows, each arm asked once."""
    scores: list[Any] = [None] * len(served)
    for model in {id(s.model): s.model for s in served}.values():
        places = [i for i, s in enumerate(served) if s.model is model]
        try:
            found = await model.score([served[i].row.values for i in places])
        except Busy as error:
            raise Refusal(
                429, "busy", "Too many requests wait for this model. Try again in a second.", headers=((b"retry-after", b"1"),)
            ) from error
        for place, score in zip(places, found, strict=True):
            scores[place] = score
    return scores


def _schema(model: Model) -> dict[str, Any]:
    package, policy = model.package, model.certificate.policy
    features = [
        {"name": f.name, "type": f.kind.value, "nullable": f.nullable, "categories": f.categories[:100], "low": f.low, "high": f.high}
        for f in model.schema.features
    ]
    decided = (
        {"threshold": policy.threshold, "decides": model.decider.decides.kind.value, "currency": policy.currency} if model.decides else {}
    )
    return {"task": package.task.value, "classes": package.classes, "positive": package.positive, "features": features, **decided,
            "approved_at": model.certificate.approved_at.astimezone(UTC).isoformat(), "example": model.example}  # fmt: skip


def _status(deployment: Deployment) -> dict[str, Any]:
    manifest = deployment.manifest
    requests, rows, typical, slow = deployment.recent.last_minute()
    return {
        "state": manifest.state, "generation": manifest.generation,
        "version": deployment.champion.entry.version if deployment.champion else None,
        "canary_version": deployment.canary.entry.version if deployment.canary else None,
        "refused": deployment.refused, "path": deployment.champion.path if deployment.champion else None,
        "last_minute": {"requests": requests, "rows": rows, "p50_ms": typical, "p95_ms": slow},
    }  # fmt: skip
