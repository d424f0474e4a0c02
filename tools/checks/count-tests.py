# This file adds up what ctest, GoogleTest and lit reported, and prints `N passed, N failed, N skipped`.
"""Usage: count-tests.py RESULTS_FOLDER CTEST_EXIT_CODE LIT_EXIT_CODE"""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


class Totals:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []

    def add(self, name, failed, skipped):
        if failed:
            self.failed += 1
            self.failures.append(name)
        elif skipped:
            self.skipped += 1
        else:
            self.passed += 1


def cases(path):
    """Yields (name, failed, skipped) of each test case of a JUnit file."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name', '')}"
        failed = case.find("failure") is not None or case.find("error") is not None
        skipped = case.find("skipped") is not None or case.get("status") in ("notrun", "disabled")
        yield name, failed, skipped or case.get("result") == "skipped"


def read(path, runner, failures):
    """The cases of a file; a file that is absent or broken is a failure of its runner."""
    try:
        return list(cases(path))
    except (OSError, ElementTree.ParseError) as error:
        failures.append(f"{runner}: no readable report ({error})")
        return []


def count_unit_tests(folder, totals, failures):
    for name, failed, skipped in read(folder / "ctest.xml", "ctest", failures):
        program = name.split(".")[-1]
        report = folder / "gtest" / f"{program}.xml"
        inner = read(report, program, []) if report.exists() else []
        for case in inner:
            totals.add(f"{program}: {case[0]}", *case[1:])
        # A crash after or between the cases shows only in the exit code of the program.
        if not inner or (failed and not any(case[1] for case in inner)):
            totals.add(program, failed, skipped)


def main():
    folder = pathlib.Path(sys.argv[1])
    totals, broken = Totals(), []
    count_unit_tests(folder, totals, broken)
    for case in read(folder / "lit.xml", "lit", broken):
        totals.add(*case)
    for runner, code in (("ctest", sys.argv[2]), ("lit", sys.argv[3])):
        if code != "0" and not totals.failed:
            broken.append(f"{runner} ended with exit code {code} although no test failed")
    if not totals.passed:
        broken.append("no test passed")
    for failure in broken:
        totals.add(failure, True, False)
    for failure in totals.failures:
        print(f"failed: {failure}")
    print(f"{totals.passed} passed, {totals.failed} failed, {totals.skipped} skipped")
    sys.exit(1 if totals.failed else 0)


main()
