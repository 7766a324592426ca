"""Valkey and Postgres as child processes, for machines that have neither."""

from __future__ import annotations

from config.embedded.broker import valkey
from config.embedded.database import postgres
from config.embedded.process import EmbeddedError

__all__ = ["EmbeddedError", "postgres", "valkey"]
