"""Runs: files measured against the truth and judged under an agreement."""

import os
import platform

# Arrow's own allocator keeps what was freed; the system's is as fast and gives it back.
# Arrow asks for this as it is loaded, which nothing before this package does.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

# numpy's kernels for AVX-512 give other last digits of logarithms than those of every
# other processor, and on AMD's Zen 4 its sort for them takes six times as long.
# numpy too asks as it is loaded; other machines do not know the name.
if platform.machine() in ("x86_64", "AMD64"):
    os.environ.setdefault("NPY_DISABLE_CPU_FEATURES", "X86_V4")

# A product that threads share has other last digits than one they do not, and they wait
# for the next in circles. What is measured is shared among threads of our own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
