"""Runs `queue_posts.py` once: Redis, a worker with two processes, the posts of a timetable, and one check at their instant.

    run_queue.py TIMETABLE URL FOLDER

Prints "ready" once all is filled and started, and at the end a line of JSON: seconds of processor time of the worker and of Redis from then
on, and the bytes that they had resident together.
"""
import datetime
import json
import os
import socket
import subprocess
import sys
import time


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def children(pid):
    found = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            for child in file.read().split():
                found += children(int(child))
    return found


def used(processes):
    seconds, resident = 0.0, 0
    for pid in [pid for process in processes for pid in children(process.pid)]:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        resident += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return seconds, resident


def main():
    timetable, url, folder = sys.argv[1:]
    port = free_port()
    os.environ.update(DATABASE=f"{folder}/posts.sqlite3", BROKER=f"redis://127.0.0.1:{port}/0", URL=url)
    here = os.path.dirname(os.path.abspath(__file__))
    redis = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder],
        stdout=subprocess.DEVNULL)
    sys.path.insert(0, here)
    import queue_posts
    from django.db import connection
    with connection.schema_editor() as editor:
        editor.create_model(queue_posts.Post)
        editor.create_model(queue_posts.History)
    with open(timetable) as lines:
        rows = [line.split() for line in lines]
    caption = "The first loaves leave the oven at six, and the queue is friendlier than it looks. " * 4
    queue_posts.Post.objects.bulk_create([
        queue_posts.Post(slug=post, account="hook-1", caption=caption,
                         scheduled_time=datetime.datetime.fromtimestamp(int(due), datetime.timezone.utc)) for post, due in rows], 2000)
    connection.close()
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "queue_posts", "worker", "--concurrency", "2", "--loglevel", "error"], cwd=here,
        stdout=subprocess.DEVNULL)
    try:
        while not queue_posts.app.control.inspect(timeout=0.5).ping():
            assert worker.poll() is None, "the worker ended"
        print("ready", flush=True)
        time.sleep(max(0, min(int(due) for _, due in rows) - time.time()))
        before, _ = used([worker, redis])
        queue_posts.check.delay()
        while queue_posts.Post.objects.filter(status="published").count() < len(rows):
            assert worker.poll() is None, "the worker ended"
            time.sleep(0.05)
        end = time.time()
        after, resident = used([worker, redis])
        print(json.dumps({"processor": after - before, "resident": resident, "end": end}), flush=True)
    finally:
        worker.terminate()
        worker.wait()
        redis.terminate()
        redis.wait()


if __name__ == "__main__":
    main()
