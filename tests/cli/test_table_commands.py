"""The commands that change a table's names, refs, columns and layout: what they do, print and refuse."""

import datetime
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shell import CONFLICT, DONE, FAILED, NOT_FOUND, USAGE

NAME = "sda.observations"


def facts(shell, *arguments, **options):
    return shell.table(*arguments, "--format", "json", **options).json


def refs(shell):
    return {ref["name"]: ref for ref in facts(shell, "refs", NAME)["refs"]}


def columns(shell, name=NAME):
    return [field["name"] for field in facts(shell, "schema", name)["schema"]["fields"]]


def history(shell, name=NAME):
    return facts(shell, "history", name)["history"]


@pytest.fixture
def two(observations):
    """A table of two appends; gives the snapshots' ids."""
    observations.table("append", NAME, "rows.arrow", "--message", "again")
    observations.first, observations.second = [each["snapshot_id"] for each in observations.snapshots(NAME)]
    return observations


# Tags and branches.


def test_a_tag_names_the_current_snapshot_or_another(two):
    made = facts(two, "tag", "create", NAME, "audit")
    assert list(made) == ["table", "operation", "name", "type", "snapshot_id", "attempts", "elapsed_ms"]
    assert (made["operation"], made["type"], made["snapshot_id"]) == ("tag create", "tag", two.second)
    facts(two, "tag", "create", NAME, "before", "--snapshot", two.first)
    assert (refs(two)["audit"]["snapshot_id"], refs(two)["before"]["snapshot_id"]) == (two.second, two.first)
    assert len(two.replay("query", NAME, "--ref", "before", "--format", "jsonl").lines) == 1000
    assert [line["changes"] for line in history(two)[-2:]] == [
        [f"tag create audit at snapshot {two.second}"], [f"tag create before at snapshot {two.first}"],
    ]


def test_a_tag_can_be_made_at_a_time(two):
    moment = history(two)[1]["time"]
    assert facts(two, "tag", "create", NAME, "then", "--at", moment)["snapshot_id"] == two.first
    text = two.table("tag", "create", NAME, "later", "--at", "now").text
    assert text == f"tag later of {NAME} names snapshot {two.second}\n"


def test_a_name_that_is_taken_is_replaced_only_when_asked(two):
    two.table("tag", "create", NAME, "audit", "--snapshot", two.first)
    assert "audit" in two.table("tag", "create", NAME, "audit", exits=FAILED).err
    assert refs(two)["audit"]["snapshot_id"] == two.first
    assert facts(two, "tag", "create", NAME, "audit", "--replace")["snapshot_id"] == two.second
    assert facts(two, "tag", "replace", NAME, "audit", "--snapshot", two.first)["snapshot_id"] == two.first
    assert "is a tag" in two.table("branch", "replace", NAME, "audit", exits=FAILED).err
    assert "absent" in two.table("tag", "replace", NAME, "absent", exits=NOT_FOUND).err


def test_retention_is_kept_with_the_ref(two):
    two.table("branch", "create", NAME, "staging", "--keep", "90d", "--keep-snapshots", "12h", "--keep-snapshots-min", 3)
    ref = refs(two)["staging"]
    assert (ref["max_ref_age_ms"], ref["max_snapshot_age_ms"], ref["min_snapshots_to_keep"]) == (90 * 86400_000, 12 * 3600_000, 3)
    two.table("branch", "replace", NAME, "staging", "--keep", "1w")
    ref = refs(two)["staging"]
    assert (ref["max_ref_age_ms"], ref["max_snapshot_age_ms"], ref["snapshot_id"]) == (7 * 86400_000, 12 * 3600_000, two.second)
    assert "no age" in two.table("tag", "create", NAME, "t", "--keep", "soon", exits=USAGE).err


def test_refs_are_deleted_by_kind_and_main_stays(two):
    two.table("tag", "create", NAME, "audit")
    two.table("branch", "create", NAME, "staging")
    two.table("branch", "delete", NAME, "audit", exits=FAILED)
    assert facts(two, "tag", "delete", NAME, "audit")["snapshot_id"] is None
    two.table("branch", "delete", NAME, "staging")
    assert list(refs(two)) == ["main"]
    two.table("branch", "delete", NAME, "main", exits=FAILED)
    two.table("tag", "delete", NAME, "audit", exits=NOT_FOUND)


