"""Figures: every function takes xarray data and returns the axes it drew on."""

from .mmse import mmse
from .spectrum import spectra, spectrum
from .style import save
from .timeline import timeline
from .trajectories import trajectories

__all__ = ["mmse", "save", "spectra", "spectrum", "timeline", "trajectories"]
