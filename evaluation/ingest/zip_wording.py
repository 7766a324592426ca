"""What a refusal of a zip says and how to mend it, by the code of its fault."""

from __future__ import annotations

from typing import Final

from evaluation.ingest.worded import Wording, worded

ZIP_WORDINGS: Final[dict[str, Wording]] = {
    "zip_broken": worded(
        "zipが壊れているか、途中で切れています。",
        "The zip is damaged or was cut off.",
        "フォルダーからzipを作り直してください。",
        "Make the zip again from its folder.",
    ),
    "zip_locked": worded(
        "{file}にパスワードがかかっています。",
        "{file} is locked by a password.",
        "パスワードを付けずにzipを作り直してください。",
        "Make the zip again without a password.",
    ),
    "zip_packing": worded(
        "{file}は、読めない方式で圧縮されています。無圧縮かDeflateが必要です。",
        "{file} is packed in a way that is not read. Stored or Deflate is needed.",
        "圧縮の方式を「標準(Deflate)」か「無圧縮」にして作り直してください。",
        "Make the zip again with the method Deflate, or without compression.",
    ),
    "zip_path": worded(
        "中の名前{file}は、フォルダーの外を指しているか、使えない文字を含みます。",
        "The name {file} inside leads out of the folder, is too long or holds "
        "characters no name may have.",
        "フォルダーをそのままzipにしてください。",
        "Pack the folder as it is.",
    ),
    "zip_link": worded(
        "中の{file}はリンクです。ファイルそのものが必要です。",
        "{file} inside is a link. The file itself is needed.",
        "リンク先のファイルを入れてzipを作り直してください。",
        "Make the zip again with the file the link leads to.",
    ),
    "zip_twice": worded(
        "{file}と同じ名前のものが、もう1つ入っています。",
        "There is another one inside by the name of {file}.",
        "1つにまとめるか名前を変えて、zipを作り直してください。",
        "Remove or rename one of them and make the zip again.",
    ),
    "zip_many": worded(
        "中のファイルが上限の{limit}個を超えています。",
        "More files are inside than the limit of {limit}.",
        "1つのファイルの行を増やして、ファイルの数を減らしてください。",
        "Write fewer files with more rows each.",
    ),
    "zip_large": worded(
        "展開すると{size}バイトになります。上限は{limit}バイトです。",
        "Unpacked it is {size} bytes large. The limit is {limit} bytes.",
        "使わない列を除くか、期間を分けてください。",
        "Leave out columns that are not used, or split it by time.",
    ),
    "zip_ratio": worded(
        "{packed}バイトのzipが、展開すると{size}バイトになります。"
        "上限は元の{limit}倍です。",
        "The zip of {packed} bytes would unpack to {size}. The limit is {limit} times "
        "its size.",
        "Parquetは圧縮して書き出し、そのフォルダーをzipにしてください。",
        "Write the Parquet files compressed, then pack their folder.",
    ),
    "zip_in_zip": worded(
        "中の{file}も圧縮されたファイルです。",
        "{file} inside is an archive itself.",
        "展開し、Parquetのファイルを直接入れてzipを作り直してください。",
        "Unpack it, and make the zip again with the Parquet files themselves.",
    ),
    "csv_in_zip": worded(
        "中の{file}はParquetではありません。"
        "zipで受け付けるのは、Parquetのフォルダーだけです。",
        "{file} inside is no Parquet. A zip may hold a folder of Parquet files only.",
        "CSVは、zipにせずに1つだけアップロードしてください(gzipは使えます)。",
        "Upload a CSV by itself, without the zip; gzip is fine.",
    ),
    "zip_without_parquet": worded(
        "zipの中にParquetのファイルがありません。",
        "The zip holds no Parquet file.",
        "末尾が.parquetのファイルがあるフォルダーをzipにしてください。",
        "Pack a folder that holds files ending in .parquet.",
    ),
    "renamed_spreadsheet": worded(
        "名前は違いますが、中身は表計算ソフトのファイルです(.xlsxも中はzipです)。",
        "It has another name, but it is a spreadsheet file; an .xlsx is a zip inside.",
        "表計算ソフトで開き、「CSV UTF-8」として保存してください。",
        "Open it in the spreadsheet program and save it as CSV (“CSV UTF-8”).",
    ),
}
