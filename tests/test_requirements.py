"""The lock files: all that pyproject.toml asks for, at a version that it allows, with the hashes of its files."""

import re
import tomllib

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
SITE, ALL = "requirements.txt", "requirements-dev.txt"


def locked(file: str) -> dict[str, tuple[Requirement, int]]:
    """The requirement of each package, by its name, and how many hashes follow it."""
    text = (settings.BASE_DIR / file).read_text()
    found = {}
    for entry in re.split(r"^(?=[a-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE):
        if entry.strip():
            words, *hashes = re.split(r"\s*\\\n\s*--hash=sha256:", entry.strip())
            assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in hashes), words
            requirement = Requirement(words)
            found[canonicalize_name(requirement.name)] = requirement, len(hashes)
    return found


def of_extras(*names: str) -> list[str]:
    return [line for name in names for line in PROJECT["optional-dependencies"][name]]


@pytest.mark.parametrize(
    ("file", "asked"),
    [
        (SITE, [*PROJECT["dependencies"], *of_extras("redis")]),
        (ALL, [*PROJECT["dependencies"], *of_extras(*PROJECT["optional-dependencies"])]),
    ],
    ids=["the site", "all"],
)
def test_what_is_asked_for_is_locked_at_a_version_in_its_range(file: str, asked: list[str]) -> None:
    lock = locked(file)
    for requirement in map(Requirement, asked):
        (pin,) = lock[canonicalize_name(requirement.name)][0].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), f"{pin} is outside of {requirement}: make lock"


@pytest.mark.parametrize("file", [SITE, ALL])
def test_each_locked_package_has_the_hashes_of_its_files(file: str) -> None:
    assert [name for name, (_, hashes) in locked(file).items() if not hashes] == []


def test_the_site_runs_with_the_versions_that_are_tested() -> None:
    tested = locked(ALL)
    assert {name: requirement.specifier for name, (requirement, _) in locked(SITE).items()} == {
        name: tested[name][0].specifier for name in locked(SITE)
    }
