"""A program at a terminal of its own."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time


class Terminal:
    def __init__(self, shell, *command, term="dumb", columns=80, rows=24, env=None):
        self.master, slave = pty.openpty()
        self.resize(columns, rows)
        self.process = subprocess.Popen(
            shell.command(*command), stdin=slave, stdout=slave, stderr=slave, cwd=shell.folder,
            env={**shell.environment, "TERM": term, "LC_ALL": "C.UTF-8", **(env or {})}, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self.seen = ""

    def wait_for(self, text, seconds=20):
        """Reads until `text` appears behind what was waited for before."""
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self.master], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"{text!r} did not come; there was {self.seen!r}"
            try:
                self.seen += os.read(self.master, 65536).decode("utf-8", "replace").replace("\r", "")
            except OSError:
                assert text in self.seen, f"{text!r} did not come; there was {self.seen!r}"
        before, self.seen = self.seen.split(text, 1)
        return before

    def resize(self, columns, rows):
        """As a user who pulls at the window: the program is told by SIGWINCH."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def run(self, line, until="artemis> "):
        """Types a line and gives what is printed before the next prompt, without the line's echo."""
        self.send(line + "\n")
        return self.wait_for(until).partition("\n")[2]

    def quit(self):
        self.send(".quit\n")
        return self.end()

    def send(self, text):
        os.write(self.master, text.encode())

    def end(self):
        try:
            return self.process.wait(timeout=20)
        finally:
            os.close(self.master)
