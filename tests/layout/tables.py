"""Makes rows with DuckDB, tables of them with the program, and reads their files with pyarrow."""

import functools
import glob
import json
import os
import pathlib
import subprocess
import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = int(os.environ.get("ARTEMIS_LAYOUT_ROWS", 500_000))
MIB = 1 << 20

# Telemetry of 3 missions on 7 days, its rows in no order; payloads and kinds are skewed: half of the rows have a tenth of
# the payloads, and one kind of 23 has a quarter of the rows.
OBSERVATIONS = """
    SELECT 'mission-' || hash(i, 1) % 3 AS mission_id,
           TIMESTAMPTZ '2024-03-11 00:00:00+00' + to_microseconds((hash(i, 2) % 604800000000)::BIGINT) AS sampled_at,
           (CASE WHEN hash(i, 3) % 2 = 0 THEN hash(i, 4) % 12 ELSE hash(i, 4) % 120 END)::INTEGER AS payload_id,
           'kind-' || (CASE WHEN hash(i, 5) % 4 = 0 THEN 7 ELSE hash(i, 6) % 23 END) AS sensor_kind,
           (hash(i, 7) % 4096)::DOUBLE / 16 AS reading,
           i AS row_number
    FROM range({rows}) AS t(i)
"""
# Wide rows, about 200 bytes, of a thousand tuples (40 missions, 25 days) in no order.
WIDE = """
    SELECT 'mission-' || hash(i, 1) % 40 AS mission_id,
           TIMESTAMPTZ '2024-03-01 00:00:00+00' + to_microseconds((hash(i, 2) % 2160000000000)::BIGINT) AS sampled_at,
           (hash(i, 3) % 128)::INTEGER AS payload_id,
           'kind-' || hash(i, 4) % 23 AS sensor_kind,
           i AS row_number,
           (hash(i, 5) % 4096)::DOUBLE / 16 AS panel_voltage,
           (hash(i, 6) % 4096)::DOUBLE / 16 AS temperature_c,
           (hash(i, 7) % 4096)::DOUBLE / 16 AS pressure_kpa,
           (hash(i, 8) % 4)::INTEGER AS quality_flag,
           's3://telemetry-archive/mission/2024/03/pass-' || hash(i, 9) % 1000 || '.tar' AS archive_uri,
           'mission/2024-03/payload-block-' || hash(i, 10) || '.bin' AS object_path
    FROM range({rows}) AS t(i)
"""

# Starts a program and says how much of it was resident at most; small, since the kernel counts into this figure what the
# process was before it became the program.
_LAUNCH = """
import os, sys
report, command = sys.argv[1], sys.argv[2:]
process = os.posix_spawn(command[0], command, os.environ)
_, status, usage = os.wait4(process, 0)
with open(report, "w") as file:
    file.write(str(usage.ru_maxrss * 1024))
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""


class Tables:
    def __init__(self, bin_dir, folder):
        self.folder = pathlib.Path(folder)
        self._program = os.path.join(bin_dir, "artemis")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("ARTEMIS_")}
        self.environment |= {"HOME": folder, "ARTEMIS_WAREHOUSE": str(self.folder / "warehouse")}

    def command(self, *arguments):
        return [self._program, *map(str, arguments)]

    def attempt(self, *arguments):
        done = subprocess.run(self.command(*arguments), capture_output=True, env=self.environment, cwd=self.folder)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def run(self, *arguments):
        code, out, err = self.attempt(*arguments)
        assert code == 0, f"artemis {' '.join(map(str, arguments))}\nended with {code}\n{err[-4000:]}"
        return out

    def measured(self, *arguments):
        """Runs the program to its end: the most bytes it had resident."""
        return self.measured_command(self.command(*arguments))

    def measured_command(self, command):
        report = self.folder / "resident"
        done = subprocess.run(
            [sys.executable, "-ISc", _LAUNCH, str(report), *command],
            capture_output=True,
            env=self.environment,
            cwd=self.folder,
        )
        assert done.returncode == 0, done.stderr.decode()[-4000:]
        return int(report.read_text())

    @functools.cache
    def rows(self, query, rows):
        """The query's rows as an Arrow stream; gives its path."""
        path = self.folder / f"rows-{abs(hash(query))}-{rows}.arrow"
        reader = duckdb.connect().sql(query.format(rows=rows)).to_arrow_reader(100_000)
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, reader.schema) as stream:
            for batch in reader:
                stream.write_batch(batch)
        return path

    def create(self, name, rows, *options):
        partition = "mission_id, day(sampled_at) as day"
        self.run("table", "create", name, "--like", rows, "--partition", partition, *options)

    def facts(self, *arguments):
        return json.loads(self.run(*arguments, "--format", "json"))

    def data_files(self, name):
        return sorted(glob.glob(f"{self.folder}/warehouse/{name.replace('.', '/')}/data/**/*.parquet", recursive=True))


def read(path, columns=None):
    return pq.ParquetFile(path).read(columns)
