"""What only a real browser shows: the clicks and page loads that a task takes, and that the pages' scripts run."""
