"""partition-bench and artemis-table advise: what a log of queries opens, and what would serve it better."""

import json
import re
import shlex
import xml.etree.ElementTree as xml

import pytest
from shell import FAILED, NOT_FOUND, PARTITION, USAGE

NAME = "sda.observations"

QUERY_KEYS = [
    "query_id", "manifests_total", "manifests_kept", "files_total", "files_kept", "row_groups_total", "row_groups_kept",
    "bytes_total", "bytes_kept", "plan_us",
]

MISSION = '{"op":"eq","column":"mission_id","value":"apollo-7"}'
DAY = (
    '{"op":"and","args":[' + MISSION + ',{"op":"ge","column":"sample_timestamp_ns","value":"2024-03-12T00:00:00"},'
    '{"op":"lt","column":"sample_timestamp_ns","value":"2024-03-12T06:00:00"}]}'
)
NOTHING = '{"op":"eq","column":"mission_id","value":"no-such-mission"}'


def write_log(shell, *lines, name="log.tsv"):
    (shell.folder / name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return name


@pytest.fixture
def bench(observations):
    """The table of 2 missions and 2 days, with a log of three queries and a bad line."""
    write_log(
        observations,
        "# made by hand",
        "query_id\tpredicate\tcolumns",
        f"q1\t{MISSION}\tpayload_id,temperature_c",
        "this is no query",
        f"q2\t{DAY}\tsample_timestamp_ns",
        f"q3\t{NOTHING}\t",
    )
    return observations


def run_bench(shell, *arguments, **options):
    return shell.run("partition-bench", NAME, "--queries", "log.tsv", *arguments, **options)


# partition-bench.


def test_the_json_report_has_the_keys_that_scripts_rely_on(bench):
    run_bench(bench, "--json", "bench.json")
    report = json.loads((bench.folder / "bench.json").read_text())
    assert [list(query)[: len(QUERY_KEYS)] for query in report["queries"]] == [QUERY_KEYS] * 3
    assert [query["query_id"] for query in report["queries"]] == ["q1", "q2", "q3"]
    assert list(report["totals"])[: len(QUERY_KEYS) - 1] == QUERY_KEYS[1:]
    for key in QUERY_KEYS[1:]:
        assert report["totals"][key] == sum(query[key] for query in report["queries"]), key
    # A file for each mission and day.
    assert [query["files_total"] for query in report["queries"]] == [4, 4, 4]
    assert [query["files_kept"] for query in report["queries"]] == [2, 1, 0]
    assert report["queries"][2]["manifests_kept"] == 0
    sizes = bench.table("files", NAME, "--format", "json").json["files"]
    assert report["queries"][0]["bytes_total"] == sum(file["bytes"] for file in sizes)
    kept = [file["bytes"] for file in sizes if file["partition"]["mission_id"] == "apollo-7"]
    assert report["queries"][0]["bytes_kept"] == sum(kept)
    assert report["against"] is None and report["table"] == NAME


def test_a_bad_line_is_told_of_skipped_and_counted(bench):
    result = run_bench(bench, "--json", "bench.json")
    assert "skipped line 4: expected 3 fields parted by tabs, found 1\n" in result.err
    assert "1 line of the log skipped" in result.err
    report = json.loads((bench.folder / "bench.json").read_text())
    assert report["skipped_lines"] == [{"line": 4, "reason": "expected 3 fields parted by tabs, found 1"}]
    assert report["skipped_count"] == 1


def test_a_log_of_bad_lines_alone_is_no_failure(observations):
    write_log(observations, "nonsense", 'q2\t{"op":"eq","column":"colour","value":"red"}\t')
    result = run_bench(observations, "--json", "-")
    assert result.json["queries"] == [] and result.json["skipped_count"] == 2
    assert "colour" in result.json["skipped_lines"][1]["reason"]


def test_the_summary_is_a_table_by_kind_of_question(bench):
    lines = run_bench(bench).text.splitlines()
    assert lines[0].split() == ["question", "queries", "manifests", "files", "unclustered", "bytes", "plan_us", "p99_us"]
    assert re.match(r"mission_id = +2 +50 % +25 % +25 % ", lines[2])
    assert re.match(r"sample_timestamp_ns range, mission_id = +1 +100 % +25 % ", lines[3])
    assert lines[4].startswith("all ")
    facts = run_bench(bench, "--format", "json").json
    assert facts["queries"] == 3 and facts["skipped_count"] == 1
    assert [shape["question"] for shape in facts["shapes"]][-1] == "all"
    assert facts["shapes"][0]["files"] == 0.25


def test_the_report_has_charts_that_are_drawings(bench):
    (bench.folder / "out").mkdir()
    run_bench(bench, "--report", "out/bench.md")
    text = (bench.folder / "out" / "bench.md").read_text(encoding="utf-8")
    assert text.startswith("# Planning log.tsv on sda.observations\n")
    charts = re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)
    assert charts == ["bench-shapes.svg", "bench-shares.svg", "bench-times.svg"]
    for chart in charts:
        root = xml.parse(bench.folder / "out" / chart).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "prefers-color-scheme: dark" in "".join(root.itertext())
    assert sorted(path.name for path in (bench.folder / "out").iterdir()) == sorted([*charts, "bench.md"])


