"""artemis-sql as a shell: dot commands, output, completion, history, errors and scripts."""

import signal
import stat
import time

import pytest
from shell import DONE, FAILED, NOT_FOUND, USAGE
from terminal import Terminal

CTRL_A, CTRL_C, CTRL_D = "\x01", "\x03", "\x04"
UP, TAB = "\x1b[A", "\t"
PASTE_BEGIN, PASTE_END = "\x1b[200~", "\x1b[201~"
LONG = "SELECT count(*) AS n FROM range(100000) a, range(100000) b, range(1000) c WHERE a.range + b.range = c.range;"


@pytest.fixture
def start(shell):
    shell.small_table()
    started = []

    def begin(*arguments, prompt="artemis> ", **options):
        terminal = Terminal(shell, "artemis-sql", *arguments, **options)
        started.append(terminal)
        terminal.wait_for(prompt)
        return terminal

    yield begin
    for terminal in started:
        if terminal.process.poll() is None:
            terminal.process.kill()


def history_of(shell):
    return shell.folder / ".local" / "state" / "artemis" / "sql_history"


# At the prompt.


def test_dot_commands_show_and_set(start):
    prompt = start()
    assert "sda.small" in prompt.run(".tables")
    assert "CREATE TABLE artemis.sda.small (" in prompt.run(".schema sda.small")
    assert prompt.run(".maxrows").endswith("100\n")
    prompt.run(".maxrows 2")
    assert "(2 of 3 rows, " in prompt.run("SELECT id FROM artemis.sda.small;")
    prompt.run(".mode jsonl")
    assert '{"id":3,' in prompt.run("SELECT * FROM artemis.sda.small;")
    prompt.run(".timer on")
    assert "Time: " in prompt.run("SELECT 1;")
    assert ".mode [MODE]" in prompt.run(".help mode")
    assert "did you mean .tables?" in prompt.run(".tabels")
    assert prompt.quit() == DONE


def test_results_go_to_a_file_and_back(start, shell):
    prompt = start()
    prompt.run(".mode csv")
    prompt.run(".output out.csv")
    prompt.run("SELECT 41 + 1 AS answer;")
    assert (shell.folder / "out.csv").read_text() == "answer\n42\n"
    prompt.run(".output")
    assert "43" in prompt.run("SELECT 43 AS more;")
    assert prompt.quit() == DONE
    assert (shell.folder / "out.csv").read_text() == "answer\n42\n"


def test_arrow_goes_to_a_file_only(start, shell):
    prompt = start()
    prompt.run(".mode arrow")
    assert "terminal" in prompt.run("SELECT 1;")
    prompt.run(".output one.arrow")
    prompt.run("SELECT 1;")
    assert (shell.folder / "one.arrow").stat().st_size > 0


def test_as_of_shows_in_the_prompt(start):
    prompt = start()
    prompt.send(".as_of 2024-03-15T10:00Z\n")
    prompt.wait_for("artemis[as of 2024-03-15T10:00Z]> ")
    prompt.send("SELECT * FROM artemis.sda.small;\n")
    prompt.wait_for("sda.small")
    prompt.wait_for("]> ")
    prompt.send(".as_of nonsense\n")
    prompt.wait_for("bad time 'nonsense'")
    prompt.wait_for("]> ")
    prompt.send(".as_of off\n")
    prompt.wait_for("artemis> ")
    assert "3" in prompt.run("SELECT count(*) FROM artemis.sda.small;")


def test_a_transaction_shows_in_the_prompt(start):
    prompt = start()
    prompt.send("BEGIN;\n")
    prompt.wait_for("artemis*> ")
    prompt.send("ROLLBACK;\n")
    prompt.wait_for("artemis> ")


