"""How gunicorn serves the program: `gunicorn -c python:clinic.serving clinic.wsgi`."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 30
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 4094
limit_request_fields = 60
control_socket_disable = True
