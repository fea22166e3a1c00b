"""Import records from files, as drafts and proposals that wait for a second person."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from evaltracker.importing.files import ENDINGS, SHELL, ending_of, read_files
from evaltracker.importing.kinds import KINDS, kind_by_file_name
from evaltracker.importing.plan import import_tables
from evaltracker.importing.tables import Fate, Table
from labs.actions.batches import batch_name
from labs.actions.sheets import FileProblem
from labs.queries.kept import one_version

WRONG, USAGE, INTERRUPTED = 1, 2, 130
STEP = 1_000  # rows between two words on how far it is


class Command(BaseCommand):
    """Exit codes: 0 done or nothing to do; 1 wrong rows; 2 wrong use or a bad file; 130 Ctrl-C."""

    help = (
        "Imports records from a .csv, .xlsx, .ods, .json or .zip file, or from all such files of a folder. New rows "
        "become drafts in review, changed ones proposals; nothing is published. All is written or, while a row is "
        "wrong, nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a file, or a folder of files named after what they hold")
        parser.add_argument("--user", required=True, help="whose proposals they are: the name of an account")
        parser.add_argument("--kind", choices=[kind.name for kind in KINDS], help="what the file holds")
        parser.add_argument("--name", default="", help="the name of the batch, such as “September 2026”")
        parser.add_argument("--reason", default="", help="why, in public; needed if a public record changes")
        parser.add_argument("--correction", action="store_true", help="what was public was wrong: it is a correction")
        parser.add_argument("--leave-out", action="store_true", help="leave out files, columns and fields not known")
        parser.add_argument("--same", action="append", default=[], metavar="KIND:KEY=KEY", help="a row is that record")
        parser.add_argument(
            "--another", action="append", default=[], metavar="KIND:KEY", help="a row is another record"
        )
        parser.add_argument("--dry-run", action="store_true", help="check and tell, but write nothing")

    @one_version()
    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            found = self._read(path, options)
            by, total = self._person(options["user"]), sum(len(table.rows) for table in found.tables)
            batch = options["name"] or batch_name(path.resolve().name)
            done = import_tables(
                found.tables,
                by=by,
                batch=batch,
                reason=options["reason"],
                is_correction=options["correction"],
                is_trial=options["dry_run"],
                answers=_answers(options),
                on_progress=lambda done: self._tell(done, total),
            )
        except FileProblem as problem:
            raise CommandError(str(problem), returncode=USAGE) from problem
        except PermissionDenied as error:
            raise CommandError(f"“{options['user']}” may not import this. {error}", returncode=USAGE) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was written.", returncode=INTERRUPTED) from None
        self._report(done.tables, found.notes)
        if done.count(Fate.WRONG):
            raise CommandError("Nothing was written: correct these rows first.", returncode=WRONG)
        if done.count(Fate.ASKED):
            words = "Nothing was written: say with --same or --another what these rows are."
            raise CommandError(words, returncode=WRONG)
        if options["dry_run"]:
            self.stdout.write("Nothing was written.")
        elif not done.count(Fate.NEW, Fate.CHANGED):
            self.stdout.write("Nothing to do.")
        elif not done.is_written:
            raise CommandError("Nothing was written: say why it changes with --reason, in public.", returncode=USAGE)
        else:
            new, changed = done.count(Fate.NEW), done.count(Fate.CHANGED)
            self.stdout.write(f"{new:,} drafts and {changed:,} changes wait for review as “{batch}”.")

    def _tell(self, done: int, total: int) -> None:
        """Say in long work how far it is."""
        if done % STEP == 0:
            self.stderr.write(f"read {done:,} of {total:,}")

    def _read(self, path: Path, options: dict[str, Any]) -> Any:
        kind = kind_by_file_name(options["kind"]) if options["kind"] else None
        if kind is not None and path.is_dir():
            raise FileProblem("The kind of a folder's files follows from their names: name one file, or leave it out.")
        files = _files_at(path)
        try:
            return read_files(files, kind, SHELL, is_unknown_left_out=options["leave_out"])
        except FileProblem as problem:
            raise FileProblem(f"{path.name}: {problem}") if len(files) == 1 and not path.is_dir() else problem from None

    def _person(self, name: str) -> Any:
        people = get_user_model()
        person = people._default_manager.filter(**{people.USERNAME_FIELD: name}, is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active account “{name}”.", returncode=USAGE)
        return person

    def _report(self, tables: list[Table], notes: list[str]) -> None:
        for note in notes:
            self.stdout.write(note)
        for table in tables:
            counts = ", ".join(f"{count:,} {fate.label}" for fate, count in table.counts.items() if count)
            self.stdout.write(f"{table.name} ({table.kind.label}): {counts or 'no rows'}")
            for note in table.notes:
                self.stdout.write(f"  {note}")
            for row in table.of(Fate.WAITING):
                self.stdout.write(f"  {table.row_word} {row.number}, {row.key}: {row.note}")
            for row in table.rows:
                place = f"{table.name}, {table.row_word} {row.number}"
                for problem in (*row.problems, *row.doubts):
                    cell = f", {problem.column}" if problem.column else ""
                    allowed = f" Allowed: {problem.allowed}." if problem.allowed else ""
                    self.stderr.write(f"{place}{cell} ({row.key}): {problem.message}{allowed}")
                for alike in row.alike:
                    self.stderr.write(f"{place} ({row.key}): It looks like “{alike.record.key}”: {alike.words}.")

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv(argv)
        except KeyboardInterrupt:  # before or after the work itself
            sys.exit(INTERRUPTED)


def _answers(options: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Which record a row is about, as ``import_tables`` takes it."""
    given = [each.partition("=")[::2] for each in options["same"]] + [(each, "") for each in options["another"]]
    return {(row.partition(":")[0], row.partition(":")[2]): key for row, key in given}


def _files_at(path: Path) -> list[tuple[str, bytes]]:
    """The file at a path, or all tables in a folder, with their names. Raises FileProblem."""
    if not path.exists():
        raise FileProblem(f"There is no {path}.")
    try:
        if not path.is_dir():
            return [(path.name, path.read_bytes())]
        found = [each for each in sorted(path.iterdir()) if each.is_file() and ending_of(each.name) in ENDINGS]
        if not found:
            raise FileProblem(f"There is no .{', .'.join(ENDINGS[:-1])} or .{ENDINGS[-1]} file in {path}.")
        return [(each.name, each.read_bytes()) for each in found]
    except OSError as error:
        raise FileProblem(f"{error.filename} cannot be read: {error.strerror}.") from error
