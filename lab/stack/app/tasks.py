"""The background tasks."""

import os
from pathlib import Path

from celery import Celery
from celery.exceptions import MaxRetriesExceededError

app = Celery("tasks", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])
app.conf.task_routes = {"tasks.summarise": {"queue": "ai"}, "tasks.digest": {"queue": "digests"}}
app.conf.beat_schedule = {
    "summarise": {"task": "tasks.summarise", "schedule": 5.0},
    "digest": {"task": "tasks.digest", "schedule": 2.0},
}
app.conf.beat_schedule_filename = "/tmp/beat-schedule"


@app.task(bind=True, max_retries=2)
def summarise(self):
    """Ask the model for a summary; give up after two retries, as the model's address is not set."""
    if os.environ.get("AI_MODEL_URL"):
        return "summary"
    try:
        raise self.retry(countdown=0)
    except MaxRetriesExceededError:
        Path("/tmp/retries_exhausted").touch()
        raise


@app.task
def digest():
    """Make a digest."""
    return "digest"
