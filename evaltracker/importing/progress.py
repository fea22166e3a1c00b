"""Progress of long work: a counter on a terminal, some lines in a log."""

from typing import TextIO

STEP_ON_TERMINAL, STEP_IN_LOG = 100, 1000


class Progress:
    """Writes to a stream how many rows are done."""

    def __init__(self, stream: TextIO, what: str, total: int) -> None:
        self._stream, self._what, self._total = stream, what, total
        self._is_terminal = stream.isatty()
        self._step = STEP_ON_TERMINAL if self._is_terminal else STEP_IN_LOG
        self._told = 0

    def __call__(self, done: int) -> None:
        """Report the number of finished rows, unless the last report is recent."""
        if done < self._total and done - self._told < self._step:
            return
        if done < self._step and not self._is_terminal:
            return  # short work needs no lines in a log
        self._told = done
        start, end = ("\r", "\n" if done >= self._total else "") if self._is_terminal else ("", "\n")
        self._stream.write(f"{start}{self._what} {done:,} of {self._total:,}{end}")
        self._stream.flush()
