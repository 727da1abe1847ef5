"""A table that our programs made, opened by PyIceberg, Spark and DuckDB with no help from us."""

import json
import os

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyiceberg.expressions import And, EqualTo, GreaterThan

import demo_table
from demo_table import NAME
from judges import pyiceberg_catalog, pyiceberg_rows, snapshot_ids, spark_rows
from programs import EXIT_NOT_FOUND
from rows import assert_same_rows

STEPS = range(5)


@pytest.fixture(scope="module")
def demo(folder, programs):
    warehouse = folder("demo")
    database = os.path.join(warehouse, "catalog.db")
    return demo_table.make_demo_table(programs(database, warehouse), database, warehouse)


@pytest.fixture(scope="module")
def catalog(demo):
    return pyiceberg_catalog(demo.database, demo.warehouse, "artemis")


@pytest.fixture(scope="module")
def session(demo, spark):
    return spark.open(demo.database, demo.warehouse, "artemis")


@pytest.fixture(scope="module")
def ids(catalog):
    found = snapshot_ids(catalog, NAME)
    assert len(found) == len(STEPS), "one snapshot for each write, none for a change of the schema"
    return found


@pytest.mark.parametrize("step", STEPS)
def test_pyiceberg_reads_each_snapshot(demo, catalog, ids, step):
    assert_same_rows(
        pyiceberg_rows(catalog, NAME, ids[step]), demo.steps[step], f"PyIceberg at step {step}"
    )


@pytest.mark.parametrize("step", STEPS)
def test_spark_reads_each_snapshot(demo, session, ids, step):
    assert_same_rows(
        spark_rows(session, NAME, ids[step]), demo.steps[step], f"Spark at step {step}"
    )


@pytest.mark.parametrize("step", STEPS)
def test_replay_reads_each_snapshot(demo, ids, step):
    assert_same_rows(
        demo.programs.replay(NAME, "--snapshot", ids[step]),
        demo.steps[step],
        f"replay at step {step}",
    )


def test_all_read_the_current_state(demo, catalog, session):
    expected = demo.steps[-1]
    assert_same_rows(pyiceberg_rows(catalog, NAME), expected, "PyIceberg")
    assert_same_rows(spark_rows(session, NAME), expected, "Spark")
    assert_same_rows(demo.programs.replay(NAME, "--ref", "main"), expected, "replay")
    assert_same_rows(demo.programs.sql(f"SELECT * FROM artemis.{NAME}"), expected, "SQL")


@pytest.mark.parametrize("step", STEPS)
def test_spark_and_replay_agree_by_time(demo, catalog, session, ids, step):
    snapshot = catalog.load_table(NAME).snapshot_by_id(ids[step])
    query = f"SELECT * FROM {NAME} TIMESTAMP AS OF timestamp_millis({snapshot.timestamp_ms})"
    assert_same_rows(
        session.sql(query).toArrow(), demo.steps[step], f"Spark at the time of step {step}"
    )
    replayed = demo.programs.replay(NAME, "--at", snapshot.timestamp_ms)
    assert_same_rows(replayed, demo.steps[step], f"replay at the time of step {step}")


def test_types_are_those_that_every_reader_has(demo, catalog):
    schema = catalog.load_table(NAME).schema()
    found = {field.name: str(field.field_type) for field in schema.fields}
    assert found["sample_timestamp_ns"] == "timestamp"
    assert found["payload_id"] == "long"
    assert found["sequence_number"] == "long"
    assert found["quality_flag"] == "int"
    assert found["solar_flux"] == "double"
    assert "panel_voltage" not in found


def test_a_renamed_column_keeps_its_field_id(catalog, ids):
    table = catalog.load_table(NAME)
    old = table.schemas()[table.snapshot_by_id(ids[0]).schema_id]
    assert (
        old.find_field("panel_voltage").field_id
        == table.schema().find_field("bus_voltage").field_id
    )


