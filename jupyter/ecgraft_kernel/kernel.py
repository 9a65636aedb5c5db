"""The kernel: Jupyter's messages on one side (ipykernel does them), the Lua process on the other."""

import base64
import html
import os
import uuid

from ipykernel.kernelbase import Kernel

from . import __version__
from .process import Ended, LuaProcess


def bundle(data):
    """MIME types as front ends should see them. They prefer HTML to pictures, and show no SVG of a notebook that someone else ran: so a
    picture is in the HTML as well, as an image, with what else there is in HTML below it. lua/ecgraft/display/portable.lua does the same
    for files."""
    svg, table = data.get("image/svg+xml"), data.get("text/html")
    if svg is None:
        return data
    alt = html.escape(data.get("text/plain", "").split("\n")[0])
    image = f'<img src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" alt="{alt}">\n'
    details = f"<details><summary>As a table</summary>{table}</details>\n" if table else ""
    return {**data, "text/html": image + details}


def byte_offset(code, cursor):
    return len(code[:cursor].encode())


def cursor_of(code, offset):
    return len(code.encode()[:offset].decode("utf-8", "ignore"))


class Lines:
    """Standard error: whole lines as a stream; a line that is redrawn in place (progress) as one output that changes."""

    def __init__(self, publish):
        self.publish, self.open, self.rest = publish, None, ""

    def write(self, text):
        if "\r" not in text and self.open is None:
            self.publish("stream", {"name": "stderr", "text": text})
            return
        *lines, self.rest = (self.rest + text).split("\n")
        for line in lines:
            if "\r" in line or self.open is not None:
                self.redraw(line)
                self.open = None
            else:
                self.publish("stream", {"name": "stderr", "text": line + "\n"})
        if self.rest:
            self.redraw(self.rest)
        self.rest = self.rest[self.rest.rfind("\r"):] if "\r" in self.rest else self.rest

    def redraw(self, line):
        shown = next((part for part in reversed(line.split("\r")) if part.strip()), "").rstrip()
        if not shown:
            return
        kind = "display_data" if self.open is None else "update_display_data"
        self.open = self.open or uuid.uuid4().hex
        self.publish(kind, {"data": {"text/plain": shown}, "metadata": {}, "transient": {"display_id": self.open}})


class EcgraftKernel(Kernel):
    implementation = "ecgraft"
    implementation_version = __version__
    banner = "ECGraft: deep learning on 12-lead ECGs, in Lua 5.4"
    language_info = {
        "name": "lua", "version": "5.4", "mimetype": "text/x-lua", "file_extension": ".lua", "pygments_lexer": "lua",
        "codemirror_mode": "lua",
    }

    def __init__(self, **options):
        super().__init__(**options)
        self.process = None

    def _ask(self, request, *handlers):
        if self.process is None:
            self.process = LuaProcess([os.environ.get("ECGRAFT", "ecgraft")])
        try:
            return self.process.ask(request, *handlers)
        except Ended:
            self.process.close()
            self.process = None
            raise

    def _publish(self, kind, content):
        self.send_response(self.iopub_socket, kind, content)

    async def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, **_):
        fault, errors = None, Lines(self._publish)

        def on_text(stream, text):
            if not silent and stream == "stderr":
                errors.write(text)
            elif not silent:
                self._publish("stream", {"name": stream, "text": text})

        def on_frame(frame):
            nonlocal fault
            event = frame["event"]
            if event == "error":
                fault = frame
            elif event in ("display", "result") and not silent:
                content = {"data": bundle(frame["data"]), "metadata": {}}
                if event == "result":
                    content["execution_count"] = self.execution_count
                self._publish("execute_result" if event == "result" else "display_data", content)

        try:
            self._ask({"do": "execute", "code": code, "name": f"In[{self.execution_count}]"}, on_text, on_frame)
        except Ended as end:
            fault = {"message": f"{end}; the next cell starts a new one, in which nothing is defined"}
        except OSError as failure:
            fault = {"message": f"ecgraft cannot be started: {failure}"}
        if fault is None:
            return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}
        name = "Interrupted" if fault.get("interrupted") else "Error"
        places = fault.get("trace") or []
        if len(places) == 1 and fault["message"].startswith(places[0] + ":"):
            places = []  # the message says it
        trace = [fault["message"]] + [f"  at {place}" for place in places]
        error = {"ename": name, "evalue": fault["message"], "traceback": trace}
        if not silent:
            self._publish("error", error)
        return {"status": "error", "execution_count": self.execution_count, **error}

    def _quietly(self, request):
        """Answers to questions that a front end asks while someone types: where there is none it shows nothing."""
        try:
            return self._ask(request)
        except (Ended, OSError):
            return {}

    async def do_complete(self, code, cursor_pos):
        reply = self._quietly({"do": "complete", "code": code, "cursor": byte_offset(code, cursor_pos)})
        return {
            "status": "ok", "metadata": {}, "matches": list(reply.get("matches") or []),
            "cursor_start": cursor_of(code, reply.get("first", 0)) if reply else cursor_pos,
            "cursor_end": cursor_of(code, reply.get("last", 0)) if reply else cursor_pos,
        }

    async def do_inspect(self, code, cursor_pos, detail_level=0, omit_sections=()):
        reply = self._quietly({"do": "inspect", "code": code, "cursor": byte_offset(code, cursor_pos)})
        data = {"text/plain": reply["text"]} if reply.get("found") else {}
        return {"status": "ok", "found": bool(data), "data": data, "metadata": {}}

    async def do_is_complete(self, code):
        verdict = self._quietly({"do": "is_complete", "code": code}).get("complete", "unknown")
        return {"status": verdict, "indent": "  "} if verdict == "incomplete" else {"status": verdict}

    async def do_shutdown(self, restart):
        if self.process is not None:
            self.process.close()
            self.process = None
        return {"status": "ok", "restart": restart}
