"""The version of the method: of all rules together, those of the facts and those of the promises."""

METHOD_VERSION = 2
"""A change of the rules that moves a score gets a new one (methodology, section 9)."""
