"""What every test may rely on."""

import sys
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parent))  # kits beside the tests, whatever folder runs them