def test_a_branch_is_moved_along_its_own_line(two):
    two.table("branch", "create", NAME, "staging", "--snapshot", two.first)
    assert facts(two, "branch", "fast-forward", NAME, "staging", "--to", "main")["snapshot_id"] == two.second
    two.table("branch", "create", NAME, "old", "--snapshot", two.first)
    assert "ancestor" in two.table("branch", "fast-forward", NAME, "main", "--to", "old", exits=FAILED).err


# Rollback and cherry-pick.


def test_rollback_by_time_under_both_names(two):
    moment = history(two)[1]["time"]
    done = facts(two, "rollback", NAME, "--to-time", moment)
    assert (done["snapshot_id"], done["already_done"], done["attempts"]) == (two.first, False, 1)
    assert two.info(NAME)["rows"] == 1000
    facts(two, "rollback", NAME, "--snapshot", two.second, "--any")
    assert two.info(NAME)["rows"] == 2000


def test_rollback_to_the_current_snapshot_commits_nothing(two):
    before = two.info(NAME)["metadata_location"]
    done = facts(two, "rollback", NAME, "--snapshot", two.second)
    assert (done["snapshot_id"], done["already_done"], done["attempts"]) == (two.second, True, 0)
    assert "nothing was changed" in two.table("rollback", NAME, "--to", "now").text
    assert two.info(NAME)["metadata_location"] == before


def test_rollback_to_no_ancestor_is_refused_unless_asked(two):
    two.table("rollback", NAME, "--snapshot", two.first)
    assert "--any" in two.table("rollback", NAME, "--snapshot", two.second, exits=FAILED).err


def test_a_rolled_back_append_can_be_picked_again(two):
    two.table("rollback", NAME, "--snapshot", two.first)
    picked = facts(two, "cherry-pick", NAME, "--snapshot", two.second)
    assert picked["operation"] == "cherry-pick"
    assert two.info(NAME)["rows"] == 2000
    assert two.table("cherry-pick", NAME, "--snapshot", two.second, exits=FAILED).err.startswith("artemis-table: ")
    assert "--ref" in two.table("cherry-pick", NAME, exits=USAGE).err


def test_rows_appended_to_a_branch_are_seen_on_it_only(two):
    two.table("branch", "create", NAME, "staging")
    two.table("append", NAME, "rows.arrow", "--branch", "staging")
    assert two.info(NAME)["rows"] == 2000
    assert len(two.replay("query", NAME, "--ref", "staging", "--format", "jsonl").lines) == 3000
    facts(two, "cherry-pick", NAME, "--ref", "staging")
    assert two.info(NAME)["rows"] == 3000


# Names.


def test_namespaces_are_made_described_and_dropped(shell):
    assert facts(shell, "namespace", "create", "ground.eu", "owner=esoc")["namespace"] == "ground.eu"
    assert facts(shell, "namespace", "show", "ground.eu") == {"namespace": "ground.eu", "properties": {"owner": "esoc"}}
    shell.table("namespace", "set", "ground.eu", "owner=", "site=Darmstadt")
    assert facts(shell, "namespace", "show", "ground.eu")["properties"] == {"site": "Darmstadt"}
    shell.table("create", "ground.eu.passes", "--canonical")
    assert "passes" in shell.table("namespace", "drop", "ground.eu", exits=FAILED).err
    shell.table("drop", "ground.eu.passes")
    assert shell.table("namespace", "drop", "ground.eu").text == "dropped namespace ground.eu\n"
    assert "ground.eu" not in facts(shell, "namespace", "list")["namespaces"]
    shell.table("namespace", "drop", "ground.eu", exits=NOT_FOUND)
    shell.table("namespace", "show", "absent", exits=NOT_FOUND)


def test_a_namespace_is_made_once(shell):
    shell.table("namespace", "create", "ground")
    assert "ground" in shell.table("namespace", "create", "ground", exits=FAILED).err


