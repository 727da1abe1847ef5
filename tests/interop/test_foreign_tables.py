"""Tables that PyIceberg and Spark made and changed, read by our programs at every snapshot."""

import datetime
import os

import pyarrow as pa
import pytest

import foreign_tables
from judges import pyiceberg_catalog, pyiceberg_rows, spark_rows
from programs import EXIT_FAILED, EXIT_NOT_FOUND
from rows import assert_same_rows


def _check_listing(ours, table):
    stdout, _ = ours.table("list")
    assert table.name in stdout.decode("utf-8")
    assert sorted(ours.snapshot_ids(table.name)) == sorted(table.snapshots)


def _check_replay(ours, table):
    for snapshot_id in table.snapshots:
        found = ours.replay(table.name, "--snapshot", snapshot_id)
        assert_same_rows(found, table.rows[snapshot_id], f"{table.name} at {snapshot_id}")


def _check_sql(ours, table):
    for snapshot_id in table.snapshots:
        found = ours.sql(f"SELECT * FROM artemis.{table.name} AS OF SNAPSHOT {snapshot_id}")
        assert_same_rows(
            _as_creator_has_it(found, table.rows[snapshot_id]),
            table.rows[snapshot_id],
            f"{table.name} at {snapshot_id}, SQL",
        )


def _as_creator_has_it(found, expected):
    """DuckDB may hand a UUID over as text; nothing else may differ."""
    for i, field in enumerate(expected.schema):
        if isinstance(field.type, pa.UuidType) and pa.types.is_string(found.schema.field(i).type):
            values = [
                None if v is None else bytes.fromhex(v.replace("-", ""))
                for v in found.column(i).to_pylist()
            ]
            found = found.set_column(i, found.schema.field(i).name, pa.array(values, pa.binary()))
    return found


def _rfc3339(ms):
    seconds, millis = divmod(ms, 1000)
    return (
        datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(
            "%Y-%m-%dT%H:%M:%S"
        )
        + f".{millis:03d}Z"
    )


# ---- PyIceberg, version 2 ----

PYICEBERG_NAMES = ["lab.readings", "lab.nested"]
SPARK_NAMES = ["lab.frames", "lab.rolled"]


@pytest.mark.parametrize("name", PYICEBERG_NAMES)
def test_pyiceberg_tables_are_listed(pyiceberg_tables, programs_for, name):
    _check_listing(programs_for(pyiceberg_tables[name]), pyiceberg_tables[name])


@pytest.mark.parametrize("name", PYICEBERG_NAMES)
def test_pyiceberg_tables_replay_at_every_snapshot(pyiceberg_tables, programs_for, name):
    _check_replay(programs_for(pyiceberg_tables[name]), pyiceberg_tables[name])


@pytest.mark.parametrize("name", PYICEBERG_NAMES)
def test_pyiceberg_tables_answer_sql_at_every_snapshot(pyiceberg_tables, programs_for, name):
    _check_sql(programs_for(pyiceberg_tables[name]), pyiceberg_tables[name])


def test_names_are_those_of_the_snapshot(pyiceberg_tables, programs_for):
    table = pyiceberg_tables["lab.readings"]
    names = (
        programs_for(table).replay("lab.readings", "--snapshot", table.snapshots[0]).column_names
    )
    assert "voltage" in names and "note" in names
    assert "bus_voltage" not in names and "flux" not in names


def _first_readings_today(table):
    """The rows of the first snapshot of lab.readings in the table's last schema."""
    first = table.rows[table.snapshots[0]]
    today = table.rows[table.snapshots[-1]].column_names
    names = ["bus_voltage" if name == "voltage" else name for name in first.column_names]
    flux = pa.nulls(first.num_rows, pa.float64())
    return first.rename_columns(names).append_column("flux", flux).select(today)


def test_current_mode_shows_old_rows_under_todays_names(pyiceberg_tables, programs_for):
    table = pyiceberg_tables["lab.readings"]
    ours = programs_for(table)
    expected = _first_readings_today(table)
    found = ours.replay("lab.readings", "--snapshot", table.snapshots[0], "--mode", "current")
    assert_same_rows(found, expected, "replay in today's schema")
    found = ours.sql(
        "SET artemis.projection_mode='current';"
        f" SELECT * FROM artemis.lab.readings AS OF SNAPSHOT {table.snapshots[0]}"
    )
    assert_same_rows(_as_creator_has_it(found, expected), expected, "SQL in today's schema")


