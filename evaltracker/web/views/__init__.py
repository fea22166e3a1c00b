"""The site's own pages: those that show facts beside promises."""