def test_another_table_is_planned_on_the_same_log(bench):
    bench.table("create", "sda.plain", "--canonical")
    bench.table("append", "sda.plain", "rows.arrow")
    report = run_bench(bench, "--against", "sda.plain", "--json", "-").json
    assert report["against"] == "sda.plain"
    assert [query["against"]["files_total"] for query in report["queries"]] == [1, 1, 1]
    assert report["totals"]["against"]["files_kept"] == 2, "no bounds of mission_id hold no-such-mission"
    assert "files_against" in run_bench(bench, "--against", "sda.plain").text


def test_a_moment_can_be_asked_for(bench):
    bench.table("append", NAME, "rows.arrow")
    first = bench.snapshots(NAME)[0]["snapshot_id"]
    assert run_bench(bench, "--json", "-").json["queries"][0]["files_total"] == 8
    assert run_bench(bench, "--snapshot", first, "--json", "-").json["queries"][0]["files_total"] == 4


def test_row_groups_are_counted_from_footers(bench):
    report = run_bench(bench, "--row-groups", "--json", "-").json
    assert report["row_groups_read"] is True
    assert report["queries"][1]["row_groups_kept"] <= report["queries"][1]["row_groups_total"]


def test_a_log_comes_from_standard_input_too(bench):
    log = (bench.folder / "log.tsv").read_bytes()
    result = bench.run("partition-bench", NAME, "--queries", "-", "--json", "-", input=log.replace(b"\n", b"\r\n"))
    assert len(result.json["queries"]) == 3
    linked = bench.run("artemis", "partition-bench", NAME, "--queries", "-", "--json", "-", input=log)
    assert len(linked.json["queries"]) == 3


def test_what_is_not_there_is_not_found(bench):
    assert "absent.tsv" in bench.run("partition-bench", NAME, "--queries", "absent.tsv", exits=NOT_FOUND).err
    assert "sda.absent" in bench.run("partition-bench", "sda.absent", "--queries", "log.tsv", exits=NOT_FOUND).err
    assert "sda.absent" in run_bench(bench, "--against", "sda.absent", exits=NOT_FOUND).err
    assert "--queries" in bench.run("partition-bench", NAME, exits=USAGE).err
    assert "exclude" in run_bench(bench, "--json", "-", "--report", "-", exits=USAGE).err


# artemis-table advise.


@pytest.fixture
def telemetry(shell):
    """A table without a layout, of 60,000 rows, and a log of questions by mission and channel."""
    shell.table("create", NAME, "--canonical", "--property", "write.target-file-size-bytes=20000")
    shell.table("append", NAME, shell.telemetry("rows.arrow", 60_000))
    ids = shell.sql("SELECT DISTINCT payload_id FROM artemis.sda.observations ORDER BY 1", "--format", "jsonl").lines
    lines = [
        'q%d\t{"op":"and","args":[%s,{"op":"eq","column":"payload_id","value":%d}]}\ttemperature_c'
        % (i, MISSION, ids[3 * i]["payload_id"])
        for i in range(40)
    ]
    write_log(shell, *lines, "bad line")
    return shell


def advise(shell, *arguments, **options):
    return shell.table("advise", NAME, "--queries", "log.tsv", *arguments, **options)


def test_advice_is_commands_that_can_be_run(telemetry):
    facts = advise(telemetry, "--format", "json").json
    assert facts["queries"] == 40 and facts["skipped_count"] == 1
    assert [column["column"] for column in facts["columns"]] == ["mission_id", "payload_id"]
    assert facts["columns"][0]["equality"] == 40 and facts["columns"][0]["distinct"] == 2
    assert abs(facts["columns"][0]["selectivity"] - 0.5) < 0.1, "one of two missions"
    assert facts["keeps_today"] is False
    proposed = [each for each in facts["candidates"] if each["is_proposed"]]
    today = [each for each in facts["candidates"] if each["is_today"]]
    assert len(proposed) == len(today) == 1
    assert proposed[0]["cost_bytes"] < today[0]["cost_bytes"]
    assert proposed[0]["partition"] == facts["proposal"]["partition"]
    assert "mission_id" in facts["proposal"]["partition"] + facts["proposal"]["order"]
    for command in facts["proposal"]["commands"]:
        assert command.startswith("artemis-table alter 'sda.observations' set-")
        telemetry.table(*shlex.split(command)[1:])
    told = advise(telemetry).text
    assert "Today's layout is already the best" in told
    assert "not all laid out so yet" in told


def test_advice_for_people_shows_what_was_tried(telemetry):
    result = advise(telemetry)
    assert "skipped line 41" in result.err
    assert re.search(r"mission_id +40 +40 ", result.text)
    assert "\nProposed: " in result.text
    assert "\n  artemis-table alter 'sda.observations' set-" in result.text
    assert len(telemetry.snapshots(NAME)) == 1, "nothing was changed"


def test_advice_needs_queries_and_rows(shell):
    shell.table("create", NAME, "--canonical", "--partition", PARTITION)
    write_log(shell, f"q1\t{MISSION}\t")
    assert "no rows" in advise(shell, exits=FAILED).err
    write_log(shell, "nonsense")
    assert "no query" in advise(shell, exits=FAILED).err
