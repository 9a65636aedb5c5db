"""The kernel as Jupyter's clients see it: python -m unittest discover jupyter/tests, with ecgraft_kernel installed or jupyter/ on
PYTHONPATH, and the command ecgraft on the path or named by ECGRAFT."""

import faulthandler
import json
import os
import signal
import sys
import tempfile
import threading
import time
import unittest

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from ecgraft_kernel import install
from ecgraft_kernel.process import LuaProcess


class KernelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        assert install.main(["install", "--prefix", cls.folder.name, "--ecgraft", os.environ.get("ECGRAFT", "ecgraft")]) == 0
        kernels = os.path.join(cls.folder.name, "share", "jupyter", "kernels")
        cls.manager = KernelManager(kernel_name="ecgraft", kernel_spec_manager=KernelSpecManager(kernel_dirs=[kernels]))
        cls.manager.start_kernel()
        cls.client = cls.manager.client()
        cls.client.start_channels()
        cls.client.wait_for_ready(timeout=60)

    @classmethod
    def tearDownClass(cls):
        cls.client.stop_channels()
        cls.manager.shutdown_kernel()
        cls.folder.cleanup()

    def run_cell(self, code):
        """Status, and what the front end is told, in order. A cell that prints "begun" is interrupted then."""
        messages = []

        def take(message):
            messages.append(message)
            if message["content"].get("text") == "begun\n":
                self.manager.interrupt_kernel()

        reply = self.client.execute_interactive(code, timeout=60, store_history=True, output_hook=take)
        told = [(each["msg_type"], each["content"]) for each in messages if each["msg_type"] not in ("status", "execute_input")]
        return reply["content"]["status"], told

    def ask(self, name, *arguments):
        getattr(self.client, name)(*arguments)
        return self.client.get_shell_msg(timeout=60)["content"]

    def test_values_and_prints(self):
        status, told = self.run_cell("print 'a'\nlocal x = 20\nx + 1")
        self.assertEqual(status, "ok")
        self.assertEqual([kind for kind, _ in told], ["stream", "execute_result"])
        self.assertEqual(told[0][1], {"name": "stdout", "text": "a\n"})
        self.assertEqual(told[1][1]["data"], {"text/plain": "21"})
        self.assertEqual(self.run_cell("x")[1][0][1]["data"]["text/plain"], "20")
        self.assertEqual(self.run_cell("x = 3"), ("ok", []))

    def test_pictures(self):
        self.run_cell("local eg = require 'ecgraft' local set = eg.data.synthetic{records = 20, seconds = 5}")
        data = self.run_cell("set:record(1)")[1][0][1]["data"]
        self.assertEqual(sorted(data), ["image/svg+xml", "text/html", "text/plain"])
        self.assertTrue(data["image/svg+xml"].startswith("<svg"))
        self.assertRegex(data["text/html"], '^<img src="data:image/svg\\+xml;base64,[A-Za-z0-9+/=]+" alt="synthetic-A-000001[^"<]*">\\n$')
        self.assertIn("text/html", self.run_cell("set")[1][0][1]["data"])
        self.assertEqual(self.run_cell("eg.display(1, set)")[1][0][0], "display_data")

    def test_progress_is_one_output_that_changes(self):
        self.run_cell("local eg = require 'ecgraft' local set = eg.data.synthetic{records = 20, seconds = 5}")
        _, told = self.run_cell("local net = eg.models.resnet1d18{classes = #set.classes, width = 2, hidden = 4}\n"
                                "eg.fit(net, set, {epochs = 2, batch = 4})")
        kinds = [kind for kind, _ in told]
        self.assertEqual((kinds.count("display_data"), kinds[-1]), (1, "execute_result"))
        lines = [content["data"]["text/plain"] for kind, content in told if "display_data" in kind]
        self.assertIn("100%", lines[-1])
        self.assertNotIn("\r", "".join(lines))
        self.assertEqual(sorted(told[-1][1]["data"]), ["image/svg+xml", "text/html", "text/plain"])
        self.assertRegex(told[-1][1]["data"]["text/html"], "(?s)^<img .*<details><summary>As a table</summary>.*train_loss")

    def test_errors(self):
        status, told = self.run_cell("local t = nil\nt.x = 1")
        self.assertEqual((status, told[0][0]), ("error", "error"))
        self.assertRegex(told[0][1]["evalue"], r"^In\[\d+\]:2: attempt to index a nil value")

    def test_standard_error(self):
        self.assertEqual(self.run_cell("io.stderr:write('warned\\n');")[1], [("stream", {"name": "stderr", "text": "warned\n"})])

    def test_interruption_keeps_the_variables(self):
        self.run_cell("local count = 7")
        for _ in range(2):
            status, told = self.run_cell("print 'begun' while true do count = count + 1 end")
            self.assertEqual((status, told[1][1]["ename"]), ("error", "Interrupted"))
        self.assertEqual(self.run_cell("count > 7")[1][0][1]["data"]["text/plain"], "true")

    def test_the_end_of_the_process(self):
        status, told = self.run_cell("os.exit(4)")
        self.assertEqual(status, "error")
        self.assertIn("ended with status 4; the next cell starts a new one", told[0][1]["evalue"])
        self.assertEqual(self.run_cell("1 + 1")[1][0][1]["data"]["text/plain"], "2")

    def test_a_program_that_holds_the_output_open(self):
        began = time.monotonic()
        for code, end in (("os.execute 'sleep 50 &' os.exit(3)", "ended with status 3"),
                          ("require('luv').fs_close(1)", "closed its standard output")):
            status, told = self.run_cell(code)
            self.assertEqual(status, "error")
            self.assertIn(end, told[-1][1]["evalue"])
            self.assertEqual(self.run_cell("1 + 1")[1][0][1]["data"]["text/plain"], "2")
        self.assertLess(time.monotonic() - began, 40)

    def test_standard_error_that_was_closed(self):
        self.assertEqual(self.run_cell("require('luv').fs_close(2);")[0], "ok")
        self.assertEqual(self.run_cell("1 + 1")[1][0][1]["data"]["text/plain"], "2")
        self.run_cell("os.exit()")

    def test_a_misspelt_name(self):
        self.run_cell("local eg = require 'ecgraft'")
        self.assertIn("did you mean 'data'?", self.run_cell("eg.dta.synthetic{}")[1][0][1]["evalue"])

    def test_completion_and_help(self):
        self.run_cell("local eg = require 'ecgraft'")
        reply = self.ask("complete", "('ä') .. eg.data.synth")
        self.assertEqual((reply["matches"], reply["cursor_start"], reply["cursor_end"]), (["synthetic"], 17, 22))
        reply = self.ask("inspect", "eg.fit(")
        self.assertTrue(reply["found"])
        self.assertIn("eg.fit(", reply["data"]["text/plain"])
        self.assertFalse(self.ask("inspect", "unheard_of")["found"])
        self.assertEqual([self.ask("is_complete", code)["status"] for code in ("for i = 1, 2 do", "x = 1", "x = = 1")],
                         ["incomplete", "complete", "invalid"])

    def test_a_notebook_of_the_command_is_valid(self):
        path = os.environ.get("ECGRAFT_IPYNB")
        if not path:
            self.skipTest("ECGRAFT_IPYNB names no notebook")
        with open(path, encoding="utf-8") as file:
            nbformat.validate(json.load(file))


