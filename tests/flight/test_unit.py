"""The unit of systemd in packaging/: what it starts is there, and systemd understands the rest."""

import os
import re
import shlex
import shutil
import subprocess

import pytest

from conftest import SOURCE_DIR

UNIT = SOURCE_DIR / "packaging" / "artemis-flight.service"


@pytest.fixture(scope="module")
def settings():
    """The last value of each setting, continued lines joined."""
    text = UNIT.read_text().replace("\\\n", " ")
    return dict(line.split("=", 1) for line in text.splitlines() if re.match(r"[A-Z]\w*=", line))


@pytest.fixture(scope="module")
def help_text(bin_dir):
    done = subprocess.run([os.path.join(bin_dir, "artemis-flight"), "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    return done.stdout


def test_its_options_are_those_of_the_program(settings, help_text):
    program, *arguments = shlex.split(settings["ExecStart"])
    assert program == "/usr/local/bin/artemis-flight"
    options = [each for each in arguments if each.startswith("-")]
    assert {"--listen", "--tokens", "--tls-cert", "--tls-key"} <= set(options)
    for option in options:
        assert re.search(rf"(^|\s){option}\b", help_text), option


def test_it_waits_longer_than_the_server_drains(settings, help_text):
    drains_s = int(re.search(r"--drain-timeout.*?\((\d+)\)", help_text, re.DOTALL)[1])
    assert int(settings["TimeoutStopSec"]) > drains_s + 5
    assert settings["KillSignal"] == "SIGTERM"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here; apt has it in systemd")
def test_systemd_understands_it(bin_dir, tmp_path):
    """With the program of this build in the place of the installed one."""
    unit = tmp_path / UNIT.name
    program = os.path.join(bin_dir, "artemis-flight")
    unit.write_text(UNIT.read_text().replace("/usr/local/bin/artemis-flight", program))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=60)
    about = [line for line in done.stderr.splitlines() if UNIT.name in line or str(unit) in line]
    assert (done.returncode, about) == (0, []), done.stderr