def test_snapshots_are_listed_with_their_ids(demo, ids):
    assert sorted(demo.programs.snapshot_ids(NAME)) == sorted(ids)


def test_spark_sees_the_same_history(session, ids):
    history = session.sql(
        f"SELECT snapshot_id, parent_id FROM {NAME}.history ORDER BY made_current_at"
    ).collect()
    assert [row.snapshot_id for row in history] == ids
    assert [row.parent_id for row in history] == [None, *ids[:-1]]


def test_summaries_count_the_rows(demo, catalog, ids):
    table = catalog.load_table(NAME)
    for step, snapshot_id in enumerate(ids):
        summary = table.snapshot_by_id(snapshot_id).summary
        assert int(summary["total-records"]) == demo.steps[step].num_rows, f"step {step}"
        assert (
            int(summary["total-data-files"]) == table.inspect.files(snapshot_id).num_rows
        ), f"step {step}"
    operations = [table.snapshot_by_id(i).summary.operation.value for i in ids]
    assert operations == ["append", "append", "append", "overwrite", "overwrite"]


def _metric(files, column, metric):
    return [metrics[column][metric] for metrics in files.column("readable_metrics").to_pylist()]


@pytest.mark.parametrize("step", STEPS)
def test_manifests_count_rows_nulls_and_nans(demo, catalog, ids, step):
    expected = demo.steps[step]
    files = catalog.load_table(NAME).inspect.files(ids[step])
    records = files.column("record_count").to_pylist()
    assert sum(records) == expected.num_rows
    for name in expected.column_names:
        # Metrics appear under today's names, whatever the snapshot.
        today = "bus_voltage" if name == "panel_voltage" else name
        nulls = _metric(files, today, "null_value_count")
        # Only a file older than the column may say nothing of it; its rows are null.
        assert name == "solar_flux" or None not in nulls, name
        counted = sum(rows if count is None else count for rows, count in zip(records, nulls))
        assert counted == expected.column(name).null_count, name
        if pa.types.is_floating(expected.schema.field(name).type):
            nans = sum(count or 0 for count in _metric(files, today, "nan_value_count"))
            expected_nans = pc.sum(pc.is_nan(expected.column(name))).as_py() or 0
            assert nans == expected_nans, name


def test_bounds_enclose_the_values(demo, catalog):
    expected = demo.steps[-1]
    files = catalog.load_table(NAME).inspect.files()
    for name in (
        "sample_timestamp_ns",
        "mission_id",
        "payload_id",
        "temperature_c",
        "quality_flag",
    ):
        least, greatest = pc.min_max(expected.column(name)).as_py().values()
        lower, upper = _metric(files, name, "lower_bound"), _metric(files, name, "upper_bound")
        assert None not in lower and None not in upper, name
        assert min(lower) <= least, name
        assert max(upper) >= greatest, name
        assert all(low <= high for low, high in zip(lower, upper)), name


def test_filters_keep_the_same_rows_everywhere(demo, catalog, session, ids):
    mission = demo.other_mission
    limit = pc.quantile(demo.steps[2].column("temperature_c"), 0.8)[0].as_py()
    keep = pc.and_(
        pc.equal(demo.steps[2].column("mission_id"), mission),
        pc.greater(demo.steps[2].column("temperature_c"), limit),
    )
    expected = demo.steps[2].filter(keep)
    assert 0 < expected.num_rows < demo.steps[2].num_rows
    found = pyiceberg_rows(
        catalog,
        NAME,
        ids[2],
        And(EqualTo("mission_id", mission), GreaterThan("temperature_c", limit)),
    )
    assert_same_rows(found, expected, "PyIceberg")
    found = spark_rows(
        session, NAME, ids[2], f"mission_id = '{mission}' AND temperature_c > {limit!r}D"
    )
    assert_same_rows(found, expected, "Spark")
    leaves = [
        {"op": "eq", "column": "mission_id", "value": mission},
        {"op": "gt", "column": "temperature_c", "value": limit},
    ]
    where = json.dumps({"op": "and", "args": leaves})
    assert_same_rows(
        demo.programs.replay(NAME, "--snapshot", ids[2], "--where", where), expected, "replay"
    )


