"""Feeds broken files to the readers for a while: `make fuzz` (SECONDS=600).

Whatever the bytes, the answer is a measured file or a refusal that can be said in both
languages; anything else is a finding, and its file is kept in var/fuzz/findings.
"""

from __future__ import annotations

import gzip
import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(
    include=["evaluation.ingest", "evaluation.metrics", "costs.imports"]
):
    from costs.imports.faults import FileRefused as BillRefused
    from evaluation.ingest.faults import FileRefused
    from evaluation.ingest.inspect import Caps
    from evaluation.ingest.past import past_batches
    from evaluation.metrics.history import history_of
    from evaluation.offline import answer
    from fuzz import bills

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from projects.catalogue import Shape, Terms

SHAPES: Final = tuple(Shape)
TERMS: Final = (
    Terms(threshold=0.5, season=3),
    Terms(classes=("OK", "NG", "傷"), without_score="left_out", alarm_gap_seconds=60),
    Terms(season=2, yen_over=1, yen_under=2, holding_rate=0.1, yen_shortage=3),
)
# What a file begins with, so that the bytes that follow reach further than the head.
HEADS: Final = (
    "",
    "y_true,y_pred\n",
    "y_true,y_score,weight,timestamp\n",
    "timestamp,y_true,y_pred,y_score,segment,changepoint,scored\n",
    "series_id,horizon,y_true,y_pred,y_lower,y_upper\n",
    "timestamp,y_true,y_pred,q05,q50,q95,y_rule\n",
    "日付;時刻;実績(万kW);予測値(万kW)\n",
    "sku,month,demand,demand_met_from_stock,on_hand_end,backorder_end,order_qty\n",
    "trial\tbefore\tafter\tsegment\n",
    "series_id,timestamp,y\n",
)
DRESSES: Final = ("utf-8", "utf-8-sig", "cp932", "gzip", "plain")
CAPS: Final = Caps(bytes=1 << 20, rows=10_000, unpacked=1 << 20, segments=500)
WORDS: Final = (
    *("2020-01-01", "2020-01-01T00:00:00+09:00", "2026/6/30 24:00", "年月日", "nan"),
    *("inf", "-0", "1e999", "0x1p3", "正常", "NG", '"', "\\r\\n", ";", "\\x1f\\x8b"),
    *("PK\\x01\\x02", "PK\\x05\\x06", "../", "segment=A/", ".parquet"),
    *("PAR1", "\\xef\\xbb\\xbf", "\\x83\\x5c", "1_000", "１２", "9" * 20, "00:00"),
)
# In memory where there is such a place: a file is written for each try. One place for
# all runs, as the fuzzer ends without tidying up.
SHM: Final = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()  # noqa: S108
FOLDER: Final = Path(SHM, f"kenshu-fuzz-{os.getuid()}")
# A refusal is read by people: about ten classes of sixty letters fit.
LONGEST: Final = 3_000


