"""`make demo`: the site on this machine, with the curated records and an account for each role at the desk.

It runs as a deployment does, but on 127.0.0.1 and plain http. All that it makes is in `.demo/`: remove that
folder to start over, or only a password's file in it for a new password.
"""

import argparse
import os
import secrets
import socket
import sys
from pathlib import Path
from urllib.parse import quote

import django
from django.core.management import CommandError, call_command

ADDRESS = "127.0.0.1"
# Nobody publishes alone: the researcher proposes, the editor lets through. The admin may do anything but that.
ACCOUNTS = {"admin": "", "researcher": "Researcher", "editor": "Editor"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make demo", description="Serve the demo.")
    parser.add_argument("--port", default="8000")
    parser.add_argument("--folder", type=Path, default=Path(__file__).resolve().parent.parent / ".demo")
    arguments = parser.parse_args()
    try:
        port = _free_port(arguments.port)
        arguments.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _configure(arguments.folder, port)
        _prepare(arguments.folder)
    except (CommandError, OSError) as error:
        sys.exit(f"make demo: {error}")
    print(f"\n  EvalTracker: http://{ADDRESS}:{port}/   (Ctrl-C stops it)\n", flush=True)
    call_command("runserver", f"{ADDRESS}:{port}", "--noreload", "--skip-checks")


def _free_port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise CommandError(f"PORT={text} is not a port: give a number from 1 to 65535, as in make demo PORT=8123.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, int(text)))
        except OSError as error:
            raise CommandError(
                f"port {text} cannot be used ({error.strerror}); try another one: make demo PORT=8123"
            ) from None
    return int(text)


def _configure(folder: Path, port: int) -> None:
    """Set up Django for the demo, whatever a developer's environment or .env says."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="evaltracker.settings",
        ENV_FILE="",
        SECRET_KEY=_kept_secret(folder / "secret-key", 50),
        DEBUG="false",
        HTTPS="false",
        LOG_FORMAT="line",
        SECOND_FACTOR="false",
        SITE_URL=f"http://{ADDRESS}:{port}",
        ALLOWED_HOSTS=f"{ADDRESS},localhost",
        CSRF_TRUSTED_ORIGINS="",
        DATABASE_URL=f"sqlite:///{quote(str(folder / 'db.sqlite3'))}",
        STATIC_ROOT=str(folder / "static"),
        KEPT_FIGURES_DIR=str(folder / "kept-figures"),
        UPLOADS_DIR=str(folder / "uploads"),
        LONG_ANSWERS_DIR=str(folder / "long-answers"),
    )
    django.setup()


def _prepare(folder: Path) -> None:
    from evaltracker.fixtures import has_records, load_records

    print("Preparing the database …", flush=True)
    call_command("migrate", verbosity=0)
    print("Collecting the static files …", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    if has_records():
        print("The records are there already, and are kept.")
    else:
        print("Loading the curated records …", flush=True)
        load_records()
    for username, role in ACCOUNTS.items():
        _prepare_account(username, role, folder / f"{username}-password")


def _prepare_account(username: str, role: str, password_file: Path) -> None:
    """An account at the desk, with a random password that stays until someone changes it there."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import Group, User

    user, is_new = User.objects.get_or_create(username=username, defaults={"is_staff": True, "is_superuser": not role})
    if is_new and role:
        user.groups.add(Group.objects.get(name=role))
    is_reset = is_new or not password_file.exists()
    password = _kept_secret(password_file, 12)
    if is_reset:  # past the rule that whoever gets a password from somebody else chooses another one
        User.objects.filter(pk=user.pk).update(password=make_password(password))
    if is_reset or user.check_password(password):
        print(f"Desk: user {username}, password {password}")
    else:
        print(f"Desk: user {username}, with the password that you gave it (for a new one, remove {password_file})")


def _kept_secret(path: Path, length: int) -> str:
    """What the file holds; made and written, readable by its owner only, if it is not there."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(length))
    return path.read_text()


if __name__ == "__main__":
    main()
