"""Writes of the records: all of it is saved, or none."""

from labs.actions.records import name_of, records_of, save_parts, save_record

__all__ = ["name_of", "records_of", "save_parts", "save_record"]
