"""Arrow's columns as numpy's arrays, without a copy where there can be none.

pyarrow's own conversion may import pandas, which takes longer than a million rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray


def values_of(column: pa.Array) -> NDArray[Any]:
    """The values of a column; nulls among numbers are nan."""
    kind = column.type
    if column.null_count == 0:
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            found: NDArray[Any] = np.from_dlpack(column)
            return found
        if pa.types.is_boolean(kind):
            return np.from_dlpack(column.cast(pa.uint8())).view(np.bool_)
    plain: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return plain
