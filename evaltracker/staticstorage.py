"""Static files as a deployed site serves them: compressed, under names that carry a hash of their content."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

LARGE = 1 << 20
"""From this size on the best brotli takes seconds (plotly's 4.8 MB: 7.5 s of CPU for 10 % less)."""


class QuickCompressor(Compressor):
    """Compresses large files less thoroughly, so that the site starts seconds sooner, and writes no file in part."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return brotli.compress(data, quality=9 if len(data) >= LARGE else 11)

    def write_data(self, path: str, data: bytes, suffix: str, stat_result: os.stat_result) -> str:
        """Write the file under another name first: what is there under its own is whole."""
        unfinished = super().write_data(path, data, f"{suffix}.unfinished", stat_result)
        return str(Path(unfinished).rename(path + suffix))


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Compresses what pages ask for: the names with a hash, not the same content under its plain name too. The hash is
    that of the content, so what is compressed already stays.
    """

    def create_compressor(self, **options: object) -> Compressor:
        return QuickCompressor(**options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        hashed = set(paths) & set(self.hashed_files.values())
        yield from super().compress_files({path for path in hashed if not self.exists(f"{path}.gz")})