def test_an_error_has_its_place_and_a_near_match(start):
    prompt = start()
    shown = prompt.run("SELECT idd FROM artemis.sda.small;")
    assert "LINE 1: SELECT idd FROM artemis.sda.small\n               ^^^\n" in shown
    prompt.send("SELECT id\n")
    prompt.wait_for("-> ")
    prompt.send("FROM artemis.sda.smal;\n")
    shown = prompt.wait_for("artemis> ")
    assert 'Did you mean "small"?' in shown
    assert "LINE 2: FROM artemis.sda.smal\n             ^" in shown
    assert "did you mean FROM instead of FORM?" in prompt.run("SELECT 1 FORM x;")
    assert 'Did you mean "count"?' in prompt.run("SELECT cuont(1);")
    assert '"artemis.as_of"' in prompt.run("SET artemis.as_off = 'x';")


def test_ctrl_c_forgets_what_was_typed_and_ctrl_d_leaves(start):
    prompt = start(term="xterm")
    prompt.send("SELECT 'never'")
    time.sleep(0.3)
    prompt.send(CTRL_C)
    prompt.wait_for("^C")
    prompt.wait_for("artemis> ")
    prompt.send("SELECT (\n")
    prompt.wait_for("(> ")
    prompt.send(CTRL_C)
    prompt.wait_for("artemis> ")
    prompt.send("SELECT 6 * 7 AS answer;\n")
    prompt.wait_for("42")
    prompt.wait_for("artemis> ")
    prompt.send(CTRL_D)
    assert prompt.end() == DONE


def test_ctrl_c_stops_what_runs_again_and_again(start):
    prompt = start(term="xterm")
    for _ in range(3):
        prompt.send(LONG + "\n")
        time.sleep(0.3)
        prompt.send(CTRL_C)
        prompt.wait_for("interrupted")
        prompt.wait_for("artemis> ")
    assert prompt.quit() == DONE


def test_tab_completes(start):
    prompt = start(term="xterm")
    prompt.send("SELECT na" + TAB)
    prompt.wait_for("SELECT na")
    prompt.send(CTRL_C)
    prompt.wait_for("^C")
    prompt.wait_for("artemis> ")
    prompt.send("sel" + TAB)
    prompt.wait_for("ect ")
    prompt.send("count(*) AS n FROM art" + TAB + "sd" + TAB + "sm" + TAB + ";\n")
    prompt.wait_for("3\n")
    prompt.wait_for("artemis> ")
    prompt.send("SELECT va FROM artemis.sda.small" + CTRL_A + "\x1b[C" * 9 + TAB + "\n")
    prompt.wait_for("-> ")
    prompt.send(";\n")
    prompt.wait_for("1.5")
    prompt.wait_for("artemis> ")
    prompt.send(".mo" + TAB + "mar" + TAB + "\n")
    prompt.wait_for("kdown")
    prompt.wait_for("artemis> ")
    assert "markdown\n" in prompt.run(".mode")


def test_lines_can_be_taken_back_into_the_editor(start):
    prompt = start(term="xterm")
    prompt.send("SELECT 4 AS a,\n")
    prompt.wait_for("-> ")
    prompt.send("2 AS b;" + UP + "\b\bXY,\n")
    assert "XY  b\n" in prompt.wait_for("(1 row, ")
    # Two rows of the screen are taken back, whatever was typed before.
    prompt.wait_for("artemis> ")
    prompt.send("SELECT 5\n")
    prompt.wait_for("-> ")
    prompt.send(UP)
    prompt.wait_for("\x1b[2A\x1b[J")


def test_pasted_text_runs_at_enter_only(start):
    prompt = start(term="xterm")
    prompt.send(PASTE_BEGIN + "SELECT 1 AS one;\n\tSELECT 2 AS two;\n" + PASTE_END)
    time.sleep(0.5)
    prompt.send("\n")
    prompt.wait_for("one\n---\n  1\n")
    prompt.wait_for("two\n---\n  2\n")


def test_history_is_private_and_holds_no_secret(start, shell):
    prompt = start(term="xterm")
    prompt.run("SELECT 'kept' AS a;")
    prompt.run("CREATE SECRET s (TYPE http, BEARER_TOKEN 'abc');")
    prompt.run("SELECT 'two\nlines' AS b;")
    prompt.quit()
    text = history_of(shell).read_text()
    assert "SELECT 'kept' AS a;\n" in text
    assert "SELECT 'two\\nlines' AS b;\n" in text
    assert "SECRET" not in text
    assert stat.S_IMODE(history_of(shell).stat().st_mode) == 0o600
    again = start(term="xterm")
    again.send(UP * 4)
    again.wait_for("kept")