def test_rename_refuses_a_taken_name(two):
    two.small_table("sda.small")
    assert "sda.small" in two.table("rename", NAME, "sda.small", exits=FAILED).err
    assert two.info(NAME)["rows"] == 2000


def test_purge_removes_what_the_table_names_and_nothing_else(two):
    left = two.warehouse / "sda" / "observations" / "data" / "00000-left.parquet"
    left.write_bytes(b"12345")
    named = [path for path in two.files() if "/sda/observations/" in path and path != str(left)]
    dropped = facts(two, "drop", NAME, "--purge")
    assert list(dropped) == ["table", "metadata_location", "files_removed", "bytes_removed", "files_left"]
    assert (dropped["files_removed"], dropped["files_left"]) == (len(named), 0)
    assert [path for path in two.files() if "/sda/observations/" in path] == [str(left)]
    two.table("info", NAME, exits=NOT_FOUND)


def test_drop_without_purge_keeps_every_file(two):
    before = two.files()
    assert facts(two, "drop", NAME)["files_removed"] is None
    assert two.files() == before


def test_a_table_whose_metadata_is_lost_can_be_dropped(two):
    for path in (two.warehouse / "sda" / "observations" / "metadata").glob("*.metadata.json"):
        path.unlink()
    result = two.table("drop", NAME)
    assert result.err.startswith("warning: ")
    assert two.table("list").text == ""


# Rows leave by copy or by mark.


@pytest.mark.parametrize("version", [2, 3])
def test_merge_on_read_writes_delete_files_that_every_command_understands(shell, version):
    shell.table("create", NAME, "--canonical", "--format-version", version)
    shell.table("append", NAME, shell.telemetry("rows.arrow"))
    done = facts(shell, "delete", NAME, "--where", "payload_id = 101", "--mode", "merge-on-read")
    assert (done["files_added"], done["files_removed"], done["delete_files_added"]) == (0, 0, 1)
    left = len(shell.replay("query", NAME, "--format", "jsonl").lines)
    assert left == 1000 - done["rows_deleted"] > 0
    info = shell.info(NAME)
    assert (info["delete_files"], info["deletes"]) == (1, done["rows_deleted"])
    assert facts(shell, "check", NAME, "--deep")["problems"] == []
    assert facts(shell, "files", NAME, "--orphans", "--older-than", "0s")["orphans"] == []
    copied = facts(shell, "delete", NAME, "--where", "payload_id = 102", "--mode", "copy-on-write")
    assert (copied["files_removed"], copied["delete_files_added"]) == (1, 0)
    assert facts(shell, "check", NAME, "--deep")["problems"] == []


def test_once_holds_for_changes_of_metadata(two):
    for command in (("alter", NAME, "add-column", "flux:double"), ("tag", "create", NAME, "audit"), ("rollback", NAME, "--snapshot", two.first)):
        first = facts(two, *command, "--once", command[0])
        location = two.info(NAME)["metadata_location"]
        again = facts(two, *command, "--once", command[0])
        assert (first["attempts"], again["attempts"]) == (1, 0), command
        assert two.info(NAME)["metadata_location"] == location
    assert history(two)[-1]["changes"][0].startswith("to the state of")


# Columns and layout.


def test_columns_are_added_where_they_are_wanted(observations):
    altered = facts(observations, "alter", NAME, "add-column", "flux:double", "--after", "mission_id", "--doc", "W per m2")
    assert list(altered) == [
        "table", "operation", "changes", "format_version", "schema_id", "spec_id", "sort_order_id", "attempts", "elapsed_ms",
    ]
    assert altered["changes"] == ["add-column flux double"]
    observations.table("alter", NAME, "add-column", "gain", "long", "--before", "flux")
    observations.table("alter", NAME, "add-column", "origin:string", "--first")
    names = columns(observations)
    assert names[0] == "origin"
    assert names[names.index("mission_id") + 1 :][:2] == ["gain", "flux"]


