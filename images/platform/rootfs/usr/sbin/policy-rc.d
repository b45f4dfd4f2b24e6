#!/bin/sh
# No package starts its service when it is installed: the cases do.
exit 101
