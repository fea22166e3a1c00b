"""The site: settings, and what needs both apps."""
