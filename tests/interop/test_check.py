"""Tables of others, as history tells of them and check finds them: sound, down to every page."""

import json

import pytest


def _facts(programs, *arguments, **options):
    return json.loads(programs.table(*arguments, "--format", "json", **options)[0])


def _assert_sound(programs, name):
    report = _facts(programs, "check", name, "--deep")
    assert report["problems"] == []
    assert report["data_files"] > 0
    orphans = _facts(programs, "files", name, "--orphans", "--older-than", "0s")
    assert orphans["orphans"] == [] and orphans["named"] == orphans["files"]


@pytest.mark.parametrize("name", ["lab.readings", "lab.nested"])
def test_tables_of_pyiceberg_are_sound(pyiceberg_tables, programs_for, name):
    _assert_sound(programs_for(pyiceberg_tables[name]), name)


@pytest.mark.parametrize("name", ["lab.frames", "lab.rolled"])
def test_tables_of_spark_are_sound(spark_tables, programs_for, name):
    _assert_sound(programs_for(spark_tables[name]), name)


@pytest.mark.parametrize("name", ["lab.positions", "lab.equality", "lab.vectors"])
def test_tables_with_delete_files_of_every_kind_are_sound(merge_on_read_tables, programs_for, name):
    programs = programs_for(merge_on_read_tables[name])
    _assert_sound(programs, name)
    assert _facts(programs, "check", name)["delete_files"] > 0


def test_history_names_what_spark_did(spark_tables, programs_for):
    history = _facts(programs_for(spark_tables["lab.rolled"]), "history", "lab.rolled")["history"]
    operations = [line["operation"] for line in history]
    assert operations[0] == "create" and "rollback" in operations
    rollback = operations.index("rollback")
    assert history[rollback]["changes"][0].startswith("to the state of ")
    assert history[rollback - 1]["current_ancestor"] is False
    assert {operation for operation in operations[1:]} == {"append", "rollback"}


def test_history_names_what_pyiceberg_altered(pyiceberg_tables, programs_for):
    history = _facts(programs_for(pyiceberg_tables["lab.nested"]), "history", "lab.nested")["history"]
    assert [line["operation"] for line in history] == ["create", "append", "alter", "append"]
    assert history[2]["changes"] == ["rename-column position.x east", "add-column position.y double"]
    assert [line["added_rows"] for line in history] == [None, 20, None, 20]
