"""`docker/up --check`: places one scripted call through the whole role table and prints each rule and its outcome.

Standard library only, like the soft phones it drives. It is for the demo site, never for
a contact centre in use: it logs on as the demo's agents.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))  # where tests.phones is, whoever calls this file and from where

from scripted_call.main import main

if __name__ == "__main__":
    sys.exit(main())
