"""Files of records: the public ones of each kind, and blank ones to fill in. See docs/importing.md."""
