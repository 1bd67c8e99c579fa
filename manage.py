#!/usr/bin/env python
"""Countersign's command line."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrm.settings.base")
    if sys.argv[1:2] == ["demo"]:
        # The demo has keys and folders of its own; they must be there before the settings are read.
        from mrm.demo.place import take_place

        take_place(sys.argv[2:])

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
