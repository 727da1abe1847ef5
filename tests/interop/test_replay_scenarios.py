"""The scenes of an accident review, on tables that Spark and PyIceberg made: T, what came after it, and what must not be seen at T.

lab.incident, partitioned by mission: rows at T-5 and T-1, then T, rows at T+1; then voltage is renamed to panel_voltage, flux is added,
the partitioning changes, and rows come under all of it. Times are those of the snapshots; T lies between the second and the third.
"""

import datetime
import json

import pytest
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import DoubleType, LongType, NestedField, StringType

import foreign_tables
import pyarrow as pa
from judges import snapshot_ids

NAME = "lab.incident"
BEFORE_T = [(1, "apollo", 0.5), (2, "gemini", 1.0)], [(3, "apollo", 1.5), (4, "gemini", 2.0)]
AFTER_T = [(5, "apollo", 2.5)]
LATER = [(6, "apollo", 3.0, 0.25), (7, "gemini", 3.5, 0.5), (8, "gemini", 4.0, 0.75)]


class Scene:
    def __init__(self, ours, ids, times):
        self.ours = ours
        self.ids = ids  # of the four commits
        self.times = times
        # In the middle, so that it is the time of none.
        self.t = (times[1] + times[2]) // 2

    def rows(self, *arguments):
        return sorted(self.ours.replay(NAME, *arguments).to_pylist(), key=lambda row: row["id"])

    def json_lines(self, command, *arguments):
        stdout, _ = self.ours.run("artemis-replay", command, NAME, *arguments, "--format", "jsonl")
        return [json.loads(line) for line in stdout.decode("utf-8").splitlines()]

    def explain(self, *arguments):
        stdout, _ = self.ours.run("artemis-replay", "query", NAME, *arguments, "--explain", "--format", "json")
        found = json.loads(stdout)
        found.pop("plan_us")
        return found


def _make_pyiceberg(folder):
    catalog = foreign_tables._open_pyiceberg(folder)
    schema = Schema(
        NestedField(1, "id", LongType()), NestedField(2, "mission", StringType()), NestedField(3, "voltage", DoubleType())
    )
    spec = PartitionSpec(PartitionField(2, 1000, IdentityTransform(), "mission"))
    table = catalog.create_table(NAME, schema, partition_spec=spec)

    def append(rows):
        table.append(pa.table(list(map(list, zip(*rows))), schema=table.schema().as_arrow()))

    for rows in (*BEFORE_T, AFTER_T):
        append(rows)
    with table.update_schema() as change:
        change.rename_column("voltage", "panel_voltage")
        change.add_column("flux", DoubleType())
    with table.update_spec() as change:
        change.remove_field("mission")
        change.add_field("id", "bucket[4]", "id_bucket")
    append(LATER)
    return snapshot_ids(catalog, NAME)


def _spark_literal(value):
    if isinstance(value, str):
        return f"'{value}'"
    return f"{value}D" if isinstance(value, float) else str(value)


def _make_spark(spark, folder):
    session = foreign_tables._open_spark(spark, folder)
    session.sql(f"CREATE TABLE {NAME} (id BIGINT, mission STRING, voltage DOUBLE) USING iceberg PARTITIONED BY (mission)")

    def append(rows):
        values = ", ".join("(" + ", ".join(map(_spark_literal, row)) + ")" for row in rows)
        session.sql(f"INSERT INTO {NAME} VALUES {values}")

    for rows in (*BEFORE_T, AFTER_T):
        append(rows)
    session.sql(f"ALTER TABLE {NAME} RENAME COLUMN voltage TO panel_voltage")
    session.sql(f"ALTER TABLE {NAME} ADD COLUMN flux DOUBLE")
    session.sql(f"ALTER TABLE {NAME} REPLACE PARTITION FIELD mission WITH bucket(4, id)")
    append(LATER)
    return [row.snapshot_id for row in session.sql(f"SELECT snapshot_id FROM {NAME}.snapshots ORDER BY committed_at").collect()]


@pytest.fixture(scope="module", params=["pyiceberg", "spark"])
def scene(request, folder, programs):
    place = folder(f"incident_{request.param}")
    if request.param == "pyiceberg":
        ids = _make_pyiceberg(place)
    else:
        ids = _make_spark(request.getfixturevalue("spark"), place)
    ours = programs(f"{place}/catalog.db", f"{place}/warehouse")
    stdout, _ = ours.table("snapshots", NAME, "--format", "json")
    listed = {int(each["snapshot_id"]): each["committed_at"] for each in json.loads(stdout)["snapshots"]}
    times = [_ms(listed[i]) for i in ids]
    assert len(ids) == 4 and times == sorted(times) and times[1] < times[2]
    return Scene(ours, ids, times)


