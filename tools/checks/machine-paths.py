# This file checks that no file of the repository names a folder of one machine or user.
"""Usage: machine-paths.py [FILE...]     those files instead of the repository's"""
import re
import sys

import repository

# /usr, /etc, /proc, /dev and /tmp are everywhere; these are somebody's.
PATTERN = re.compile(rb"(?<![\w.$}*~)/-])/(?:home|root|Users|work|workspace|mnt|scratch)/[\w.-]+")


def main():
    faults = 0
    names = sys.argv[1:] or repository.files()
    for name in names:
        for number, line in enumerate((repository.ROOT / name).read_bytes().splitlines(), 1):
            found = PATTERN.search(line)
            if found:
                faults += 1
                print(f"{name}:{number}: a path of a machine: {found[0].decode()}")
    print(f"{len(names)} files checked, {faults} faults")
    sys.exit(1 if faults or not names else 0)


main()
