# This file turns the output of azulejo-sim-bench into a table, and compares it with the targets.
"""Usage: sim-report.py BENCHMARK.json"""
import json
import sys

# Least GMAC/s of one core, with the check of memory and the counters.
TARGETS = {"sgemm/nvcc": 3.0, "hgemm/nvcc-fast": 10.0, "hgemm/nvcc-exact": 3.0}
MOST_RACE = 3.0  # what the race check may cost, times
USUAL = "mem+sync/threads1"
MILLISECONDS = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3}
COLUMNS = ["none/threads1", USUAL, "mem+sync/threads2"]
CHECKS = ["mem+sync+race/threads1", "mem+sync+init/threads1", "all/threads1"]


def best_runs(name):
    """Returns {kernel: {variant: best rate}} of all repetitions, {module: least milliseconds} of
    what loads modules, and the errors."""
    rates, loads, errors = {}, {}, []
    with open(name) as file:
        runs = json.load(file)["benchmarks"]
    for run in runs:
        if run.get("run_type") == "aggregate":
            continue
        if run.get("error_occurred"):
            errors.append(f"{run['run_name']}: {run['error_message']}")
            continue
        if "lines" in run:
            milliseconds = run["cpu_time"] * MILLISECONDS[run["time_unit"]]
            least = loads.get(run["run_name"], (milliseconds,))[0]
            loads[run["run_name"]] = (min(least, milliseconds), run["lines"])
            continue
        kernel, compiler, *variant = run["run_name"].split("/")[:4]
        rate = run.get("MAC/s", run.get("elements/s"))
        row = rates.setdefault(f"{kernel}/{compiler}", {})
        row["/".join(variant)] = max(row.get("/".join(variant), 0), rate / 1e9)
    return rates, loads, errors


def main():
    rates, loads, errors = best_runs(sys.argv[1])
    print("10^9 multiply-adds (softmax, elementwise: elements) per second of one core")
    print(f"{'kernel':<20}{'no checks':>10}{'mem,sync':>10}{'2 threads':>10}   times slower:"
          f"{'race':>7}{'init':>7}{'all':>7}")
    for kernel, row in rates.items():
        cells = [f"{row[c]:>10.3f}" if c in row else f"{'-':>10}" for c in COLUMNS]
        usual = row.get(USUAL)
        factors = [f"{usual / row[c]:>7.2f}" if usual and c in row else f"{'-':>7}" for c in CHECKS]
        print(f"{kernel:<20}{''.join(cells)}{'':>16}{''.join(factors)}")
        if kernel in TARGETS and usual and usual < TARGETS[kernel]:
            errors.append(f"{kernel}: expected at least {TARGETS[kernel]} GMAC/s, got {usual:.2f}")
        race = row.get(CHECKS[0])
        if usual and race and usual / race > MOST_RACE:
            errors.append(f"{kernel}: the race check may cost {MOST_RACE} times, "
                          f"got {usual / race:.2f}")
    if loads:
        print(f"{'loading a module':<40}{'lines':>10}{'ms':>10}")
    for module, (milliseconds, lines) in loads.items():
        print(f"{module:<40}{lines:>10.0f}{milliseconds:>10.2f}")
    sys.exit("\n".join(errors) if errors else 0)


main()