def test_what_is_longer_than_the_screen_is_paged(start):
    prompt = start(env={"PAGER": "sed s/^/paged:/"})
    assert "paged:" not in prompt.run("SELECT * FROM range(5);")
    assert "paged:   49\n" in prompt.run("SELECT * FROM range(50);")
    prompt.run(".pager off")
    assert "paged:" not in prompt.run("SELECT * FROM range(50);")
    prompt.run(".pager head -n 3")
    assert "of more than" in prompt.run(".maxrows all") + prompt.run("SELECT * FROM range(1000000);")


def test_tables_are_as_wide_as_the_window(start, shell):
    prompt = start(columns=60)
    wide = ", ".join(f"'{'x' * 30}' AS column_{i}" for i in range(12))
    shown = prompt.run(f"SELECT {wide};")
    table = [line for line in shown.splitlines() if "column_0" in line or "xxx" in line and "…" in line][-2:]
    assert table and all(len(line) <= 60 for line in table)
    assert "columns left out: " in shown
    prompt.resize(200, 24)
    prompt.wait_for("artemis> ")
    shown = prompt.run("SELECT " + wide + ";")
    assert max(len(line) for line in shown.splitlines() if line.startswith("x")) > 100


def test_data_never_moves_the_terminal(start):
    prompt = start(columns=200)
    for mode in ("table", "box", "line", "csv", "tsv", "json", "markdown"):
        prompt.run(f".mode {mode}")
        shown = prompt.run("SELECT chr(27) || '[31mred' || chr(155) || chr(8) AS \"a\x1bb\";".replace("\x1b", ""))
        assert "\x1b[31m" not in shown and "\x9b" not in shown and "\b" not in shown, mode
        assert "red" in shown, mode


def test_null_is_not_the_text_null(start):
    prompt = start()
    assert "'NULL'  NULL\n" in prompt.run("SELECT 'NULL' AS a, NULL AS b;")


def test_a_long_statement_shows_its_progress(start):
    prompt = start(term="xterm")
    prompt.send(LONG + "\n")
    time.sleep(1.5)
    prompt.process.send_signal(signal.SIGINT)
    shown = prompt.wait_for("interrupted")
    assert "running: " in shown or " % [" in shown
    assert shown.endswith("\x1b[K")


# Files to begin with, and scripts.


def test_the_own_file_is_read_at_a_prompt_only(start, shell):
    (shell.folder / ".artemisrc").write_text(".mode jsonl\nSELECT 'hello' AS greeting;\n")
    prompt = start()
    assert '{"one":1}' in prompt.run("SELECT 1 AS one;")
    prompt.quit()
    assert shell.sql("SELECT 1 AS one", "--format", "csv").text == "one\n1\n"
    plain = start("--no-init")
    assert "one\n---\n" in plain.run("SELECT 1 AS one;")


def test_a_failure_of_the_own_file_has_its_place(shell):
    shell.small_table()
    (shell.folder / ".artemisrc").write_text(".timer on\n\n.mood csv\n")
    prompt = Terminal(shell, "artemis-sql")
    shown = prompt.wait_for("artemis> ")
    assert ".artemisrc:3: unknown command .mood (did you mean .mode?)" in shown
    assert prompt.quit() == DONE


def test_an_init_file_may_be_asked_for(shell):
    shell.small_table()
    (shell.folder / "init.sql").write_text("CREATE TEMP TABLE t AS SELECT 7 AS seven;\n.mode csv\n")
    assert shell.sql("SELECT * FROM t", "--init", "init.sql").text == "seven\n7\n"
    failed = shell.sql("SELECT 1", "--init", "none.sql", exits=NOT_FOUND)
    assert "none.sql" in failed.err
    shell.sql("SELECT 1", "--init", "init.sql", "--no-init", exits=USAGE)