def test_a_nested_column_is_added_by_its_full_name(shell):
    data = pa.table({"id": pa.array([1], pa.int64()), "place": pa.array([{"lat": 1.5}])})
    shell.table("create", "sda.places", "--like", shell.write_arrow("places.arrow", data))
    shell.table("append", "sda.places", "places.arrow")
    shell.table("alter", "sda.places", "add-column", "place.alt:double")
    shell.table("alter", "sda.places", "rename-column", "place.lat", "latitude")
    assert shell.replay("query", "sda.places", "--format", "jsonl").lines == [
        {"id": 1, "place": {"latitude": 1.5, "alt": None}}
    ]


def test_a_default_needs_version_3_and_is_what_old_rows_read_as(shell):
    name = shell.small_table()
    refused = shell.table("alter", name, "add-column", "quality:int", "--default", 7, exits=FAILED)
    assert "upgrade 3" in refused.err
    assert "needs a default" in shell.table("alter", name, "add-column", "q:int", "--required", exits=FAILED).err
    assert facts(shell, "alter", name, "upgrade", 3)["format_version"] == 3
    facts(shell, "alter", name, "add-column", "quality:int", "--required", "--default", 7)
    assert [row["quality"] for row in shell.replay("query", name, "--format", "jsonl").lines] == [7, 7, 7]
    assert "--default" in shell.table("alter", name, "add-column", "n:int", "--default", "many", exits=USAGE).err


def test_columns_move_and_become_optional(observations):
    observations.table("alter", NAME, "move-column", "notes", "--before", "mission_id")
    names = columns(observations)
    assert names.index("notes") + 1 == names.index("mission_id")
    observations.table("alter", NAME, "make-optional", "payload_id")
    field = next(f for f in facts(observations, "schema", NAME)["schema"]["fields"] if f["name"] == "payload_id")
    assert field["required"] is False
    assert "exclude" in observations.table("alter", NAME, "move-column", "notes", "--first", "--after", "a", exits=USAGE).err
    assert "--first" in observations.table("alter", NAME, "move-column", "notes", exits=USAGE).err


def test_identifier_columns_are_set_and_unset(observations):
    observations.table("alter", NAME, "set-identifier", "mission_id", "sequence_number")
    schema = facts(observations, "schema", NAME)["schema"]
    ids = {field["name"]: field["id"] for field in schema["fields"]}
    assert schema["identifier-field-ids"] == [ids["mission_id"], ids["sequence_number"]]
    assert "identifier" in observations.table("alter", NAME, "drop-column", "mission_id", exits=FAILED).err
    observations.table("alter", NAME, "set-identifier", "--none")
    assert facts(observations, "schema", NAME)["schema"].get("identifier-field-ids", []) == []
    observations.table("alter", NAME, "set-identifier", exits=USAGE)


def test_properties_are_set_and_unset(observations):
    observations.table("alter", NAME, "set-property", "owner=esoc", "site=Darmstadt")
    assert observations.info(NAME)["properties"]["owner"] == "esoc"
    observations.table("alter", NAME, "unset-property", "owner")
    assert "owner" not in observations.info(NAME)["properties"]
    assert "owner" in observations.table("alter", NAME, "unset-property", "owner", exits=FAILED).err


def test_an_alter_that_changes_nothing_commits_nothing(observations):
    before = observations.info(NAME)["metadata_location"]
    altered = facts(observations, "alter", NAME, "set-partition", "mission_id, day(sample_timestamp_ns) as day")
    assert (altered["changes"], altered["attempts"]) == ([], 0)
    assert "nothing was changed" in observations.table("alter", NAME, "upgrade", 2).text
    assert observations.info(NAME)["metadata_location"] == before


def test_a_version_goes_up_only(observations):
    observations.table("alter", NAME, "upgrade", 3)
    assert observations.info(NAME)["format_version"] == 3
    observations.table("alter", NAME, "upgrade", 2, exits=FAILED)
    assert "expected 2 or 3" in observations.table("alter", NAME, "upgrade", "four", exits=USAGE).err
    observations.table("append", NAME, "rows.arrow")
    assert observations.info(NAME)["rows"] == 2000


# Creation.