def test_filters_prune_no_row_that_matches(pyiceberg_tables, programs_for):
    table = pyiceberg_tables["lab.readings"]
    catalog = pyiceberg_catalog(table.database, table.warehouse, foreign_tables.CATALOG)
    # Each uses other fields of the two specs, or none. No double is asked for: PyIceberg prunes
    # files by bounds that do not cover their NaN.
    cases = [
        "mission = 'münchen=50%'",
        "mission is null",
        "taken_at < '1970-01-01T00:00:00'",
        "taken_at >= '1969-12-31T00:00:00' and id > 30",
        "id in (-99, 0, 77, 150)",
        "sent_at is not null and day < '1969-12-20'",
        "not (mission = 'apollo/7' or id < 100)",
    ]
    for snapshot_id in (table.snapshots[0], table.snapshots[-1]):
        for case in cases:
            expected = pyiceberg_rows(catalog, "lab.readings", snapshot_id, case)
            found = programs_for(table).replay(
                "lab.readings", "--snapshot", snapshot_id, "--where", case
            )
            assert_same_rows(found, expected, f"{case} at {snapshot_id}")
            found = programs_for(table).sql(
                f"SELECT * FROM artemis.lab.readings AS OF SNAPSHOT {snapshot_id} WHERE {case}"
            )
            assert_same_rows(
                _as_creator_has_it(found, expected), expected, f"{case} at {snapshot_id}, SQL"
            )


def test_sql_prints_json_lines(pyiceberg_tables, programs_for):
    table = pyiceberg_tables["lab.readings"]
    for snapshot_id in table.snapshots:
        lines = programs_for(table).sql_lines(
            f"SELECT id, mission FROM artemis.lab.readings AS OF SNAPSHOT {snapshot_id}"
        )
        expected = table.rows[snapshot_id].select(["id", "mission"]).to_pylist()
        found = {(row["id"], row["mission"]) for row in lines}
        assert len(lines) == len(expected), snapshot_id
        assert found == {(row["id"], row["mission"]) for row in expected}, snapshot_id


# ---- Spark, version 2, copy-on-write ----


@pytest.mark.parametrize("name", SPARK_NAMES)
def test_spark_tables_are_listed(spark_tables, programs_for, name):
    _check_listing(programs_for(spark_tables[name]), spark_tables[name])


@pytest.mark.parametrize("name", SPARK_NAMES)
def test_spark_tables_replay_at_every_snapshot(spark_tables, programs_for, name):
    _check_replay(programs_for(spark_tables[name]), spark_tables[name])


@pytest.mark.parametrize("name", SPARK_NAMES)
def test_spark_tables_answer_sql_at_every_snapshot(spark_tables, programs_for, name):
    _check_sql(programs_for(spark_tables[name]), spark_tables[name])


def test_a_tag_of_spark_names_its_snapshot(spark_tables, programs_for):
    table = spark_tables["lab.frames"]
    found = programs_for(table).replay("lab.frames", "--ref", "reviewed")
    assert_same_rows(found, table.rows[table.snapshots[-2]], "lab.frames at the tag 'reviewed'")


def test_time_goes_by_the_log_after_a_rollback(spark_tables, programs_for):
    table = spark_tables["lab.rolled"]
    metadata = (
        pyiceberg_catalog(table.database, table.warehouse, foreign_tables.CATALOG)
        .load_table(table.name)
        .metadata
    )
    log = metadata.snapshot_log
    assert (
        len(log) == 5 and log[1].snapshot_id == log[3].snapshot_id
    ), "three appends, a rollback to the second, an append"
    for entry in log:
        found = programs_for(table).replay("lab.rolled", "--at", entry.timestamp_ms)
        assert_same_rows(
            found, table.rows[entry.snapshot_id], f"lab.rolled at {entry.timestamp_ms}"
        )
        moment = _rfc3339(entry.timestamp_ms)
        found = programs_for(table).sql(
            f"SELECT * FROM artemis.lab.rolled AS OF TIMESTAMP '{moment}'"
        )
        assert_same_rows(found, table.rows[entry.snapshot_id], f"lab.rolled at {moment}, SQL")
    # A millisecond before the rollback the third append was in force.
    found = programs_for(table).replay("lab.rolled", "--at", log[3].timestamp_ms - 1)
    assert_same_rows(found, table.rows[log[2].snapshot_id], "lab.rolled just before the rollback")


