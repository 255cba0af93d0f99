"""python3 -m sigmaflow_analysis"""

import sys

from .command_line import main

sys.exit(main())
