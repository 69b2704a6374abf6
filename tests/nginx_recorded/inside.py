"""Runs in the container of record.py: puts each tree at /etc/nginx and prints what `nginx -t` says to it, as JSON."""

import base64
import json
import os
import shutil
import subprocess
import sys

ETC = "/etc/nginx"


def main() -> None:
    answers = []
    for name, version, program, tree in json.load(sys.stdin):
        for entry in os.listdir(ETC):
            path = os.path.join(ETC, entry)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
        for path, data in tree.items():
            place = os.path.join(ETC, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as file:
                file.write(base64.b64decode(data))
        command = [program, "-t", "-e", "stderr", "-p", ETC + "/", "-c", f"{ETC}/nginx.conf"]
        done = subprocess.run(command, capture_output=True, check=False)
        answers.append([name, version, done.stderr.decode("utf-8", "replace")])
    print(json.dumps(answers))


main()