def one(data: bytes) -> None:
    """One file: three bytes say what it is taken for, the rest is its content."""
    if len(data) < 3:
        return
    if data[0] >= bills.FIRST:
        one_bill(data)
        return
    shape = SHAPES[data[0] % len(SHAPES)]
    dress = DRESSES[data[1] % len(DRESSES)]
    head = HEADS[data[1] // len(DRESSES) % len(HEADS)]
    terms = TERMS[data[2] % len(TERMS)]
    content = _dressed(head, dress, data[3:])
    path = FOLDER / "run.csv"
    path.write_bytes(content)
    try:
        if data[2] & 128:
            history_of(past_batches(path, path.name, CAPS), terms.season)
        else:
            done = answer(path, shape, terms, sketch=bool(data[2] & 64), threads=1)
            done.measured("")
            for segment in done.segments()[:3]:
                done.measured(segment)
    except FileRefused as refused:
        for fault in refused.faults:
            for language in ("ja", "en"):
                said = fault.sentence(language, "run.csv") + fault.cure(language)
                if len(said) > LONGEST:
                    raise RuntimeError(f"too long to read: {said!r}") from refused


def one_bill(data: bytes) -> None:
    """One file of costs: read whole, or refused in both languages."""
    dress = DRESSES[data[1] % len(DRESSES)]
    head = bills.HEADS[data[1] // len(DRESSES) % len(bills.HEADS)]
    path = FOLDER / "bill.csv"
    path.write_bytes(_dressed(head, dress, data[3:]))
    try:
        bills.read(path, data[2])
    except BillRefused as refused:
        for fault in refused.faults:
            for language in ("ja", "en"):
                said = fault.sentence(language)
                if not said or len(said) > LONGEST:
                    raise RuntimeError(f"cannot be read: {said!r}") from refused


def _dressed(head: str, dress: str, rest: bytes) -> bytes:
    if dress == "plain":
        return rest
    if dress == "gzip":
        return gzip.compress(head.encode() + rest, 1)
    return head.encode(dress, "replace") + rest


def _seeds(folder: Path) -> None:
    """Files that can be read, for the fuzzer to break."""
    bodies = {
        1: "1,0\n0,0\n1,1\n",
        2: "2020-01-01 00:00:00,0,0,,other/1,0,1\n2020-01-01 00:01,1,1,.5,a,1,0\n",
        3: "H1,1,619.0,617.0,600,700\nH1,2,565,600,500,800\n",
        4: "2020-01-01,1,2,0,1,3,4\n2020-01-02,1,2,0,1,3,4\n",
        5: "2022/6/30;0:00;3117;3124\n2022/6/30;1:00;2893;2900\n",
        6: "21048570,2000-04,2,0,2,0,0\n21048570,2000-05,2,2,1,1,0\n",
        7: "T1\t5\t4\tA\nT2\t6\t5\tB\n",
        9: "2022/6/30 23:55 UPDATE\n0.5,1\n\n日付;時刻;実績;予測\n2022/6/30;1:00;2;3\n",
        8: "A,2020-01-01,3\nA,2020-01-02,4\nA,2020-01-03,5\n",
    }
    of_shape = {1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 2, 7: 3, 8: 1, 9: 1}
    for at, body in bodies.items():
        for number, dress in enumerate(DRESSES):
            first = bytes([of_shape[at], at % len(HEADS) * len(DRESSES) + number, 0])
            whole = body.encode("utf-8")
            if dress == "plain":
                whole = HEADS[at % len(HEADS)].encode("cp932") + whole
            (folder / f"{at}-{dress}").write_bytes(first + whole)
    for name, (head, content) in bills.seeds().items():
        dress = DRESSES.index("plain" if "parquet" in name else "utf-8")
        first = bytes([bills.FIRST, head * len(DRESSES) + dress, 0])
        (folder / name).write_bytes(first + content)
    for number, kind in enumerate(("int8", "float", "bool", "text", "coded")):
        held = _parquet(kind, number)
        (folder / f"parquet-{kind}").write_bytes(bytes([0, 4, 0]) + held)
        (folder / f"zip-{kind}").write_bytes(
            bytes([0, 4, 0]) + _zip(held, zipfile.ZIP_DEFLATED if number % 2 else 0)
        )


def _parquet(kind: str, number: int) -> bytes:
    truth = np.array([0, 1, 1, 0], np.int8)
    columns = {
        "int8": pa.array(truth),
        "float": pa.array(truth.astype(np.float32)),
        "bool": pa.array(truth.astype(bool)),
        "text": pa.array(["0", "1", "1", "0"]),
        "coded": pa.array(["0", "1", "1", None]).dictionary_encode(),
    }
    column = columns[kind]
    held = io.BytesIO()
    table = pa.table({"y_true": column, "y_pred": column, "segment": column})
    pq.write_table(table, held, row_group_size=1 + number)
    return held.getvalue()


def _zip(parquet: bytes, packing: int) -> bytes:
    """A folder of two files, with what lies beside them."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as archive:
        archive.writestr("runs/_SUCCESS", b"")
        for name in ("A", "B%20棟"):
            archive.writestr(f"runs/site={name}/part-0.parquet", parquet)
    return held.getvalue()


def main() -> None:
    """Fuzz for SECONDS; ends with an error at the first finding."""
    home = Path("var/fuzz")
    corpus, found = home / "corpus", home / "findings"
    for folder in (FOLDER, corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    _seeds(corpus)
    words = home / "words.txt"
    words.write_bytes(b"".join(_quoted(word) for word in WORDS))
    asked = [
        *(sys.argv[0], str(corpus), f"-dict={words}", f"-artifact_prefix={found}/"),
        f"-max_total_time={os.environ.get('FUZZ_SECONDS', '600')}",
        *("-max_len=4096", "-timeout=20", "-rss_limit_mb=4096", "-print_final_stats=1"),
        *sys.argv[1:],
    ]
    atheris.Setup(asked, one)
    atheris.Fuzz()


def _quoted(word: str) -> bytes:
    plain = word.encode().decode("unicode_escape").encode("latin-1")
    if "\\" not in word:
        plain = word.encode()
    return b'"' + b"".join(b"\\x%02x" % byte for byte in plain) + b'"\n'


if __name__ == "__main__":
    main()
