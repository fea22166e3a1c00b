"""Which code makes the pages."""

import hashlib
import sys
import zlib
from functools import cache
from pathlib import Path

from django.conf import settings

READ = ("labs/**/*.py", "commitments/**/*.py", "evaltracker/**/*.py", "templates/**/*", "static/**/*")
"""All that a page is made from, besides the records and the installed packages."""


@cache
def source_version() -> str:
    """A name for the code, the templates and the static files alone. Read once in each process.

    It may be shown: no setting is in it.
    """
    found = hashlib.sha256()
    root = Path(settings.BASE_DIR)
    for pattern in READ:
        for path in sorted(root.glob(pattern)):
            if path.is_file():
                found.update(f"{path.relative_to(root)}\n".encode())
                found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:32]


@cache
def code_version() -> str:
    """A name for the code, the templates, the static files, the packages and the settings that the pages are made with.

    Two processes have the same exactly if they make the same bytes of the same records.
    """
    # The name of an installed package's folder has its version (PEP 376); to read what is in it takes 40 times as long.
    packages = sorted({each.name for folder in sys.path for each in Path(folder).glob("*.*-info")})
    names = ("SITE_URL", "PERMALINKS_AT", "STATIC_URL", "ALLOWED_HOSTS", "CACHES", "PAGE_CACHE_BYTES")
    chosen = [getattr(settings, name) for name in names]
    made_with = [source_version(), packages, sys.version, zlib.ZLIB_RUNTIME_VERSION, chosen]
    return hashlib.sha256(repr(made_with).encode()).hexdigest()[:32]
