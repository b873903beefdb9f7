"""Times Python peers for the benchmarks: one JSON request a line, one JSON answer a line.

request  {"job": "mmw_dsp.mti_mean", "arguments": {"shape": [12, 128, 256]}, "iterations": 20}
answer   {"seconds": 0.0093}  or  {"error": "..."}

A job `module.function` is a function of `module.py` in this directory: it takes the arguments, prepares its
data and returns the callable that is timed. It is prepared once for each set of arguments.
"""
import importlib
import json
import sys
import time


def main():
    try:
        import numpy
        import scipy
    except ImportError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return
    versions = f"numpy {numpy.__version__}, scipy {scipy.__version__}, python {sys.version.split()[0]}"
    print(json.dumps({"versions": versions}), flush=True)
    prepared = {}
    for line in sys.stdin:
        try:
            print(json.dumps({"seconds": answer(json.loads(line), prepared)}), flush=True)
        except Exception as error:
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)


def answer(request, prepared):
    key = json.dumps([request["job"], request["arguments"]], sort_keys=True)
    if key not in prepared:
        module, function = request["job"].split(".")
        prepared[key] = getattr(importlib.import_module(module), function)(**request["arguments"])
    work = prepared[key]
    start = time.perf_counter()
    for _ in range(request["iterations"]):
        work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