def _ms(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(moment.timestamp() * 1000)


def _old(rows):
    return [{"id": i, "mission": m, "voltage": v} for i, m, v in rows]


def _new(rows):
    return [{"id": i, "mission": m, "panel_voltage": v, "flux": (rest or [None])[0]} for i, m, v, *rest in rows]


def test_between_two_commits_the_earlier_one_counts(scene):
    assert scene.rows("--at", scene.t) == _old(BEFORE_T[0] + BEFORE_T[1])
    assert scene.rows("--at", scene.times[1]) == scene.rows("--at", scene.t)
    assert scene.rows("--at", scene.times[1] - 1) == _old(BEFORE_T[0])
    assert scene.rows("--at", scene.times[2]) == _old(BEFORE_T[0] + BEFORE_T[1] + AFTER_T)


def test_a_column_added_later_is_absent_then_and_null_in_current_mode(scene):
    assert "flux" not in scene.rows("--at", scene.t)[0]
    assert [row["flux"] for row in scene.rows("--at", scene.t, "--mode", "current")] == [None] * 4


def test_a_renamed_column_has_its_old_name_then_and_the_same_values_under_both(scene):
    then = scene.rows("--at", scene.t)
    today = scene.rows("--at", scene.t, "--mode", "current")
    assert [row["voltage"] for row in then] == [row["panel_voltage"] for row in today] == [0.5, 1.0, 1.5, 2.0]
    assert scene.rows("--at", scene.t, "--where", "voltage > 1.5") == _old([BEFORE_T[1][1]])
    assert [row["id"] for row in scene.rows("--at", scene.t, "--mode", "current", "--where", "panel_voltage > 1.5")] == [4]
    assert scene.rows("--at", "now") == _new(BEFORE_T[0] + BEFORE_T[1] + AFTER_T + LATER)


def test_the_spec_of_then_lifts_and_ten_runs_plan_alike(scene):
    then = scene.explain("--at", scene.t, "--where", "mission = 'apollo'")
    assert then["spec_ids"] == [0]
    assert (then["files_total"], then["files_kept"]) == (4, 2)
    assert all(scene.explain("--at", scene.t, "--where", "mission = 'apollo'") == then for _ in range(9))
    today = scene.explain("--at", "now", "--where", "id = 7")
    assert today["spec_ids"] == [0, 1]
    assert today["files_kept"] == 1
    assert [row["id"] for row in scene.rows("--at", "now", "--where", "id = 7")] == [7]


def test_one_append_between_the_ends_is_added_and_nothing_removed(scene):
    for ends in (("--from", scene.t, "--to", scene.times[2]), ("--from-snapshot", scene.ids[1], "--to-snapshot", scene.ids[2])):
        rows = scene.json_lines("diff", *ends)
        assert [row["_change_type"] for row in rows] == ["insert"]
        assert [row["_commit_snapshot_id"] for row in rows] == [scene.ids[2]]
        assert {key: value for key, value in rows[0].items() if not key.startswith("_")} == _old(AFTER_T)[0]


def _changes(scene, project, *kind):
    """The rows that came between T and the last commit, by id; there is none that went."""
    rows = scene.json_lines("diff", "--from", scene.t, "--to-snapshot", scene.ids[3], "--project", project, *kind)
    assert {row["_change_type"] for row in rows} == {"insert"}
    assert len(rows) == 4
    found = [{k: v for k, v in row.items() if not k.startswith("_")} for row in rows]
    return sorted(found, key=lambda row: row["to_id" if project == "both" else "id"])


@pytest.mark.parametrize("kind", [(), ("--net",)], ids=["gross", "net"])
@pytest.mark.parametrize("project", ["old", "new", "current", "both"])
def test_a_diff_over_changed_columns_has_those_asked_for(scene, project, kind):
    later = AFTER_T + LATER
    if project == "both":
        nothing = {"from_id": None, "from_mission": None, "from_voltage": None}
        expected = [nothing | {f"to_{name}": value for name, value in row.items()} for row in _new(later)]
    else:
        expected = _old([row[:3] for row in later]) if project == "old" else _new(later)
    assert _changes(scene, project, *kind) == expected


def test_inspect_draws_the_edge_of_what_others_expired(folder, programs):
    table, _, oldest_ms = foreign_tables.make_pyiceberg_expired_table(folder("expired_incident"))
    ours = programs(table.database, table.warehouse)
    stdout, _ = ours.run("artemis-replay", "inspect", table.name, "--format", "json")
    facts = json.loads(stdout)
    assert _ms(facts["oldest_available"]) == oldest_ms
    # Nobody knows any more what was current after the three first commits.
    assert [line["state"] for line in facts["history"] if _ms(line["time"]) < oldest_ms][-3:] == [None] * 3
    stdout, _ = ours.run("artemis-replay", "inspect", table.name)
    assert f"{facts['oldest_available']} is the oldest time that can be read" in stdout.decode()


def test_inspect_draws_what_others_did(scene):
    stdout, _ = scene.ours.run("artemis-replay", "inspect", NAME, "--at", scene.t, "--format", "json")
    facts = json.loads(stdout)
    made = [line for line in facts["history"] if line["added_rows"] is not None]
    assert [line["added_rows"] for line in made] == [2, 2, 1, 3]
    assert [line["snapshot_id"] for line in made] == scene.ids
    assert [line["state"] for line in made] == ["ancestor"] * 3 + ["current"]
    assert (facts["snapshot_id"], facts["would_read"]["files"], facts["would_read"]["rows"]) == (scene.ids[1], 4, 4)
    assert facts["spec_ids"] == [0]
