"""Every event the programs write has the fields that docs/observability.md lists, in that order."""

import json
import pathlib
import re

import pytest
from shell import FAILED, NOT_FOUND, USAGE

NAME = "sda.observations"
SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = SOURCE_DIR / "docs" / "observability.md"


class Documented:
    """The tables of the document: for each event its fields, and those that may be absent."""

    def __init__(self, text):
        self.fields, self.optional, self.nested = {}, {}, {}
        text = text.split("\n## Events\n")[1].split("\n## Metrics\n")[0]
        for section in text.split("\n### ")[1:]:
            names = section.split("\n", 1)[0].split(", ")
            for table in re.findall(r"((?:^\|.*\n)+)", section, re.MULTILINE):
                self._read(table.splitlines(), names)

    def _read(self, lines, names):
        heading = re.match(r"\| field(?: of `(\w+)`)? \|", lines[0])
        if not heading:
            return
        event = heading[1] or names[0]
        fields, optional = self.fields.setdefault(event, []), self.optional.setdefault(event, set())
        for line in lines[2:]:
            cell, description = (part.strip() for part in line.strip("|").split("|", 1))
            for name in re.findall(r"`([^`]+)`", cell):
                if name.endswith("_*"):
                    both = [name[:-1] + "total", name[:-1] + "kept"]
                    fields += both
                    if "absent" in description:
                        optional.update(both)
                elif "[]." in name:
                    outer, inner = name.split("[].")
                    self.nested.setdefault((event, outer), []).append(inner)
                    if "alone" in description:
                        self.optional.setdefault((event, outer), set()).add(inner)
                    if outer not in fields:
                        fields.append(outer)
                else:
                    fields.append(name)
                    if "absent" in description:
                        optional.add(name)


@pytest.fixture(scope="module")
def documented():
    return Documented(DOCUMENT.read_text(encoding="utf-8"))


def events_of(shell, path="events.jsonl"):
    file = shell.folder / path
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def check(events, documented):
    for event in events:
        assert list(event)[:3] == ["ts", "level", "event"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["ts"])
        assert event["level"] in ("info", "warning", "error")
        name, found = event["event"], list(event)[3:]
        assert name in documented.fields, f"{name} is in no table of {DOCUMENT.name}"
        expected = [field for field in documented.fields[name] if field in found or field not in documented.optional[name]]
        assert found == expected, name
        for (owner, outer), inner in documented.nested.items():
            maybe = documented.optional.get((owner, outer), set())
            for each in event[outer] if owner == name else []:
                assert list(each) == [field for field in inner if field in each or field not in maybe]


def sources(folder, *endings):
    """Texts of the files of a folder, by path."""
    paths = (path for path in (SOURCE_DIR / folder).rglob("*") if path.name.endswith(endings))
    return {path: path.read_text(encoding="utf-8") for path in paths}


def product_sources():
    return {path: text for path, text in sources("src/artemis", ".cc").items() if not path.name.endswith("_test.cc")}


def test_the_document_lists_the_events_of_the_source(documented):
    """An event whose name stands in the source and in no table would be unknown to whoever reads the log; and the other way round."""
    written = set()
    for text in product_sources().values():
        if "event" in text:
            written |= set(re.findall(r"(?<!\w)Write\(\s*[^;\"{}]*?(?:\"\w+\"[^;\"{}]*?)?,\s*\"([a-z_]+)\"\s*,", text))
    assert written == set(documented.fields)


def test_every_event_is_read_by_a_test(documented):
    """By its name in quotes, in a file that looks at events."""
    texts = "\n".join(text for text in sources("tests", ".py").values() if "event" in text)
    assert [event for event in documented.fields if f'"{event}"' not in texts] == []


def documented_metrics():
    text = DOCUMENT.read_text(encoding="utf-8").split("\n## Metrics\n")[1]
    names = set(re.findall(r"^\| `(artemis_\w+)` \|", text, re.MULTILINE))
    at_flight, last = set(), ""
    flight = (DOCUMENT.parent / "flight-deployment.md").read_text(encoding="utf-8")
    for line in re.findall(r"^\| `artemis_flight_.*$", flight, re.MULTILINE):
        for name in re.findall(r"`(\w+)(?:{\w+})?`", line.split("|")[1]):
            last = name if name.startswith("artemis_") else "artemis_flight" + name
            at_flight.add(last)
    return names, at_flight


def test_the_document_lists_the_metrics_of_the_source():
    names, at_flight = documented_metrics()
    found = set()
    for text in product_sources().values():
        found |= set(re.findall(r"\"(artemis_\w+)\",\s*(?:\"[A-Z0-9]|k[A-Z])", text))
    assert {name for name in found if not name.startswith("artemis_flight_")} == names
    assert {name for name in found if name.startswith("artemis_flight_")} == at_flight


def test_tables_of_the_document_are_understood(documented):
    assert documented.fields["commit"][:4] == ["principal", "host", "table", "operation"]
    assert documented.optional["commit"] == {"snapshot_id"}
    assert documented.fields["replay"][-3:] == ["elapsed_ms", "outcome", "error"]
    assert documented.nested["write_closed", "columns"][0] == "name"


