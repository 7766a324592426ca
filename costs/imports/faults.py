"""Faults of a file of costs: which row, which column, what is there, what is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_FAULTS: Final = 100
LONGEST_FOUND: Final = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that keeps a file from being taken over.

    ``row`` counts from the header as row 1, as a spreadsheet does; None is the whole
    file. ``code`` names the kind of fault for programs, ``says`` is for people.
    """

    code: str
    says: Text
    row: int | None = None
    column: str = ""
    found: str = ""

    def sentence(self, language: str) -> str:
        """Where it is, what is there and what is needed, in one sentence."""
        found = shortened(self.found)
        if language.lower().startswith("ja"):
            place = "" if self.row is None else f"{self.row:,}行目"
            place += "の" if place and self.column else ""
            place += f"列{self.column}" if self.column else ""
            held = f"「{found}」が入っています。" if found else ""
            lead = f"{place}に{held}" if place and held else held
            lead = lead or (f"{place}: " if place else "")
        else:
            places = [] if self.row is None else [f"row {self.row:,}"]
            places += [f"column {self.column}"] if self.column else []
            place = ", ".join(places)
            lead = f"{place}: " if place else ""
            if found:
                lead = f"{place} holds “{found}”. " if place else f"“{found}”: "
            lead = lead[:1].upper() + lead[1:]
        return lead + self.says.in_(language)

    def to_json(self) -> dict[str, str | int | None]:
        """Both sentences and the place, as an import keeps them."""
        return {
            "ja": self.sentence("ja"),
            "en": self.sentence("en"),
            "row": self.row,
            "column": self.column,
        }


