#!/usr/bin/env bash
# cffconvert 2.0.0 and BibTeX: a CITATION.cff whose author is the organisation "Model Evaluation and Threat Research"
# becomes a BibTeX entry by two people, Model Evaluation and Threat Research; and the "UK AI Security Institute" one
# with the family name Institute and the first names UK AI Security. The CFF file is valid and the entry is too; nothing
# warns.
# Citation File Format 1.2.0, schema guide, definitions.entity: "name" is the name of an entity, one author. BibTeX
# parts authors at the word "and" outside braces and reads the last word of a name as the family name (Lamport, LaTeX,
# appendix B, names; btxdoc, section 3.2, "author"); so an organisation's name has to be written {in braces}.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --use-pep517 'setuptools<81' cffconvert==2.0.0 pybtex==0.26.1
cd "$folder"
cat >CITATION.cff <<'CFF'
cff-version: 1.2.0
message: Please cite it so.
title: A record of tests
authors:
  - name: Model Evaluation and Threat Research
  - name: UK AI Security Institute
CFF
venv/bin/cffconvert --validate --infile CITATION.cff 2>&1 | tail -1
venv/bin/cffconvert --format bibtex --infile CITATION.cff --outfile record.bib
grep author record.bib
venv/bin/python - <<'PY'
from importlib.metadata import version

from pybtex.database import parse_file

print("cffconvert", version("cffconvert"), "and pybtex", version("pybtex"))
[entry] = parse_file("record.bib").entries.values()
people = [(" ".join([*one.first_names, *one.middle_names]), " ".join(one.last_names)) for one in entry.persons["author"]]
for first, family in people:
    print(f"first names {first!r}, family name {family!r}")
assert people == [("Model", "Evaluation"), ("Threat", "Research"), ("UK AI Security", "Institute")], "read otherwise now"
PY
