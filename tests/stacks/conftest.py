"""The CDK's libraries run in Node: the one beside this Python, whatever else the machine has."""

import os
import sys
from pathlib import Path

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