def test_every_change_of_a_table_is_told_once(shell, documented):
    """create, append, overwrite, delete, alter, tag, branch, rollback, rename, drop, register: one commit event each."""
    log = ("--log", "events.jsonl", "--author", "ada")
    rows = shell.telemetry("rows.arrow")
    shell.table("create", NAME, "--canonical", *log)
    shell.table("append", NAME, rows, *log)
    first = shell.info(NAME)["current_snapshot_id"]
    shell.table("overwrite", NAME, rows, "--where", "payload_id = 101", *log)
    shell.table("delete", NAME, "--where", "payload_id = 102", *log)
    shell.table("alter", NAME, "add-column", "flux:double", *log)
    shell.table("tag", "create", NAME, "audit", *log)
    shell.table("tag", "delete", NAME, "audit", *log)
    shell.table("branch", "create", NAME, "staging", "--snapshot", first, *log)
    shell.table("rollback", NAME, "--snapshot", first, *log)
    shell.table("rename", NAME, "sda.archive", *log)
    location = shell.info("sda.archive")["metadata_location"]
    shell.table("drop", "sda.archive", *log)
    shell.table("register", "sda.found", location, *log)
    events = events_of(shell)
    check(events, documented)
    commits = [event for event in events if event["event"] == "commit"]
    assert [event["operation"] for event in commits] == [
        "create", "append", "overwrite", "overwrite", "alter", "tag", "remove-ref", "branch", "rollback", "rename", "drop",
        "register",
    ]
    assert {event["principal"] for event in commits} == {"ada"}
    assert {event["outcome"] for event in commits} == {"committed"}
    assert {event["level"] for event in commits} == {"info"}
    assert "snapshot_id" not in commits[0]
    assert [event["snapshot_id"] for event in commits if event["operation"] in ("rollback", "register")] == [first, first]
    assert [event["table"] for event in commits][-3:] == [NAME, "sda.archive", "sda.found"]


def test_what_changes_nothing_is_not_told(observations):
    log = ("--log", "events.jsonl")
    current = observations.info(NAME)["current_snapshot_id"]
    observations.table("delete", NAME, "--where", "payload_id = 77777", *log)
    observations.table("rollback", NAME, "--snapshot", current, *log)
    observations.table("alter", NAME, "set-sort", "", *log)
    assert [event for event in events_of(observations) if event["event"] == "commit"] == []


def test_a_change_of_the_catalog_that_fails_is_told_as_such(observations, documented):
    observations.table("create", NAME, "--canonical", "--log", "events.jsonl", exits=FAILED)
    events = events_of(observations)
    check(events, documented)
    assert [(event["operation"], event["outcome"], event["level"]) for event in events] == [("create", "failed", "error")]


def test_replay_tells_of_its_plan(observations, documented):
    observations.replay("query", NAME, "--where", "payload_id = 101", "--log", "events.jsonl", "--format", "csv")
    observations.replay("query", NAME, "--at", "-0s", "--log", "events.jsonl", "--format", "csv")
    events = events_of(observations)
    check(events, documented)
    assert [event["event"] for event in events] == ["plan", "replay"] * 2
    assert ["target_ms" in event for event in events if event["event"] == "replay"] == [False, True]


@pytest.mark.parametrize(("arguments", "exits", "outcome", "error"), [
    (("sda.nothing",), NOT_FOUND, "failed", "NoSuchTable"),
    ((NAME, "--snapshot", "77"), NOT_FOUND, "failed", "NoSuchSnapshot"),
    ((NAME, "--columns", "no_such_column"), FAILED, "failed", "Invalid"),
    ((NAME, "--deadline", "0.0001", "-o", "rows.csv"), FAILED, "deadline", "DeadlineExceeded"),
])
def test_a_replay_that_fails_is_told_with_the_class_of_its_error(observations, documented, arguments, exits, outcome, error):
    observations.replay("query", *arguments, "--format", "csv", "--log", "events.jsonl", "--metrics-file", "metrics", exits=exits)
    events = events_of(observations)
    check(events, documented)
    replay = events[-1]
    assert (replay["event"], replay["table"]) == ("replay", arguments[0])
    assert (replay["level"], replay["outcome"], replay["error"]) == ("warning", outcome, error)
    assert "artemis_replay_failures_total 1" in (observations.folder / "metrics").read_text().splitlines()


