"""Static files as a deployed site serves them: compressed, under names that carry a hash of their content."""

from collections.abc import Iterable, Iterator

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

LARGE = 1 << 20
"""From this size on the best brotli takes seconds (plotly's 4.8 MB: 7.5 s of CPU for 10 % less)."""


class QuickCompressor(Compressor):
    """Compresses large files less thoroughly, so that the site starts seconds sooner."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return brotli.compress(data, quality=9 if len(data) >= LARGE else 11)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Compresses what pages ask for: the names with a hash, not the same content under its plain name too."""

    def create_compressor(self, **options: object) -> Compressor:
        return QuickCompressor(**options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        yield from super().compress_files(set(paths) & set(self.hashed_files.values()))
