"""What only a real browser shows: that pages work as they stand in it, and the clicks and page loads that a task takes.

One database is enough: a browser cannot tell which one is behind the pages. What they read and write is tested on both.
"""

import pytest

IN_A_BROWSER = [pytest.mark.browser, pytest.mark.only_on("sqlite")]
