"""Actions write records, all or nothing."""

from labs.actions.records import name_of, records_of, save_parts, save_record

__all__ = ["name_of", "records_of", "save_parts", "save_record"]