class ProcessTest(unittest.TestCase):
    def test_interrupts_lose_nothing(self):
        process = LuaProcess([os.environ.get("ECGRAFT", "ecgraft")])
        lock, over, striking = threading.Lock(), threading.Event(), False

        def strike():
            while not over.wait(0.0003):
                with lock:
                    if striking:
                        os.kill(os.getpid(), signal.SIGINT)

        def set_striking(value):
            nonlocal striking
            with lock:
                striking = value

        def on_text(_, text):
            texts.append(text)
            set_striking(True)

        def on_frame(frame):
            frames.append(frame)
            if frame["event"] != "display":  # the last but for "done"
                set_striking(False)

        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        faulthandler.dump_traceback_later(120, exit=True)
        striker = threading.Thread(target=strike)
        try:
            process.ask({"do": "execute", "code": "n, picture = 0, '<svg>' .. ('z'):rep(200000)"})
            striker.start()
            for n in range(1, 301):
                texts, frames = [], []
                reply = process.ask({"do": "execute", "code": "n = n + 1; print 'y'; picture, n"}, on_text, on_frame)
                self.assertIn(reply["status"], ("ok", "interrupted"))
                if reply["status"] == "ok":
                    self.assertEqual("".join(texts), "y\n")
                    self.assertEqual([len(frame["data"].get("image/svg+xml", "")) for frame in frames], [200005, 0])
                    self.assertEqual(frames[1]["data"]["text/plain"], str(n))
        finally:
            over.set()
            striker.join()
            faulthandler.cancel_dump_traceback_later()
            signal.signal(signal.SIGINT, before)
            process.close()


class InstallTest(unittest.TestCase):
    def test_names_the_command_that_is_not_there(self):
        errors = sys.stderr
        with tempfile.TemporaryFile("w+") as file:
            sys.stderr = file
            try:
                self.assertEqual(install.main(["install", "--user", "--ecgraft", "/nowhere/ecgraft"]), 1)
            finally:
                sys.stderr = errors
            file.seek(0)
            self.assertIn("/nowhere/ecgraft is no command that can be run", file.read())


if __name__ == "__main__":
    unittest.main()
