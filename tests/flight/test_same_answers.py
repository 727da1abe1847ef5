"""With all threads, and no order asked for, a query gives the same rows in process and over Flight: as multisets, doubles within 1e-12
of each other. With one thread and a total order the streams are equal byte by byte (test_tickets.py)."""

import math
import os
import subprocess

import pyarrow as pa

TABLE = "artemis.sda.observations"
EARLY = f"{TABLE} AS OF 'early'"
MEASURES = ["panel_voltage", "temperature_c", "pressure_kpa"]
KEYS = ["payload_id", "mission_id", "sensor_kind", "quality_flag", "day"]
TOLERANCE = 1e-12


def queries():
    """50 queries: scans, filters, groups, joins, windows and time travel, none with an order."""
    for i in range(10):
        key, measure = KEYS[i % 5], MEASURES[i % 3]
        yield f"SELECT * FROM {TABLE} WHERE payload_id % 10 = {i}"
        yield f"SELECT {key}, count(*), avg({measure}), sum({measure}), stddev_samp({measure}) FROM {TABLE} GROUP BY {key}"
        yield (f"SELECT a.{key}, count(*), sum(a.{measure} - b.{measure}) FROM {TABLE} a JOIN {EARLY} b "
               f"USING (mission_id, payload_id, sample_timestamp_ns) WHERE a.payload_id > {100 + i} GROUP BY a.{key}")
        yield (f"SELECT payload_id, sample_timestamp_ns, avg({measure}) OVER (PARTITION BY mission_id, payload_id "
               f"ORDER BY sample_timestamp_ns, sequence_number ROWS {i + 1} PRECEDING) FROM {EARLY}")
        yield f"SELECT DISTINCT {key}, sensor_kind, {measure} > {i * 10} AS above FROM {TABLE}"


def row_key(row):
    """Rows that differ by rounding alone stand side by side: doubles come last, and by fewer digits."""
    exact = [repr(value) for value in row if not isinstance(value, float)]
    return exact, [f"{value:+.9e}" for value in row if isinstance(value, float)]


def sorted_rows(table):
    return sorted(zip(*(column.to_pylist() for column in table.columns)), key=row_key)


def is_same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=TOLERANCE) or (math.isnan(a) and math.isnan(b))
    return a == b


def differences(left, right):
    pairs = zip(sorted_rows(left), sorted_rows(right), strict=True)
    return [(a, b) for a, b in pairs if not all(map(is_same, a, b))]


def test_the_comparison_sees_a_row_too_many_and_a_double_too_far():
    table = pa.table({"k": [1, 1, 2], "v": [0.5, 0.5, 1.5]})
    assert differences(table, table.take([2, 0, 1])) == []
    assert differences(table, pa.table({"k": [1, 1, 2], "v": [0.5, 0.5, 1.5 + 1e-13]})) == []
    assert len(differences(table, pa.table({"k": [1, 1, 2], "v": [0.5, 0.5, 1.5 + 1e-11]}))) == 1
    assert differences(table, pa.table({"k": [1, 2, 2], "v": [0.5, 0.5, 1.5]})) != []


def test_flight_gives_the_rows_that_sql_in_process_gives(make_server, warehouse, bin_dir, tmp_path):
    texts = list(queries())
    assert len(set(texts)) == 50
    environment = {"HOME": str(tmp_path), "ARTEMIS_WAREHOUSE": str(warehouse)}

    def in_process(sql):
        done = subprocess.run(
            [os.path.join(bin_dir, "artemis-sql"), "--threads", "4", "--format", "arrow", "--query", sql],
            env=environment, capture_output=True, timeout=60,
        )
        assert done.returncode == 0, done.stderr.decode()
        return pa.ipc.open_stream(done.stdout).read_all()

    server = make_server("--threads", "4")
    token = server.token("ada", "--requests-per-second", "10000", "--request-burst", "10000")
    rows = 0
    with server, server.client() as client:
        for sql in texts:
            local = in_process(sql)
            remote = server.query(token, sql, client)
            assert remote.schema.remove_metadata() == local.schema.remove_metadata(), sql
            assert remote.num_rows == local.num_rows, sql
            assert differences(remote, local) == [], sql
            rows += local.num_rows
    assert rows > 10_000
