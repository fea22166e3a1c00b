"""The figures of the site: ``registry.py`` lists them."""
