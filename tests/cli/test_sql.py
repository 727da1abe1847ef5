"""artemis-sql: limits of statements, and where they spill."""

from shell import FAILED

# 900,000 groups of over 100 bytes each.
GROUPS = "SELECT count(*) AS n FROM (SELECT i, repeat('x', 100) || i AS s, count(*) FROM range(900000) t(i) GROUP BY i, s)"


def test_a_statement_ends_with_its_time(shell):
    shell.table("create", "sda.observations", "--canonical")
    result = shell.sql("SELECT count(*) FROM range(1000000000000) t(i) WHERE i % 7 = 9", "--statement-timeout", "100", exits=FAILED)
    assert "100 ms" in result.err


def test_an_aggregation_past_the_limit_spills_to_the_folder_named(shell):
    shell.table("create", "sda.observations", "--canonical")
    options = ("--memory-limit", "32MiB", "--temp-folder", "spilled", "--threads", "2", "--format", "csv")
    assert shell.sql(GROUPS, *options).text == "n\n900000\n"
    assert [path.name for path in (shell.folder / "spilled").iterdir()] == []
    refused = shell.sql(GROUPS, *options, "--temp-limit", "1MiB", exits=FAILED)
    assert "temp" in refused.err


def test_a_script_that_ends_within_a_transaction_says_that_it_changed_nothing(shell):
    shell.table("create", "sda.observations", "--canonical")
    shell.sql("CREATE TABLE artemis.sda.passes (id INTEGER)")
    insert = "INSERT INTO artemis.sda.passes VALUES (7)"
    count = "SELECT count(*) AS n FROM artemis.sda.passes"
    left_open = shell.sql(f"BEGIN; {insert}", exits=FAILED)
    assert "rolled back" in left_open.err and "COMMIT" in left_open.err
    assert shell.sql(count, "--format", "csv").text == "n\n0\n"
    shell.sql(f"BEGIN; {insert}; COMMIT")
    assert shell.sql(count, "--format", "csv").text == "n\n1\n"
    shell.sql(f"BEGIN; {insert}; ROLLBACK")
    assert shell.sql(count, "--format", "csv").text == "n\n1\n"


def test_the_statement_that_schema_prints_makes_a_table_like_it(shell):
    shell.table("create", "sda.observations", "--canonical",
                "--partition", "mission_id, day(sample_timestamp_ns) as day", "--sort", "sample_timestamp_ns desc")
    statement = shell.sql(".schema sda.observations").text
    assert "partition := 'mission_id, day(sample_timestamp_ns) as day'" in statement
    shell.sql(statement.replace("sda.observations", "sda.like_it"))
    assert shell.sql(".schema sda.like_it").text == statement.replace("sda.observations", "sda.like_it")
