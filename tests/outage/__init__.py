"""The production setting of deploy/, started on loopback, under load, with one part after the other stopped."""
