"""Peer of `posthorn daemon`: what cron runs each minute over a work tree, with PyYAML, pydantic, requests and the git command.

    tick.py WORKTREE URL [THREADS]

Every post is listed and stat'ed, and those that changed are read again; the rest comes from a pickle. What is due and has no history is
sent, then recorded in one commit. A crash between the two sends it again: there is no intent on disk.
"""
import concurrent.futures
import datetime
import json
import os
import pickle
import subprocess
import sys
import threading
import zoneinfo

import yaml

import check_posts

local = threading.local()
cache = ".git/tick-cache"


def read(path):
    """A post's instant in seconds, its account and its caption; None where it is invalid."""
    try:
        with open(path, "rb") as file:
            post = check_posts.Post.model_validate(yaml.load(file, yaml.CSafeLoader))
    except Exception:  # one bad file must not stop the others
        return None
    instant = post.scheduled_time.replace(tzinfo=zoneinfo.ZoneInfo(post.timezone)).timestamp()
    return instant, post.accounts[0], post.caption


def schedule():
    try:
        with open(cache, "rb") as file:
            known = pickle.load(file)
    except FileNotFoundError:
        known = {}
    fresh, changes = {}, 0
    for path in check_posts.posts("schedule/posts"):
        stat = os.stat(path)
        stamp = (stat.st_mtime_ns, stat.st_size)
        entry = known.get(path)
        if entry is None or entry[0] != stamp:
            entry, changes = (stamp, read(path)), changes + 1
        fresh[path] = entry
    if changes or len(fresh) != len(known):
        with open(cache + ".new", "wb") as file:
            pickle.dump(fresh, file)
        os.replace(cache + ".new", cache)
    return fresh


def history(path):
    return "schedule/history/" + os.path.basename(path)[:-5] + ".json"


def send(url, path, account, caption):
    if not hasattr(local, "session"):
        import requests  # only where there is something to send
        local.session = requests.Session()
    post = os.path.basename(path)[:-5]
    message = {"type": "post.due", "data": {"post": post, "account": account, "caption": caption}}
    answer = local.session.post(url, json=message, headers={"webhook-id": post}, timeout=30)
    record = {"post": post, "account": account, "outcome": "published" if answer.ok else "failed", "status": answer.status_code,
              "at": datetime.datetime.now(datetime.timezone.utc).isoformat()}
    with open(history(path), "w") as file:
        json.dump(record, file, indent=2)
    return history(path)


def main():
    os.chdir(sys.argv[1])
    check_posts.known_accounts.update(name.rsplit(".", 1)[0] for name in os.listdir("schedule/accounts"))
    now = datetime.datetime.now().timestamp()
    due = [(path, *post[1][1:]) for path, post in schedule().items()
           if post[1] and post[1][0] <= now and not os.path.exists(history(path))]
    if not due:
        return
    os.makedirs("schedule/history", exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(int(sys.argv[3]) if len(sys.argv) > 3 else 16) as pool:
        files = list(pool.map(lambda post: send(sys.argv[2], *post), due))
    subprocess.run(["git", "add", "--pathspec-from-file=-"], input="\n".join(files).encode(), check=True)
    author = ["-c", "user.name=tick", "-c", "user.email=tick@example.com"]
    subprocess.run(["git", *author, "commit", "-q", "-m", f"publish {len(files)} posts"], check=True)


if __name__ == "__main__":
    main()
