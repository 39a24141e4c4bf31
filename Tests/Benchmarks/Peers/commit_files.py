"""Peer of a record: history files written and committed with the git command, as a script would.

    commit_files.py WORKTREE COUNT
"""
import json
import os
import subprocess
import sys
import uuid


def main():
    os.chdir(sys.argv[1])
    os.makedirs("schedule/history", exist_ok=True)
    files = [f"schedule/history/{uuid.uuid4()}.json" for _ in range(int(sys.argv[2]))]
    for name in files:
        with open(name, "w") as file:
            json.dump({"post": name, "outcome": "published", "note": "about as long as a record " * 20}, file, indent=2)
    subprocess.run(["git", "add", "--pathspec-from-file=-"], input="\n".join(files).encode(), check=True)
    subprocess.run(["git", "-c", "user.name=tick", "-c", "user.email=tick@example.com", "commit", "-q", "-m", "publish"], check=True)


if __name__ == "__main__":
    main()