def test_days_before_1970_are_found_by_partition(demo, catalog, session, ids):
    times = demo.steps[2].column("sample_timestamp_ns")
    epoch = pa.scalar(0, pa.int64()).cast(pa.timestamp("us"))
    expected = demo.steps[2].filter(pc.less(times, epoch))
    assert expected.num_rows == 101
    found = pyiceberg_rows(catalog, NAME, ids[2], "sample_timestamp_ns < '1970-01-01T00:00:00'")
    assert_same_rows(found, expected, "PyIceberg")
    found = spark_rows(
        session, NAME, ids[2], "sample_timestamp_ns < TIMESTAMP_NTZ'1970-01-01 00:00:00'"
    )
    assert_same_rows(found, expected, "Spark")
    where = json.dumps(
        {"op": "lt", "column": "sample_timestamp_ns", "value": "1970-01-01T00:00:00"}
    )
    assert_same_rows(
        demo.programs.replay(NAME, "--snapshot", ids[2], "--where", where), expected, "replay"
    )


def test_duckdb_reads_the_files_as_parquet(demo, catalog, ids):
    tasks = catalog.load_table(NAME).scan(snapshot_id=ids[1]).plan_files()
    paths = [task.file.file_path.removeprefix("file://") for task in tasks]
    found = duckdb.connect().sql(
        "SELECT * FROM read_parquet($1, hive_partitioning = false)", params=[paths]
    )
    assert_same_rows(found.to_arrow_table(), demo.steps[1], "DuckDB")


def test_spark_lists_partitions_of_the_spec(demo, session):
    rows = session.sql(
        "SELECT partition.mission_id AS mission, partition.day AS day, record_count"
        f" FROM {NAME}.partitions"
    )
    expected = demo.steps[-1]
    days = pc.floor_temporal(expected.column("sample_timestamp_ns"), unit="day").cast(pa.date32())
    grouped = pa.table({"mission": expected.column("mission_id"), "day": days}).group_by(
        ["mission", "day"]
    )
    counts = grouped.aggregate([([], "count_all")])
    found = {(row.mission, row.day): row.record_count for row in rows.collect()}
    assert found == {(r["mission"], r["day"]): r["count_all"] for r in counts.to_pylist()}


def test_what_is_not_there_ends_with_3(demo):
    _, stderr = demo.programs.run(
        "artemis-replay", "query", "sda.absent", "--ref", "main", exit_code=EXIT_NOT_FOUND
    )
    assert "sda.absent" in stderr
    _, stderr = demo.programs.run(
        "artemis-replay", "query", NAME, "--snapshot", 123456789, exit_code=EXIT_NOT_FOUND
    )
    assert "123456789" in stderr


# ---- Others write to our tables ----

_ALL = json.dumps({"op": "not_null", "column": "mission_id"})


@pytest.fixture
def shared(folder, programs):
    """A new table of ours with 3,000 rows: (programs, database, warehouse, rows)."""
    warehouse = folder("shared")
    database = os.path.join(warehouse, "catalog.db")
    ours = programs(database, warehouse)
    path, rows = ours.telemetry("--rows", 3000, "--seed", 9, "--missions", 2, "--days", 2)
    ours.table(
        "create", "sda.shared", "--canonical", "--partition", "mission_id, bucket(4, payload_id)"
    )
    ours.table("append", "sda.shared", path)
    return ours, database, warehouse, demo_table.microseconds(rows)


