# SPDX-License-Identifier: ISC
"""Run the unittest cases of a module and report them as TAP."""
import os
import sys
import traceback
import unittest


class Result(unittest.TestResult):
    """One TAP line a test; what went wrong follows as comments."""

    def title(self, test):
        return test.shortDescription() or test.id()

    def report(self, word, test):
        print("%s %d - %s" % (word, self.testsRun, self.title(test)),
              flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.report("ok", test)

    def complain(self, test, problem):
        self.report("not ok", test)
        text = "".join(traceback.format_exception(*problem))
        for line in text.rstrip().split("\n"):
            print("#", line.encode("ascii", "backslashreplace").decode())

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.complain(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        if isinstance(test, unittest.TestCase):
            self.complain(test, err)
        else:  # setUpClass: none of its tests can be run
            print("Bail out! %s: %r" % (test, err[1]), flush=True)


def main(engine=False):
    """All tests of the calling program.  ENGINE: they need a real one."""
    if engine and os.environ.get("DEXEC_TEST_ENGINE") != "1":
        print("1..0 # SKIP no engine (DEXEC_TEST_ENGINE)")
        sys.exit(0)
    loader = unittest.TestLoader()
    module = sys.modules["__main__"]
    if len(sys.argv) > 1:
        tests = loader.loadTestsFromNames(sys.argv[1:], module)
    else:
        tests = loader.loadTestsFromModule(module)
    print("1..%d" % tests.countTestCases(), flush=True)
    result = Result()
    tests.run(result)
    sys.exit(not result.wasSuccessful())
