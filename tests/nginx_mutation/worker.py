"""Runs `nginx -t` on trees that come in as lines of JSON, in a directory of its own, and answers in lines of JSON.

It is started as a program (see oracle.py): as root in a user namespace without rights outside it, so that a mutant that
names a path of the host can do no harm there.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile


def main() -> None:
    program = sys.argv[1]
    folder = tempfile.mkdtemp(prefix="parity-nginx-")
    try:
        for line in sys.stdin:
            tree = json.loads(line)
            for name in os.listdir(folder):
                path = os.path.join(folder, name)
                shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
            for name, data in tree.items():
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(base64.b64decode(data))
            print(json.dumps(run(program, folder)), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(program: str, folder: str) -> dict:
    command = [program, "-t", "-e", "stderr", "-p", folder + "/", "-c", os.path.join(folder, "nginx.conf")]
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, cwd=folder, check=False)
    except subprocess.TimeoutExpired:
        return {"code": None, "output": "", "folder": folder}
    return {"code": done.returncode, "output": done.stderr.decode("utf-8", "replace"), "folder": folder}


main()
