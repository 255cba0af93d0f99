"""Figures: every function takes xarray data and returns the axes it drew on."""

from .bifurcations import bifurcations
from .branch_tree import branch_tree
from .error_budget import error_budget
from .error_budgets import error_budgets
from .matched import matched
from .memorisation import memorisation
from .mmse import mmse
from .mutual_information import mutual_information
from .spectrum import spectra, spectrum
from .style import save
from .timeline import timeline
from .trajectories import trajectories
from .who_wins import who_wins
from .work_precision import work_precision

__all__ = ["bifurcations", "branch_tree", "error_budget", "error_budgets", "matched", "memorisation", "mmse",
           "mutual_information", "save", "spectra", "spectrum", "timeline", "trajectories", "who_wins", "work_precision"]
