"""Import records from files, as drafts and proposals that wait for a second person."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evaltracker.importing.files import open_files
from evaltracker.importing.kinds import KINDS, FileKind, kind_by_file_name
from evaltracker.importing.plan import plan_files
from evaltracker.importing.planned import Fate, Plan, rows_to_write
from evaltracker.importing.problems import FileProblem
from evaltracker.importing.progress import Progress
from evaltracker.importing.run import RowsRefused, Written, may_import, write_plans
from labs.queries.kept import one_version
from labs.rules.text import clean_text

WRONG, USAGE, INTERRUPTED = 1, 2, 130


class Command(BaseCommand):
    """Exit codes: 0 done or nothing to do; 1 wrong rows; 2 wrong use or a bad file; 130 Ctrl-C."""

    help = (
        "Imports records from a .csv, .xlsx or .json file, or from all such files of a folder. New rows become drafts "
        "in review, changed ones proposals; nothing is published. All rows are checked first, and nothing is written "
        "while one of them is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a file, or a folder of files named after what they hold")
        parser.add_argument("--user", required=True, help="whose proposals they are: the name of an account")
        parser.add_argument("--kind", choices=[kind.name for kind in KINDS], help="what the file holds")
        parser.add_argument("--reason", default="", help="why, in public; needed if a public record changes")
        parser.add_argument("--correction", action="store_true", help="what was public was wrong: it is a correction")
        parser.add_argument("--dry-run", action="store_true", help="check and tell, but write nothing")

    @one_version()
    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            files = open_files(path, kind_by_file_name(options["kind"]) if options["kind"] else None)
            by = self._person(options["user"], [kind for kind, _ in files])
            checked = Progress(self.stderr, "checked", 2 * sum(len(table.rows) for _, table in files))
            plans = plan_files(files, by, checked)
        except FileProblem as problem:
            raise CommandError(str(problem), returncode=USAGE) from problem
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was written.", returncode=INTERRUPTED) from None
        self._report(plans)
        if not all(each.is_right for each in plans):
            raise CommandError("Nothing was written: correct these rows first.", returncode=WRONG)
        if options["dry_run"] or not rows_to_write(plans):
            self.stdout.write("Nothing was written." if options["dry_run"] else "Nothing to do.")
            return
        if any(each.of(Fate.CHANGED) for each in plans) and not clean_text(options["reason"]):
            raise CommandError("Nothing was written: say why it changes with --reason, in public.", returncode=USAGE)
        self._write(plans, by, options)

    def _person(self, name: str, kinds: list[FileKind]) -> Any:
        people = get_user_model()
        person = people._default_manager.filter(**{people.USERNAME_FIELD: name}, is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active account “{name}”.", returncode=USAGE)
        for kind in kinds:
            try:
                may_import(person, kind)
            except PermissionDenied as error:
                raise CommandError(f"“{name}” may not import {kind.label}. {error}", returncode=USAGE) from error
        return person

    def _report(self, plans: list[Plan]) -> None:
        for each in plans:
            counts = ", ".join(f"{count:,} {fate.label}" for fate, count in each.counts.items() if count)
            self.stdout.write(f"{each.table.name} ({each.kind.label}): {counts or 'no rows'}")
            for planned in each.of(Fate.WAITING):
                self.stdout.write(f"  {each.table.row_word} {planned.number}, {planned.key}: {planned.note}")
            self._report_wrong(each)

    def _report_wrong(self, plan_files: Plan) -> None:
        for planned in plan_files.wrong:
            for problem in planned.problems:
                place = f"{plan_files.table.name}, {plan_files.table.row_word} {planned.number}"
                cell = f", {problem.column}" if problem.column else ""
                allowed = f" Allowed: {problem.allowed}." if problem.allowed else ""
                self.stderr.write(f"{place}{cell} ({planned.key}): {problem.message}{allowed}")

    def _write(self, plans: list[Plan], by: Any, options: dict[str, Any]) -> None:
        name = options["path"].resolve().name
        batch = f"{name[:80]}, {timezone.localtime():%Y-%m-%d %H:%M:%S}"
        progress = Progress(self.stderr, "written", rows_to_write(plans))
        written = Written()

        def tell(now: Written) -> None:
            nonlocal written
            written = now
            progress(now.new + now.changed)

        try:
            write_plans(
                plans,
                by=by,
                reason=options["reason"],
                batch=batch,
                is_correction=options["correction"],
                on_progress=tell,
            )
        except KeyboardInterrupt:
            done = written.new + written.changed
            raise CommandError(
                f"Stopped. {done:,} of {rows_to_write(plans):,} rows are written, in whole chunks. The same command "
                "continues from there.",
                returncode=INTERRUPTED,
            ) from None
        except RowsRefused as refused:
            for each in plans:
                if any(row in refused.rows for row in each.rows):
                    self._report_wrong(each)
            raise CommandError(
                f"The database refused these rows. {written.new + written.changed:,} rows were written before them.",
                returncode=WRONG,
            ) from refused
        self.stdout.write(f"{written.new:,} drafts and {written.changed:,} changes wait for review as “{batch}”.")

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv(argv)
        except KeyboardInterrupt:  # before or after the work itself
            sys.exit(INTERRUPTED)