class FileRefused(Exception):
    """The file cannot be taken over: its first hundred faults."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)[:MOST_FAULTS]
        super().__init__(", ".join(sorted({fault.code for fault in self.faults})))


class CellRefused(Exception):
    """A cell that cannot be read; its row is known further up."""

    # object: what fills the wording.
    def __init__(self, code: str, column: str, found: str, **fills: object) -> None:
        self.code, self.column, self.found = code, column, found
        self.fills = fills
        super().__init__(code)

    def at(self, row: int | None, column: str = "") -> Fault:
        """The fault, with the column as the file calls it."""
        return fault(self.code, row, column or self.column, self.found, **self.fills)


# Any: what fills the wording.
def refused(
    code: str, row: int | None = None, column: str = "", found: str = "", **fills: Any
) -> FileRefused:
    """The refusal of a file for one reason."""
    return FileRefused([fault(code, row, column, found, **fills)])


# Any: what fills the wording.
def fault(
    code: str, row: int | None = None, column: str = "", found: str = "", **fills: Any
) -> Fault:
    """A fault in the words of its code."""
    says = WORDS[code]
    filled = Text(says.ja.format_map(fills), says.en.format_map(fills))
    return Fault(code, filled, row, column, found)


def shortened(found: str) -> str:
    """A cell as it fits into a sentence: on one line, printable, not too long."""
    shown = "".join(c if c.isprintable() else " " for c in found).strip()
    return shown if len(shown) <= LONGEST_FOUND else shown[: LONGEST_FOUND - 1] + "…"


WORDS: Final[dict[str, Text]] = {
    "empty": Text(
        "ファイルが空です。見出しとデータの行を含めて書き出してください。",
        "The file is empty; export it with its header and rows.",
    ),
    "no_rows": Text(
        "見出しだけでデータの行がありません。期間を確かめて書き出してください。",
        "It holds a header but no rows; check the period and export it again.",
    ),
    "page": Text(
        "表ではなくWebページ（HTML）です。ログインし直してファイルを取得してください。",
        "This is a web page (HTML), not a table; sign in and download the file again.",
    ),
    "archive": Text(
        "ZIPなどの書庫かExcelのファイルです。"
        "展開するかCSVで保存してから取り込んでください。",
        "This is a ZIP archive or an Excel workbook; unpack it or save it as CSV.",
    ),
    "not_text": Text(
        "CSV、Parquet、JSONのいずれでもありません。",
        "It is none of CSV, Parquet and JSON.",
    ),
    "encoding": Text(
        "UTF-8の文字ではありません。UTF-8で書き出してください。",
        "These bytes are not UTF-8; export the file as UTF-8.",
    ),
    "bomb": Text(
        "展開すると{limit:,}バイトを超えます。期間を分けて書き出してください。",
        "Unpacked it holds more than {limit:,} bytes; export shorter periods.",
    ),
    "broken": Text(
        "ファイルが壊れているか途中で切れています。もう一度取得してください。",
        "The file is damaged or cut off; fetch it again.",
    ),
    "long_line": Text(
        "1行が1 MBを超えています。引用符が閉じているか確かめてください。",
        "A row is longer than 1 MB; check that every quote is closed.",
    ),
    "long_cell": Text(
        "値が長すぎます（{limit:,}文字まで）。引用符が閉じているか確かめてください。",
        "A value of at most {limit:,} letters is needed; check that quotes are closed.",
    ),
    "uneven": Text(
        "この行の値は{held}個ですが、見出しには{needed}列あります。",
        "This row has {held} values, the header has {needed} columns.",
    ),
    "unknown_format": Text(
        "対応している形式ではありません。FOCUS、AWSのコストと使用状況レポート、"
        "ジョブの一覧（開始、終了、GPU数）、nvidia-smiのCSV、Prometheusの"
        "応答のいずれかが必要です。",
        "This is no known format; FOCUS, an AWS Cost and Usage Report, a list of jobs"
        " (start, end, gpus), CSV of nvidia-smi or an answer of Prometheus is needed.",
    ),
    "missing_columns": Text(
        "列{columns}が必要です。列を含めて書き出してください。",
        "It needs {columns}; export it with them.",
    ),
    "twice": Text(
        "同じ名前の列が2つあります。どちらを使うか分かりません。",
        "Two columns have this name, so it is open which of them counts.",
    ),
    "empty_cell": Text("値が必要です。", "A value is needed."),
    "not_a_number": Text("数が必要です。", "A number is needed."),
    "too_large": Text(
        "14桁以下の数が必要です。", "A number of at most 14 digits is needed."
    ),
    "negative": Text(
        "0以上の時間・数量が必要です。", "Hours and counts cannot be below 0."
    ),
    "too_many": Text(
        "100,000以下の数が必要です。", "A number of at most 100,000 is needed."
    ),
    "not_a_time": Text(
        "2026-11-25T09:00:00+09:00のような日時が必要です。",
        "A time like 2026-11-25T09:00:00+09:00 is needed.",
    ),
    "no_zone": Text(
        "タイムゾーンがありません。取り込むときにタイムゾーンを選んでください。",
        "This time has no zone; choose the zone of the file when importing it.",
    ),
    "backwards": Text("終了が開始より前です。", "It ends before it begins."),
    "currency": Text(
        "JPYやUSDのような通貨コードが必要です。",
        "A code of a currency such as JPY or USD is needed.",
    ),
    "category": Text(
        "料金の区分はUsage、Purchase、Tax、Credit、Adjustmentのいずれかです。",
        "A charge is one of Usage, Purchase, Tax, Credit and Adjustment.",
    ),
    "tags": Text(
        'タグは{{"名前": "値"}}の形のJSONが必要です。',
        'Tags need to be JSON like {{"name": "value"}}.',
    ),
    "share": Text(
        "{most}以下で0以上の使用率が必要です。",
        "A utilisation between 0 and {most} is needed.",
    ),
    "no_machine": Text(
        "どのマシンの測定か分かりません。マシンの名前を入れるか、"
        "uuidの列を含めて測定してください。",
        "It is open which machine was measured; name it, or query the uuid too.",
    ),
    "no_measure": Text(
        "DCGM_FI_PROF_GR_ENGINE_ACTIVEかDCGM_FI_DEV_GPU_UTILの系列が必要です。",
        "It needs series of DCGM_FI_PROF_GR_ENGINE_ACTIVE or DCGM_FI_DEV_GPU_UTIL.",
    ),
    "prometheus": Text(
        "Prometheusのquery_rangeの応答（JSON）が必要です。",
        "An answer (JSON) of Prometheus to query_range is needed.",
    ),
    "headless": Text(
        "見出しがないときはtimestamp、index、uuid、name、utilization.gpuの順に"
        "測定してください。",
        "Without a header the order must be timestamp, index, uuid, name,"
        " utilization.gpu.",
    ),
    "no_boto3": Text(
        "AWSから直接取得するにはboto3が必要です。"
        "「pip install 'kenshu[aws]'」で入れてください。",
        "Fetching from AWS needs boto3; install it with pip install 'kenshu[aws]'.",
    ),
    "aws": Text(
        "AWSから取得できませんでした。認証情報、権限、リージョンを確かめてください。",
        "AWS did not give it; check the credentials, the permission and the region.",
    ),
    "much_json": Text(
        "{limit:,}バイトを超えるJSONです。期間を分けて取得してください。",
        "This JSON holds more than {limit:,} bytes; fetch shorter periods.",
    ),
}