def _read_by_all(shared, spark, expected, what):
    ours, database, warehouse, _ = shared
    catalog = pyiceberg_catalog(database, warehouse, "artemis")
    session = spark.open(database, warehouse, "artemis")
    assert_same_rows(ours.replay("sda.shared", "--ref", "main"), expected, f"{what}, replay")
    assert_same_rows(pyiceberg_rows(catalog, "sda.shared"), expected, f"{what}, PyIceberg")
    assert_same_rows(spark_rows(session, "sda.shared"), expected, f"{what}, Spark")


def test_pyiceberg_and_we_take_turns_writing(shared, spark):
    ours, database, warehouse, rows = shared
    catalog = pyiceberg_catalog(database, warehouse, "artemis")
    table = catalog.load_table("sda.shared")
    more = rows.slice(0, 500)
    table.append(more.cast(table.schema().as_arrow()))
    rows = pa.concat_tables([rows, more])
    _read_by_all(shared, spark, rows, "after PyIceberg's append")
    ours.table("append", "sda.shared", ours.write_arrow(more))
    rows = pa.concat_tables([rows, more])
    _read_by_all(shared, spark, rows, "after our append")
    table = catalog.load_table("sda.shared")
    table.delete("quality_flag > 0")
    ours.table(
        "delete",
        "sda.shared",
        "--where",
        json.dumps({"op": "le", "column": "temperature_c", "value": 0}),
    )
    keep = pc.and_(
        pc.less_equal(rows.column("quality_flag"), 0), pc.greater(rows.column("temperature_c"), 0)
    )
    _read_by_all(shared, spark, rows.filter(keep), "after both deleted")


def test_spark_and_we_take_turns_writing(shared, spark):
    ours, database, warehouse, rows = shared
    session = spark.open(database, warehouse, "artemis")
    session.sql("INSERT INTO sda.shared SELECT * FROM sda.shared WHERE payload_id % 2 = 0")
    even = pc.equal(pc.bit_wise_and(rows.column("payload_id").cast(pa.int64()), 1), 0)
    rows = pa.concat_tables([rows, rows.filter(even)])
    _read_by_all(shared, spark, rows, "after Spark's insert")
    ours.table("alter", "sda.shared", "add-column", "solar_flux:double")
    session = spark.open(database, warehouse, "artemis")
    session.sql("UPDATE sda.shared SET solar_flux = 2.5D WHERE payload_id % 2 = 0")
    even = pc.equal(pc.bit_wise_and(rows.column("payload_id").cast(pa.int64()), 1), 0)
    rows = rows.append_column(
        "solar_flux", pc.if_else(even, pa.scalar(2.5), pa.scalar(None, pa.float64()))
    )
    _read_by_all(shared, spark, rows, "after Spark's update")


def test_a_changed_partitioning_is_read_by_all(shared, spark):
    ours, database, warehouse, rows = shared
    ours.table(
        "alter", "sda.shared", "set-partition", "mission_id, hour(sample_timestamp_ns) as hour"
    )
    ours.table("append", "sda.shared", ours.write_arrow(rows.slice(0, 800)))
    rows = pa.concat_tables([rows, rows.slice(0, 800)])
    _read_by_all(shared, spark, rows, "with two specs")
    catalog = pyiceberg_catalog(database, warehouse, "artemis")
    files = catalog.load_table("sda.shared").inspect.files()
    assert len(set(files.column("spec_id").to_pylist())) == 2


def test_all_see_a_rollback(shared, spark):
    ours, _, _, rows = shared
    (first,) = ours.snapshot_ids("sda.shared")
    ours.table("overwrite", "sda.shared", ours.write_arrow(rows.slice(0, 10)), "--where", _ALL)
    _read_by_all(shared, spark, rows.slice(0, 10), "after a bad overwrite")
    ours.table("rollback", "sda.shared", "--snapshot", first)
    _read_by_all(shared, spark, rows, "after the rollback")
    ours.table("append", "sda.shared", ours.write_arrow(rows.slice(0, 10)))
    expected = pa.concat_tables([rows, rows.slice(0, 10)])
    _read_by_all(shared, spark, expected, "after the next append")
