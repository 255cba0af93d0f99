"""Reads and draws the result files of sigmaflow.

>>> from sigmaflow_analysis import open_store
>>> store = open_store("out.h5")
>>> ring = store.select(distribution="ring", solver="heun", steps=64)
"""

from .error_budget import error_budget
from .errors import AnalysisError
from .information import mutual_information
from .solver_errors import work_precision
from .statistics import summarise
from .store import Store, open_store
from .summary import Summary, open_summary

__all__ = ["AnalysisError", "Store", "Summary", "error_budget", "mutual_information", "open_store", "open_summary",
           "summarise", "work_precision"]
