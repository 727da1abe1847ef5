"""Tables clustered along a curve: how that is asked for, shown, kept and refused."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shell import FAILED, USAGE

NAME = "sda.observations"
ORDER = "zorder(payload_id, sensor_kind)"
PROPERTY = "artemis.write.clustering"


def facts(shell, *arguments, **options):
    return shell.table(*arguments, "--format", "json", **options).json


def shown(shell, name=NAME):
    return shell.info(name)["sort_order"]


@pytest.fixture
def clustered(shell):
    made = facts(shell, "create", NAME, "--canonical", "--partition", "mission_id", "--sort", ORDER)
    assert made["sort_order"] == ORDER
    return shell


def test_a_clustering_is_a_property_and_no_sort_order(clustered):
    info = clustered.info(NAME)
    assert (info["sort_order"], info["properties"][PROPERTY]) == (ORDER, f"{ORDER}, fields(3, 4)")
    spec = facts(clustered, "spec", NAME)
    assert [order["sort_order_id"] for order in spec["sort_orders"]] == [0]
    assert spec["clustering"] == ORDER
    assert f"clustered by {ORDER}" in clustered.table("spec", NAME).text
    columns = {field["column"]: field["sort"] for field in info["fields"]}
    assert (columns["payload_id"], columns["sensor_kind"]) == ("1 zorder", "2 zorder")
    assert "clustered by" in clustered.table("history", NAME).text


def test_files_of_a_clustered_table_are_unsorted_to_others(clustered):
    clustered.table("append", NAME, clustered.telemetry("rows.arrow", 5000))
    files = facts(clustered, "files", NAME)["files"]
    assert len(files) == 2
    assert sum(pq.read_metadata(file["path"].removeprefix("file://")).num_rows for file in files) == 5000
    assert len(clustered.replay("query", NAME, "--format", "jsonl").lines) == 5000


def test_alter_goes_from_one_order_to_another(observations):
    assert shown(observations) == ""
    text = observations.table("alter", NAME, "set-sort", "hilbert(payload_id, temperature_c)").text
    assert "clustered by hilbert(payload_id, temperature_c)" in text
    assert shown(observations) == "hilbert(payload_id, temperature_c)"
    changes = facts(observations, "alter", NAME, "set-sort", "payload_id desc")["changes"]
    assert changes == ["set-sort payload_id desc nulls last"]
    assert PROPERTY not in observations.info(NAME)["properties"]
    observations.table("alter", NAME, "set-sort", ORDER)
    assert shown(observations) == ORDER
    assert facts(observations, "alter", NAME, "set-sort", ORDER)["attempts"] == 0
    observations.table("alter", NAME, "set-sort", "")
    assert (shown(observations), PROPERTY in observations.info(NAME)["properties"]) == ("", False)


def test_a_renamed_column_stays_in_the_clustering(clustered):
    clustered.table("alter", NAME, "rename-column", "payload_id", "instrument")
    assert shown(clustered) == "zorder(instrument, sensor_kind)"
    clustered.table("alter", NAME, "add-column", "payload_id:int")
    assert shown(clustered) == "zorder(instrument, sensor_kind)"
    assert "instrument" in clustered.table("alter", NAME, "drop-column", "instrument", exits=FAILED).err
    clustered.table("alter", NAME, "drop-column", "payload_id")


def test_a_property_set_by_hand_is_checked_and_completed(observations):
    observations.table("alter", NAME, "set-property", f"{PROPERTY}={ORDER}")
    assert observations.info(NAME)["properties"][PROPERTY] == f"{ORDER}, fields(3, 4)"
    for bad in ("zorder(absent)", "payload_id", "zorder(notes, notes)"):
        err = observations.table("alter", NAME, "set-property", f"{PROPERTY}={bad}", exits=FAILED).err
        assert bad.split("(")[-1].split(",")[0].rstrip(")") in err
    observations.table("alter", NAME, "unset-property", PROPERTY)
    assert shown(observations) == ""


def test_both_orders_at_once_are_an_error_that_names_them(shell, observations):
    for arguments in (["--sort", f"{ORDER}, notes desc"], ["--sort", "notes desc", "--property", f"{PROPERTY}={ORDER}"]):
        err = shell.table("create", "sda.both", "--canonical", *arguments, exits=USAGE).err
        assert ORDER in err and "notes" in err
    observations.table("alter", NAME, "set-sort", "notes desc")
    err = observations.table("alter", NAME, "set-property", f"{PROPERTY}={ORDER}", exits=FAILED).err
    assert ORDER in err and "notes desc" in err


def test_what_cannot_be_clustered_by_is_refused_by_name(shell):
    path = shell.write_arrow("lists.arrow", pa.table({"tags": pa.array([["a"]]), "id": [1]}))
    for order, named in (("zorder(tags)", "tags"), ("zorder(absent)", "absent"), ("zorder(id, id)", "twice"),
                         ("hilbert(tags.element)", "list or map")):
        assert named in shell.table("create", "sda.t", "--like", path, "--sort", order, exits=USAGE).err
    nine = pa.table({f"c{i}": [i] for i in range(9)})
    path = shell.write_arrow("nine.arrow", nine)
    all_nine = f"zorder({', '.join(nine.column_names)})"
    assert "1 to 8" in shell.table("create", "sda.t", "--like", path, "--sort", all_nine, exits=USAGE).err


def test_a_missing_folder_for_spilled_rows_is_named_when_it_is_needed(clustered):
    clustered.table("append", NAME, clustered.telemetry("rows.arrow"), "--temp-dir", "absent")
    assert clustered.info(NAME)["rows"] == 1000