@pytest.mark.parametrize(("arguments", "exits", "error"), [
    ((f"{NAME},sda.nothing",), NOT_FOUND, "NoSuchTable"),
    ((NAME, "--at", "2001-01-01T00:00:00Z"), NOT_FOUND, "NoSuchTable"),
    ((f"{NAME},{NAME}",), FAILED, "Invalid"),
    ((NAME, "--save-pins", "filled/mine.txt/pins.json"), FAILED, "IOError"),
    ((NAME, "--pins", "no_pins.json"), NOT_FOUND, "IOError"),
    ((NAME, "--columns", "no_such_column", "-o", "rows/"), FAILED, "Invalid"),
    ((NAME, "-o", "filled/"), FAILED, "AlreadyExists"),
    ((NAME, "--deadline", "0.0001", "-o", "rows/"), FAILED, "DeadlineExceeded"),
])
def test_tables_that_cannot_be_pinned_together_are_told_of_in_one_event(observations, documented, arguments, exits, error):
    (observations.folder / "filled").mkdir()
    (observations.folder / "filled" / "mine.txt").write_text("keep")
    options = ("--log", "events.jsonl", "--metrics-file", "metrics")
    observations.replay("query", "--tables", *arguments, *options, exits=exits)
    events = events_of(observations)
    check(events, documented)
    assert [event["event"] for event in events] in (["replay"], ["plan", "replay"])
    assert (events[-1]["table"], events[-1]["level"], events[-1]["error"]) == (arguments[0], "warning", error)
    assert "artemis_replay_failures_total 1" in (observations.folder / "metrics").read_text().splitlines()


def test_several_tables_are_told_one_by_one(observations, documented):
    observations.table("create", "sda.passes", "--canonical")
    observations.replay("query", "--tables", f"{NAME},sda.passes", "-o", "rows/", "--log", "events.jsonl")
    events = events_of(observations)
    check(events, documented)
    assert [(event["event"], event["table"]) for event in events] == [
        ("plan", NAME), ("replay", NAME), ("plan", "sda.passes"), ("replay", "sda.passes")]


@pytest.mark.parametrize("arguments", [
    ("no namespace",), (NAME, "--at", "once upon a time"), ("--tables", f"{NAME},..", "-o", "rows/"),
    ("--tables", NAME, "--snapshot", "7"), ("--tables", NAME, "-o", "rows.csv"), (NAME, "--tables", NAME),
    ("--tables", NAME, "--explain"), (NAME, "--deadline", "-1"), (NAME, "--where", "payload_id ="),
])
def test_a_command_line_that_is_wrong_is_not_told(observations, arguments):
    observations.replay("query", *arguments, "--log", "events.jsonl", "--metrics-file", "metrics", exits=USAGE)
    assert events_of(observations) == []
    assert "failures" not in (observations.folder / "metrics").read_text()


def test_facts_and_pins_alone_are_not_told(observations):
    log = ("--log", "events.jsonl")
    observations.replay("query", NAME, "--explain", *log)
    observations.replay("query", "--tables", NAME, *log)
    observations.replay("inspect", NAME, *log)
    observations.replay("query", NAME, "--format", "csv", "-o", "rows.csv", "--evidence", "e.json")
    observations.replay("verify", "e.json", *log)
    assert events_of(observations) == []


def test_a_replay_that_finds_a_file_damaged_is_told_with_its_plan(observations, documented):
    for path in observations.folder.rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:-1])
    observations.replay("query", NAME, "--format", "csv", "--log", "events.jsonl", exits=FAILED)
    events = events_of(observations)
    check(events, documented)
    assert [event["event"] for event in events] == ["plan", "replay"]
    assert (events[1]["outcome"], events[1]["error"], events[1]["rows"]) == ("failed", "CorruptFile", 0)


def test_the_archive_writer_tells_of_row_groups_and_files(shell, documented):
    shell.run("artemis-write", shell.telemetry("rows.arrow"), "-o", "rows.parquet", "--log", "events.jsonl")
    events = events_of(shell)
    check(events, documented)
    assert [event["event"] for event in events] == ["row_group_flush", "write_closed"]


def test_text_has_the_same_fields_in_the_same_order(observations, documented):
    observations.table("append", NAME, "rows.arrow", "--log", "events.txt", "--log-format", "text")
    line = [line for line in (observations.folder / "events.txt").read_text().splitlines() if " commit " in line][0]
    assert re.findall(r" (\w+)=", line) == documented.fields["commit"]


def test_every_statement_is_told_with_its_pins(observations, documented):
    """artemis-sql: one query event a statement, without the text of it."""
    snapshot = observations.info(NAME)["current_snapshot_id"]
    observations.sql(f"SET artemis.projection_mode = 'current'; SELECT count(*) FROM artemis.{NAME}", "--log", "events.jsonl")
    observations.sql("SELECT nope", "--log", "events.jsonl", exits=FAILED)
    events = events_of(observations)
    check(events, documented)
    assert [event["event"] for event in events] == ["query"] * 3
    assert [event["outcome"] for event in events] == ["done", "done", "failed"]
    assert [event["rows"] for event in events] == [0, 1, 0]
    assert [event["pins"] for event in events] == [[], [{"table": NAME, "snapshot_id": snapshot, "schema_id": 0}], []]
    assert all(re.fullmatch("[0-9a-f]{64}", event["sql_sha256"]) for event in events)
    assert "nope" not in (observations.folder / "events.jsonl").read_text()
