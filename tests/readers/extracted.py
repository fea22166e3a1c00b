"""What extruct finds on pages, as JSON. Runs in an environment of its own, with the addresses as arguments."""

import json
import sys
from urllib.request import urlopen

import extruct

SYNTAXES = ["opengraph", "json-ld"]

if __name__ == "__main__":
    found = {}
    for url in sys.argv[1:]:
        with urlopen(url, timeout=60) as answer:
            found[url] = extruct.extract(answer.read().decode(), base_url=url, syntaxes=SYNTAXES)
    print(json.dumps(found))