# ---- Expired history ----


def _check_expired(ours, table, first_ms, oldest_ms):
    for time_ms in (first_ms, oldest_ms - 1):
        _, stderr = ours.run(
            "artemis-replay",
            "query",
            table.name,
            "--at",
            _rfc3339(time_ms),
            exit_code=EXIT_NOT_FOUND,
        )
        assert _rfc3339(oldest_ms) in stderr, "the error names the oldest time that can be read"
    found = ours.replay(table.name, "--at", _rfc3339(oldest_ms))
    assert_same_rows(found, table.rows[table.snapshots[0]], "the oldest time that can be read")


def test_history_that_pyiceberg_expired_is_refused(folder, programs_for):
    table, first_ms, oldest_ms = foreign_tables.make_pyiceberg_expired_table(
        folder("pyiceberg_expired")
    )
    _check_expired(programs_for(table), table, first_ms, oldest_ms)


def test_a_snapshot_that_pyiceberg_expired_is_not_answered_by_the_one_before(folder, programs_for):
    table, log = foreign_tables.make_pyiceberg_thinned_table(folder("pyiceberg_thinned"))
    ours = programs_for(table)
    for entry in (log[0], log[2]):
        found = ours.replay(table.name, "--at", entry.timestamp_ms)
        assert_same_rows(found, table.rows[entry.snapshot_id], f"at {entry.timestamp_ms}")
    for time_ms in (log[1].timestamp_ms, log[2].timestamp_ms - 1):
        ours.run(
            "artemis-replay", "query", table.name, "--at", time_ms, exit_code=EXIT_NOT_FOUND
        )


def test_history_that_spark_expired_is_refused(spark, folder, programs_for):
    table, first_ms, oldest_ms = foreign_tables.make_spark_expired_table(
        spark, folder("spark_expired")
    )
    _check_expired(programs_for(table), table, first_ms, oldest_ms)


# ---- Other versions and forms ----


def test_a_version_1_table_replays_at_every_snapshot(folder, programs_for):
    table = foreign_tables.make_pyiceberg_v1_table(folder("pyiceberg_v1"))[0]
    _check_listing(programs_for(table), table)
    _check_replay(programs_for(table), table)
    _check_sql(programs_for(table), table)


@pytest.mark.parametrize("with_log", [True, False], ids=["", "nor_old_metadata"])
def test_a_version_1_table_without_schema_ids_keeps_old_names(folder, programs_for, with_log):
    table = foreign_tables.make_pyiceberg_v1_table(folder(f"pyiceberg_v1_bare_{with_log}"))[0]
    foreign_tables.forget_schema_ids(table, with_log)
    _check_replay(programs_for(table), table)
    _check_sql(programs_for(table), table)


def test_a_moved_warehouse_is_read_through_a_map(folder, programs):
    home = folder("moved")
    old, new = os.path.join(home, "old"), os.path.join(home, "new")
    os.makedirs(old)
    table = foreign_tables.make_pyiceberg_v1_table(old)[0]
    os.rename(old, new)
    ours = programs(os.path.join(new, "catalog.db"), os.path.join(new, "warehouse"))
    moved = ("--map", f"{old}={new}")
    for snapshot_id in table.snapshots:
        found = ours.replay(table.name, "--snapshot", snapshot_id, *moved)
        assert_same_rows(found, table.rows[snapshot_id], f"{table.name} at {snapshot_id}, moved")
        query = f"SELECT * FROM artemis.{table.name} AS OF SNAPSHOT {snapshot_id}"
        found = ours.sql(query, *moved)
        assert_same_rows(found, table.rows[snapshot_id], f"{table.name} at {snapshot_id}, SQL")


