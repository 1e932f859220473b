"""One peer at one case: python peer.py MODULE CASE PEER.

Says on standard output, as a line of JSON, what it is and the numbers on which all sides must agree. Then for every
line on standard input, a number of seconds, it measures for about so long and answers with the median seconds of one
unit of each quantity.
"""

import gc
import importlib
import json
import statistics
import sys
import time

# Long enough for the clock and the loop not to matter.
SHORTEST_SAMPLE = 0.005


def warm_up(run, seconds=0.5):
    """Runs until it is compiled and has its memory; how often a sample must run."""
    run(1)
    end = time.perf_counter() + seconds
    repeats = 1
    while True:
        start = time.perf_counter()
        run(repeats)
        now = time.perf_counter()
        if now - start < SHORTEST_SAMPLE:
            repeats *= 2
        elif now >= end:
            return repeats


def median_seconds(run, units, repeats, seconds):
    samples = []
    end = time.perf_counter() + seconds
    gc.collect()
    gc.disable()
    while not samples or time.perf_counter() < end:
        start = time.perf_counter()
        run(repeats)
        samples.append((time.perf_counter() - start) / (repeats * units))
    gc.enable()
    return statistics.median(samples)


def main():
    module, case, peer = sys.argv[1:]
    contestant = importlib.import_module(module).contestant(case, peer)
    quantities = [(name, run, units, warm_up(run)) for name, (run, units) in contestant["quantities"].items()]
    print(json.dumps({key: contestant[key] for key in ("version", "threads", "check")}), flush=True)
    for line in sys.stdin:
        share = float(line) / len(quantities)
        medians = {name: median_seconds(run, units, repeats, share) for name, run, units, repeats in quantities}
        print(json.dumps(medians), flush=True)


if __name__ == "__main__":
    main()
