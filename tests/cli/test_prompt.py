"""The prompt of artemis-sql, at a terminal."""

import signal
import time

import pytest
from shell import DONE, INTERRUPTED
from terminal import Terminal


@pytest.fixture
def prompt(shell):
    shell.small_table()
    terminal = Terminal(shell, "artemis-sql")
    terminal.wait_for("artemis> ")
    yield terminal
    if terminal.process.poll() is None:
        terminal.process.kill()


def test_a_statement_ends_with_a_semicolon(prompt):
    prompt.send("SELECT sum(id) AS total\n")
    prompt.wait_for("-> ")
    prompt.send("FROM artemis.sda.small;\n")
    prompt.wait_for("total\n-----\n    6\n")
    prompt.wait_for("(1 row, ")
    prompt.wait_for("artemis> ")
    prompt.send("\\q\n")
    assert prompt.end() == DONE


def test_a_failure_does_not_end_the_prompt(prompt):
    prompt.send("SELECT nothing FROM artemis.sda.small;\n")
    prompt.wait_for("nothing")
    prompt.wait_for("artemis> ")
    prompt.send("\\d\n")
    prompt.wait_for("sda.small")
    prompt.wait_for("artemis> ")
    prompt.send("exit\n")
    assert prompt.end() == DONE


def test_an_interrupt_stops_the_statement_only(prompt):
    prompt.send("SELECT count(*) AS n FROM range(100000) a, range(100000) b, range(1000) c WHERE a.range + b.range = c.range;\n")
    time.sleep(0.5)
    prompt.process.send_signal(signal.SIGINT)
    prompt.wait_for("interrupted")
    prompt.wait_for("artemis> ")
    prompt.send("SELECT 41 + 1 AS answer;\n")
    prompt.wait_for("answer\n------\n    42\n")
    prompt.send("\\q\n")
    assert prompt.end() == DONE


def test_statements_are_remembered(shell, prompt):
    prompt.send("SELECT 7 AS seven;\n")
    prompt.wait_for("seven\n-----\n")
    prompt.send("\\q\n")
    prompt.end()
    history = (shell.folder / ".local" / "state" / "artemis" / "sql_history").read_text()
    assert "seven" in history


def test_binary_formats_are_refused_at_a_terminal(shell):
    terminal = Terminal(shell, "artemis", "telemetry", "--rows", "10")
    terminal.wait_for("standard output is a terminal")
    assert terminal.end() == 2


def test_an_interrupt_of_a_query_ends_with_130(shell):
    shell.small_table()
    process = shell.start(
        "artemis-sql", "--query",
        "SELECT count(*) FROM range(100000) a, range(100000) b, range(1000) c WHERE a.range + b.range = c.range",
    )
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (INTERRUPTED, b"", b"artemis-sql: interrupted\n")
