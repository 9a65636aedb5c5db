"""The process that runs cells: requests go to it one JSON object a line, what it prints comes back with frames between."""

import codecs
import collections
import fcntl
import json
import os
import secrets
import selectors
import signal
import struct
import subprocess
import termios
import threading
import time

COLUMNS = 100  # of the terminal for progress lines
LOOK = 0.25  # seconds between two looks whether the process still is there
PATIENCE = 1.0  # seconds after its end, or after an answer: what is printed later is another program's


class Ended(Exception):
    """The process is gone; the text says how."""


class LuaProcess:
    def __init__(self, command):
        self.token = secrets.token_hex(16)
        self.mark = b"\0" + self.token.encode()
        self.pending, self.count, self.gone_since = {"stdout": b"", "stderr": b""}, 0, None
        self.marked = 0  # the last mark that came through the terminal
        self.decoders = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in ("stdout", "stderr")}
        requests, self.requests = os.pipe()
        # Standard error is a terminal to it, so that progress is a line that is redrawn; a pipe where no terminal can be made.
        try:
            self.errors, terminal = os.openpty()
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        except OSError:
            self.errors, terminal = os.pipe()
        # A session of its own: an interrupt comes from us, once, and only while a cell runs.
        try:
            self.child = subprocess.Popen(
                [*command, "kernel", self.token, str(requests)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=terminal, pass_fds=(requests,), start_new_session=True)
        except OSError:
            os.close(self.requests)
            os.close(self.errors)
            raise
        finally:
            os.close(requests)
            os.close(terminal)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.child.stdout, selectors.EVENT_READ, "stdout")
        self.selector.register(self.errors, selectors.EVENT_READ, "stderr")

    def ask(self, request, on_text=None, on_frame=None):
        """Sends a request and returns its last frame. on_text(stream, text) and on_frame(frame) get what comes before it. An interrupt is
        passed on and raises nothing here, where what was read and not yet handed on would be lost."""
        if threading.current_thread() is not threading.main_thread():
            return self._ask(request, on_text, on_frame)
        before = signal.signal(signal.SIGINT, lambda *_: self._interrupt())
        try:
            return self._ask(request, on_text, on_frame)
        finally:
            signal.signal(signal.SIGINT, before)

    def _ask(self, request, on_text, on_frame):
        self.count += 1
        line = (json.dumps({**request, "id": self.count, "mark": on_text is not None}) + "\n").encode()
        try:
            while line:
                line = line[os.write(self.requests, line):]
        except OSError:
            raise Ended(self._how()) from None
        waiting = collections.deque()  # what came through the pipe and is not passed on yet: (kind, content, when it came)
        while True:
            for name, data in self._read():
                for kind, content in self._parts(name, data):
                    if kind == "frame" and name == "stderr":
                        self.marked = content
                    elif kind == "frame" or name == "stdout":
                        waiting.append((kind, content, time.monotonic()))
                    elif content and on_text:
                        on_text(kind, content)
            over = self._is_over()
            while waiting and (over or self._is_due(*waiting[0])):
                kind, content, _ = waiting.popleft()
                if kind != "frame":
                    if content and on_text:
                        on_text(kind, content)
                elif content.get("id") == self.count:
                    if content["event"] == "done":
                        return content
                    if on_frame:
                        on_frame(content)
            if over:
                raise Ended(self._how())

    def _is_due(self, kind, content, came):
        """Whether all that was printed on the terminal before it is here: its mark is, or does not come."""
        return kind != "frame" or self.marked >= content.get("mark", 0) or time.monotonic() - came > PATIENCE

    def _is_over(self):
        """Whether nothing more comes: the output has ended, or the process has, a while ago. A program that a cell left running may hold
        the output open for ever."""
        if self.child.stdout.closed:
            return True
        if self.child.poll() is None:
            return False
        now = time.monotonic()
        self.gone_since = self.gone_since or now
        return now - self.gone_since >= PATIENCE

    def _read(self):
        # What was printed to stderr before a frame is there when the frame is: read it first.
        ready = sorted(self.selector.select(LOOK), key=lambda each: each[0].data)
        for key, _ in ready:
            try:
                data = os.read(key.fd, 1 << 16)
            except OSError:  # how a terminal without a program ends
                data = b""
            if not data:
                self.selector.unregister(key.fileobj)
                if key.data == "stdout":
                    self.child.stdout.close()
            yield key.data, data

    def _parts(self, name, data):
        pending = self.pending[name] + data
        if name == "stderr":  # a terminal's ends of line
            pending = pending.replace(b"\r\n", b"\n")
        while True:
            at = pending.find(self.mark)
            end = pending.find(b"\n", at) if at >= 0 else -1
            if at < 0:
                # What may be the beginning of a frame, or of an end of line, stays until more has come or nothing more can.
                zero = pending.find(b"\0", max(0, len(pending) - len(self.mark) + 1)) if data else -1
                at = zero if zero >= 0 else len(pending) - (name == "stderr" and data[-1:] == b"\r")
            yield name, self.decoders[name].decode(pending[:at])
            if end < 0:
                self.pending[name] = pending[at:]
                return
            frame = pending[at + len(self.mark):end]
            pending = pending[end + 1:]
            yield "frame", json.loads(frame.decode("utf-8", "replace"))

    def _interrupt(self):
        # Programs that a cell started and waits for are of its group.
        try:
            os.killpg(self.child.pid, signal.SIGINT)
        except OSError:
            pass

    def _how(self):
        try:
            status = self.child.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            return "the Lua process closed its standard output, without which it cannot answer"
        if status < 0:
            return f"the Lua process was killed by signal {-status}" + (" (out of memory?)" if status == -9 else "")
        return f"the Lua process ended with status {status}"

    def close(self):
        try:
            os.close(self.requests)
        except OSError:
            pass
        try:
            self.child.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.selector.close()
        self.child.stdout.close()
        os.close(self.errors)
