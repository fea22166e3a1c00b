"""Small words: singular and plural, lists, possessives."""

from collections.abc import Sequence


def plural(count: int, what: str, many: str = "") -> str:
    """The word in singular or plural, for this count."""
    return what if count == 1 else many or f"{what}s"


def counted(count: int, what: str, many: str = "") -> str:
    """“1 release”, “3 releases”."""
    return f"{count} {plural(count, what, many)}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """“a, b and c”; "" for none."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def possessive(name: str) -> str:
    """“METR’s”, “Faculty’s”, “Andon Labs’”."""
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def sentence(text: str) -> str:
    """The text with a capital first letter and a full stop at its end; "" for an empty one."""
    if not text:
        return ""
    return f"{text[0].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")
