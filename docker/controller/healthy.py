"""Exit 0 when the controller in this container is attached to Asterisk, 1 when it is not."""

import os
import sys
import urllib.error
import urllib.request

url = f"http://{os.environ.get('DESKTOP_LISTEN', '127.0.0.1:8080')}/readyz"
try:
    with urllib.request.urlopen(url, timeout=2) as reply:
        sys.exit(0 if reply.status == 200 else 1)
except (urllib.error.URLError, OSError) as refused:
    sys.exit(f"{url}: {refused}")