def test_scripts_stop_at_the_first_failure_and_say_where(shell):
    shell.small_table()
    script = shell.folder / "june.sql"
    script.write_text(".mode csv\nSELECT 1 AS one;\n\nSELECT\n  nosuch\nFROM artemis.sda.small;\nSELECT 3 AS three;\n")
    result = shell.run("artemis-sql", "-f", "june.sql", exits=FAILED)
    assert result.text == "one\n1\n"
    assert result.err.startswith("artemis-sql: june.sql:5: ")
    result = shell.run("artemis-sql", input=script.read_bytes(), exits=FAILED)
    assert result.err.startswith("artemis-sql: <stdin>:5: ")


def test_nothing_runs_where_a_statement_does_not_parse(shell):
    shell.small_table()
    (shell.folder / "bad.sql").write_text("SELECT 1;\nSELECT 2\n  FORM x y;\n")
    result = shell.run("artemis-sql", "-f", "bad.sql", exits=FAILED)
    assert result.text == ""
    assert result.err.startswith("artemis-sql: bad.sql:3: ")


def test_scripts_read_scripts_but_not_forever(shell):
    shell.small_table()
    (shell.folder / "outer.sql").write_text(".mode csv\n.read 'inner one.sql'\nSELECT 2 AS two;\n")
    (shell.folder / "inner one.sql").write_text("SELECT 1 AS one;\n")
    assert shell.run("artemis-sql", "-f", "outer.sql").text == "one\n1\ntwo\n2\n"
    (shell.folder / "self.sql").write_text(".read self.sql\n")
    assert "the limit is 16" in shell.run("artemis-sql", "-f", "self.sql", exits=USAGE).err
    (shell.folder / "outer.sql").write_text("\n.read missing.sql\n")
    assert "outer.sql:2: " in shell.run("artemis-sql", "-f", "outer.sql", exits=NOT_FOUND).err


def test_a_query_on_the_command_line(shell):
    shell.small_table()
    assert shell.run("artemis-sql", "-c", ".mode csv\nSELECT 1 AS one; SELECT 2 AS two").text == "one\n1\ntwo\n2\n"
    assert shell.run("artemis-sql", "-c", ".tables").text == "table\n---------\nsda.small\n"
    shell.run("artemis-sql", "-c", "SELECT * FROM artemis.sda.nosuch", exits=NOT_FOUND)
    shell.run("artemis-sql", "-c", ".tabels", exits=USAGE)
    assert shell.run("artemis-sql", "-c", "SELECT 1 AS a;\n.quit\nSELECT 2;", "--format", "csv").text == "a\n1\n"


def test_plans_are_readable(shell):
    shell.small_table()
    lines = shell.sql("EXPLAIN SELECT * FROM artemis.sda.small").text.splitlines()
    assert len(lines) > 5 and not any("\\n" in line for line in lines)


def test_many_tables_complete_at_once(start, shell):
    import sqlite3

    prompt = start(term="xterm")
    with sqlite3.connect(shell.warehouse / "catalog.db") as catalog:
        row = catalog.execute("SELECT * FROM iceberg_tables WHERE table_name = 'small'").fetchone()
        columns = [each[1] for each in catalog.execute("PRAGMA table_info(iceberg_tables)")]
        name = columns.index("table_name")
        catalog.executemany(
            f"INSERT INTO iceberg_tables VALUES ({', '.join('?' * len(columns))})",
            [tuple(f"pass_{i:05}" if k == name else value for k, value in enumerate(row)) for i in range(40_000)],
        )
    begun = time.monotonic()
    prompt.send("SELECT count(*) AS n FROM artemis.sda.pass_3999" + TAB)
    prompt.wait_for("pass_39999")
    assert time.monotonic() - begun < 5
    prompt.send("9;\n")
    prompt.wait_for("(1 row, ")
    prompt.wait_for("artemis> ")
    assert "(2 of 40,001 rows, " in prompt.run(".maxrows 2") + prompt.run(".tables")
