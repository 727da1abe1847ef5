"""Branches, tags, rollback and staged snapshots, made by one side and used by the other."""

import pyarrow as pa
import pytest

from lab import ids

COLUMNS = [["id", "long"], ["note", "string"]]


def _rows(*numbers):
    return pa.table({"id": pa.array(numbers, pa.int64()), "note": [f"note {n}" for n in numbers]})


@pytest.fixture(scope="module")
def lab(labs):
    lab = labs("refs")
    lab.ours.table("namespace", "create", "lab")
    return lab


@pytest.fixture
def table(lab, request):
    """A new table of ours with the rows 1 and 2, in two snapshots."""
    name = request.node.name
    lab.create(name, COLUMNS)
    lab.append(name, _rows(1))
    lab.append(name, _rows(2))
    return name


def _spark_ids(lab, name, ref):
    return ids(lab.sql(f"SELECT * FROM lab.{name} VERSION AS OF '{ref}'").toArrow())


def _pyiceberg_ids(lab, name, ref):
    return ids(lab.catalog.load_table(f"lab.{name}").scan().use_ref(ref).to_arrow())


def _our_ids(lab, name, ref):
    return ids(lab.ours.replay(f"lab.{name}", "--ref", ref))


def _assert_all_have(lab, name, ref, expected):
    for read in (_our_ids, _spark_ids, _pyiceberg_ids):
        assert read(lab, name, ref) == expected, (read, ref)


def test_a_tag_of_ours_is_read_by_all(lab, table):
    first, _ = lab.snapshot_ids(table)
    lab.ours.table("tag", "create", f"lab.{table}", "audit-2024", "--snapshot", first)
    lab.sql(f"INSERT INTO lab.{table} VALUES (3, 'note 3')")
    lab.catalog.load_table(f"lab.{table}").append(_rows(4))
    _assert_all_have(lab, table, "audit-2024", [1])
    _assert_all_have(lab, table, "main", [1, 2, 3, 4])


def test_tags_of_others_are_read_by_us(lab, table):
    first, second = lab.snapshot_ids(table)
    lab.sql(f"ALTER TABLE lab.{table} CREATE TAG `from spark` AS OF VERSION {first} RETAIN 30 DAYS")
    lab.catalog.load_table(f"lab.{table}").manage_snapshots().create_tag(second, "from-pyiceberg").commit()
    lab.append(table, _rows(3))
    _assert_all_have(lab, table, "from spark", [1])
    _assert_all_have(lab, table, "from-pyiceberg", [1, 2])
    refs = lab.metadata(table)["refs"]
    assert refs["from spark"] == {"snapshot-id": first, "type": "tag", "max-ref-age-ms": 30 * 86_400_000}


def test_a_branch_of_ours_is_written_by_all_and_fast_forwarded(lab, table):
    lab.ours.table("branch", "create", f"lab.{table}", "staging")
    lab.append(table, _rows(10), "--branch", "staging")
    lab.sql(f"INSERT INTO lab.{table}.branch_staging VALUES (11, 'note 11')")
    lab.catalog.load_table(f"lab.{table}").append(_rows(12), branch="staging")
    lab.delete(table, "id = 1", "--branch", "staging")
    _assert_all_have(lab, table, "staging", [2, 10, 11, 12])
    _assert_all_have(lab, table, "main", [1, 2])
    lab.sql(f"CALL artemis.system.fast_forward('lab.{table}', 'main', 'staging')")
    _assert_all_have(lab, table, "main", [2, 10, 11, 12])


def test_a_branch_of_spark_is_written_by_us(lab, table):
    lab.sql(f"ALTER TABLE lab.{table} CREATE BRANCH audit RETAIN 7 DAYS WITH SNAPSHOT RETENTION 2 SNAPSHOTS")
    before = lab.metadata(table)["refs"]["audit"]
    lab.append(table, _rows(3), "--branch", "audit")
    _assert_all_have(lab, table, "audit", [1, 2, 3])
    after = lab.metadata(table)["refs"]["audit"]
    assert after["snapshot-id"] != before["snapshot-id"]
    assert {k: v for k, v in after.items() if k != "snapshot-id"} == {k: v for k, v in before.items() if k != "snapshot-id"}


def test_what_spark_staged_is_picked_by_us_and_what_we_rolled_back_by_spark(lab, table):
    first, _ = lab.snapshot_ids(table)
    lab.sql(f"ALTER TABLE lab.{table} SET TBLPROPERTIES ('write.wap.enabled'='true')")
    lab.session.conf.set("spark.wap.id", "job-1")
    lab.sql(f"INSERT INTO lab.{table} VALUES (3, 'note 3')")
    lab.session.conf.unset("spark.wap.id")
    staged = [s for s in lab.metadata(table)["snapshots"] if s["summary"].get("wap.id") == "job-1"]
    assert len(staged) == 1
    _assert_all_have(lab, table, "main", [1, 2])
    lab.ours.table("rollback", f"lab.{table}", "--snapshot", first)
    _assert_all_have(lab, table, "main", [1])
    lab.ours.table("cherry-pick", f"lab.{table}", "--snapshot", staged[0]["snapshot-id"])
    _assert_all_have(lab, table, "main", [1, 3])
    lab.sql(f"CALL artemis.system.rollback_to_snapshot('lab.{table}', {first})")
    _assert_all_have(lab, table, "main", [1])
