"""Runs: files measured against the truth and judged under an agreement."""

import os

# Arrow's own allocator keeps what was freed; the system's is as fast and gives it back.
# Arrow asks for this as it is loaded, which nothing before this package does.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
