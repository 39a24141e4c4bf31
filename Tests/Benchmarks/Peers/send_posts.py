"""Peer of `posthorn daemon`: APScheduler 3 with an SQLAlchemy job store on SQLite, and requests.

    send_posts.py TIMETABLE URL DATABASE

A line of TIMETABLE is a post's id and the second at which it is due. Prints "ready" once all jobs are stored and the
scheduler runs, sends one POST a job, and runs until SIGTERM. Nothing is written down about what was sent.
"""
import datetime
import signal
import sys
import threading

import requests
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

local = threading.local()
caption = "The first loaves leave the oven at six, and the queue is friendlier than it looks. " * 4


def send(url, post):
    if not hasattr(local, "session"):
        local.session = requests.Session()
    message = {"type": "post.due", "data": {"post": post, "caption": caption}}
    local.session.post(url, json=message, headers={"webhook-id": post}, timeout=30).raise_for_status()


def main():
    timetable, url, database = sys.argv[1:]
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{database}")},
        executors={"default": ThreadPoolExecutor(100)},
        job_defaults={"misfire_grace_time": None, "coalesce": False},
        timezone=datetime.timezone.utc,
    )
    scheduler.start(paused=True)
    with open(timetable) as lines:
        for line in lines:
            post, due = line.split()
            when = datetime.datetime.fromtimestamp(int(due), datetime.timezone.utc)
            scheduler.add_job(send, "date", run_date=when, id=post, args=(url, post))
    scheduler.resume()
    print("ready", flush=True)
    signal.sigwait({signal.SIGTERM})
    scheduler.shutdown(wait=True)


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # for the threads too, so that sigwait gets it
    main()
