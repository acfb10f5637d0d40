"""Why a file couldn't be made, said below its button in the reader's words; Streamlit itself answers with one sentence for everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime import app_session
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_storage import MediaFileStorageError

from core.errors import KachiError
from core.impact.export.failures import NotMade
from core.words import Words, error_text

log = structlog.get_logger(__name__)


class FileRefused(Exception):
    """A file that can't be made; its text is for the reader."""


def telling(make: Callable[[], bytes], words: Words) -> Callable[[], bytes]:
    """A maker of a file for a download button; what goes wrong is told in these words."""

    def made() -> bytes:
        try:
            return make()
        except KachiError as error:
            raise FileRefused(error_text(words, error)) from error
        except Exception as error:
            log.exception("pages.file_not_made")
            raise FileRefused(error_text(words, NotMade(type(error).__name__))) from error

    return made


class TellingDownloads(DeferredFileHandler):
    """Answers a press of a download button: with the file, or with why there is none."""

    async def handle(self, request: BackendOperationRequest, session_id: str) -> BackendOperationResponse:
        """Make the file off the page's thread, as Streamlit does."""
        try:
            url = await asyncio.to_thread(self._get_media_file_mgr().execute_deferred, request.deferred_file.file_id)
        except MediaFileStorageError as error:
            if not isinstance(error.__cause__, FileRefused):
                return await super().handle(request, session_id)  # a button that is gone by now
            return BackendOperationResponse(request_id=request.request_id, error_msg=str(error.__cause__))
        return BackendOperationResponse(request_id=request.request_id, deferred_file=DeferredFileResponsePayload(url=url))


def install() -> None:
    """Let every session answer so."""
    app_session.DeferredFileHandler = TellingDownloads  # type: ignore[attr-defined,misc]
