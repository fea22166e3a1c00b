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
