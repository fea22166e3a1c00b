"""How gunicorn runs the site: `gunicorn --config deploy/gunicorn.conf.py evaltracker.wsgi`."""

import os
import shutil
import tempfile

bind = os.environ.get("GUNICORN_BIND", "127.0.0.1:8001")
# Where the processes count together, for /metrics; it begins empty.
counts = os.path.join(tempfile.gettempdir(), f"counts-{bind.replace(':', '-')}")
shutil.rmtree(counts, ignore_errors=True)
os.makedirs(counts)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts
# Each worker keeps the records and what is weighed from them, and computes with one core: as many as there are cores.
workers = int(os.environ.get("GUNICORN_WORKERS", "2"))
# Threads send long files and wait for the database. With them a download may last longer than `timeout`.
worker_class = "gthread"
threads = 4
# Seconds in which a worker must give a sign of life. nginx gives an answer that does not begin as long.
timeout = 60
graceful_timeout = 30
# Longer than nginx keeps a connection, so that none is closed under a request.
keepalive = 75
# systemd and the containers steer it; its own socket for that would be in a home folder, which the site has none of.
control_socket_disable = True
accesslog = None  # nginx writes one
