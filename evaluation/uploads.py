"""Receives files: streamed to disk and hashed on the way, no more than the limit."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class HashingUploadHandler(TemporaryFileUploadHandler):
    """Leaves ``sha256`` and ``too_large`` on the file; memory does not grow."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest = hashlib.sha256()
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > settings.MAX_UPLOAD_BYTES:
            # Read on without keeping: a line that is cut leaves its sender no sentence.
            return
        self.digest.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        file = super().file_complete(file_size)
        file.too_large = self.received > settings.MAX_UPLOAD_BYTES  # type: ignore[union-attr]  # our mark
        file.sha256 = self.digest.hexdigest()  # type: ignore[union-attr]  # our mark
        return file
