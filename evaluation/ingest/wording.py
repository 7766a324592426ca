"""What a refusal says and how to mend it, one entry for each code of a fault."""

from __future__ import annotations

from typing import Final

from evaluation.ingest.worded import Wording, worded
from evaluation.ingest.zip_wording import ZIP_WORDINGS

WORDINGS: Final[dict[str, Wording]] = {
    "empty_file": worded(
        "ファイルが空です。",
        "The file is empty.",
        "書き出しをやり直し、見出しの行とデータの行があることを確かめてください。",
        "Export it again and check that it holds a header and rows.",
    ),
    "empty_folder": worded(
        "フォルダーにParquetのファイルがありません。",
        "The folder holds no Parquet file.",
        "末尾が.parquetのファイルを入れるか、ファイルを1つ選んでください。",
        "Put files ending in .parquet into it, or name one file.",
    ),
    "uneven_folder": worded(
        "{file}と{first}とで列が違います。フォルダーの全ファイルに同じ列が必要です。",
        "{file} has other columns than {first}. Every file of the folder needs the "
        "same ones.",
        "列をそろえるか、違う方のファイルを別のフォルダーに移してください。",
        "Give them the same columns, or move the other file elsewhere.",
    ),
    "uneven_path": worded(
        "{file}の道筋にこの列のフォルダー名がありません。"
        "全ファイルに同じ区分けが必要です。",
        "No folder on the way to {file} gives it. Every file needs the same "
        "partitions.",
        "「列=値」の名前のフォルダーに、すべてのファイルを入れてください。",
        "Put every file into a folder named “column=value”.",
    ),
    "unreadable_part": worded(
        "中の{file}が壊れていて読めません。",
        "The file {file} inside is damaged and cannot be read.",
        "そのファイルを書き出し直してから、もう一度まとめてください。",
        "Export that file again, then pack the folder again.",
    ),
    "unreachable": worded(
        "保管先から読めません({why})。",
        "Its store cannot be read ({why}).",
        "アドレス、権限、通信を確かめてください。",
        "Check the address, the permission and the network.",
    ),
    "header_only": worded(
        "見出しだけで、データの行がありません。",
        "It holds a header, but no rows.",
        "データの行を含めて書き出してください。",
        "Export it with its rows.",
    ),
    "missing_column": worded(
        "{label}の列が必要です。ファイルにある列は{columns}です。",
        "A column for the {label} is needed. The file has {columns}.",
        "列を加えるか、どの列がそれにあたるかを画面で選んでください。",
        "Add the column, or choose on screen which column holds it.",
    ),
    "duplicate_column": worded(
        "同じ名前の列が2つ以上あります。列の名前は1つずつ違う必要があります。",
        "The name stands over more than one column. Every column needs its own name.",
        "使わない方の列を消すか、名前を変えてください。",
        "Remove the column that is not used, or rename it.",
    ),
    "mapped_twice": worded(
        "1つの列が2つの役割に選ばれています。",
        "One column was chosen for two roles.",
        "役割ごとに別の列を選んでください。",
        "Choose a column of its own for each role.",
    ),
    "no_threshold": worded(
        "判定の列がないため、スコアのしきい値が必要です。",
        "Without a column of predictions, a threshold for the score is needed.",
        "しきい値を入力するか、判定の列を選んでください。",
        "Enter a threshold, or choose the column of predictions.",
    ),
    "not_a_number": worded(
        "数が必要です。",
        "A number is needed.",
        "数に直してください。桁区切りのコンマや単位は付けられません。",
        "Write a plain number, without thousands separators or units.",
    ),
    "not_finite": worded(
        "有限の数が必要です。",
        "A finite number is needed.",
        "値を求め直すか、その行を除いてください。",
        "Compute the value again, or leave the row out.",
    ),
    "empty_cell": worded(
        "セルが空です。値が必要です。",
        "The cell is empty. A value is needed.",
        "値を入れるか、その行を除いてください。",
        "Fill it in, or leave the row out.",
    ),
    "bad_label": worded(
        "0か1が必要です。見つかった値は{classes}です。",
        "Either 0 or 1 is needed. Found so far: {classes}.",
        "正常を0、異常を1に置き換えてください。true/false、正常/異常、OK/NGも使えます。",
        "Write normal as 0 and real as 1; true/false, 正常/異常 and OK/NG do as well.",
    ),
    "bad_class": worded(
        "合意した種類のどれでもありません。合意した種類は{classes}です。",
        "It is none of the classes agreed: {classes}.",
        "合意した種類の名前に直すか、新しい版の合意で種類を加えてください。",
        "Write one of the names agreed, or agree on another class in a new version.",
    ),
    "negative": worded(
        "負の数です。0以上の数が必要です。",
        "It is below zero. Zero or more is needed.",
        "数え直すか、その行を除いてください。",
        "Count again, or leave the row out.",
    ),
    "not_a_time": worded(
        "日付か日時が必要です。",
        "A date or a time is needed.",
        "2026-11-27 18:42のように書いてください。",
        "Write it like 2026-11-27 18:42.",
    ),
    "time_backwards": worded(
        "前の行の{before}より古い日時です。系列ごとに時刻の順に並んでいる必要があります。",
        "That is before {before} in the row above it. Times must not go backwards "
        "within a series.",
        "系列ごとに日時の順に並べ替えてください。",
        "Sort the rows by time within each series.",
    ),
    "duplicate_id": worded(
        "同じIDが前の行にあります。IDは1行に1つである必要があります。",
        "The same id stands in an earlier row. Every row needs its own id.",
        "重複した行を除くか、IDの列の選択を外してください。",
        "Remove the repeated rows, or choose no column for the id.",
    ),
    "ids_missing": worded(
        "正解データにある{count}件のIDがありません。最初の10件は{first}です。",
        "Ids of the truth set that are missing: {count}. The first of them: {first}.",
        "正解データのすべてのIDに予測を1行ずつ入れてください。",
        "Give one prediction for every id of the truth set.",
    ),
    "ids_extra": worded(
        "正解データにないIDが{count}件あります。最初の10件は{first}です。",
        "Ids that are not in the truth set: {count}. The first of them: {first}.",
        "正解データにない行を除くか、IDの書き方(前の0、空白)を確かめてください。",
        "Remove those rows, or check how ids are written (leading zeros, spaces).",
    ),
    "ragged_row": worded(
        "セルが{found_cells}個あります。見出しと同じ{needed_cells}個が必要です。",
        "The row has {found_cells} cells. As many as in the header are needed: "
        "{needed_cells}.",
        "値の中の区切り文字を引用符で囲むか、セルの数をそろえてください。",
        "Put values that contain the separator in quotes, or even out the cells.",
    ),
    "wrong_separator": worded(
        "列が1つしかなく、「{separator}」で区切られているようです。"
        "コンマ、セミコロン、タブのどれかで区切る必要があります。",
        "There is one column only, and it seems to be split by “{separator}”. "
        "A comma, a semicolon or a tab is needed.",
        "コンマ区切りで保存し直してください。",
        "Save it again with commas between the values.",
    ),
    "mixed_encodings": worded(
        "この行から文字コードが変わっています。1つの文字コードが必要です。",
        "The text encoding changes from this row on. One encoding is needed.",
        "つなぎ合わせる前のファイルをすべてUTF-8で保存し直してください。",
        "Save every file it was joined from as UTF-8, then join them again.",
    ),
    "unknown_encoding": worded(
        "文字コードを読み取れません。UTF-8かShift_JISが必要です。",
        "The text encoding cannot be read. UTF-8 or Shift_JIS is needed.",
        "UTF-8で保存し直してください。",
        "Save it again as UTF-8.",
    ),
    "line_too_long": worded(
        "1行が長すぎます。4 MBまでの行が必要です。",
        "A line is too long. Lines of at most 4 MB are needed.",
        "改行があるか、閉じていない引用符がないかを確かめてください。",
        "Check the line breaks, and look for a quotation mark that is never closed.",
    ),
    "cell_too_long": worded(
        "セルが長すぎます。{limit}バイトまでの値が必要です。",
        "The cell is too long. At most {limit} bytes are needed.",
        "値を短くするか、別の列を選んでください。",
        "Shorten the value, or choose another column.",
    ),
    "too_many_bytes": worded(
        "大きさが{size}バイトあります。上限は{limit}バイトです。",
        "It is {size} bytes large. The limit is {limit} bytes.",
        "使わない列を除くか、Parquetで保存してください。",
        "Leave out columns that are not used, or save it as Parquet.",
    ),
    "too_many_rows": worded(
        "行が上限の{limit}行を超えています。",
        "It has more rows than the limit of {limit}.",
        "期間を分けて、別々のファイルにしてください。",
        "Split it by time into several files.",
    ),
    "too_many_columns": worded(
        "列が{size}列あります。上限は{limit}列です。",
        "It has {size} columns. The limit is {limit}.",
        "使わない列を除いてください。",
        "Leave out the columns that are not used.",
    ),
    "executable": worded(
        "名前は表のファイルですが、中身はプログラムです。",
        "It is named like a table, but it is a program.",
        "CSVかParquetのファイルを選んでください。",
        "Choose a CSV or Parquet file.",
    ),
    "spreadsheet": worded(
        "表計算ソフトのファイルです。CSVかParquetが必要です。",
        "It is a spreadsheet file. CSV or Parquet is needed.",
        "表計算ソフトで開き、「CSV UTF-8」として保存してください。",
        "Open it in the spreadsheet program and save it as CSV (“CSV UTF-8”).",
    ),
    "archive": worded(
        "圧縮されたファイルです。CSVかParquetが必要です。",
        "It is a compressed archive. CSV or Parquet is needed.",
        "展開して、中のファイルを選んでください。",
        "Unpack it and choose the file inside.",
    ),
    "packed_parquet": worded(
        "gzipで包まれたParquetです。Parquetはそれ自体が圧縮されています。",
        "It is Parquet wrapped in gzip. Parquet is compressed by itself.",
        "gzipを外したParquetのファイルを選んでください。",
        "Choose the Parquet file without the gzip around it.",
    ),
    "too_many_segments": worded(
        "区分が上限の{limit}を超えています。",
        "It names more segments than the limit of {limit}.",
        "もっと大きな単位の列を選ぶか、列の選択を外してください。",
        "Choose a column of larger units, or none.",
    ),
    "interval_reversed": worded(
        "区間の下限が上限{upper}より大きくなっています。",
        "The lower end of the interval is above its upper end of {upper}.",
        "下限と上限の列を取り違えていないか確かめてください。",
        "Check whether the two columns were mixed up.",
    ),
    "quantiles_cross": worded(
        "低い分位点の値が、高い分位点{above}の値{value}より大きくなっています。",
        "The value is above that of the higher quantile {above}: {value}.",
        "分位点を小さい順に並べ直してください。",
        "Sort the quantiles of the row by size.",
    ),
    "more_than_asked": worded(
        "需要{demand}より多く満たしています。",
        "More was met than the demand of {demand}.",
        "前の期の受注残は含めず、その期の需要の分だけにしてください。",
        "Count only this period’s demand, without backorders of earlier ones.",
    ),
    "bad_weight": worded(
        "件数(重み)は、その行が同じ件をいくつ表すかという0以上の整数です。",
        "Weights are whole numbers of 0 or more: how many equal cases the row stands "
        "for.",
        "整数に直すか、件数でない列なら件数(重み)に選ばないでください。",
        "Write a whole number, or choose no column for the weight if this is none.",
    ),
    "no_cases": worded(
        "どの行の件数(重み)も0なので、測る件がありません。",
        "Every weight is 0, so there is no case to measure.",
        "件数の列が正しいか確かめてください。",
        "Check that the column holds how many cases each row stands for.",
    ),
    "too_many_cases": worded(
        "ここまでの件数(重み)の合計が、上限の{limit}件を超えています。",
        "With this row the weights add up to more than the limit of {limit} cases.",
        "ファイルを分けるか、本当に件数の列かを確かめてください。",
        "Split the file, or check that the column really counts equal cases.",
    ),
    "weight_apart": worded(
        "正解と予測を別のファイルで受け取るときは、IDごとに1件と数えるため、"
        "件数(重み)は使えません。",
        "Where truth and predictions come apart, each id is one case, so there can be "
        "no weights.",
        "件数(重み)の列を外し、1件を1行にしてください。",
        "Choose no column for the weight, and give each case a row.",
    ),
    "duplicate_period": worded(
        "同じ品番の同じ期間が前の行にあります。",
        "The same item and period stand in an earlier row.",
        "1つの品番と期間を1行にまとめてください。",
        "Put each item and period into one row.",
    ),
    "one_end_only": worded(
        "区間には下限と上限の両方の列が必要です。",
        "An interval needs columns for both its ends.",
        "もう一方の列も選ぶか、どちらも外してください。",
        "Choose the other column too, or neither.",
    ),
    "not_a_table": worded(
        "表として読めません。CSVかParquetが必要です。",
        "It cannot be read as a table. CSV or Parquet is needed.",
        "元のシステムからCSV(UTF-8)で書き出してください。",
        "Export it from its source as CSV in UTF-8.",
    ),
    "unreadable": worded(
        "ファイルが壊れていて、最後まで読めません。",
        "The file is damaged and cannot be read to its end.",
        "もう一度書き出すか、コピーし直してください。",
        "Export it or copy it again.",
    ),
    **ZIP_WORDINGS,
}
