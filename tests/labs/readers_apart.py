"""What ``test_apart`` lets another process do."""

import os


class Refusal(Exception):
    pass


def measured(*, content: bytes, word: str) -> list[object]:
    return [len(content), word]


def refused(*, content: bytes) -> None:
    raise Refusal("It is not good.")


def busy(*, content: bytes) -> None:
    while True:
        pass


def greedy(*, content: bytes) -> None:
    bytearray(8 * 1024**3)


def broken(*, content: bytes) -> None:
    raise KeyError("something else")


def environment(*, content: bytes) -> list[str]:
    return sorted(os.environ)