@pytest.mark.parametrize("name", ["lab.positions", "lab.equality", "lab.vectors"])
@pytest.mark.parametrize("check", [_check_replay, _check_sql], ids=["replay", "sql"])
def test_delete_files_are_applied(merge_on_read_tables, programs_for, name, check):
    check(programs_for(merge_on_read_tables[name]), merge_on_read_tables[name])


# Filters that reach every row group, some, and one that lost all its rows.
ROW_GROUP_FILTERS = [
    "id >= 0",
    "id BETWEEN 3500 AND 4100",
    "id IN (6, 7, 8, 1007, 12500, 19999)",
    "id > 11000 AND kind < 10",
    "id BETWEEN 12000 AND 15000",
    "note = 'note 3' OR id < 20",
]


@pytest.mark.parametrize("name", ["lab.long_positions", "lab.long_vectors"])
def test_deleted_rows_stay_deleted_when_row_groups_are_skipped(
    row_group_tables, programs_for, name
):
    session, tables = row_group_tables
    ours = programs_for(tables[name])
    for case in ROW_GROUP_FILTERS:
        expected = spark_rows(session, name, where=case)
        found = ours.replay(name, "--ref", "main", "--where", case)
        assert_same_rows(found, expected, f"{name} where {case}, replay")
        found = ours.sql(f"SELECT * FROM artemis.{name} WHERE {case}")
        assert_same_rows(found, expected, f"{name} where {case}, SQL")
        # Without the column that equality deletes compare, and without any.
        found = ours.sql(f"SELECT note FROM artemis.{name} WHERE {case}")
        assert_same_rows(found, expected.select(["note"]), f"{name} where {case}, note in SQL")
        found = ours.sql(f"SELECT count(*) AS n FROM artemis.{name} WHERE {case}")
        assert found.column("n").to_pylist() == [expected.num_rows], case
        found = ours.replay(name, "--ref", "main", "--where", case, "--columns", "note")
        assert_same_rows(found, expected.select(["note"]), f"{name} where {case}, note")
    expected = spark_rows(session, name)
    assert ours.sql_lines(f"SELECT count(*) AS n FROM artemis.{name}") == [
        {"n": expected.num_rows}
    ]


def test_files_without_field_ids_are_read_through_the_name_mapping(folder, programs_for):
    table = foreign_tables.make_pyiceberg_adopted_table(folder("pyiceberg_adopted"))
    _check_listing(programs_for(table), table)
    _check_replay(programs_for(table), table)
    _check_sql(programs_for(table), table)


def test_columns_that_only_partitions_hold_are_read(spark, folder, programs_for):
    table = foreign_tables.make_spark_migrated_table(spark, folder("spark_migrated"))
    ours = programs_for(table)
    _check_replay(ours, table)
    _check_sql(ours, table)
    rows = table.rows[table.snapshots[-1]]
    cases = {
        "craft = 'apollo' AND shift >= 1": lambda r: r["craft"] == "apollo" and r["shift"] >= 1,
        "craft IS NULL AND id < 30": lambda r: r["craft"] is None and r["id"] < 30,
    }
    for case, keep in cases.items():
        expected = rows.filter(pa.array([keep(row) for row in rows.to_pylist()]))
        assert expected.num_rows > 0
        found = ours.replay(table.name, "--ref", "main", "--where", case)
        assert_same_rows(found, expected, f"replay where {case}")
        found = ours.sql(f"SELECT * FROM artemis.{table.name} WHERE {case}")
        assert_same_rows(found, expected, f"SQL where {case}")


def test_deletes_of_two_format_versions_are_applied(spark, folder, programs_for):
    table = foreign_tables.make_spark_upgraded_table(spark, folder("spark_upgraded"))
    _check_replay(programs_for(table), table)
    _check_sql(programs_for(table), table)


def test_files_that_are_not_parquet_are_refused_by_name(spark, folder, programs_for):
    table = foreign_tables.make_spark_avro_table(spark, folder("spark_avro"))
    _, stderr = programs_for(table).run(
        "artemis-replay", "query", table.name, "--ref", "main", exit_code=EXIT_FAILED
    )
    assert "avro" in stderr.lower()
