"""The site's two pictures: each is one function that returns plain figure data in plotly's terms.

The static picture (``svg``), the interactive one and the table beside it are all made from the same values.
"""

from evaltracker.web.charts.figure import Figure, share_figure, timeline_figure

__all__ = ["Figure", "share_figure", "timeline_figure"]
