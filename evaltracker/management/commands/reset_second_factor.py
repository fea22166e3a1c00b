"""Reset a second factor on the server, where no other administrator can do it at the desk."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from evaltracker.actions.second_factor import reset_factor


class Command(BaseCommand):
    """Exit codes: 0 done; 1 there is no such person."""

    help = (
        "Takes the device and the written codes of one person away, whose next log-in asks for another password and "
        "another device. The audit log says that it was done on the server."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *_args: Any, username: str, **_options: Any) -> None:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is nobody with the user name “{username}”.")
        reset_factor(person=person, by=None)
        self.stdout.write(f"{username} sets up another device at the next log-in.")
