"""The site's own pages, which show facts and promises together."""
