"""Download buttons whose file can't be made: the reader is told why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, DeferredFileRequestPayload
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse
from streamlit.runtime import app_session
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from app.server import create_app
from app.ui.downloads import TellingDownloads, telling
from core.errors import Unavailable
from core.words import Words

BUSY = "Other files are being made just now. Try again in a minute."


def answer(make: Callable[[], bytes], language: str, *, gone: bool = False) -> BackendOperationResponse:
    manager = MediaFileManager(storage=MemoryMediaFileStorage("/media"))
    key = manager.add_deferred(telling(make, Words(language)), "text/plain", "1.1", "file.txt")  # type: ignore[arg-type]
    request = BackendOperationRequest(request_id="r", deferred_file=DeferredFileRequestPayload(file_id="other" if gone else key))
    return asyncio.run(TellingDownloads(lambda: manager).handle(request, "session"))


def test_a_file_is_handed_over() -> None:
    made = answer(lambda: b"file", "en")
    assert made.deferred_file.url.startswith("/media/")
    assert not made.error_msg


@pytest.mark.parametrize(("language", "said"), [("en", BUSY), ("ja", "1分ほど待って")])
def test_why_it_can_not_be_made_is_told_in_the_readers_words(language: str, said: str) -> None:
    def refuse() -> bytes:
        raise Unavailable(BUSY)

    assert said in answer(refuse, language).error_msg


def test_a_fault_of_ours_says_what_to_do() -> None:
    def fail() -> bytes:
        raise OSError("no such disk")

    told = answer(fail, "en").error_msg
    assert "OSError" in told
    assert "Try again" in told
    assert "no such disk" not in told


def test_a_button_that_is_gone_is_answered_as_ever() -> None:
    assert answer(lambda: b"file", "en", gone=True).error_msg


def test_the_portal_answers_so() -> None:
    create_app()
    assert app_session.DeferredFileHandler is TellingDownloads
