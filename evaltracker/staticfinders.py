"""Static files that lie nowhere as they are served: the stylesheet, joined from its parts, and plotly's own script."""

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

STYLESHEET = (
    "tokens",
    "base",
    "layout",
    "components",
    "tables",
    "forms",
    "records",
    "pictures",
    "pages",
    "forced-colors",
    "utilities",
    "print",
)
"""The files of ``static/css`` that ``css/site.css`` is made of; ``admin.css`` is the desk's."""


class _OneFileFinder(BaseFinder):
    """Finds one file, ``prefix/name``, in a storage of its own."""

    prefix: str
    name: str
    storage: FileSystemStorage

    def check(self, **_kwargs: Any) -> list[Any]:
        """Nothing to set, so nothing to check."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """Where the file lies; [] for any other path."""
        if path != f"{self.prefix}/{self.name}":
            return []
        self._prepare()
        return [self.storage.path(self.name)] if find_all else self.storage.path(self.name)

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """The one file, for ``collectstatic``."""
        self._prepare()
        yield self.name, self.storage

    def _prepare(self) -> None:
        """See to it that the file lies there."""


class StylesheetFinder(_OneFileFinder):
    """Finds ``css/site.css``: people write it in several files, and a reader's browser asks for one.

    The joined file lies in a folder that goes with the process. It is joined again when a part has changed.
    """

    prefix = "css"
    name = "site.css"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        folder = mkdtemp(prefix="stylesheet-")
        finalize(self, rmtree, folder, ignore_errors=True)
        self.storage = FileSystemStorage(location=folder)
        self.storage.prefix = self.prefix
        super().__init__(*args, **kwargs)

    def _prepare(self) -> None:
        parts = [Path(settings.BASE_DIR) / "static" / "css" / f"{name}.css" for name in STYLESHEET]
        joined = Path(self.storage.path(self.name))
        if not joined.exists() or max(part.stat().st_mtime for part in parts) > joined.stat().st_mtime:
            joined.write_text("".join(part.read_text(encoding="utf-8") for part in parts), encoding="utf-8")


class PlotlyFinder(_OneFileFinder):
    """Finds ``plotly/plotly.min.js``, and nothing else of the package's data."""

    prefix = "plotly"
    name = "plotly.min.js"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        spec = find_spec("plotly")  # looked up, not imported: that takes long
        assert spec is not None, "plotly is a dependency of this project"
        assert spec.origin is not None
        self.storage = FileSystemStorage(location=Path(spec.origin).parent / "package_data")
        self.storage.prefix = self.prefix
        super().__init__(*args, **kwargs)
