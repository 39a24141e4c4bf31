"""Peer of `posthorn daemon`: Django's ORM on SQLite, and Celery with two worker processes and Redis. Its model and its tasks.

    celery -A queue_posts worker --concurrency 2        with DATABASE, BROKER and URL in the environment

The table has the posts and what became of them; a beat of 60 s would call `check`, and here `run_queue.py` does so when posts are due.
Redis keeps nothing on disk, in the peer's favour: a restart loses what is queued.
"""
import os
import threading

import django
from django.conf import settings

if not settings.configured:
    settings.configure(
        USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={"default": {
            "ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"], "CONN_MAX_AGE": 600,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 60,
                        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}}})
    django.setup()

import requests
from celery import Celery
from django.db import models, transaction
from django.utils import timezone


class Post(models.Model):
    slug = models.CharField(max_length=120)
    account = models.CharField(max_length=120)
    caption = models.TextField()
    scheduled_time = models.DateTimeField()
    status = models.CharField(max_length=16, default="pending")

    class Meta:
        app_label = "queue_posts"
        indexes = [models.Index(fields=["status", "scheduled_time"])]


class History(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE)
    status = models.CharField(max_length=16, default="started")
    answer = models.IntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "queue_posts"


app = Celery("queue_posts", broker=os.environ["BROKER"])
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True, worker_hijack_root_logger=False)
app.conf.CELERY_DB_REUSE_MAX = 10**9  # otherwise it connects to the database anew for each task
local = threading.local()


@app.task(name="queue_posts.check")
def check():
    due = Post.objects.filter(status="pending", scheduled_time__lte=timezone.now())
    ids = list(due.order_by("scheduled_time").values_list("id", flat=True))
    for start in range(0, len(ids), 500):
        Post.objects.filter(id__in=ids[start:start + 500], status="pending").update(status="queued")
    for post in ids:
        publish.delay(post)


@app.task(name="queue_posts.publish", acks_late=True)
def publish(number):
    with transaction.atomic():
        post = Post.objects.select_for_update().get(id=number)
        if post.status != "queued":
            return
        post.status = "publishing"
        post.save(update_fields=["status"])
    row = History.objects.create(post=post)
    if not hasattr(local, "session"):
        local.session = requests.Session()
    message = {"type": "post.due", "data": {"post": post.slug, "account": post.account, "caption": post.caption}}
    answer = local.session.post(os.environ["URL"], json=message, headers={"webhook-id": post.slug}, timeout=30)
    row.answer, row.status = answer.status_code, "published" if answer.ok else "failed"
    row.save()
    post.status = row.status
    post.save(update_fields=["status"])
