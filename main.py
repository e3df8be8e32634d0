"""Start Alcove from a clone."""

import sys

from app.launch import main

if __name__ == "__main__":
    sys.exit(main())
