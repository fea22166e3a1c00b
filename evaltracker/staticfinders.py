"""plotly's own script, served from the installed package: no third-party code lies in this repository."""

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


class PlotlyFinder(BaseFinder):
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

    def check(self, **_kwargs: Any) -> list[Any]:
        """Nothing to set, so nothing to check."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """Where the file lies; [] for any other path."""
        if path != f"{self.prefix}/{self.name}":
            return []
        return [self.storage.path(self.name)] if find_all else self.storage.path(self.name)

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """The one file, for ``collectstatic``."""
        yield self.name, self.storage
