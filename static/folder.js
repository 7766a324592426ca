// A folder of Parquet files as one zip, made in the browser and sent like any other zip.
// Stored, by name and without times: the same folder always gives the same bytes.

const ENDINGS = /\.(parquet|parq|pq)$/i;
const IN_UTF8 = 0x800;
const NEW_YEAR_1980 = 0x21;
const TABLE = Uint32Array.from({ length: 256 }, (_none, number) => {
  let rest = number;
  for (let bit = 0; bit < 8; bit += 1) {
    rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return rest;
});

async function crcOf(file) {
  const reader = file.stream().getReader();
  let crc = -1;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    for (const byte of part.value) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255];
  }
  return ~crc >>> 0;
}

// Numbers as a zip holds them: each [bytes, value], the lowest byte first.
function numbers(...fields) {
  const size = fields.reduce((sum, [bytes]) => sum + bytes, 0);
  const view = new DataView(new ArrayBuffer(size));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return view;
}

// [{path, file}] below a chosen or dropped folder, without what is hidden.
export function wanted(found) {
  const kept = found.filter(
    ({ path }) => ENDINGS.test(path) && !path.split("/").some((p) => /^[._]/.test(p)),
  );
  return kept.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export async function zipOf(entries, name) {
  const parts = [];
  const list = [];
  let offset = 0;
  for (const { path, file } of entries) {
    const told = new TextEncoder().encode(path);
    const about = [
      ...[20, IN_UTF8, 0, 0, NEW_YEAR_1980].map((value) => [2, value]),
      ...[await crcOf(file), file.size, file.size].map((value) => [4, value]),
      ...[told.length, 0].map((value) => [2, value]),
    ];
    const head = numbers([4, 0x04034b50], ...about);
    parts.push(head, told, file);
    const rest = [[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]];
    list.push(numbers([4, 0x02014b50], [2, 20], ...about, ...rest), told);
    offset += head.byteLength + told.length + file.size;
  }
  const size = list.reduce((sum, part) => sum + part.byteLength, 0);
  const count = [2, entries.length];
  const end = numbers(
    ...[[4, 0x06054b50], [2, 0], [2, 0], count, count],
    ...[[4, size], [4, offset], [2, 0]],
  );
  return new File([...parts, ...list, end], `${name}.zip`, { type: "application/zip" });
}

// Every file below an entry of what was dropped.
export async function below(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    return [{ path: entry.fullPath.slice(1), file }];
  }
  const reader = entry.createReader();
  const found = [];
  // A reader gives a hundred at a time, and an empty list at the end.
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return found;
    for (const one of some) found.push(...(await below(one)));
  }
}
