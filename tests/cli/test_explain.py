"""files --where --explain: why each file of a snapshot is read or not."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

NAME = "sda.observations"


def explain(shell, where, *arguments, name=NAME):
    return shell.table("files", name, "--where", where, "--explain", "--format", "json", *arguments).json


@pytest.fixture
def numbers(shell):
    """sda.numbers: one file a call of append, each with its own range of n, one manifest each."""
    shell.table("create", "sda.numbers", "--like", append_numbers(shell, 0, 10), "--partition", "part",
                "--property", "commit.manifest.min-count-to-merge=100")
    for first in (0, 10, 20):
        shell.table("append", "sda.numbers", append_numbers(shell, first, first + 10))
    return shell


def append_numbers(shell, first, end, part="a"):
    count = end - first
    rows = {"part": pa.array([part] * count), "n": pa.array(range(first, end), pa.int64())}
    return shell.write_arrow("numbers.arrow", pa.table(rows))


def test_says_what_the_bounds_of_a_kept_file_may_hold(numbers):
    found = explain(numbers, "n = 15", name="sda.numbers")
    kept = [file for file in found["files"] if file["kept"]]
    assert [file["reason"] for file in kept] == ["kept: bounds of n [10, 19] may hold 15"]
    assert [file["pass"] for file in kept] == [None]
    dropped = [file for file in found["files"] if not file["kept"]]
    assert sorted(file["reason"] for file in dropped) == [
        "dropped in pass 2 by n in [0, 9]",
        "dropped in pass 2 by n in [20, 29]",
    ]
    assert {file["pass"] for file in dropped} == {2}
    assert (found["files_total"], found["files_kept"]) == (3, 1)


def test_says_that_every_row_of_a_file_matches(numbers):
    reasons = sorted(file["reason"] for file in explain(numbers, "n < 15", name="sda.numbers")["files"])
    assert reasons == [
        "dropped in pass 2 by n in [20, 29]",
        "kept: bounds of n [10, 19] may hold < 15",
        "kept: every row matches",
    ]


def test_names_the_manifests_that_pass_1_drops_and_what_by(numbers):
    numbers.table("append", "sda.numbers", append_numbers(numbers, 0, 5, part="b"))
    found = explain(numbers, "part = 'b'", name="sda.numbers")
    assert [(each["kept"], each["files"]) for each in found["manifests"]] == [(True, 1)] + [(False, 1)] * 3
    assert {each["reason"] for each in found["manifests"] if not each["kept"]} == {
        "dropped in pass 1 by part in [a, a]"
    }
    assert [file["kept"] for file in found["files"]] == [True]
    assert (found["manifests_total"], found["manifests_kept"]) == (4, 1)


def test_says_which_files_the_partition_drops(observations):
    found = explain(observations, "sample_timestamp_ns < '1999-01-01T00:00:00'")
    assert found["files"] == [] and not any(each["kept"] for each in found["manifests"])
    assert "dropped in pass 1 by day in [" in found["manifests"][0]["reason"]
    missions = sorted({file["partition"]["mission_id"]
                       for file in observations.table("files", NAME, "--format", "json").json["files"]})
    found = explain(observations, f"mission_id = '{missions[0]}'")
    reasons = [file["reason"] for file in found["files"]]
    assert sorted(set(reasons)) == ["dropped in pass 2 by its partition", "kept: every row matches"]


def test_counts_row_groups_and_drops_files_in_pass_3(shell):
    shell.table("create", "sda.adopted", "--like", append_numbers(shell, 0, 1), "--format-version", 2)
    folder = shell.folder / "data"
    folder.mkdir()
    types = pa.schema([pa.field(name, kind, metadata={"PARQUET:field_id": str(number)})
                       for number, (name, kind) in enumerate([("part", pa.string()), ("n", pa.int64())], 1)])
    rows = pa.table([["a"] * 40, [*range(20), *range(80, 100)]], types)
    pq.write_table(rows, folder / "f.parquet", row_group_size=10)
    shell.table("commit", "sda.adopted", folder / "f.parquet")
    file = explain(shell, "n >= 12 AND n < 15", name="sda.adopted")["files"][0]
    assert (file["kept"], file["row_groups_kept"], file["row_groups_total"]) == (True, 1, 4)
    assert file["reason"].endswith("; row groups: 1 of 4")
    file = explain(shell, "n = 50", name="sda.adopted")["files"][0]
    assert (file["kept"], file["pass"]) == (False, 3)
    assert file["reason"] == "dropped in pass 3: none of its row groups may match"


def test_keys_are_stable(observations):
    found = explain(observations, "payload_id = 3")
    assert list(found) == [
        "table", "snapshot_id", "predicate", "manifests_total", "manifests_kept", "files_total", "files_kept",
        "row_groups_total", "row_groups_kept", "manifests", "files",
    ]
    assert list(found["manifests"][0]) == ["kept", "files", "reason", "path"]
    assert list(found["files"][0]) == ["kept", "pass", "row_groups_kept", "row_groups_total", "reason", "path"]
    assert found["predicate"] == "payload_id = 3"


def test_text_has_a_line_for_every_manifest_and_file(numbers):
    text = numbers.table("files", "sda.numbers", "--where", "n = 15", "--explain").text
    assert text.count("dropped in pass 2 by n in [") == 2
    assert text.count("may hold 15") == 1
    assert text.count(".avro") == 3


def test_where_alone_lists_the_files_that_are_read(numbers):
    where = ("--where", "n >= 18")
    files = numbers.table("files", "sda.numbers", *where, "--format", "json").json["files"]
    every = numbers.table("files", "sda.numbers", "--format", "json").json["files"]
    assert len(files) == 2 and all(file in every for file in files)
    assert all("reason" not in file for file in files)


def test_explains_the_snapshot_that_is_asked_for(numbers):
    first = numbers.snapshots("sda.numbers")[0]["snapshot_id"]
    found = explain(numbers, "n = 15", "--snapshot", first, name="sda.numbers")
    assert found["snapshot_id"] == first
    assert [file["reason"] for file in found["files"]] == ["dropped in pass 2 by n in [0, 9]"]


def test_explains_without_a_predicate_too(numbers):
    found = numbers.table("files", "sda.numbers", "--explain", "--format", "json").json
    assert {file["reason"] for file in found["files"]} == {"kept"}
    assert {each["reason"] for each in found["manifests"]} == {"kept"}


@pytest.mark.parametrize("arguments, word, exits", [
    (("--where", "nowhere = 1"), "nowhere", 1),
    (("--where", "n ="), "where", 2),
    (("--orphans", "--explain"), "--orphans", 2),
])
def test_refuses_what_it_cannot_explain(numbers, arguments, word, exits):
    result = numbers.run("artemis-table", "files", "sda.numbers", *arguments, exits=exits)
    assert word in result.err
