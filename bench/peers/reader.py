"""Python's side of bench/peers/loading.lua, with the same command, and "forget FOLDER": its files leave the system's memory."""
import ast
import multiprocessing
import os
import sys
import time

import numpy
import pandas
import scipy.signal
import wfdb

LENGTH, LEADS = 1000, 12


def read_table(folder, limit):
    table = pandas.read_csv(folder + "/ptbxl_database.csv", index_col="ecg_id", nrows=limit)
    table.scp_codes = table.scp_codes.apply(ast.literal_eval)
    return table


def add_labels(table, folder):
    """As in example_physionet.py, which the set comes with."""
    statements = pandas.read_csv(folder + "/scp_statements.csv", index_col=0)
    statements = statements[statements.diagnostic == 1]
    superclass = statements.diagnostic_class
    table["superclass"] = table.scp_codes.apply(lambda codes: list({superclass[key] for key in codes if key in superclass.index}))


def read_signals(job):
    paths, high = job
    out = numpy.empty((len(paths), LENGTH, LEADS), numpy.float32)
    for i, path in enumerate(paths):
        signals = wfdb.rdsamp(path)[0]
        out[i] = scipy.signal.resample_poly(signals.astype(numpy.float32), 1, 5, axis=0) if high else signals
    return len(out)


def load(part, processes, limit, folder):
    processes, limit, high = int(processes), int(limit), part == "high"
    pool = multiprocessing.Pool(processes) if processes > 1 else None
    table = read_table(folder, limit)
    before = time.perf_counter()
    if part == "set":
        table = read_table(folder, limit)
        add_labels(table, folder)
    paths = [folder + "/" + name for name in (table.filename_hr if high else table.filename_lr)]
    if pool:
        count = sum(pool.map(read_signals, [(paths[i::processes], high) for i in range(processes)]))
    else:
        count = read_signals((paths, high))
    seconds = time.perf_counter() - before
    if pool:
        pool.terminate()
    return f"{count / seconds:.1f}"


def forget(folder):
    for parent, _, names in os.walk(folder):
        for name in names:
            file = os.open(os.path.join(parent, name), os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)
    return "forgotten"


if __name__ == "__main__":
    for line in sys.stdin:
        words = line.split(maxsplit=1)
        answer = forget(words[1].strip()) if words[0] == "forget" else load(*words[1].strip().split(maxsplit=3))
        print(answer, flush=True)
