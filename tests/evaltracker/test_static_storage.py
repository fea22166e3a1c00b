"""Static files of a deployed site: compressed beforehand, under the names that pages ask for."""

import gzip

import brotli
import pytest
from django.core.files.base import ContentFile

from evaltracker import staticstorage


@pytest.mark.parametrize("large", [1 << 20, 10])
def test_what_pages_ask_for_is_compressed_and_the_same_content_under_its_plain_name_is_not(
    tmp_path, settings, monkeypatch, large
):
    settings.DEBUG = False
    monkeypatch.setattr(staticstorage, "LARGE", large)
    storage = staticstorage.StaticFiles(location=str(tmp_path), base_url="/static/")
    content = b"body { margin: 0 }\n" * 100
    storage.save("css/site.css", ContentFile(content))
    list(storage.post_process({"css/site.css": (storage, "css/site.css")}))

    served = tmp_path / storage.stored_name("css/site.css")
    assert served.name != "site.css"
    assert brotli.decompress(served.with_name(f"{served.name}.br").read_bytes()) == content
    assert gzip.decompress(served.with_name(f"{served.name}.gz").read_bytes()) == content
    assert {path.name for path in served.parent.iterdir()} == {
        "site.css",
        served.name,
        f"{served.name}.br",
        f"{served.name}.gz",
    }


def test_collected_again_only_what_is_new_is_compressed_and_what_broke_off_is_compressed_again(
    tmp_path, settings, monkeypatch
):
    settings.DEBUG = False
    storage = staticstorage.StaticFiles(location=str(tmp_path), base_url="/static/")
    compressed: list[str] = []
    brotli_alone = staticstorage.QuickCompressor.compress_brotli

    def collect(**contents: bytes) -> list[str]:
        compressed.clear()
        for name, content in contents.items():
            storage.delete(f"{name}.css")
            storage.save(f"{name}.css", ContentFile(content * 100))
        list(storage.post_process({f"{name}.css": (storage, f"{name}.css") for name in contents}))
        return sorted(compressed)

    def compress(data: bytes) -> bytes:
        compressed.append(data[:3].decode())
        return brotli_alone(data)

    def breaks_off(data: bytes) -> bytes:
        raise OSError("no space left on device")

    monkeypatch.setattr(staticstorage.QuickCompressor, "compress_brotli", staticmethod(compress))
    assert collect(a=b"one {}\n", b=b"two {}\n") == ["one", "two"]
    assert collect(a=b"one {}\n", b=b"two {}\n") == []
    with monkeypatch.context() as full:
        full.setattr(staticstorage.QuickCompressor, "compress_gzip", staticmethod(breaks_off))
        with pytest.raises(OSError, match="no space left"):
            collect(a=b"one {}\n", b=b"new {}\n")
    assert collect(a=b"one {}\n", b=b"new {}\n") == ["new"]
    assert gzip.decompress((tmp_path / f"{storage.stored_name('b.css')}.gz").read_bytes()) == b"new {}\n" * 100
