"""How far long work has come: a counter on a terminal, elsewhere a line now and then."""

from typing import TextIO

STEP_ON_TERMINAL, STEP_IN_LOG = 100, 1000


class Progress:
    """Tells a stream how many of how many rows are done."""

    def __init__(self, stream: TextIO, what: str, total: int) -> None:
        self._stream, self._what, self._total = stream, what, total
        self._is_terminal = stream.isatty()
        self._step = STEP_ON_TERMINAL if self._is_terminal else STEP_IN_LOG
        self._told = 0

    def __call__(self, done: int) -> None:
        """Say how many are done, if it is worth a word."""
        if done < self._total and done - self._told < self._step:
            return
        if done < self._step and not self._is_terminal:
            return  # short work needs no lines in a log
        self._told = done
        start, end = ("\r", "\n" if done >= self._total else "") if self._is_terminal else ("", "\n")
        self._stream.write(f"{start}{self._what} {done:,} of {self._total:,}{end}")
        self._stream.flush()