def test_create_takes_version_3_and_nanoseconds(shell):
    made = facts(shell, "create", "sda.three", "--canonical", "--format-version", 3)
    assert made["format_version"] == 3
    result = shell.table("create", "sda.nanos", "--canonical", "--timestamps", "nanos", "--format", "json")
    assert result.json["format_version"] == 3
    assert "Spark cannot open" in result.err and result.err.count("\n") == 1
    schema = facts(shell, "schema", "sda.nanos")["schema"]
    assert next(f["type"] for f in schema["fields"] if f["name"] == "sample_timestamp_ns") == "timestamp_ns"
    refused = shell.table("create", "sda.no", "--canonical", "--timestamps", "nanos", "--format-version", 2, exits=USAGE)
    assert "timestamp_ns" in refused.err


def test_create_warns_of_partitions_that_java_gets_wrong(shell):
    schema = {"type": "struct", "schema-id": 0, "fields": [
        {"id": 1, "name": "tag", "type": "fixed[4]", "required": False},
        {"id": 2, "name": "key", "type": "uuid", "required": False}]}
    (shell.folder / "schema.json").write_text(json.dumps(schema))
    made = shell.table("create", "sda.odd", "--schema", "schema.json", "--partition", "tag, key")
    assert "partitions by the fixed column tag: use bucket(N, tag)" in made.err
    assert "the uuid column key: use bucket(N, key)" in made.err
    quiet = shell.table("create", "sda.even", "--schema", "schema.json", "--partition",
                        "bucket(8, tag) as tag_bucket, bucket(8, key) as key_bucket")
    assert quiet.err == ""


def test_a_nested_columns_new_name_is_its_last_part(shell):
    schema = {"type": "struct", "schema-id": 0, "fields": [
        {"id": 1, "name": "point", "required": False, "type": {"type": "struct", "fields": [
            {"id": 2, "name": "x", "type": "int", "required": False}]}}]}
    (shell.folder / "schema.json").write_text(json.dumps(schema))
    shell.table("create", "sda.points", "--schema", "schema.json")
    refused = shell.table("alter", "sda.points", "rename-column", "point.x", "point.east", exits=FAILED)
    assert "expected the new name alone, 'east'" in refused.err
    shell.table("alter", "sda.points", "rename-column", "point.x", "east")


def test_create_takes_columns_of_a_parquet_file_with_sort_and_properties(shell):
    data = pa.table({"id": pa.array([1], pa.int64()), "name": ["a"]})
    pq.write_table(data, shell.folder / "like.parquet")
    shell.table("create", "sda.like", "--like", "like.parquet", "--sort", "name desc", "--property", "owner=esoc")
    info = shell.info("sda.like")
    assert (info["sort_order"], info["properties"]["owner"]) == ("name desc nulls last", "esoc")
    assert columns(shell, "sda.like") == ["id", "name"]


def test_a_conflict_is_exit_4(observations):
    """A writer that waits while another takes its last attempt."""
    observations.table("alter", NAME, "set-property", "commit.retry.num-retries=0")
    environment = {"ARTEMIS_TEST_BARRIER": f"before_swap:{observations.folder}/barrier/2"}
    writers = [
        observations.start("artemis-testing", "table", "tag", "create", NAME, tag, env=environment) for tag in ("one", "two")
    ]
    codes = sorted((writer.communicate(timeout=60), writer.returncode)[1] for writer in writers)
    assert codes == [DONE, CONFLICT]
    assert len(refs(observations)) == 2


def test_facts_are_one_line_of_json(two):
    for command in (
        ("info", NAME), ("history", NAME), ("snapshots", NAME), ("refs", NAME), ("partitions", NAME), ("check", NAME),
        ("files", NAME), ("files", NAME, "--orphans"), ("manifests", NAME), ("spec", NAME), ("schema", NAME),
    ):
        out = two.table(*command, "--format", "json").text
        assert out.count("\n") == 1, command
        assert json.loads(out)["table"] == NAME


def test_moments_in_facts_are_times(two):
    for line in history(two):
        assert datetime.datetime.fromisoformat(line["time"].replace("Z", "+00:00")).tzinfo is not None
