#!/usr/bin/env bash
# pyarrow 26.0.1: a Parquet dataset partitioned by file name, written and read back by the same few lines, has other
# values: "internal_only" comes back as "internal", "not_released_yet" as "not", and rows whose value begins with an
# underscore, or is missing, do not come back at all. No error on writing or on reading. The name is the value, an
# underscore and the part, and is cut at its first underscore; what begins with one is passed over as a hidden file.
# With the flavor "hive" all rows come back as they were.
# The documentation of pyarrow.dataset.partitioning says of the flavor "filename" that "_" parts the segments of a name,
# and of "hive" that values are escaped. It does not say that a value with "_" is written all the same and cannot be read
# back. Apache Parquet itself knows no partitions and gives names no meaning.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1
cd "$folder"
venv/bin/python - <<'PY'
import pyarrow as pa
import pyarrow.dataset as ds

RELEASES = ["general", "internal_only", "not_released_yet", "_unknown", None]


def written_and_read(flavor):
    table = pa.table({"release": pa.array(RELEASES, pa.string()), "place": list(range(len(RELEASES)))})
    partitioning = ds.partitioning(pa.schema([("release", pa.string())]), flavor=flavor)
    ds.write_dataset(table, flavor, format="parquet", partitioning=partitioning)
    rows = ds.dataset(flavor, format="parquet", partitioning=partitioning).to_table().to_pylist()
    read = {row["place"]: row["release"] for row in rows}
    return [read.get(place, "(no row)") for place in range(len(RELEASES))]


print("pyarrow", pa.__version__)
by_name, hive = written_and_read("filename"), written_and_read("hive")
print(f"{'written':18} {'filename':12} hive")
for row in zip(RELEASES, by_name, hive, strict=True):
    print(f"{row[0]!s:18} {row[1]!s:12} {row[2]!s}")
assert hive == RELEASES
assert by_name == ["general", "internal", "not", "(no row)", "(no row)"], "names are read back otherwise now"
PY
