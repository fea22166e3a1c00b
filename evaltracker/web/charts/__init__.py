"""The timeline, and the share of releases evaluated. One function for each returns plain figure data in plotly's terms.

The static picture (``svg``), the interactive one and the table beside it all come from the same values.
"""

from evaltracker.web.charts.plots import Plot, timeline_figure

__all__ = ["Plot", "timeline_figure"]
