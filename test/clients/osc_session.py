"""One `openstack` after another in one process: a JSON list of arguments per line in, what it printed and its code out."""
import contextlib
import importlib.metadata
import io
import json
import logging
import sys

from openstackclient import shell

answers = sys.stdout


def run(argv):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = shell.OpenStackShell().run(argv)
        except SystemExit as end:
            code = end.code
    # Each shell adds handlers that hold the streams it was born with.
    logging.getLogger().handlers.clear()
    return {'code': code, 'out': out.getvalue(), 'err': err.getvalue()}


def commands():
    points = importlib.metadata.entry_points(group='openstack.baremetal.v1')
    return [point.name.replace('_', ' ') for point in points]


for line in sys.stdin:
    asked = json.loads(line)
    answer = commands() if asked == 'commands' else run(asked)
    print(json.dumps(answer), file=answers, flush=True)
