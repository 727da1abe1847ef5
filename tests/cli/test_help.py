"""What the programs say about themselves, and about a command line they do not understand."""

import re

import pytest
from shell import NOT_FOUND, USAGE

COMMANDS = [
    ("artemis", "telemetry"),
    ("artemis-write",),
    *[
        ("artemis-table", command)
        for command in (
            "create append commit overwrite delete list info schema partitions spec history snapshots refs files "
            "manifests inspect-manifest check advise alter tag branch rollback expire cherry-pick register drop rename namespace synth "
            "catalogs"
        ).split()
    ],
    *[
        ("artemis-table", "alter", command)
        for command in (
            "add-column rename-column drop-column widen-column move-column make-optional set-identifier set-partition "
            "set-sort set-property unset-property upgrade"
        ).split()
    ],
    *[("artemis-table", "tag", command) for command in "create replace delete".split()],
    *[("artemis-table", "branch", command) for command in "create replace delete fast-forward".split()],
    *[("artemis-table", "namespace", command) for command in "list create drop set show".split()],
    ("artemis-replay", "query"),
    ("artemis-replay", "diff"),
    ("artemis-replay", "inspect"),
    ("artemis-replay", "verify"),
    ("artemis-sql",),
    ("partition-bench",),
]


# Those that only hold other commands.
GROUPS = {("artemis-table", name) for name in ("alter", "tag", "branch", "namespace")}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_a_help_with_an_example(shell, command):
    result = shell.run(*command, "--help")
    assert f"Usage: {' '.join(command)}" in result.text
    assert re.search(r"\nExample:\n  .*artemis", result.text)
    assert result.err == ""
    if command not in GROUPS:
        assert "ARTEMIS_WAREHOUSE" in result.text


def test_the_list_names_every_command(shell):
    """A command that is not listed here would have no test of its help."""

    def commands_of(*command):
        text = shell.run(*command, "--help").text
        if "\nSubcommands:\n" not in text:
            return [command]
        listed = text.split("\nSubcommands:\n")[1].split("\n\n")[0]
        names = re.findall(r"^  ([a-z-]+)", listed, re.MULTILINE)
        return [each for name in names for each in commands_of(*command, name)]

    found = [each for program in ("artemis-table", "artemis-replay", "artemis-write", "artemis-sql", "partition-bench") for each in commands_of(program)]
    assert sorted(found) == sorted(set(COMMANDS) - GROUPS - {("artemis", "telemetry")})


def test_a_link_is_a_subcommand(shell):
    assert "inspect-manifest" in shell.run("artemis", "table", "--help").text
    assert "inspect-manifest" in shell.run("artemis-table", "--help").text


def test_version_names_all_parts(shell):
    lines = shell.run("artemis", "--version").text.splitlines()
    assert re.fullmatch(r"artemis \d+\.\d+\.\d+", lines[0])
    for part in ("Arrow C++", "Parquet C++", "DuckDB", "SQLite", "jemalloc"):
        assert any(re.fullmatch(rf"  {re.escape(part)} v?\d+\.\d+\.\d+", line) for line in lines), part


@pytest.mark.parametrize(
    "arguments, says",
    [
        ((), "subcommand is required"),
        (("explode",), "explode"),
        (("apend", "sda.t", "rows.arrow"), "did you mean 'append'?"),
        (("alter", "rename-column", "a", "b"), "NAME is required"),
        (("list", "--colour"), "--colour"),
        (("append", "sda.t"), "FILE is required"),
        (("info",), "NAME is required"),
        (("info", "sda.t", "--format", "xml"), "text|json"),
        (("info", "observations"), "observations"),
        (("append", "sda..t", "rows.arrow"), "sda..t"),
        (("create", "sda.t"), "--canonical"),
        (("create", "sda.t", "--canonical", "--like", "x.arrow"), "--canonical"),
        (("create", "sda.t", "--canonical", "--partition", "day(nothing)"), "nothing"),
        (("create", "sda.t", "--canonical", "--property", "novalue"), "novalue"),
        (("rollback", "sda.t"), "--snapshot"),
        (("delete", "sda.t", "--where", "{not json"), "--where"),
        (("delete", "sda.t", "--where", "a = = 2"), "--where"),
        (("files", "sda.t", "--at", "yesterday"), "yesterday"),
        (("files", "sda.t", "--at", "2024-03-15T07:00:00"), "zone"),
        (("files", "sda.t", "--at", "-1h", "--snapshot", "7"), "exclude"),
    ],
    ids=str,
)
def test_a_usage_error_is_one_line_and_exit_2(shell, arguments, says):
    result = shell.table(*arguments, exits=USAGE)
    assert result.out == b""
    assert result.err.startswith("artemis-table: ")
    assert result.err.count("\n") == 1 and result.err.endswith("\n")
    assert says in result.err


def test_no_catalog_is_not_found_and_says_how_to_make_one(shell):
    for program, *arguments in (
        ("artemis-table", "list"),
        ("artemis-table", "append", "sda.t", "rows.arrow"),
        ("artemis-replay", "query", "sda.t"),
        ("artemis-sql", "--query", "SELECT 1"),
    ):
        result = shell.run(program, *arguments, exits=NOT_FOUND)
        assert result.err.startswith(f"{program}: there is no catalog at ./warehouse/catalog.db")
        assert "artemis-table create" in result.err
        assert result.err.count("\n") == 1
    assert not shell.warehouse.exists()
